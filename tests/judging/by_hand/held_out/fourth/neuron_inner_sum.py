import math

w = [1.5, -2.0, 0.7]
x = [-0.4, -1.2]
target = 0.25

# forward
dot = w[0] * x[0] + w[1] * x[1] + w[2]
out = 1.0 / (1.0 + math.exp(-dot))
diff = out - target
loss = diff ** 2

# backward, one line per line above
ddiff = 2 * diff
dout = ddiff
ddot = dout * (1 - out) * out
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]

print("loss", loss)
print("dw", dw, "dx", dx)
