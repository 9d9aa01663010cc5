import math

# f(x,y,z) = (x*y + sin z) / (1 + x^2 + exp(-y))
x = 1.3
y = -0.7
z = 2.2

# ---- forward, in stages
xy = x * y              # (1)
sz = math.sin(z)        # (2)
num = xy + sz           # (3)
xsqr = x ** 2           # (4)
ey = math.exp(-y)       # (5)
den = 1.0 + xsqr + ey   # (6)
invden = 1.0 / den      # (7)
f = num * invden        # (8)

# ---- backward, reversed order
dnum = invden                       # (8)
dinvden = num                       # (8)
dden = (-1.0 / den ** 2) * dinvden  # (7)
dxsqr = dden                        # (6)
dey = dden                          # (6)
dy = 0.0
dy += dnum * x                      # (1)
dx = dnum * y                       # (1)
dy += -dey * ey
dx += 2 * x * dxsqr                 # (4)
dsz = dnum                          # (3)
dz = math.cos(z) * dsz              # (2)

print(f"f = {f:.5f}")
print(f"dx = {dx:.5f}  dy = {dy:.5f}  dz = {dz:.5f}")
