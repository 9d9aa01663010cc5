import math

x, y, z = 1.3, -0.8, 2.1

# forward pass
s = x * y                      # (1)
e = math.exp(-z)               # (2)
num = s + math.sin(z)          # (3)
sq = x ** 2 + y ** 2           # (4)
den = e + math.sqrt(sq)        # (5)
inv = 1.0 / den                # (6)
f = num * inv                  # (7)

# backprop f = num * inv
dnum = inv
dinv = num
# backprop inv = 1 / den
dden = (-1.0 / (den ** 2)) * dinv
# den = e + sqrt(sq)
de = 1.0 * dden
dsq = 0.5 / math.sqrt(sq) * dden
# sq = x^2 + y^2
dx = 2 * x * dsq
dy = 2 * y * dsq
# num = s + sin(z)
ds = dnum
dz = math.cos(z) * dnum
# e = exp(-z)
dz += -e * de
# s = x*y
dx += y * ds
dy += x * ds
print(f, dx, dy, dz)
