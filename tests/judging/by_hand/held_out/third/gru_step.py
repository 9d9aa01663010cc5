import numpy as np

sigm = lambda a: 1. / (1. + np.exp(-a))

rs = np.random.RandomState(55)
nx, nh = 3, 4
x = rs.randn(nx)
hp = rs.randn(nh)
Wz, Wr, Wh = rs.randn(nh, nx), rs.randn(nh, nx), rs.randn(nh, nx)
Uz, Ur, Uh = rs.randn(nh, nh), rs.randn(nh, nh), rs.randn(nh, nh)

# forward
az = Wz @ x + Uz @ hp
z = sigm(az)
ar = Wr @ x + Ur @ hp
r = sigm(ar)
rh = r * hp
ah = Wh @ x + Uh @ rh
hc = np.tanh(ah)
h = (1 - z) * hp + z * hc
print("h", h)

# backward
dh = rs.randn(nh)
dhp = dh * (1 - z)
dz = dh * (hc - hp)
dhc = dh * z
dah = dhc * (1 - hc ** 2)
dWh = np.outer(dah, x)
dUh = np.outer(dah, rh)
drh = Uh.T @ dah
dr = drh * hp
dhp += drh * r
dar = dr * r * (1 - r)
dWr = np.outer(dar, x)
dUr = np.outer(dar, hp)
dhp += Ur.T @ dar
daz = dz * z * (1 - z)
dWz = np.outer(daz, x)
dUz = np.outer(daz, hp)
dhp += Uz.T @ daz
dx = Wz.T @ daz + Wr.T @ dar + Wh.T @ dah

print("dx ", dx)
print("dhp", dhp)
