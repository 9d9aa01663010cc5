import numpy as np
np.random.seed(42)

n, block, emb_d, hid, vocab = 6, 3, 4, 7, 9
Xb = np.random.randint(0, vocab, (n, block))
Yb = np.random.randint(0, vocab, n)
C = np.random.randn(vocab, emb_d)
W1 = np.random.randn(block * emb_d, hid) * 0.3
b1 = np.random.randn(hid) * 0.1
W2 = np.random.randn(hid, vocab) * 0.3
b2 = np.random.randn(vocab) * 0.1
bngain = np.random.rand(1, hid) + 0.5
bnbias = np.random.randn(1, hid) * 0.1

# ---- forward
emb = C[Xb]
embcat = emb.reshape(n, -1)
hprebn = embcat @ W1 + b1
bnmeani = hprebn.sum(0, keepdims=True) / n
bndiff = hprebn - bnmeani
bndiff2 = bndiff ** 2
bnvar = bndiff2.sum(0, keepdims=True) / (n - 1)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = np.tanh(hpreact)
logits = h @ W2 + b2
logit_maxes = logits.max(1, keepdims=True)
counts = np.exp(logits - logit_maxes)
probs = counts / counts.sum(1, keepdims=True)
logprobs = np.log(probs)
loss = -logprobs[np.arange(n), Yb].mean()

# ---- backward
dlogits = probs.copy()
dlogits[np.arange(n), Yb] -= 1
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
dbnvar = -0.5 * (bnvar + 1e-5) ** -1.5 * dbnvar_inv
dbndiff2 = np.ones_like(bndiff2) * dbnvar / (n - 1)
dbndiff += (2 * bndiff) * dbndiff2
dhprebn = dbndiff.copy()
dbnmeani = -dbndiff.sum(0, keepdims=True)
dhprebn += np.ones_like(hprebn) * dbnmeani / n
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
db1 = dhprebn.sum(0)
demb = dembcat.reshape(emb.shape)
dC = np.zeros_like(C)
for k in range(Xb.shape[0]):
    for j in range(Xb.shape[1]):
        dC[Xb[k, j]] += demb[k, j]

print(loss, np.abs(dC).mean())
