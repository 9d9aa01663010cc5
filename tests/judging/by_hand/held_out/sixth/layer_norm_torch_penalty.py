import torch

torch.manual_seed(1337)
torch.set_default_dtype(torch.float64)

B, D = 5, 5
x = torch.randn(B, D)
weight = torch.rand(D) + 0.5
bias = torch.randn(D)
target = torch.randn(B, D)

# forward
mu = x.mean(-1, keepdim=True)
xc = x - mu
var = (xc ** 2).mean(-1, keepdim=True)
rstd = (var + 1e-5).rsqrt()
norm = xc * rstd
out = norm * weight + bias
loss = ((out - target) ** 2).mean() + 0.1 * (out ** 3).mean()

# backward
out_grad = 2 * (out - target) / out.numel()
out_grad += 0.3 * out ** 2 / out.numel()
bias_grad = out_grad.sum(0)
weight_grad = (out_grad * norm).sum(0)
norm_grad = out_grad * weight
rstd_grad = (norm_grad * xc).sum(-1, keepdim=True)
xc_grad = norm_grad * rstd
var_grad = -0.5 * rstd ** 3 * rstd_grad
xc_grad = xc_grad + 2 * xc / D * var_grad
# second part of the loss: a sine of the centred values
extra = 0.2 * torch.sin(xc).sum()
loss = loss + extra
xc_grad = xc_grad + 0.2 * torch.cos(xc)
mu_grad = -xc_grad.sum(-1, keepdim=True)
x_grad = xc_grad + mu_grad / D

print("loss", loss.item())
print("x_grad", x_grad)
print("weight_grad", weight_grad)
