import numpy as np

np.random.seed(52)
N, D = 4, 3
x = np.random.randn(N, D)
Wl = np.random.randn(D, D)
Wg = np.random.randn(D, D)
bg = np.random.randn(D)

# y = x + (x Wl) * sigmoid(x Wg + bg)
lin = x.dot(Wl)
s = x.dot(Wg) + bg
gate = 1.0 / (1.0 + np.exp(-s))
y = x + lin * gate
loss = np.log(np.cosh(y)).sum()

dy = np.tanh(y)
dlin = dy * gate
dgate = dy * lin
ds = dgate * gate * (1.0 - gate)
dWl = x.T.dot(dlin)
dWg = x.T.dot(ds)
dbg = ds.sum(axis=0)
dx_lin = dlin.dot(Wl.T)
dx_gate = ds.dot(Wg.T)
dx = dy + dx_lin + dx_gate

print("loss:", loss)
print("dx:", dx)
print("dbg:", dbg)
