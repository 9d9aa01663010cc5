"""A tensor that IS an ndarray, so that it prints and slices like one."""

import numpy as np


class Tensor(np.ndarray):
    def __new__(cls, values, parents=(), vjps=()):
        self = np.array(values, dtype=float).view(cls)
        self.parents, self.vjps = parents, vjps
        self.grad = None
        return self

    def __array_finalize__(self, source):
        self.parents, self.vjps, self.grad = (), (), None

    @property
    def raw(self):
        return self.view(np.ndarray)

    def __add__(self, other):
        a, b = self.raw, _raw(other)
        return _make(a + b, (self, lambda g: g), (other, lambda g: g))

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        a, b = self.raw, _raw(other)
        return _make(a - b, (self, lambda g: g), (other, lambda g: -g))

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        a, b = self.raw, _raw(other)
        return _make(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        a, b = self.raw, _raw(other)
        return _make(a / b, (self, lambda g: g / b), (other, lambda g: -g * a / b**2))

    def __rtruediv__(self, other):
        a, b = _raw(other), self.raw
        return _make(a / b, (self, lambda g: -g * a / b**2))

    def __neg__(self):
        return _make(-self.raw, (self, lambda g: -g))

    def __pow__(self, n):
        a = self.raw
        return _make(a**n, (self, lambda g: g * n * a ** (n - 1)))

    def __matmul__(self, other):
        a, b = self.raw, _raw(other)
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("only matrices can be multiplied")
        return _make(a @ b, (self, lambda g: g @ b.T), (other, lambda g: a.T @ g))

    def exp(self):
        e = np.exp(self.raw)
        return _make(e, (self, lambda g: g * e))

    def log(self):
        a = self.raw
        return _make(np.log(a), (self, lambda g: g / a))

    def tanh(self):
        t = np.tanh(self.raw)
        return _make(t, (self, lambda g: g * (1 - t * t)))

    def relu(self):
        a = self.raw
        return _make(np.where(a > 0, a, 0.0), (self, lambda g: np.where(a > 0, g, 0.0)))

    def sum(self, axis=None, keepdims=False):
        a = self.raw

        def back(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, a.shape)

        return _make(a.sum(axis=axis, keepdims=keepdims), (self, back))

    def reshape(self, *shape):
        a = self.raw
        return _make(a.reshape(*shape), (self, lambda g: g.reshape(a.shape)))

    @property
    def T(self):
        return _make(self.raw.T, (self, lambda g: g.T))

    def backward(self, upstream=None):
        order, seen = [], set()

        def visit(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p in t.parents:
                    visit(p)
                order.append(t)

        visit(self)
        for t in order:
            t.grad = np.zeros(t.shape)
        self.grad = np.ones(self.shape) if upstream is None else np.asarray(upstream, dtype=float)
        for t in reversed(order):
            for p, vjp in zip(t.parents, t.vjps):
                p.grad = p.grad + _undo(np.asarray(vjp(t.grad)), p.shape)


def _raw(x):
    return np.asarray(x, dtype=float)


def _make(values, *edges):
    edges = [(p, v) for p, v in edges if isinstance(p, Tensor)]
    return Tensor(values, tuple(p for p, _ in edges), tuple(v for _, v in edges))


def _undo(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] > 1:
            g = g.sum(axis=i, keepdims=True)
    return g
