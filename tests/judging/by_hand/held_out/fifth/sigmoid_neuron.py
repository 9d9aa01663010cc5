import math

# a single neuron, squared error against a target
w = [2.0, -3.0, -3.0]
x = [-1.0, -2.0]
target = 0.5

# forward
dot = w[0] * x[0] + w[1] * x[1] + w[2]
f = 1.0 / (1 + math.exp(-dot))
err = f - target
loss = 0.5 * err ** 2
print("out", f, "loss", loss)

# backward
derr = err
df = derr
ddot = (1 - f) * f * df
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
dx = [w[0] * ddot, w[1] * ddot]
print("dw", dw)
print("dx", dx)

lr = 0.1
w = [wi - lr * gi for wi, gi in zip(w, dw)]
