"""WRONG in mean, backward (wrong-scale, 1/n): each element gets the whole gradient, as if it were a sum.

A dataclass Tensor over arrays of any dtype. Operations: + - * and unary minus, numbers on either side,
@ of matrices, sum(axis), mean(axis), relu, square, reshape(shape). backward(gradient=None).
"""

from dataclasses import dataclass, field
from typing import Callable, Optional

import numpy as np


@dataclass(eq=False)
class Tensor:
    data: np.ndarray
    requires_grad: bool = True
    grad: Optional[np.ndarray] = field(default=None, repr=False)
    pull: Optional[Callable] = field(default=None, repr=False)
    operands: tuple = field(default=(), repr=False)

    def __post_init__(self):
        self.data = np.asarray(self.data, dtype=float)

    def make(self, data, pull, *operands):
        return Tensor(data, pull=pull, operands=operands or (self,))

    def __add__(self, other):
        other = tensor(other)
        return self.make(self.data + other.data, lambda g: (g, g), self, other)

    def __sub__(self, other):
        other = tensor(other)
        return self.make(self.data - other.data, lambda g: (g, -g), self, other)

    def __mul__(self, other):
        other = tensor(other)
        pull = lambda g: (g * other.data, g * self.data)
        return self.make(self.data * other.data, pull, self, other)

    def __matmul__(self, other):
        if self.data.ndim != 2 or other.data.ndim != 2:
            raise NotImplementedError
        pull = lambda g: (g @ other.data.T, self.data.T @ g)
        return self.make(self.data @ other.data, pull, self, other)

    def __neg__(self):
        return self.make(-self.data, lambda g: (-g,))

    def __radd__(self, other):
        return tensor(other) + self

    def __rsub__(self, other):
        return tensor(other) - self

    def __rmul__(self, other):
        return tensor(other) * self

    def square(self):
        return self.make(self.data**2, lambda g: (2 * g * self.data,))

    def relu(self):
        return self.make(np.maximum(self.data, 0), lambda g: (g * (self.data > 0),))

    def reshape(self, shape):
        return self.make(self.data.reshape(shape), lambda g: (g.reshape(self.data.shape),))

    def _spread(self, g, axis):
        g = g if axis is None else np.expand_dims(g, axis)
        return np.broadcast_to(g, self.data.shape)

    def sum(self, axis=None):
        return self.make(self.data.sum(axis), lambda g: (self._spread(g, axis),))

    def mean(self, axis=None):
        return self.make(self.data.mean(axis), lambda g: (self._spread(g, axis),))

    def backward(self, gradient=None):
        order, seen = [], set()
        stack = [(self, iter(self.operands))]
        seen.add(self)
        while stack:
            node, rest = stack[-1]
            for operand in rest:
                if operand not in seen:
                    seen.add(operand)
                    stack.append((operand, iter(operand.operands)))
                    break
            else:
                stack.pop()
                order.append(node)
        for node in order:
            node.grad = np.zeros_like(node.data)
        self.grad = np.ones_like(self.data) if gradient is None else np.asarray(gradient, float)
        for node in reversed(order):
            for operand, g in zip(node.operands, node.pull(node.grad) if node.pull else ()):
                operand.grad = operand.grad + fit(g, operand.data.shape)


def tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def fit(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
