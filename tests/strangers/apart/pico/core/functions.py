import numpy as np
from . import tensor as T


def tensor(x):
    return x if isinstance(x, T.Tensor) else T.Tensor(x)


def _make(data, parents, back):
    on = T.recording() and any(p.requires_grad for p in parents)
    return T.Tensor(data, on, parents if on else None, back if on else None)


def add(a, b):
    a, b = tensor(a), tensor(b)
    return _make(a.data + b.data, [a, b], lambda g: (g, g))


def mul(a, b):
    a, b = tensor(a), tensor(b)
    return _make(a.data * b.data, [a, b], lambda g: (g * b.data, g * a.data))


def neg(a):
    a = tensor(a)
    return _make(-a.data, [a], lambda g: (-g,))


def power(a, n):
    return _make(a.data ** n, [a], lambda g: (g * n * a.data ** (n - 1),))


def matmul(a, b):
    return _make(a.data @ b.data, [a, b], lambda g: (g @ np.swapaxes(b.data, -1, -2), np.swapaxes(a.data, -1, -2) @ g))


def exp(a):
    y = np.exp(a.data)
    return _make(y, [a], lambda g: (g * y,))


def log(a):
    return _make(np.log(a.data), [a], lambda g: (g / a.data,))


def relu(a):
    return _make(np.maximum(a.data, 0), [a], lambda g: (g * (a.data > 0),))


def sigmoid(a):
    y = 1 / (1 + np.exp(-a.data))
    return _make(y, [a], lambda g: (g * y * (1 - y),))


def tanh(a):
    y = np.tanh(a.data)
    return _make(y, [a], lambda g: (g * (1 - y ** 2),))


def softmax(a, dim=-1):
    e = np.exp(a.data - a.data.max(axis=dim, keepdims=True))
    y = e / e.sum(axis=dim, keepdims=True)
    return _make(y, [a], lambda g: (y * (g - (g * y).sum(axis=dim, keepdims=True)),))


def _spread(g, a, dim, keepdim):
    if dim is not None and not keepdim:
        g = np.expand_dims(g, dim)
    return np.broadcast_to(g, a.shape)


def sum(a, dim=None, keepdim=False):
    return _make(a.data.sum(axis=dim, keepdims=keepdim), [a], lambda g: (_spread(g, a, dim, keepdim),))


def mean(a, dim=None, keepdim=False):
    y = a.data.mean(axis=dim, keepdims=keepdim)
    return _make(y, [a], lambda g: (_spread(g, a, dim, keepdim) * y.size / a.data.size,))


def view(a, shape):
    return _make(a.data.reshape(shape), [a], lambda g: (g.reshape(a.shape),))
