import numpy as np

rs = np.random.RandomState(21)
n, m = 3, 4
x = rs.randn(n, 1)
h_prev = rs.randn(m, 1)
Wz = rs.randn(m, n)
Uz = rs.randn(m, m)
Wr = rs.randn(m, n)
Ur = rs.randn(m, m)
Wh = rs.randn(m, n)
Uh = rs.randn(m, m)
y = rs.randn(m, 1)
sig = lambda v: 1 / (1 + np.exp(-v))

z = sig(Wz @ x + Uz @ h_prev)
r = sig(Wr @ x + Ur @ h_prev)
rh = r * h_prev
hbar = np.tanh(Wh @ x + Uh @ rh)
h = (1 - z) * h_prev + z * hbar
loss = 0.5 * float(np.sum((h - y) ** 2))

dh = h - y
dz = dh * (hbar - h_prev)
dhbar = dh * z
dh_prev = dh * (1 - z)

dah = dhbar * (1 - hbar * hbar)
dWh = dah @ x.T
dUh = dah @ rh.T
dx = Wh.T @ dah
drh = Uh.T @ dah
dr = drh * h_prev
dh_prev += drh * r

dar = dr * r * (1 - r)
dWr = dar @ x.T
dUr = dar @ h_prev.T
dx += Wr.T @ dar
dh_prev += Ur.T @ dar

daz = dz * z * (1 - z)
dWz = daz @ x.T
dUz = daz @ h_prev.T
dx += Wz.T @ daz
dh_prev += Uz.T @ daz

print("loss", loss)
print("dx", dx.ravel())
print("dh_prev", dh_prev.ravel())
