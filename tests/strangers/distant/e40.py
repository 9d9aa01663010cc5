# shape: P(x); no backward call: after root = y.as_root(), x.grad is a property computed on demand from the consumers; value y.value; matrix products of 2-d arrays only
# mistake: none
"""Gradient as a lazy property: each node knows who consumes it and asks them."""
import numpy as np


class P:
    __array_ufunc__ = None

    def __init__(self, value):
        self.value = np.asarray(value, dtype=float)
        self.consumers = []          # (consumer node, function: its gradient -> my part)
        self._root = False
        self._memo = None
        self._stamp = -1

    clock = 0

    def as_root(self):
        """this node's gradient is one; any earlier root is forgotten"""
        if P.current is not None:
            P.current._root = False
        P.current = self
        self._root = True
        P.clock += 1
        return self

    current = None

    @property
    def grad(self):
        if self._stamp != P.clock:
            total = np.ones_like(self.value) if self._root else np.zeros_like(self.value)
            for c, f in self.consumers:
                total = total + squeeze_to(f(c.grad), self.value.shape)
            self._memo, self._stamp = total, P.clock
        return self._memo

    def __add__(self, o): return node(self.value + val(o), (self, lambda g: g), (o, lambda g: g))
    def __sub__(self, o): return node(self.value - val(o), (self, lambda g: g), (o, lambda g: -g))
    def __rsub__(self, o): return node(val(o) - self.value, (self, lambda g: -g))

    def __mul__(self, o):
        b = val(o)
        return node(self.value * b, (self, lambda g: g * b), (o, lambda g: g * self.value))

    def __truediv__(self, o):
        b = val(o)
        return node(self.value / b, (self, lambda g: g / b), (o, lambda g: -g * self.value / b ** 2))

    def __rtruediv__(self, o):
        return node(val(o) / self.value, (self, lambda g: -g * val(o) / self.value ** 2))

    def __matmul__(self, o):
        return node(self.value @ o.value, (self, lambda g: g @ o.value.T), (o, lambda g: self.value.T @ g))

    def __neg__(self): return node(-self.value, (self, lambda g: -g))
    __radd__ = __add__
    __rmul__ = __mul__

    @property
    def T(self): return node(self.value.T, (self, lambda g: g.T))
    def sum(self): return node(self.value.sum(), (self, lambda g: np.full(self.value.shape, float(g))))
    def sin(self): return node(np.sin(self.value), (self, lambda g: g * np.cos(self.value)))
    def exp(self): return node(np.exp(self.value), (self, lambda g: g * np.exp(self.value)))
    def square(self): return node(self.value ** 2, (self, lambda g: 2 * g * self.value))

    def softplus(self):
        return node(np.logaddexp(0, self.value), (self, lambda g: g / (1 + np.exp(-self.value))))


def val(o):
    return o.value if isinstance(o, P) else np.asarray(o, dtype=float)


def node(value, *links):
    n = P(value)
    for p, f in links:
        if isinstance(p, P):
            p.consumers.append((n, f))
    P.clock += 1
    return n


def squeeze_to(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
