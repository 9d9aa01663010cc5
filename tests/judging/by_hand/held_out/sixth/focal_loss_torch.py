# 1-d convolution, relu, max over time, linear, focal loss
import torch

torch.manual_seed(12)
torch.set_default_dtype(torch.float64)
N, L, K, F = 5, 10, 3, 4
sig = torch.randn(N, L)
ker = torch.randn(F, K) * 0.8
W = torch.randn(F) * 0.8
b = torch.tensor(0.1)
y = torch.tensor([1.0, 0, 1, 0, 0])
gamma = 2.0

win = sig.unfold(1, K, 1)                       # (N, L-K+1, K)
conv = torch.einsum("ntk,fk->nft", win, ker)
act = conv.clamp(min=0)
feat, where = act.max(dim=2)
score = feat @ W + b
p = torch.sigmoid(score)
pt = y * p + (1 - y) * (1 - p)
focal = -(1 - pt) ** gamma * torch.log(pt)
loss = focal.mean()

# backward
dfocal = torch.full((N,), 1.0 / N)
dpt = dfocal * (gamma * (1 - pt) ** (gamma - 1) * torch.log(pt) - (1 - pt) ** gamma / pt)
dp = dpt * (2 * y - 1)
dscore = dp * p * (1 - p)
dW = feat.t() @ dscore
db = dscore.sum()
dfeat = dscore[:, None] * W[None, :]
dact = torch.zeros_like(act)
dact.scatter_(2, where.unsqueeze(2), dfeat.unsqueeze(2))
dconv = dact * (conv > 0)
dker = torch.einsum("nft,ntk->fk", dconv, win)
dwin = torch.einsum("nft,fk->ntk", dconv, ker)
dsig = torch.zeros_like(sig)
for k in range(K):
    dsig[:, k:k + L - K + 1] += dwin[:, :, k]

print("loss", loss.item())
print("dker", dker)
print("dW", dW, "db", db.item())
print("dsig", dsig)
