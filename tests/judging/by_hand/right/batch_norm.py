import numpy as np

np.random.seed(3)
N, D = 6, 4
x = np.random.randn(N, D) * 2 + 1
gamma = np.random.randn(D)
beta = np.random.randn(D)
eps = 1e-5

mu = x.mean(axis=0)
xmu = x - mu
sq = xmu**2
var = sq.sum(axis=0) / N
sqrtvar = np.sqrt(var + eps)
ivar = 1.0 / sqrtvar
xhat = xmu * ivar
gammax = gamma * xhat
out = gammax + beta

dout = np.random.randn(*out.shape)

dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu = dxhat * ivar
dsqrtvar = -1.0 / (sqrtvar**2) * divar
dvar = 0.5 / np.sqrt(var + eps) * dsqrtvar
dsq = np.ones((N, D)) / N * dvar
dxmu += 2 * xmu * dsq
dx = dxmu.copy()
dmu = -np.sum(dxmu, axis=0)
dx += np.ones((N, D)) / N * dmu
