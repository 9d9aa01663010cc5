import numpy as np

np.random.seed(11)
vocab, emb_dim, classes = 10, 4, 3
E = np.random.randn(vocab, emb_dim)
W = np.random.randn(emb_dim, classes)
b = np.random.randn(classes)

# two documents of four words each, some words come twice
ids = np.array([[1, 5, 5, 2], [7, 1, 0, 5]])
labels = np.array([2, 0])
B, L = ids.shape

emb = E[ids]                     # (B, L, emb_dim)
bag = emb.mean(axis=1)           # (B, emb_dim)
logits = bag @ W + b
logits = logits - logits.max(axis=1, keepdims=True)
logsum = np.log(np.exp(logits).sum(axis=1, keepdims=True))
logp = logits - logsum
loss = -logp[np.arange(B), labels].mean()
print("loss", loss)

dlogits = np.exp(logp)
dlogits[np.arange(B), labels] -= 1
dlogits /= B
db = dlogits.sum(axis=0)
dW = bag.T @ dlogits
dbag = dlogits @ W.T
demb = np.repeat(dbag[:, None, :], L, axis=1) / L
dE = np.zeros_like(E)
np.add.at(dE, ids, demb)

print("rows touched:", np.flatnonzero(np.abs(dE).sum(axis=1)))
E -= 0.5 * dE
