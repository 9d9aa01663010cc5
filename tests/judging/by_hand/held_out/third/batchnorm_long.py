import numpy as np

rng = np.random.RandomState(3)
N, D = 6, 3
x = 2.0 * rng.randn(N, D) + 1.0
gamma = rng.rand(D) + 0.5
beta = rng.randn(D)
dout = rng.randn(N, D)
eps = 1e-5

# step 1: mean
mu = 1.0 / N * np.sum(x, axis=0)
# step 2: center
xmu = x - mu
# step 3: square
sq = xmu ** 2
# step 4: variance
var = 1.0 / N * np.sum(sq, axis=0)
# step 5: root
sqrtvar = np.sqrt(var + eps)
# step 6: invert
ivar = 1.0 / sqrtvar
# step 7: normalise
xhat = xmu * ivar
# step 8: scale and shift
gammax = gamma * xhat
out = gammax + beta
loss = np.sum(out * dout)

# ----- and the same way back -----
# 8
dbeta = np.sum(dout, axis=0)
dgammax = dout
dgamma = np.sum(dgammax * xhat, axis=0)
dxhat = dgammax * gamma
# 7
divar = np.sum(dxhat * xmu, axis=0)
dxmu1 = dxhat * ivar
# 6
dsqrtvar = -1.0 / (sqrtvar ** 2) * divar
# 5
dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
# 4
dsq = 1.0 / N * np.ones((N, D)) * dvar
# 3
dxmu2 = 2 * xmu * dsq
# 2
dx1 = dxmu1 + dxmu2
dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
# 1
dx2 = 1.0 / N * np.ones((N, D)) * dmu
dx = dx1 + dx2

print(dx)
print(dgamma, dbeta)
