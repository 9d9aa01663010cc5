import numpy as np

np.random.seed(7)
N, D = 6, 4
eps = 1e-5
x = 3 * np.random.randn(N, D) + 1
gamma = np.random.rand(D) + 0.5
beta = np.random.randn(D)
target = np.random.randn(N, D)

# step 1: mean
mu = 1. / N * np.sum(x, axis=0)
xmu = x - mu
# step 2: variance
sq = xmu ** 2
var = 1. / N * np.sum(sq, axis=0)
sqrtvar = np.sqrt(var + eps)
ivar = 1. / sqrtvar
# step 3: normalise, scale, shift
xhat = xmu * ivar
gammax = gamma * xhat
out = gammax + beta
loss = 0.5 * np.sum((out - target) ** 2)

dout = out - target
# step 3
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
# step 2
dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
dvar = 0.5 * 1. / np.sqrt(var + eps) * dsqrtvar
dsq = 1. / N * np.ones((N, D)) * dvar
dxmu2 = 2 * xmu * dsq
# step 1
dx1 = dxmu1 + dxmu2
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
dx2 = 1. / N * np.ones((N, D)) * dmu
dx = dx1 + dx2
print(dx.mean(axis=0), dgamma, dbeta)
