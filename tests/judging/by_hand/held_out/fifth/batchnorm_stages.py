import numpy as np

np.random.seed(7)
N, D = 6, 4
x = np.random.randn(N, D) * 2 + 1
gamma = np.random.rand(D) + 0.5
beta = np.random.randn(D)
t = np.random.randn(N, D)
eps = 1e-5

# 1..9 forward
mu = 1.0 / N * np.sum(x, axis=0)
xmu = x - mu
sq = xmu ** 2
var = 1.0 / N * np.sum(sq, axis=0)
sqrtvar = np.sqrt(var + eps)
ivar = 1.0 / sqrtvar
xhat = xmu * ivar
gammax = gamma * xhat
out = gammax + beta
loss = np.sum((out - t) ** 2)

# 9..0 backward
dout = 2 * (out - t)
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
dsq = 1.0 / N * np.ones((N, D)) * dvar
dxmu2 = 2 * xmu * dsq
dx1 = dxmu1 + dxmu2
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
dx2 = 1.0 / N * np.ones((N, D)) * dmu
dx = dx1 + dx2

print("dx", dx)
print("column sums of dx", dx.sum(axis=0))
