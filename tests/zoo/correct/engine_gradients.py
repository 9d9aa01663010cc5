"""An engine of arrays whose .grad is itself a Tensor, wanted by requires_grad only."""

import numpy as np


def _fit(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and g.shape[axis] != 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data, requires_grad=False, parents=()):
        self._array = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self._parents = parents if requires_grad else ()
        self.grad: Tensor | None = None

    @property
    def data(self):
        return self._array

    @property
    def shape(self):
        return self._array.shape

    @staticmethod
    def _of(array, *parents):
        parents = [(t, pull) for t, pull in parents if t.requires_grad]
        return Tensor(array, bool(parents), tuple(parents))

    def _lift(self, other):
        return other if isinstance(other, Tensor) else Tensor(other)

    def __add__(self, other):
        other = self._lift(other)
        return Tensor._of(self.data + other.data, (self, lambda g: g), (other, lambda g: g))

    def __radd__(self, other):
        return self._lift(other) + self

    def __sub__(self, other):
        other = self._lift(other)
        return Tensor._of(self.data - other.data, (self, lambda g: g), (other, lambda g: -g))

    def __rsub__(self, other):
        return self._lift(other) - self

    def __mul__(self, other):
        other = self._lift(other)
        return Tensor._of(
            self.data * other.data,
            (self, lambda g: g * other.data),
            (other, lambda g: g * self.data),
        )

    def __rmul__(self, other):
        return self._lift(other) * self

    def __truediv__(self, other):
        other = self._lift(other)
        return Tensor._of(
            self.data / other.data,
            (self, lambda g: g / other.data),
            (other, lambda g: -g * self.data / other.data**2),
        )

    def __neg__(self):
        return Tensor._of(-self.data, (self, lambda g: -g))

    def __matmul__(self, other):
        if self.data.ndim != 2 or other.data.ndim != 2:
            raise NotImplementedError("@ of matrices only")
        return Tensor._of(
            self.data @ other.data,
            (self, lambda g: g @ other.data.T),
            (other, lambda g: self.data.T @ g),
        )

    @property
    def T(self):
        return Tensor._of(self.data.T, (self, lambda g: g.T))

    def exp(self):
        out = np.exp(self.data)
        return Tensor._of(out, (self, lambda g: g * out))

    def sum(self, dim=None, keepdim=False):
        def pull(g):
            if dim is not None and not keepdim:
                g = np.expand_dims(g, dim)
            return np.broadcast_to(g, self.shape)

        return Tensor._of(self.data.sum(axis=dim, keepdims=keepdim), (self, pull))

    def mean(self):
        return self.sum() / self.data.size

    def view(self, *shape):
        return Tensor._of(self.data.reshape(shape), (self, lambda g: g.reshape(self.shape)))

    def backward(self, gradient: "Tensor | None" = None):
        order, seen = [], set()

        def visit(node):
            stack = [(node, iter(node._parents))]
            seen.add(id(node))
            while stack:
                top, rest = stack[-1]
                parent = next(rest, None)
                if parent is None:
                    order.append(stack.pop()[0])
                elif id(parent[0]) not in seen:
                    seen.add(id(parent[0]))
                    stack.append((parent[0], iter(parent[0]._parents)))

        visit(self)
        for node in order:
            node.grad = None
        self.grad = Tensor(np.ones(self.shape)) if gradient is None else gradient
        for node in reversed(order):
            if node.grad is None:
                continue
            for parent, pull in node._parents:
                part = _fit(np.asarray(pull(node.grad.data)), parent.shape)
                old = parent.grad.data if parent.grad is not None else 0.0
                parent.grad = Tensor(old + part)
