import math

x = 2.0
y = -1.3

# f(x, y) = (x * sig(y) + y^2) / (exp(x / 3) + (x - y)^2)
sigy = 1.0 / (1 + math.exp(-y))    # (1)
xs = x * sigy                      # (2)
num = xs + y * y                   # (3)
third = x / 3.0                    # (4)
ex = math.exp(third)               # (5)
xmy = x - y                        # (6)
xmysqr = xmy ** 2                  # (7)
den = ex + xmysqr                  # (8)
invden = 1.0 / den                 # (9)
f = num * invden                   # (10)

# going back
dnum = invden                      # (10)
dinvden = num                      # (10)
dden = (-1.0 / den ** 2) * dinvden # (9)
dex = dden                         # (8)
dxmysqr = dden                     # (8)
dxmy = 2 * xmy * dxmysqr           # (7)
dx = dxmy                          # (6)
dy = -dxmy                         # (6)
dthird = ex * dex                  # (5)
dx += dthird / 3.0                 # (4)
dxs = dnum                         # (3)
dy += dnum * 2 * y
dx += sigy * dxs                   # (2)
dsigy = x * dxs                    # (2)
dy += (1 - sigy) * sigy * dsigy    # (1)

print("f  =", f)
print("dx =", dx)
print("dy =", dy)
