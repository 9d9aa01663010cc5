import numpy as np


def bn_forward(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    inv = 1.0 / np.sqrt(var + eps)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv, gamma)


def bn_backward(dout, cache):
    xhat, inv, gamma = cache
    N = dout.shape[0]
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = inv / N * (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0))
    return dx, dgamma, dbeta


rng = np.random.default_rng(5)
X = rng.normal(size=(8, 3)) * 3
gamma = rng.uniform(0.5, 1.5, size=3)
beta = rng.normal(size=3)
W = rng.normal(size=(8, 3))

out, cache = bn_forward(X, gamma, beta)
L = (W * np.tanh(out)).sum()
dout = W * (1 - np.tanh(out) ** 2)
dX, dgamma, dbeta = bn_backward(dout, cache)
print("L", L)
print("dX\n", dX)
