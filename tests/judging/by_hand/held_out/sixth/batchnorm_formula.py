import numpy as np
rng = np.random.RandomState(21)

N, D = 7, 4
x = rng.randn(N, D) * 1.7 - 0.4
gamma = rng.rand(D) + 0.5
beta = rng.randn(D)
R = rng.randn(N, D)        # random projection so that the loss is a scalar

mean = x.mean(0)
var = x.var(0)
istd = 1 / np.sqrt(var + 1e-5)
xhat = (x - mean) * istd
out = gamma * xhat + beta
loss = (out * R).sum()

# the short backward
dout = R
dgamma = (dout * xhat).sum(0)
dbeta = dout.sum(0)
dxhat = dout * gamma
dx = istd / N * (N * dxhat - dxhat.sum(0) - xhat * (dxhat * xhat).sum(0))

print("loss =", round(loss, 6))
print("dx =\n", dx)
print("dgamma =", dgamma)
