import torch

torch.manual_seed(12)
x = torch.randn(6, 3) * 2 + 1
gamma = torch.rand(3) + 0.5
beta = torch.randn(3)
eps = 1e-5
m = x.shape[0]

mu = x.mean(dim=0)
sigma2 = ((x - mu) ** 2).mean(dim=0)
x_hat = (x - mu) / torch.sqrt(sigma2 + eps)
y = gamma * x_hat + beta
loss = (y**2).sum() / 2

dL_dy = y
dL_dgamma = (dL_dy * x_hat).sum(dim=0)
dL_dbeta = dL_dy.sum(dim=0)
dL_dxhat = dL_dy * gamma
dL_dsigma2 = (dL_dxhat * (x - mu) * -0.5 * (sigma2 + eps) ** -1.5).sum(dim=0)
dL_dmu = (-dL_dxhat / torch.sqrt(sigma2 + eps)).sum(dim=0) + dL_dsigma2 * (-2 * (x - mu)).mean(dim=0)
dL_dx = dL_dxhat / torch.sqrt(sigma2 + eps) + dL_dsigma2 * 2 * (x - mu) / m + dL_dmu / m
