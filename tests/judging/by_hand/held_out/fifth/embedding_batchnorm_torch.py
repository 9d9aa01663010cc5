import torch

torch.manual_seed(1337)
vocab, n_embd, n_hidden, block, n = 9, 3, 6, 2, 8
Xb = torch.randint(0, vocab, (n, block))
Yb = torch.randint(0, vocab, (n,))
C = torch.randn(vocab, n_embd)
W1 = torch.randn(n_embd * block, n_hidden) * 0.4
b1 = torch.randn(n_hidden) * 0.1
W2 = torch.randn(n_hidden, vocab) * 0.3
b2 = torch.randn(vocab) * 0.1
bngain = torch.randn(1, n_hidden) * 0.1 + 1.0
bnbias = torch.randn(1, n_hidden) * 0.1

# forward, in small pieces
emb = C[Xb]
embcat = emb.view(n, -1)
hprebn = embcat @ W1 + b1
bnmeani = hprebn.sum(0, keepdim=True) / n
bndiff = hprebn - bnmeani
bndiff2 = bndiff ** 2
bnvar = bndiff2.sum(0, keepdim=True) / (n - 1)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = bndiff * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
probs = torch.softmax(logits, 1)
loss = -probs[range(n), Yb].log().mean()

# backward, by hand
dlogits = probs.clone()
dlogits[range(n), Yb] -= 1
dlogits /= n
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = (1.0 - h ** 2) * dh
dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
dbnbias = dhpreact.sum(0, keepdim=True)
dbnraw = bngain * dhpreact
dbndiff = bnvar_inv * dbnraw
dbnvar_inv = (bndiff * dbnraw).sum(0, keepdim=True)
dbnvar = (-0.5 * (bnvar + 1e-5) ** -1.5) * dbnvar_inv
dbndiff2 = (1.0 / (n - 1)) * torch.ones_like(bndiff2) * dbnvar
dbndiff += (2 * bndiff) * dbndiff2
dhprebn = dbndiff.clone()
dbnmeani = (-dbndiff).sum(0, keepdim=True)
dhprebn += 1.0 / n * (torch.ones_like(hprebn) * dbnmeani)
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
db1 = dhprebn.sum(0)
demb = dembcat.view(emb.shape)
dC = torch.zeros_like(C)
for k in range(Xb.shape[0]):
    for j in range(Xb.shape[1]):
        dC[Xb[k, j]] += demb[k, j]

for name, g in [("C", dC), ("W1", dW1), ("W2", dW2), ("bngain", dbngain)]:
    print(name, tuple(g.shape), g.abs().max().item())
