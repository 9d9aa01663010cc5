import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    dx = np.where(cache > 0, dout, 0)
    return dx


def softmax_loss(scores, y):
    n = scores.shape[0]
    logits = scores - scores.max(1, keepdims=True)
    logp = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    loss = -logp[np.arange(n), y].sum() / n
    dscores = np.exp(logp)
    dscores[np.arange(n), y] -= 1
    return loss, dscores / n


np.random.seed(12)
x = np.random.randn(4, 2, 3)
y = np.array([0, 2, 1, 2])
params = {"W1": np.random.randn(6, 5) * 0.4, "b1": np.random.randn(5) * 0.1,
          "W2": np.random.randn(5, 3) * 0.4, "b2": np.zeros(3)}
reg = 0.1

a, cache_a = affine_forward(x, params["W1"], params["b1"])
r, cache_r = relu_forward(a)
scores, cache_s = affine_forward(r, params["W2"], params["b2"])
data_loss, dscores = softmax_loss(scores, y)
loss = data_loss + 0.5 * reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
print("loss", loss)

grads = {}
dr, grads["W2"], grads["b2"] = affine_backward(dscores, cache_s)
da = relu_backward(dr, cache_r)
dx, grads["W1"], grads["b1"] = affine_backward(da, cache_a)
grads["W1"] += reg * params["W1"]
grads["W2"] += reg * params["W2"]
for k in sorted(grads):
    print(k, np.abs(grads[k]).mean())
