# Bob, problem 1
x, y, z = -2.0, 5.0, -4.0
q = x + y
f = q * z

df = 1.0
dz = q * df
dq = z * df
dx = dy = dq
print(dx, dy, dz)
