# shape: every function returns (value, pullback); pullback(g) -> tuple of gradients, one per array argument; compose by hand or with chain(f, g, ...)(x); matrix products of 2-d arrays only
# mistake: none
import numpy as np


def _to(shape, g):
    g = np.asarray(g, dtype=float)
    while len(g.shape) > len(shape):
        g = g.sum(0)
    for ax, n in enumerate(shape):
        if n == 1:
            g = g.sum(ax, keepdims=True)
    return g


def add(x, y):
    sx, sy = np.shape(x), np.shape(y)
    return x + y, lambda g: (_to(sx, g), _to(sy, g))


def sub(x, y):
    sx, sy = np.shape(x), np.shape(y)
    return x - y, lambda g: (_to(sx, g), _to(sy, -g))


def mul(x, y):
    return x * y, lambda g: (_to(np.shape(x), g * y), _to(np.shape(y), g * x))


def div(x, y):
    q = x / y
    return q, lambda g: (_to(np.shape(x), g / y), _to(np.shape(y), -g * q / y))


def matmul(x, y):
    return x @ y, lambda g: (g @ y.T, x.T @ g)


def exp(x):
    y = np.exp(x)
    return y, lambda g: (g * y,)


def log(x):
    return np.log(x), lambda g: (g / x,)


def sin(x):
    return np.sin(x), lambda g: (g * np.cos(x),)


def sigmoid(x):
    y = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
    return y, lambda g: (g * y * (1 - y),)


def softplus(x):
    return np.logaddexp(0, x), lambda g: (g * sigmoid(x)[0],)


def total(x):
    return np.sum(x), lambda g: (g * np.ones_like(x),)


def mean(x):
    return np.mean(x), lambda g: (g * np.ones_like(x) / np.size(x),)


def logsumexp(x, axis=-1):
    m = x.max(axis=axis, keepdims=True)
    e = np.exp(x - m)
    s = e.sum(axis=axis, keepdims=True)
    return np.squeeze(m + np.log(s), axis), lambda g: (np.expand_dims(g, axis) * e / s,)


def transpose(x):
    return x.T, lambda g: (g.T,)


def chain(*fs):
    """unary functions, applied left to right"""
    def run(x):
        pulls = []
        for f in fs:
            x, p = f(x)
            pulls.append(p)

        def pull(g):
            for p in reversed(pulls):
                (g,) = p(g)
            return (g,)
        return x, pull
    return run


def fork(f, g, join):
    """x -> join(f(x), g(x)), gradients of both branches added"""
    def run(x):
        u, pu = f(x)
        v, pv = g(x)
        y, pj = join(u, v)

        def pull(gy):
            gu, gv = pj(gy)
            return (pu(gu)[0] + pv(gv)[0],)
        return y, pull
    return run


def value_and_grad(f):
    def h(*args):
        y, pull = f(*args)
        return y, pull(1.0)
    return h
