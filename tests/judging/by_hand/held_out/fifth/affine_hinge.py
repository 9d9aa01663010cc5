import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
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
    x = cache
    dx = dout * (x > 0)
    return dx


def svm_loss(s, y):
    N = s.shape[0]
    correct = s[np.arange(N), y]
    margins = np.maximum(0, s - correct[:, None] + 1.0)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N
    ds = np.zeros_like(s)
    ds[margins > 0] = 1
    ds[np.arange(N), y] -= (margins > 0).sum(axis=1)
    return loss, ds / N


np.random.seed(231)
x = np.random.randn(5, 2, 3)
y = np.array([0, 1, 3, 2, 1])
w1 = np.random.randn(6, 8) * 0.5
b1 = np.random.randn(8) * 0.1
w2 = np.random.randn(8, 4) * 0.5
b2 = np.random.randn(4) * 0.1

a1, c1 = affine_forward(x, w1, b1)
r1, c2 = relu_forward(a1)
s, c3 = affine_forward(r1, w2, b2)
loss, ds = svm_loss(s, y)
dr1, dw2, db2 = affine_backward(ds, c3)
da1 = relu_backward(dr1, c2)
dx, dw1, db1 = affine_backward(da1, c1)
print(loss)
print(dw1[0], db2)
