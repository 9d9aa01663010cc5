import numpy as np

rng = np.random.RandomState(44)
B, T, Cc, nh = 2, 3, 4, 2
hd = Cc // nh
x = rng.randn(B, T, Cc)
Wqkv = rng.randn(3, Cc, nh, hd) * 0.7
Wo = rng.randn(nh, hd, Cc) * 0.7
y = rng.randn(B, T, Cc)
causal = np.tril(np.ones((T, T), dtype=bool))

# forward
q, k, v = np.einsum("btc,scnd->sbntd", x, Wqkv)
att = np.einsum("bnid,bnjd->bnij", q, k) / np.sqrt(hd)
att = np.where(causal, att, -1e9)
att = np.exp(att - att.max(-1, keepdims=True))
att = att / att.sum(-1, keepdims=True)
heads = np.einsum("bnij,bnjd->bnid", att, v)
out = np.einsum("bnid,ndc->bic", heads, Wo)
loss = np.mean((out - y) ** 2)

# backward
dout = 2.0 * (out - y) / out.size
dWo = np.einsum("bnid,bic->ndc", heads, dout)
dheads = np.einsum("bic,ndc->bnid", dout, Wo)
datt = np.einsum("bnid,bnjd->bnij", dheads, v)
dv = np.einsum("bnij,bnid->bnjd", att, dheads)
dlogit = att * (datt - (datt * att).sum(-1, keepdims=True))
dlogit = np.where(causal, dlogit, 0.0) / np.sqrt(hd)
dq = np.einsum("bnij,bnjd->bnid", dlogit, k)
dk = np.einsum("bnij,bnid->bnjd", dlogit, q)
dqkv = np.stack([dq, dk, dv])
dWqkv = np.einsum("btc,sbntd->scnd", x, dqkv)
dx = np.einsum("sbntd,scnd->btc", dqkv, Wqkv)

print("loss", loss)
print("dx", dx.shape, np.abs(dx).sum())
