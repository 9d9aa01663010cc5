import numpy as np


def spatial_bn(x, gamma, beta, eps=1e-5):
    mu = x.mean(axis=(0, 2, 3), keepdims=True)
    var = x.var(axis=(0, 2, 3), keepdims=True)
    xn = (x - mu) / np.sqrt(var + eps)
    return gamma[None, :, None, None] * xn + beta[None, :, None, None], (x, mu, var, xn, gamma, eps)


def spatial_bn_grad(dy, cache):
    x, mu, var, xn, gamma, eps = cache
    N, C, H, W = x.shape
    M = N * H * W
    grads = {}
    grads["beta"] = dy.sum(axis=(0, 2, 3))
    grads["gamma"] = (dy * xn).sum(axis=(0, 2, 3))
    dxn = dy * gamma.reshape(1, C, 1, 1)
    dvar = (dxn * (x - mu)).sum(axis=(0, 2, 3), keepdims=True) * -0.5 * (var + eps) ** -1.5
    dmu = -(dxn / np.sqrt(var + eps)).sum(axis=(0, 2, 3), keepdims=True)
    # d var / d mu is zero
    grads["x"] = dxn / np.sqrt(var + eps) + dvar * 2 * (x - mu) / M + dmu / M
    return grads


np.random.seed(3)
x = np.random.randn(2, 3, 2, 2) * 2 - 1
gamma = np.array([1.0, 0.5, 2.0])
beta = np.array([0.0, 0.1, -0.2])
t = np.random.randn(2, 3, 2, 2)
y, cache = spatial_bn(x, gamma, beta)
loss = 0.5 * ((y - t) ** 2).sum()
grads = spatial_bn_grad(y - t, cache)
print("loss", loss)
for name in grads:
    print(name, grads[name].ravel()[:3])
