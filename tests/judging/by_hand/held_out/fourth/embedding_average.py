import numpy as np

np.random.seed(17)
V, D, K = 10, 4, 3
docs = np.array([[1, 2, 2, 5], [0, 9, 5, 5], [3, 3, 3, 7]])
labels = np.array([0, 2, 1])
E = np.random.randn(V, D)
U = np.random.randn(D, K) * 0.5
c = np.zeros(K)

# forward
vecs = E[docs]                      # (B, L, D)
bag = vecs.mean(axis=1)             # (B, D)
logits = bag @ U + c
m = logits.max(1, keepdims=True)
lse = m + np.log(np.exp(logits - m).sum(1, keepdims=True))
logp = logits - lse
loss = -logp[np.arange(3), labels].sum()

# backward
dlogits = np.exp(logp)
dlogits[np.arange(3), labels] -= 1.0
dU = bag.T @ dlogits
dc = dlogits.sum(axis=0)
dbag = dlogits @ U.T
dE = np.zeros_like(E)
np.add.at(dE, docs, np.repeat(dbag[:, None, :], docs.shape[1], axis=1) / docs.shape[1])

print("loss = %.4f" % loss)
print("rows touched:", np.nonzero(np.abs(dE).sum(1))[0])
