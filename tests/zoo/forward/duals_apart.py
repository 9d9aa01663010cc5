"""Dual numbers, the graph run anew for one leaf at a time."""

import math


class Dual:
    def __init__(self, real, slope=0.0):
        self.real, self.slope = real, slope

    def __add__(self, other):
        return Dual(self.real + other.real, self.slope + other.slope)

    def __sub__(self, other):
        return Dual(self.real - other.real, self.slope - other.slope)

    def __mul__(self, other):
        slope = self.slope * other.real + self.real * other.slope
        return Dual(self.real * other.real, slope)

    def __truediv__(self, other):
        out = self.real / other.real
        return Dual(out, (self.slope - out * other.slope) / other.real)

    def exp(self):
        out = math.exp(self.real)
        return Dual(out, out * self.slope)

    def log(self):
        return Dual(math.log(self.real), self.slope / self.real)

    def tanh(self):
        out = math.tanh(self.real)
        return Dual(out, (1 - out**2) * self.slope)


class Node:
    tape = []

    def __init__(self, data):
        self.dual = Dual(data)
        self.grad = 0.0
        self.recipe = None
        Node.tape.append(self)

    @property
    def data(self):
        return self.dual.real

    @classmethod
    def record(cls, name, *operands):
        operands = [one if isinstance(one, Node) else Node(float(one)) for one in operands]
        out = cls(getattr(operands[0].dual, name)(*[one.dual for one in operands[1:]]).real)
        out.recipe = name, operands
        return out

    def __add__(self, other):
        return Node.record("__add__", self, other)

    def __radd__(self, other):
        return Node.record("__add__", other, self)

    def __sub__(self, other):
        return Node.record("__sub__", self, other)

    def __rsub__(self, other):
        return Node.record("__sub__", other, self)

    def __mul__(self, other):
        return Node.record("__mul__", self, other)

    def __rmul__(self, other):
        return Node.record("__mul__", other, self)

    def __truediv__(self, other):
        return Node.record("__truediv__", self, other)

    def __rtruediv__(self, other):
        return Node.record("__truediv__", other, self)

    def __neg__(self):
        return Node.record("__sub__", 0.0, self)

    def exp(self):
        return Node.record("exp", self)

    def log(self):
        return Node.record("log", self)

    def tanh(self):
        return Node.record("tanh", self)

    def backward(self):
        needed = {self}
        for node in reversed(Node.tape):
            if node in needed and node.recipe:
                needed.update(node.recipe[1])
        tape = [node for node in Node.tape if node in needed]
        for leaf in tape:
            if leaf.recipe is not None:
                continue
            for node in tape:
                if node.recipe is None:
                    node.dual = Dual(node.dual.real, float(node is leaf))
                else:
                    name, operands = node.recipe
                    first, *rest = [one.dual for one in operands]
                    node.dual = getattr(first, name)(*rest)
            leaf.grad += self.dual.slope
