import torch

torch.manual_seed(8)
X = torch.randn(5, 5)
K = torch.randn(3, 3)
bias = torch.tensor(0.2)
target = torch.randn(3, 3)

Y = torch.zeros(3, 3)
for i in range(3):
    for j in range(3):
        Y[i, j] = (X[i : i + 3, j : j + 3] * K).sum() + bias
A = torch.tanh(Y)
loss = ((A - target) ** 2).mean()

dA = 2 * (A - target) / A.numel()
dY = dA * (1 - A**2)
dbias = dY.sum()
dK = torch.zeros_like(K)
dX = torch.zeros_like(X)
for i in range(3):
    for j in range(3):
        dK += dY[i, j] * X[i : i + 3, j : j + 3]
        dX[i : i + 3, j : j + 3] += dY[i, j] * K
