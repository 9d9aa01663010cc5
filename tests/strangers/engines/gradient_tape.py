"""A gradient tape: with GradientTape() as tape, watch(x), and tape.gradient(target, sources).

Tensors are numbers and arrays that know nothing of gradients; operations on them are recorded while
a tape is open. Arrays broadcast.
Operations: + - * / ** (number) @ and unary minus; functions exp, log, sqrt, sin, cos, tanh,
sigmoid, relu, square, maximum, reduce_sum(x, axis, keepdims), reduce_mean, reshape, transpose,
matmul.
To be said: right. Needs an adapter: there is no backward() and no .grad. A tape is used up after one
gradient(), unless persistent=True.
"""

import numpy as np

_open_tapes = []


class Tensor:
    __array_priority__ = 100

    def __init__(self, value):
        self._value = np.asarray(value, dtype=np.float64)

    def numpy(self):
        return self._value

    @property
    def shape(self):
        return self._value.shape

    def __repr__(self):
        return f"<Tensor shape={self.shape} numpy={self._value}>"

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
        return negative(self)

    def __pow__(self, number):
        return pow(self, number)

    def __matmul__(self, other):
        return matmul(self, other)


class Variable(Tensor):
    """A Tensor that every open tape watches by itself."""

    def __init__(self, initial_value):
        super().__init__(initial_value)
        self.trainable = True


class GradientTape:
    def __init__(self, persistent=False):
        self._persistent = persistent
        self._watched = set()
        self._entries = []
        self._used = False

    def __enter__(self):
        _open_tapes.append(self)
        return self

    def __exit__(self, *exc):
        _open_tapes.remove(self)

    def watch(self, tensor):
        self._watched.add(id(tensor))

    def _record(self, result, parents, pullback):
        reached = [
            id(p) in self._watched or getattr(p, "trainable", False) for p in parents
        ]
        if any(reached):
            self._watched.add(id(result))
            self._entries.append((result, parents, pullback))

    def gradient(self, target, sources, output_gradients=None):
        if self._used and not self._persistent:
            raise RuntimeError("a non-persistent tape can compute one set of gradients")
        self._used = True
        single = isinstance(sources, Tensor)
        if output_gradients is None:
            output_gradients = np.ones(target.shape)
        grads = {id(target): np.asarray(output_gradients, dtype=np.float64)}
        for result, parents, pullback in reversed(self._entries):
            upstream = grads.get(id(result))
            if upstream is None:
                continue
            for parent, g in zip(parents, pullback(upstream)):
                g = _fold(g, parent.shape)
                known = grads.get(id(parent))
                grads[id(parent)] = g if known is None else known + g
        found = [grads.get(id(s)) for s in ([sources] if single else sources)]
        found = [None if g is None else Tensor(g) for g in found]
        return found[0] if single else found


def _fold(g, shape):
    extra = g.ndim - len(shape)
    axes = tuple(range(extra)) + tuple(
        extra + i for i, n in enumerate(shape) if n == 1 and g.shape[extra + i] != 1
    )
    return g.sum(axis=axes).reshape(shape) if axes else g


def constant(value):
    return value if isinstance(value, Tensor) else Tensor(value)


def _op(value, parents, pullback):
    result = Tensor(value)
    for tape in _open_tapes:
        tape._record(result, parents, pullback)
    return result


def add(x, y):
    x, y = constant(x), constant(y)
    return _op(x._value + y._value, (x, y), lambda g: (g, g))


def subtract(x, y):
    x, y = constant(x), constant(y)
    return _op(x._value - y._value, (x, y), lambda g: (g, -g))


def multiply(x, y):
    x, y = constant(x), constant(y)
    return _op(x._value * y._value, (x, y), lambda g: (g * y._value, g * x._value))


def divide(x, y):
    x, y = constant(x), constant(y)
    return _op(
        x._value / y._value,
        (x, y),
        lambda g: (g / y._value, -g * x._value / y._value**2),
    )


def negative(x):
    x = constant(x)
    return _op(-x._value, (x,), lambda g: (-g,))


def pow(x, number):
    return _op(x._value**number, (x,), lambda g: (g * number * x._value ** (number - 1),))


def square(x):
    return _op(x._value**2, (x,), lambda g: (g * 2 * x._value,))


def exp(x):
    e = np.exp(x._value)
    return _op(e, (x,), lambda g: (g * e,))


def log(x):
    return _op(np.log(x._value), (x,), lambda g: (g / x._value,))


def sqrt(x):
    r = np.sqrt(x._value)
    return _op(r, (x,), lambda g: (g / (2 * r),))


def sin(x):
    return _op(np.sin(x._value), (x,), lambda g: (g * np.cos(x._value),))


def cos(x):
    return _op(np.cos(x._value), (x,), lambda g: (-g * np.sin(x._value),))


def tanh(x):
    t = np.tanh(x._value)
    return _op(t, (x,), lambda g: (g * (1 - t**2),))


def sigmoid(x):
    s = 0.5 + 0.5 * np.tanh(0.5 * x._value)
    return _op(s, (x,), lambda g: (g * s * (1 - s),))


def relu(x):
    return _op(np.maximum(x._value, 0), (x,), lambda g: (g * (x._value > 0),))


def maximum(x, y):
    x, y = constant(x), constant(y)
    a, b = x._value, y._value
    left = (a > b) + 0.5 * (a == b)
    return _op(np.maximum(a, b), (x, y), lambda g: (g * left, g * (1 - left)))


def reduce_sum(x, axis=None, keepdims=False):
    def pullback(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, x.shape),)

    return _op(x._value.sum(axis=axis, keepdims=keepdims), (x,), pullback)


def reduce_mean(x, axis=None, keepdims=False):
    total = reduce_sum(x, axis, keepdims)
    return total / (x._value.size / total._value.size)


def reshape(x, shape):
    return _op(x._value.reshape(shape), (x,), lambda g: (g.reshape(x.shape),))


def transpose(x):
    return _op(x._value.T, (x,), lambda g: (g.T,))


def matmul(x, y):
    return _op(x._value @ y._value, (x, y), lambda g: (g @ y._value.T, x._value.T @ g))
