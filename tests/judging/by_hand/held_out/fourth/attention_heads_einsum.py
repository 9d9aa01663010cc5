import numpy as np

np.random.seed(70)
T, C, H = 4, 6, 2
hd = C // H
x = np.random.randn(T, C)
Wqkv = np.random.randn(C, 3 * C) * 0.4
Wo = np.random.randn(C, C) * 0.4
tgt = np.random.randn(T, C)

# forward
qkv = x @ Wqkv
q, k, v = [m.reshape(T, H, hd).transpose(1, 0, 2) for m in np.split(qkv, 3, axis=1)]
scale = hd ** -0.5
s = np.einsum('htd,hsd->hts', q, k) * scale
p = np.exp(s - s.max(-1, keepdims=True))
p /= p.sum(-1, keepdims=True)
o = np.einsum('hts,hsd->htd', p, v)
cat = o.transpose(1, 0, 2).reshape(T, C)
y = cat @ Wo
loss = 0.5 * np.sum((y - tgt) ** 2) / T

# backward
dy = (y - tgt) / T
dWo = cat.T @ dy
dcat = dy @ Wo.T
do = dcat.reshape(T, H, hd).transpose(1, 0, 2)
dp = np.einsum('htd,hsd->hts', do, v)
dv = np.einsum('hts,htd->hsd', p, do)
ds = p * (dp - (p * dp).sum(-1, keepdims=True))
dq = np.einsum('hts,hsd->htd', ds, k) * scale
dk = np.einsum('hts,htd->hsd', ds, q) * scale
dqkv = np.concatenate([m.transpose(1, 0, 2).reshape(T, C) for m in (dq, dk, dv)], axis=1)
dWqkv = x.T @ dqkv
dx = dqkv @ Wqkv.T
print(loss, np.abs(dx).sum())
