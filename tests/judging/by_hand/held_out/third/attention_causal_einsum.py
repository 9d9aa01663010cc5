import numpy as np

np.random.seed(88)
B, nh, T, hs = 2, 2, 4, 3
q = np.random.randn(B, nh, T, hs)
k = np.random.randn(B, nh, T, hs)
v = np.random.randn(B, nh, T, hs)
wo = np.random.randn(nh * hs, nh * hs) * 0.4
tgt = np.random.randn(B, T, nh * hs)

# forward
scores = np.einsum('bhid,bhjd->bhij', q, k) / np.sqrt(hs)
causal = np.tril(np.ones((T, T), dtype=bool))
masked = np.where(causal, scores, -np.inf)
att = np.exp(masked - masked.max(axis=-1, keepdims=True))
att = att / att.sum(axis=-1, keepdims=True)
ctx = np.einsum('bhij,bhjd->bhid', att, v)
merged = ctx.transpose(0, 2, 1, 3).reshape(B, T, nh * hs)
y = merged @ wo
loss = np.sum((y - tgt) ** 2) / B
print('loss', round(float(loss), 5))

# backward
dy = 2 * (y - tgt) / B
dwo = np.einsum('btc,bte->ce', merged, dy)
dmerged = dy @ wo.T
dctx = dmerged.reshape(B, T, nh, hs).transpose(0, 2, 1, 3)
datt = np.einsum('bhid,bhjd->bhij', dctx, v)
dv = np.einsum('bhij,bhid->bhjd', att, dctx)
dscores = att * (datt - np.sum(datt * att, axis=-1, keepdims=True))
dscores = dscores / np.sqrt(hs)
dq = np.einsum('bhij,bhjd->bhid', dscores, k)
dk = np.einsum('bhij,bhid->bhjd', dscores, q)

print('dq', np.abs(dq).sum(), 'dk', np.abs(dk).sum(), 'dv', np.abs(dv).sum())
