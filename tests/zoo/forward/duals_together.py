"""Dual numbers with a dictionary of partial derivatives by the leaves, which backward hands out."""

import math


class Value:
    def __init__(self, data, partials=None):
        self.data = data
        self.grad = 0.0
        self.partials = {self: 1.0} if partials is None else partials

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other

    @staticmethod
    def combined(data, *terms):
        total = {}
        for node, slope in terms:
            for leaf, partial in node.partials.items():
                total[leaf] = total.get(leaf, 0.0) + slope * partial
        return Value(data, total)

    def _other(self, other):
        return other if isinstance(other, Value) else Value(other, {})

    def __add__(self, other):
        other = self._other(other)
        return Value.combined(self.data + other.data, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = self._other(other)
        return Value.combined(self.data - other.data, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = self._other(other)
        return Value.combined(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = self._other(other)
        out = self.data / other.data
        return Value.combined(out, (self, 1 / other.data), (other, -out / other.data))

    def __neg__(self):
        return Value.combined(-self.data, (self, -1.0))

    def __radd__(self, other):
        return self._other(other) + self

    def __rsub__(self, other):
        return self._other(other) - self

    def __rmul__(self, other):
        return self._other(other) * self

    def __rtruediv__(self, other):
        return self._other(other) / self

    def exp(self):
        out = math.exp(self.data)
        return Value.combined(out, (self, out))

    def log(self):
        return Value.combined(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        out = math.tanh(self.data)
        return Value.combined(out, (self, 1 - out * out))

    def backward(self):
        for leaf, partial in self.partials.items():
            leaf.grad += partial
