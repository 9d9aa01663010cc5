"""A number that is a float itself; the graph lies in a dictionary beside the class."""

import math


class Value(float):
    def __new__(cls, data, parents=()):
        self = super().__new__(cls, data)
        self.parents = tuple(parents)
        self.grad = 0.0
        return self

    @property
    def data(self):
        return float(self)

    def __add__(self, other):
        return Value(float(self) + float(other), [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __sub__(self, other):
        return Value(float(self) - float(other), [(self, 1.0), (other, -1.0)])

    def __rsub__(self, other):
        return Value(float(other) - float(self), [(self, -1.0)])

    def __mul__(self, other):
        return Value(float(self) * float(other), [(self, float(other)), (other, float(self))])

    __rmul__ = __mul__

    def __neg__(self):
        return Value(-float(self), [(self, -1.0)])

    def __truediv__(self, other):
        x, y = float(self), float(other)
        return Value(x / y, [(self, 1 / y), (other, -x / y / y)])

    def __rtruediv__(self, other):
        x, y = float(other), float(self)
        return Value(x / y, [(self, -x / y / y)])

    def sin(self):
        return Value(math.sin(self), [(self, math.cos(self))])

    def exp(self):
        out = math.exp(self)
        return Value(out, [(self, out)])

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif isinstance(node, Value) and id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.parents:
                if isinstance(parent, Value):
                    parent.grad += local * node.grad
