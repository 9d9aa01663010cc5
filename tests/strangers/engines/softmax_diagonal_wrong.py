"""WRONG in softmax, backward (wrong-rule): only the diagonal of the Jacobian, p * (1 - p) * upstream.

A class Tensor, every operation a method that returns what _result() makes of a lambda. Operations:
+ - * and unary minus, numbers on either side, matmul and @ of matrices, exp, log, sum(axis, keepdim),
softmax(axis). backward(dout=None); gradients start anew.
"""

import numpy as np


class Tensor:
    def __init__(self, data):
        self.data = np.array(data, dtype=np.float64)
        self.grad = np.zeros(self.data.shape)
        self._below = []

    def _result(self, data, *below):
        out = Tensor(data)
        out._below = below
        return out

    @classmethod
    def _of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def __add__(self, other):
        other = self._of(other)
        return self._result(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __sub__(self, other):
        other = self._of(other)
        return self._result(self.data - other.data, (self, lambda g: g), (other, lambda g: -g))

    def __mul__(self, other):
        other = self._of(other)
        return self._result(
            self.data * other.data,
            (self, lambda g: g * other.data),
            (other, lambda g: g * self.data),
        )

    def __neg__(self):
        return self._result(-self.data, (self, lambda g: -g))

    def __radd__(self, other):
        return self._of(other) + self

    def __rsub__(self, other):
        return self._of(other) - self

    def __rmul__(self, other):
        return self._of(other) * self

    def matmul(self, other):
        assert self.data.ndim == other.data.ndim == 2
        return self._result(
            self.data @ other.data,
            (self, lambda g: g @ other.data.T),
            (other, lambda g: self.data.T @ g),
        )

    __matmul__ = matmul

    def exp(self):
        e = np.exp(self.data)
        return self._result(e, (self, lambda g: g * e))

    def log(self):
        return self._result(np.log(self.data), (self, lambda g: g / self.data))

    def sum(self, axis=None, keepdim=False):
        def spread(g):
            if axis is not None and not keepdim:
                g = np.expand_dims(g, axis)
            return g * np.ones_like(self.data)

        return self._result(self.data.sum(axis=axis, keepdims=keepdim), (self, spread))

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        p = e / e.sum(axis=axis, keepdims=True)
        return self._result(p, (self, lambda g: p * (1 - p) * g))

    def backward(self, dout=None):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            t, done = stack.pop()
            if done:
                order.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                t.grad = np.zeros(t.data.shape)
                stack.append((t, True))
                stack.extend((b, False) for b, _ in t._below)
        self.grad = np.ones(self.data.shape) if dout is None else np.asarray(dout, dtype=float)
        for t in reversed(order):
            for b, back in t._below:
                b.grad = b.grad + unbroadcast(back(t.grad), b.data.shape)


def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(i, keepdims=True)
    return g
