"""Functions that return dictionaries."""

import numpy as np


def init(d, h, c):
    g = np.random.default_rng(7)
    return {
        "W1": g.normal(size=(d, h)),
        "b1": np.zeros(h),
        "W2": g.normal(size=(h, c)),
        "b2": np.zeros(c),
    }


def forward(p, X, y):
    z1 = X @ p["W1"] + p["b1"]
    a1 = np.maximum(z1, 0)
    z2 = a1 @ p["W2"] + p["b2"]
    z2 = z2 - z2.max(1, keepdims=True)
    logp = z2 - np.log(np.exp(z2).sum(1, keepdims=True))
    loss = -logp[range(len(y)), y].mean()
    return loss, {"X": X, "z1": z1, "a1": a1, "logp": logp, "y": y}


def backward(p, c):
    n = len(c["y"])
    dz2 = np.exp(c["logp"])
    dz2[range(n), c["y"]] -= 1
    dz2 /= n
    dz1 = (dz2 @ p["W2"].T) * (c["z1"] > 0)
    return {
        "W1": c["X"].T @ dz1,
        "b1": dz1.sum(axis=0),
        "W2": c["a1"].T @ dz2,
        "b2": dz2.sum(axis=0),
    }


rng = np.random.default_rng(0)
X = rng.normal(size=(8, 3))
y = rng.integers(0, 4, size=8)
p = init(3, 5, 4)
loss, cache = forward(p, X, y)
grads = backward(p, cache)
for k in p:
    p[k] -= 0.1 * grads[k]
