import math
import torch

torch.manual_seed(5)
x = torch.randn(4, 3)
w1 = torch.randn(3, 6) * 0.6
b1 = torch.randn(6) * 0.1
w2 = torch.randn(6, 2) * 0.6
t = torch.randn(4, 2)
mask = (torch.rand(4, 6) > 0.3).to(x.dtype) / 0.7

# forward
u = x @ w1 + b1
cdf = 0.5 * (1 + torch.erf(u / math.sqrt(2)))
a = u * cdf
d = a * mask
y = d @ w2
loss = ((y - t) ** 2).mean()

# backward
dL_dy = 2 * (y - t) / y.numel()
dL_dw2 = d.t() @ dL_dy
dL_dd = dL_dy @ w2.t()
dL_da = dL_dd * mask
pdf = torch.exp(-0.5 * u * u) / math.sqrt(2 * math.pi)
da_du = cdf + u * pdf
dL_du = dL_da * da_du
dL_dw1 = x.t() @ dL_du
dL_db1 = dL_du.sum(0)
dL_dx = dL_du @ w1.t()

print(f"loss {loss.item():.4f}")
print("dL_dx", dL_dx)
