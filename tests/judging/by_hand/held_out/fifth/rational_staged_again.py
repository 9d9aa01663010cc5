import math

x = 1.3
y = -0.7
z = 2.1

# forward pass
sigy = 1.0 / (1.0 + math.exp(-y))
prod = x * sigy
num = prod + z
xmy = x - y
xmysq = xmy ** 2
zsq = z ** 2
den = zsq + xmysq
invden = 1.0 / den
f = num * invden

# backward pass
dnum = invden
dinvden = num
dden = (-1.0 / den ** 2) * dinvden
dzsq = dden
dxmysq = dden
dxmy = 2 * xmy * dxmysq
dx = dxmy
dy = -dxmy
dz = 2 * z * dzsq
dprod = dnum
dz += dnum
dx += sigy * dprod
dsigy = x * dprod
dy += (1 - sigy) * sigy * dsigy

print("f =", f)
print("dx, dy, dz =", dx, dy, dz)
