# one neuron with two inputs, everything done by hand
import math

w0, w1, b = 1.7, -2.4, 0.6
x0, x1 = -0.9, 0.35

# forward
p0 = w0 * x0
p1 = w1 * x1
dot = p0 + p1 + b
out = 1.0 / (1.0 + math.exp(-dot))
print("neuron says", out)

# backward
ddot = out * (1 - out)       # the nice sigmoid derivative
db = ddot
dw0 = x0 * ddot
dx0 = w0 * ddot
dw1 = x1 * ddot
dx1 = w1 * ddot

print("dw", dw0, dw1, "db", db)
print("dx", dx0, dx1)
