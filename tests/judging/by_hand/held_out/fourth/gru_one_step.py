import numpy as np

sig = lambda a: 1 / (1 + np.exp(-a))

np.random.seed(21)
x = np.random.randn(3)
h_prev = np.random.randn(4)
Wz = np.random.randn(4, 7) * 0.5
Wr = np.random.randn(4, 7) * 0.5
Wn = np.random.randn(4, 7) * 0.5
w_out = np.random.randn(4)

# forward
xh = np.concatenate([x, h_prev])
z = sig(Wz @ xh)                  # update gate
r = sig(Wr @ xh)                  # reset gate
rh = r * h_prev
xrh = np.concatenate([x, rh])
n = np.tanh(Wn @ xrh)
h = z * h_prev + (1 - z) * n
loss = w_out @ h

# backward
dh = w_out
dz = dh * (h_prev - n)
dn = dh * (1 - z)
dh_prev = dh * z
dn_pre = dn * (1 - n ** 2)
dWn = np.outer(dn_pre, xrh)
dxrh = Wn.T @ dn_pre
dx = dxrh[:3]
drh = dxrh[3:]
dr = drh * h_prev
dh_prev = dh_prev + drh * r
dr_pre = dr * r * (1 - r)
dz_pre = dz * z * (1 - z)
dWr = np.outer(dr_pre, xh)
dWz = np.outer(dz_pre, xh)
dxh = Wr.T @ dr_pre + Wz.T @ dz_pre
dx = dx + dxh[:3]
dh_prev = dh_prev + dxh[3:]
print("dx", dx)
print("dh_prev", dh_prev)
