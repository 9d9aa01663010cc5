# shape: with GradientTape() as tape: compute with Arr objects; grads = tape.gradient(y, [xs]) gives a list of ndarrays; value .value
# mistake: sum | backward | x | with an axis the gradient is expanded along the wrong one (always axis 0: wrong values for square inputs, an error otherwise)
import numpy as np

_ACTIVE = []


class GradientTape:
    def __init__(self):
        self.records = []

    def __enter__(self):
        _ACTIVE.append(self)
        return self

    def __exit__(self, *exc):
        _ACTIVE.remove(self)
        return False

    def gradient(self, target, sources):
        adj = {id(target): np.ones_like(target.value)}
        for out, ins, pull in reversed(self.records):
            if id(out) not in adj:
                continue
            for i, g in zip(ins, pull(adj[id(out)])):
                if g is None:
                    continue
                if id(i) in adj:
                    adj[id(i)] = adj[id(i)] + g
                else:
                    adj[id(i)] = g
        return [adj.get(id(s), np.zeros_like(s.value)) for s in sources]


class Arr:
    def __init__(self, value):
        self.value = np.asarray(value, float)

    def __add__(a, b): return add(a, b)
    def __radd__(a, b): return add(b, a)
    def __sub__(a, b): return sub(a, b)
    def __rsub__(a, b): return sub(b, a)
    def __mul__(a, b): return mul(a, b)
    def __rmul__(a, b): return mul(b, a)
    def __matmul__(a, b): return matmul(a, b)


def wrap(x):
    return x if isinstance(x, Arr) else Arr(x)


def record(value, ins, pull):
    out = Arr(value)
    for t in _ACTIVE:
        t.records.append((out, ins, pull))
    return out


def back_to(g, shape):
    n = g.ndim - len(shape)
    if n:
        g = g.sum(axis=tuple(range(n)))
    ax = tuple(k for k in range(len(shape)) if shape[k] == 1 and g.shape[k] > 1)
    return g.sum(axis=ax, keepdims=True) if ax else g


def add(a, b):
    a, b = wrap(a), wrap(b)
    return record(a.value + b.value, (a, b),
                  lambda g: (back_to(g, a.value.shape), back_to(g, b.value.shape)))


def sub(a, b):
    a, b = wrap(a), wrap(b)
    return record(a.value - b.value, (a, b),
                  lambda g: (back_to(g, a.value.shape), back_to(-g, b.value.shape)))


def mul(a, b):
    a, b = wrap(a), wrap(b)
    return record(a.value * b.value, (a, b),
                  lambda g: (back_to(g * b.value, a.value.shape), back_to(g * a.value, b.value.shape)))


def matmul(a, b):
    a, b = wrap(a), wrap(b)
    return record(a.value @ b.value, (a, b), lambda g: (g @ b.value.T, a.value.T @ g))


def reduce_sum(x, axis=None):
    x = wrap(x)
    def pull(g):
        if axis is not None:
            g = np.expand_dims(g, 0)
        return (np.ones_like(x.value) * g,)
    return record(x.value.sum(axis=axis), (x,), pull)


def square(x):
    x = wrap(x)
    return record(x.value ** 2, (x,), lambda g: (2 * x.value * g,))


def tanh(x):
    x = wrap(x)
    t = np.tanh(x.value)
    return record(t, (x,), lambda g: ((1 - t ** 2) * g,))
