import numpy as np

np.random.seed(64)
T, H, hd = 5, 2, 3
E = H * hd
x = np.random.randn(T, E)
Wqkv = np.random.randn(E, 3 * E) * 0.4
Wo = np.random.randn(E, E) * 0.4
goal = np.random.randn(T, E)
causal = np.tril(np.ones((T, T), dtype=bool))

qkv = x @ Wqkv
q, k, v = [part.reshape(T, H, hd).transpose(1, 0, 2) for part in np.split(qkv, 3, axis=1)]
att = np.einsum("htd,hsd->hts", q, k) / np.sqrt(hd)
att = np.where(causal, att, -np.inf)
ex = np.exp(att - att.max(-1, keepdims=True))
w = ex / ex.sum(-1, keepdims=True)
ctx = np.einsum("hts,hsd->htd", w, v)
cat = ctx.transpose(1, 0, 2).reshape(T, E)
out = cat @ Wo
loss = 0.5 * np.sum((out - goal) ** 2)

# --- backward
dout = out - goal
dWo = cat.T @ dout
dcat = dout @ Wo.T
dctx = dcat.reshape(T, H, hd).transpose(1, 0, 2)
datt = np.einsum("htd,hsd->hts", dctx, v)
dv = np.einsum("hts,htd->hsd", w, dctx)
dlogit = w * (datt - (w * datt).sum(-1, keepdims=True))
dlogit = np.where(causal, dlogit, 0.0) / np.sqrt(hd)
dq = np.einsum("hts,hsd->htd", dlogit, k)
dk = np.einsum("hts,htd->hsd", dlogit, q)
dqkv = np.concatenate([d.transpose(1, 0, 2).reshape(T, E) for d in (dq, dk, dv)], axis=1)
dWqkv = x.T @ dqkv
dx = dqkv @ Wqkv.T

print("loss %.6f" % loss)
print("norms:", *[round(float(np.linalg.norm(a)), 5) for a in (dx, dWqkv, dWo)])
