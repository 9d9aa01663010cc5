import torch

torch.manual_seed(5)
m, d, k = 6, 4, 3
X = torch.randn(m, d)
labels = torch.tensor([0, 2, 1, 1, 0, 2])
Y = torch.zeros(m, k)
Y[torch.arange(m), labels] = 1.0
W = torch.randn(d, k)
b = torch.zeros(k)

Z = X @ W + b
E = torch.exp(Z)
P = E / E.sum(dim=1, keepdim=True)
J = -(Y * torch.log(P)).sum() / m

dZ = P - Y
dW = X.T @ dZ / m
db = dZ.sum(dim=0) / m
