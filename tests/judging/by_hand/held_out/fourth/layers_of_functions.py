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
    db = np.sum(dout, axis=0)
    return dx, dw, db

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, cache):
    dx = dout * (cache > 0)
    return dx

def softmax_loss(x, y):
    shifted = x - x.max(axis=1, keepdims=True)
    Z = np.sum(np.exp(shifted), axis=1, keepdims=True)
    log_probs = shifted - np.log(Z)
    probs = np.exp(log_probs)
    N = x.shape[0]
    loss = -np.sum(log_probs[np.arange(N), y]) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx

np.random.seed(231)
x = np.random.randn(5, 2, 3)
y = np.array([0, 2, 1, 1, 3])
w1, b1 = 0.5 * np.random.randn(6, 7), 0.1 * np.random.randn(7)
w2, b2 = 0.5 * np.random.randn(7, 4), 0.1 * np.random.randn(4)
reg = 0.05

# forward
a1, cache1 = affine_forward(x, w1, b1)
h1, cache_r = relu_forward(a1)
scores, cache2 = affine_forward(h1, w2, b2)
loss, dscores = softmax_loss(scores, y)
loss += 0.5 * reg * (np.sum(w1 * w1) + np.sum(w2 * w2))

# backward
dh1, dw2, db2 = affine_backward(dscores, cache2)
da1 = relu_backward(dh1, cache_r)
dx, dw1, db1 = affine_backward(da1, cache1)
dw2 += reg * w2
dw1 += reg * w1
print("loss %.5f" % loss)
w1 -= 0.01 * dw1
w2 -= 0.01 * dw2
