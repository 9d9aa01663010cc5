"""Two engines in one file: Value for plain numbers and, further below, Tensor for arrays, which was
written later and knows more.

Value: + - * and tanh, relu. Tensor: + - * / @ (matrices) and unary minus, exp, log, tanh, relu, sum().
To be said: both are right; which one was taken, and that the other is had by a colon and its name.
"""

import numpy as np


class Value:
    """One number, as in the first lecture. backward() clears nothing but the nodes below it."""

    def __init__(self, data, edges=()):
        self.data = float(data)
        self.grad = 0.0
        self._edges = edges

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = float(np.tanh(self.data))
        return Value(t, ((self, 1 - t * t),))

    def relu(self):
        return Value(max(0.0, self.data), ((self, float(self.data > 0)),))

    def backward(self):
        order = _postorder(self, lambda node: [n for n, _ in node._edges])
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for below, slope in node._edges:
                below.grad += slope * node.grad


def _postorder(root, below):
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((n, False) for n in below(node))
    return order


class Tensor:
    def __init__(self, data, edges=()):
        self.data = np.array(data, dtype=float)
        self.grad = np.zeros_like(self.data)
        self._edges = edges

    @staticmethod
    def _wrap(x):
        return x if isinstance(x, Tensor) else Tensor(x)

    def __add__(self, other):
        other = self._wrap(other)
        return Tensor(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))

    def __sub__(self, other):
        other = self._wrap(other)
        return Tensor(self.data - other.data, ((self, lambda g: g), (other, lambda g: -g)))

    def __mul__(self, other):
        other = self._wrap(other)
        edges = ((self, lambda g: g * other.data), (other, lambda g: g * self.data))
        return Tensor(self.data * other.data, edges)

    def __truediv__(self, other):
        other = self._wrap(other)
        out = self.data / other.data
        edges = ((self, lambda g: g / other.data), (other, lambda g: -g * out / other.data))
        return Tensor(out, edges)

    def __matmul__(self, other):
        assert self.data.ndim == 2 and other.data.ndim == 2, "matrices, please"
        edges = ((self, lambda g: g @ other.data.T), (other, lambda g: self.data.T @ g))
        return Tensor(self.data @ other.data, edges)

    def __neg__(self):
        return Tensor(-self.data, ((self, lambda g: -g),))

    def __radd__(self, other):
        return self._wrap(other) + self

    def __rsub__(self, other):
        return self._wrap(other) - self

    def __rmul__(self, other):
        return self._wrap(other) * self

    def __rtruediv__(self, other):
        return self._wrap(other) / self

    def exp(self):
        e = np.exp(self.data)
        return Tensor(e, ((self, lambda g: g * e),))

    def log(self):
        return Tensor(np.log(self.data), ((self, lambda g: g / self.data),))

    def tanh(self):
        t = np.tanh(self.data)
        return Tensor(t, ((self, lambda g: g * (1 - t * t)),))

    def relu(self):
        return Tensor(np.maximum(self.data, 0), ((self, lambda g: g * (self.data > 0)),))

    def sum(self):
        return Tensor(self.data.sum(), ((self, lambda g: np.ones_like(self.data) * g),))

    def backward(self, grad=1.0):
        order = _postorder(self, lambda node: [n for n, _ in node._edges])
        for node in order:
            node.grad = np.zeros_like(node.data)
        self.grad = self.grad + grad
        for node in reversed(order):
            for below, back in node._edges:
                below.grad = below.grad + self._unstretched(back(node.grad), below.data.shape)

    @staticmethod
    def _unstretched(g, shape):
        if g.shape == shape:
            return g
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
