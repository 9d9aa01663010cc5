import torch

torch.manual_seed(1337)
B, T, C = 2, 3, 4
x = torch.randn(B, T, C)
w = torch.randn(C)
b = torch.randn(C)
eps = 1e-5

mean = x.sum(-1, keepdim=True) / C
xshift = x - mean
var = (xshift**2).sum(-1, keepdim=True) / C
rstd = (var + eps) ** -0.5
norm = xshift * rstd
out = norm * w + b

dout = torch.randn(B, T, C)
db = dout.sum((0, 1))
dw = (dout * norm).sum((0, 1))
dnorm = dout * w
dx = dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True)
dx *= rstd
