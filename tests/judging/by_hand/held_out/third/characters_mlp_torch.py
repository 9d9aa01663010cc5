import torch

torch.manual_seed(2147)
vocab, n_embd, block, n_hidden, n = 6, 3, 2, 5, 7
Xb = torch.randint(0, vocab, (n, block))
Yb = torch.randint(0, vocab, (n,))
C = torch.randn(vocab, n_embd)
W1 = torch.randn(n_embd * block, n_hidden) * 0.4
bngain = torch.randn(n_hidden) * 0.1 + 1.0
bnbias = torch.randn(n_hidden) * 0.1
W2 = torch.randn(n_hidden, vocab) * 0.4
b2 = torch.randn(vocab) * 0.1

# forward
emb = C[Xb]
embcat = emb.view(n, -1)
hpre = embcat @ W1
mu = hpre.mean(0, keepdim=True)
hdiff = hpre - mu
var = (hdiff ** 2).sum(0, keepdim=True) / (n - 1)     # Bessel
inv = (var + 1e-5) ** -0.5
raw = hdiff * inv
hbn = bngain * raw + bnbias
h = torch.tanh(hbn)
logits = h @ W2 + b2
counts = (logits - logits.max(1, keepdim=True).values).exp()
probs = counts / counts.sum(1, keepdim=True)
loss = -probs[range(n), Yb].log().mean()
print(loss.item())

# backward
dlogits = probs.clone()
dlogits[range(n), Yb] -= 1
dlogits /= n
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhbn = (1.0 - h ** 2) * dh
dbngain = (raw * dhbn).sum(0)
dbnbias = dhbn.sum(0)
draw = bngain * dhbn
dinv = (hdiff * draw).sum(0, keepdim=True)
dhdiff = inv * draw
dvar = (-0.5 * (var + 1e-5) ** -1.5) * dinv
dhdiff += 2.0 / (n - 1) * hdiff * dvar
dhpre = dhdiff - dhdiff.mean(0, keepdim=True)
dW1 = embcat.T @ dhpre
dembcat = dhpre @ W1.T
demb = dembcat.view(emb.shape)
dC = torch.zeros_like(C)
dC.index_add_(0, Xb.view(-1), demb.view(-1, n_embd))
print(dC)
