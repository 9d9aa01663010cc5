import numpy as np

rng = np.random.default_rng(2147483647)
n, vocab, n_embd, block, n_hidden = 10, 7, 3, 2, 8
Xb = rng.integers(0, vocab, (n, block))
Yb = rng.integers(0, vocab, n)
C = rng.normal(size=(vocab, n_embd))
W1 = rng.normal(size=(n_embd * block, n_hidden)) * 0.5
W2 = rng.normal(size=(n_hidden, vocab)) * 0.4
b2 = rng.normal(size=vocab) * 0.1
bngain = rng.normal(size=(1, n_hidden)) * 0.1 + 1.0
bnbias = rng.normal(size=(1, n_hidden)) * 0.1

emb = C[Xb]
embcat = emb.reshape(n, -1)
hprebn = embcat @ W1
bnmeani = hprebn.sum(0, keepdims=True) / n
bndiff = hprebn - bnmeani
bndiff2 = bndiff ** 2
bnvar = bndiff2.sum(0, keepdims=True) / (n - 1)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = np.tanh(hpreact)
logits = h @ W2 + b2
counts = np.exp(logits - logits.max(1, keepdims=True))
probs = counts / counts.sum(1, keepdims=True)
logprobs = np.log(probs)
loss = -logprobs[np.arange(n), Yb].mean()

dlogits = probs.copy()
dlogits[range(n), Yb] -= 1
dlogits /= n
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = (1.0 - h ** 2) * dh
dbngain = (bnraw * dhpreact).sum(0, keepdims=True)
dbnbias = dhpreact.sum(0, keepdims=True)
dbnraw = bngain * dhpreact
dbndiff = bnvar_inv * dbnraw
dbnvar_inv = (bndiff * dbnraw).sum(0, keepdims=True)
dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
dbndiff2 = (1.0 / (n - 1)) * np.ones_like(bndiff2) * dbnvar
dbndiff += (2 * bndiff) * dbndiff2
dhprebn = dbndiff.copy()
dbnmeani = (-dbndiff).sum(0, keepdims=True)
dhprebn += 1.0 / n * (np.ones_like(hprebn) * dbnmeani)
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
demb = dembcat.reshape(emb.shape)
dC = np.zeros_like(C)
for k in range(Xb.shape[0]):
    for j in range(Xb.shape[1]):
        dC[Xb[k, j]] += demb[k, j]

print(f"loss {loss:.4f}")
for name, t in (("C", dC), ("W1", dW1), ("W2", dW2), ("bngain", dbngain)):
    print(f"{name:8s} {np.abs(t).max():.6f}")
