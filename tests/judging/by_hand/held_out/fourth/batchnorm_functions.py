import numpy as np

def bn_forward(x, gamma, beta, t, eps=1e-5):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    inv_std = 1.0 / np.sqrt(var + eps)
    x_hat = (x - mu) * inv_std
    y = gamma * x_hat + beta
    loss = np.mean((y - t) ** 2)
    return loss, (x_hat, inv_std, gamma, y, t)

def bn_backward(cache):
    x_hat, inv_std, gamma, y, t = cache
    N, D = y.shape
    dy = 2.0 * (y - t) / (N * D)
    dbeta = dy.sum(0)
    dgamma = (dy * x_hat).sum(0)
    dx = (gamma * inv_std / N) * (N * dy - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta

np.random.seed(11)
x = np.random.randn(7, 3) * 2 - 1
t = np.random.randn(7, 3)
gamma, beta = np.array([1.1, 0.6, -0.9]), np.array([0.0, 0.3, -0.2])
loss, cache = bn_forward(x, gamma, beta, t)
dx, dgamma, dbeta = bn_backward(cache)
print(loss, dgamma, dbeta)

# tiny check of one entry
h = 1e-5
xp, xm = x.copy(), x.copy()
xp[2, 1] += h
xm[2, 1] -= h
print("num", (bn_forward(xp, gamma, beta, t)[0] - bn_forward(xm, gamma, beta, t)[0]) / (2 * h), "ana", dx[2, 1])
