import numpy as np


def _tensor(x):
    from .tensor import Tensor

    return x if isinstance(x, Tensor) else Tensor(x)


def _make(data, parents, vjp):
    from .tensor import Tensor

    return Tensor.from_op(data, parents, vjp)


def add(a, b):
    a, b = _tensor(a), _tensor(b)
    return _make(a.data + b.data, (a, b), lambda g: (g, g))


def sub(a, b):
    a, b = _tensor(a), _tensor(b)
    return _make(a.data - b.data, (a, b), lambda g: (g, -g))


def mul(a, b):
    a, b = _tensor(a), _tensor(b)
    return _make(a.data * b.data, (a, b), lambda g: (g * b.data, g * a.data))


def div(a, b):
    a, b = _tensor(a), _tensor(b)
    return _make(
        a.data / b.data, (a, b), lambda g: (g / b.data, -g * a.data / (b.data * b.data))
    )


def neg(a):
    return _make(-a.data, (a,), lambda g: (-g,))


def pow(a, exponent):
    if not isinstance(exponent, (int, float)):
        raise NotImplementedError("pow supports numbers as exponents")
    if exponent == 0:
        return _make(np.ones(a.shape), (a,), lambda g: (np.zeros(a.shape),))
    return _make(
        a.data**exponent, (a,), lambda g: (g * exponent * a.data ** (exponent - 1),)
    )


def exp(a):
    out = np.exp(a.data)
    return _make(out, (a,), lambda g: (g * out,))


def log(a):
    return _make(np.log(a.data), (a,), lambda g: (g / a.data,))


def sqrt(a):
    out = np.sqrt(a.data)
    return _make(out, (a,), lambda g: (g / (2 * out),))


def tanh(a):
    out = np.tanh(a.data)
    return _make(out, (a,), lambda g: (g * (1 - out**2),))


def sigmoid(a):
    e = np.exp(-np.abs(a.data))
    out = np.where(a.data >= 0, 1, e) / (1 + e)
    return _make(out, (a,), lambda g: (g * out * (1 - out),))


def relu(a):
    return _make(np.maximum(a.data, 0), (a,), lambda g: (g * (a.data > 0),))


def _spread(g, a, dim, keepdim):
    if dim is not None and not keepdim:
        g = np.expand_dims(g, dim)
    return np.broadcast_to(g, a.shape)


def sum(a, dim=None, keepdim=False):
    out = a.data.sum(axis=dim, keepdims=keepdim)
    return _make(out, (a,), lambda g: (_spread(g, a, dim, keepdim),))


def mean(a, dim=None, keepdim=False):
    out = a.data.mean(axis=dim, keepdims=keepdim)
    n = a.data.size / out.size
    return _make(out, (a,), lambda g: (_spread(g, a, dim, keepdim) / n,))


def var(a, dim=None, unbiased=True, keepdim=False):
    out = a.data.var(axis=dim, ddof=int(unbiased), keepdims=keepdim)
    centred = a.data - a.data.mean(axis=dim, keepdims=True)
    n = a.data.size / out.size - unbiased
    return _make(out, (a,), lambda g: (_spread(g, a, dim, keepdim) * 2 * centred / n,))


def softmax(a, dim=-1):
    e = np.exp(a.data - a.data.max(axis=dim, keepdims=True))
    out = e / e.sum(axis=dim, keepdims=True)
    return _make(out, (a,), lambda g: (out * (g - (g * out).sum(axis=dim, keepdims=True)),))


def log_softmax(a, dim=-1):
    shifted = a.data - a.data.max(axis=dim, keepdims=True)
    out = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))
    return _make(out, (a,), lambda g: (g - np.exp(out) * g.sum(axis=dim, keepdims=True),))


def mse_loss(prediction, target):
    target = _tensor(target)
    difference = prediction - target
    return mean(difference * difference)


def cross_entropy(logits, labels):
    """The mean over rows of minus the log-probability of each row's label."""
    labels = np.asarray(getattr(labels, "data", labels)).astype(int)
    rows = np.arange(len(labels))
    logs = log_softmax(logits, dim=1)

    def vjp(g):
        wide = np.zeros(logs.shape)
        wide[rows, labels] = -g / len(labels)
        return (wide,)

    return _make(-logs.data[rows, labels].mean(), (logs,), vjp)


def matmul(a, b):
    a, b = _tensor(a), _tensor(b)
    if a.ndim < 2 or b.ndim < 2:
        raise NotImplementedError("matmul of vectors")

    def vjp(g):
        return g @ b.data.swapaxes(-1, -2), a.data.swapaxes(-1, -2) @ g

    return _make(a.data @ b.data, (a, b), vjp)


def reshape(a, shape):
    return _make(a.data.reshape(shape), (a,), lambda g: (g.reshape(a.shape),))


def transpose(a, dim0, dim1):
    return _make(a.data.swapaxes(dim0, dim1), (a,), lambda g: (g.swapaxes(dim0, dim1),))


def cat(tensors, dim=0):
    sizes = np.cumsum([t.shape[dim] for t in tensors])[:-1]
    out = np.concatenate([t.data for t in tensors], axis=dim)
    return _make(out, tuple(tensors), lambda g: np.split(g, sizes, axis=dim))
