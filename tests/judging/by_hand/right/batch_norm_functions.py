"""The same as functions, with a cache."""

import numpy as np


def batchnorm_forward(x, gamma, beta, eps=1e-5):
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    cache = (x, x_hat, mean, std, gamma)
    return out, cache


def batchnorm_backward(dout, cache):
    x, x_hat, mean, std, gamma = cache
    m = x.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * (x - mean), axis=0) * -0.5 * std**-3
    dmean = np.sum(-dx_hat / std, axis=0) + dvar * np.mean(-2 * (x - mean), axis=0)
    dx = dx_hat / std + dvar * 2 * (x - mean) / m + dmean / m
    return dx, dgamma, dbeta


rng = np.random.default_rng(1)
x = rng.normal(size=(5, 3))
gamma, beta = rng.normal(size=3), rng.normal(size=3)
out, cache = batchnorm_forward(x, gamma, beta)
dout = rng.normal(size=out.shape)
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
print(dx.shape, dgamma)
