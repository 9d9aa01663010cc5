"""Eager tensors, and a tape that has to be told what to watch."""

import numpy as np

_tapes = []


class EagerTensor:
    __array_priority__ = 100

    def __init__(self, value):
        self._value = np.asarray(value, dtype=np.float64)

    def numpy(self):
        return self._value

    @property
    def shape(self):
        return self._value.shape

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __neg__(self):
        return multiply(self, -1.0)

    def __matmul__(self, other):
        return matmul(self, other)


def constant(value):
    return EagerTensor(value)


def convert(x):
    return x if isinstance(x, EagerTensor) else EagerTensor(x)


class GradientTape:
    def __init__(self, persistent=False):
        self._persistent = persistent
        self._watched = {}
        self._records = []
        self._used = False

    def __enter__(self):
        _tapes.append(self)
        return self

    def __exit__(self, *exc):
        _tapes.remove(self)

    def watch(self, tensor):
        for t in tensor if isinstance(tensor, (list, tuple)) else [tensor]:
            self._watched[id(t)] = t

    def _record(self, out, inputs, backward):
        if any(id(t) in self._watched for t in inputs):
            self._watched[id(out)] = out
            self._records.append((out, inputs, backward))

    def gradient(self, target, sources, output_gradients=None):
        if self._used and not self._persistent:
            raise RuntimeError("A non-persistent GradientTape can only be asked once")
        self._used = True
        seed = np.ones_like(target.numpy()) if output_gradients is None else convert(output_gradients).numpy()
        grads = {id(target): seed}
        for out, inputs, backward in reversed(self._records):
            if id(out) not in grads:
                continue
            for t, g in zip(inputs, backward(grads[id(out)])):
                if id(t) in self._watched:
                    grads[id(t)] = grads[id(t)] + g if id(t) in grads else g
        if isinstance(sources, (list, tuple)):
            return [EagerTensor(grads[id(s)]) if id(s) in grads else None for s in sources]
        return EagerTensor(grads[id(sources)]) if id(sources) in grads else None


def _op(value, inputs, backward):
    out = EagerTensor(value)
    for tape in _tapes:
        tape._record(out, inputs, backward)
    return out


def _reduce(g, shape):
    extra = g.ndim - len(shape)
    g = g.sum(axis=tuple(range(extra))) if extra else g
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=ones, keepdims=True) if ones else g


def add(a, b):
    a, b = convert(a), convert(b)
    return _op(a._value + b._value, [a, b], lambda g: (_reduce(g, a.shape), _reduce(g, b.shape)))


def subtract(a, b):
    a, b = convert(a), convert(b)
    return _op(a._value - b._value, [a, b], lambda g: (_reduce(g, a.shape), _reduce(-g, b.shape)))


def multiply(a, b):
    a, b = convert(a), convert(b)
    return _op(
        a._value * b._value,
        [a, b],
        lambda g: (_reduce(g * b._value, a.shape), _reduce(g * a._value, b.shape)),
    )


def divide(a, b):
    a, b = convert(a), convert(b)
    return _op(
        a._value / b._value,
        [a, b],
        lambda g: (_reduce(g / b._value, a.shape), _reduce(-g * a._value / b._value**2, b.shape)),
    )


def matmul(a, b):
    a, b = convert(a), convert(b)
    if a._value.ndim < 2 or b._value.ndim < 2:
        raise ValueError("matmul: tensors of at least two dimensions are needed")
    return _op(
        a._value @ b._value,
        [a, b],
        lambda g: (
            _reduce(g @ b._value.swapaxes(-1, -2), a.shape) if a._value.ndim == b._value.ndim else None,
            a._value.swapaxes(-1, -2) @ g,
        ),
    )


def exp(a):
    value = np.exp(a._value)
    return _op(value, [a], lambda g: (g * value,))


def log(a):
    return _op(np.log(a._value), [a], lambda g: (g / a._value,))


def sigmoid(a):
    s = 1 / (1 + np.exp(-a._value))
    return _op(s, [a], lambda g: (g * s * (1 - s),))


def tanh(a):
    t = np.tanh(a._value)
    return _op(t, [a], lambda g: (g * (1 - t**2),))


def relu(a):
    return _op(np.maximum(a._value, 0), [a], lambda g: (g * (a._value > 0),))


def square(a):
    return _op(a._value**2, [a], lambda g: (g * 2 * a._value,))


def reduce_sum(a, axis=None, keepdims=False):
    def backward(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.shape),)

    return _op(a._value.sum(axis=axis, keepdims=keepdims), [a], backward)


def reduce_mean(a, axis=None, keepdims=False):
    n = a._value.size if axis is None else np.prod([a.shape[i] for i in np.atleast_1d(axis)])
    return reduce_sum(a, axis, keepdims) / float(n)
