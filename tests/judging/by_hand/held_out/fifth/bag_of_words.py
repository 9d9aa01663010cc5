import numpy as np

np.random.seed(17)
V, d, n_cls = 10, 4, 3
E = np.random.randn(V, d)
U = np.random.randn(d, n_cls)
c = np.zeros(n_cls)
docs = np.array([[1, 4, 4, 7], [0, 2, 9, 2], [3, 3, 3, 8]])
labels = np.array([2, 0, 1])
B, L = docs.shape

vecs = E[docs]                      # B, L, d
bow = vecs.mean(axis=1)             # B, d
logits = bow @ U + c
logits = logits - logits.max(1, keepdims=True)
probs = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
loss = -np.mean(np.log(probs[np.arange(B), labels]))

dlogits = probs.copy()
dlogits[np.arange(B), labels] -= 1
dlogits /= B
dU = bow.T @ dlogits
dc = dlogits.sum(axis=0)
dbow = dlogits @ U.T
dvecs = np.repeat(dbow[:, None, :], L, axis=1) / L
dE = np.zeros_like(E)
np.add.at(dE, docs, dvecs)

print("loss:", loss)
print("rows touched:", np.unique(docs))
print("dE norms:", np.linalg.norm(dE, axis=1))
