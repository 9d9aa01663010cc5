import numpy as np


def affine_forward(x, w, b):
    N = x.shape[0]
    out = x.reshape(N, -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(N, -1).T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    Z = np.exp(shifted).sum(axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    N = x.shape[0]
    loss = -log_probs[np.arange(N), y].sum() / N
    dx = np.exp(log_probs)
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


np.random.seed(231)
x = np.random.randn(4, 2, 3)
y = np.array([2, 0, 1, 2])
w1 = np.random.randn(6, 7) * 0.5
b1 = np.random.randn(7) * 0.1
w2 = np.random.randn(7, 3) * 0.5
b2 = np.random.randn(3) * 0.1

a, cache_a = affine_forward(x, w1, b1)
r, cache_r = relu_forward(a)
s, cache_s = affine_forward(r, w2, b2)
loss, ds = softmax_loss(s, y)
dr, dw2, db2 = affine_backward(ds, cache_s)
da = relu_backward(dr, cache_r)
dx, dw1, db1 = affine_backward(da, cache_a)
print("loss", loss)
print("dx", dx.shape, "dw1", dw1.shape, "db1", db1)
