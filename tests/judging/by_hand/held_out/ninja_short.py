import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(42)
n = 5
x = torch.randn((n, 4), generator=g)
W1 = torch.randn((4, 6), generator=g) * 0.5
W2 = torch.randn((6, 3), generator=g) * 0.5
b2 = torch.randn(3, generator=g) * 0.1
bngain = torch.rand((1, 6), generator=g)
bnbias = torch.rand((1, 6), generator=g)
Yb = torch.tensor([0, 2, 1, 1, 0])

hprebn = x @ W1
bnmean = hprebn.mean(0, keepdim=True)
bnvar = hprebn.var(0, keepdim=True, unbiased=True)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = (hprebn - bnmean) * bnvar_inv
hpreact = bngain * bnraw + bnbias
h = torch.tanh(hpreact)
logits = h @ W2 + b2
loss = F.cross_entropy(logits, Yb)

dlogits = F.softmax(logits, 1)
dlogits[range(n), Yb] -= 1
dlogits /= n
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = (1.0 - h**2) * dh
dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
dbnbias = dhpreact.sum(0, keepdim=True)
dhprebn = (
    bngain * bnvar_inv / n
    * (n * dhpreact - dhpreact.sum(0) - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))
)
dW1 = x.T @ dhprebn
