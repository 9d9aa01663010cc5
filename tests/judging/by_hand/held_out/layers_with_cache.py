import numpy as np


def affine_forward(x, w, b):
    N = x.shape[0]
    out = x.reshape(N, -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    N = x.shape[0]
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(N, -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    cache = x
    return out, cache


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def softmax_loss(x, y):
    shifted = x - np.max(x, axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx


rng = np.random.RandomState(231)
X = rng.randn(4, 2, 3)
y = np.array([0, 2, 1, 2])
W1 = rng.randn(6, 5) * 0.3
b1 = rng.randn(5) * 0.1
W2 = rng.randn(5, 3) * 0.3
b2 = rng.randn(3) * 0.1
reg = 0.1

h1, cache1 = affine_forward(X, W1, b1)
a1, cache_relu = relu_forward(h1)
scores, cache2 = affine_forward(a1, W2, b2)
data_loss, dscores = softmax_loss(scores, y)
reg_loss = 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
loss = data_loss + reg_loss

grads = {}
da1, grads["W2"], grads["b2"] = affine_backward(dscores, cache2)
grads["W2"] += reg * W2
dh1 = relu_backward(da1, cache_relu)
dX, grads["W1"], grads["b1"] = affine_backward(dh1, cache1)
grads["W1"] += reg * W1
