import numpy as np


def batchnorm_forward(x, gamma, beta, eps):
    N, D = x.shape
    # step1: mean
    mu = 1.0 / N * np.sum(x, axis=0)
    # step2: subtract the mean
    xmu = x - mu
    # step3
    sq = xmu**2
    # step4: variance
    var = 1.0 / N * np.sum(sq, axis=0)
    # step5
    sqrtvar = np.sqrt(var + eps)
    # step6
    ivar = 1.0 / sqrtvar
    # step7: normalise
    xhat = xmu * ivar
    # step8: scale
    gammax = gamma * xhat
    # step9: shift
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    # step9
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    # step8
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    # step7
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    # step6
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    # step5
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    # step4
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    # step3
    dxmu2 = 2 * xmu * dsq
    # step2
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    # step1
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    # step0
    dx = dx1 + dx2
    return dx, dgamma, dbeta


np.random.seed(231)
x = 5 * np.random.randn(4, 5) + 12
gamma = np.random.randn(5)
beta = np.random.randn(5)
dout = np.random.randn(4, 5)
out, cache = batchnorm_forward(x, gamma, beta, 1e-5)
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
