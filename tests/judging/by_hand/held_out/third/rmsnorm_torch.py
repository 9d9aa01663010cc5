import torch

torch.manual_seed(0)
B, D = 4, 6
eps = 1e-6
x = torch.randn(B, D) * 1.7
g = torch.rand(D) + 0.5
tgt = torch.randn(B, D)

# forward
ms = (x * x).mean(dim=1, keepdim=True)
inv = (ms + eps) ** (-0.5)
xn = x * inv
out = xn * g
loss = ((out - tgt) ** 2).mean()

# manual backward
dout = 2.0 * (out - tgt) / (B * D)
dg = (dout * xn).sum(dim=0)
dxn = dout * g
dx = dxn * inv
dinv = (dxn * x).sum(dim=1, keepdim=True)
dms = -0.5 * (ms + eps) ** (-1.5) * dinv
dx += dms * 2 * x / D

print("loss", loss.item())
print("dx", dx)
print("dg", dg)
