import torch

torch.manual_seed(1337)
B, T, C = 2, 3, 5
x = torch.randn(B, T, C)
weight = torch.randn(C)
bias = torch.randn(C)
upstream = torch.randn(B, T, C)
eps = 1e-5

# forward
mean = x.sum(-1, keepdim=True) / C
xshift = x - mean
var = (xshift ** 2).sum(-1, keepdim=True) / C
rstd = (var + eps) ** -0.5
norm = xshift * rstd
out = norm * weight + bias
loss = (out * upstream).sum()
print("loss", loss.item())

# backward, by hand
bias_grad = upstream.sum((0, 1))
weight_grad = (upstream * norm).sum((0, 1))
norm_grad = upstream * weight
xshift_grad = norm_grad * rstd
rstd_grad = (norm_grad * xshift).sum(-1, keepdim=True)
var_grad = -0.5 * (var + eps) ** -1.5 * rstd_grad
xshift_grad = xshift_grad + 2 * xshift / C * var_grad
mean_grad = -xshift_grad.sum(-1, keepdim=True)
x_grad = xshift_grad + mean_grad / C

# compare with the short formula
short = rstd * (norm_grad - norm_grad.mean(-1, keepdim=True)
                - norm * (norm_grad * norm).mean(-1, keepdim=True))
print("max difference to the short formula:", (x_grad - short).abs().max().item())
