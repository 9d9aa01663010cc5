# one sigmoid neuron, forwards and backwards, by hand
import math

x = [1.5, -0.7]
w = [0.4, 2.0]
b = -0.3
target = 0.9

# forward
p0 = w[0] * x[0]
p1 = w[1] * x[1]
z = p0 + p1 + b
a = 1.0 / (1.0 + math.exp(-z))
err = a - target
loss = 0.5 * err ** 2

# backward
derr = err
da = derr * 1.0
dz = da * a * (1 - a)
dp0 = dz
dp1 = dz
db = dz
dw = [dp0 * x[0], dp1 * x[1]]
dx = [dp0 * w[0], dp1 * w[1]]

print("loss", loss)
print("dw", dw, "db", db, "dx", dx)
