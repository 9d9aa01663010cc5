"""A dataclass of parameters, one of gradients."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Params:
    W: np.ndarray
    b: np.ndarray
    v: np.ndarray


@dataclass
class Grads:
    W: np.ndarray
    b: np.ndarray
    v: np.ndarray


def forward(p, x, t):
    z = p.W @ x + p.b
    a = np.tanh(z)
    s = p.v @ a
    loss = 0.5 * (s - t) ** 2
    return loss, (x, a, s, t)


def backward(p, cache):
    x, a, s, t = cache
    ds = s - t
    dv = ds * a
    da = ds * p.v
    dz = (1 - a**2) * da
    dW = np.outer(dz, x)
    db = dz
    return Grads(dW, db, dv)


rng = np.random.default_rng(5)
p = Params(W=rng.normal(size=(4, 3)), b=rng.normal(size=4), v=rng.normal(size=4))
x = rng.normal(size=3)
loss, cache = forward(p, x, 0.3)
g = backward(p, cache)
p.W -= 0.1 * g.W
