c = [0.5, -1.5, 2.0, 0.75]     # c[3] x^3 + c[2] x^2 + c[1] x + c[0]
x = 1.3
goal = 4.0

# Horner: acc[k+1] = acc[k] * x + coefficient
acc = [c[3]]
for k in range(3):
    acc.append(acc[k] * x + c[2 - k])
p = acc[3]
r = p - goal
loss = r * r

# backward
p_grad = 2 * r
c_grad = [0.0] * 4
x_grad = 0.0
g = p_grad
for k in reversed(range(3)):
    c_grad[2 - k] += g
    x_grad += acc[k] * g
    g = g * x
c_grad[3] += g
print("p =", p, "loss =", loss)
print("x_grad =", x_grad)
print("c_grad =", c_grad)
