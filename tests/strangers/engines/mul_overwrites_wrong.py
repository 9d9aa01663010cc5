"""WRONG in mul, backward (overwrite): the product writes its operands' gradients with = in place of +=.

A scalar class Value with closures. Operations: + - * / ** (number), unary minus, numbers on either
side, exp, tanh, relu. All else is right.
"""

import math


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.propagate = lambda: None

    @staticmethod
    def ensure(x):
        return x if isinstance(x, Value) else Value(x)

    def __add__(self, other):
        other = Value.ensure(other)
        out = Value(self.data + other.data, (self, other))

        def propagate():
            self.grad += out.grad
            other.grad += out.grad

        out.propagate = propagate
        return out

    def __sub__(self, other):
        other = Value.ensure(other)
        out = Value(self.data - other.data, (self, other))

        def propagate():
            self.grad += out.grad
            other.grad -= out.grad

        out.propagate = propagate
        return out

    def __mul__(self, other):
        other = Value.ensure(other)
        out = Value(self.data * other.data, (self, other))

        def propagate():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out.propagate = propagate
        return out

    def __truediv__(self, other):
        other = Value.ensure(other)
        out = Value(self.data / other.data, (self, other))

        def propagate():
            self.grad += out.grad / other.data
            other.grad -= out.grad * self.data / other.data**2

        out.propagate = propagate
        return out

    def __pow__(self, n):
        if isinstance(n, Value):
            raise TypeError("exponents are numbers")
        out = Value(self.data**n, (self,))

        def propagate():
            if n:
                self.grad += n * self.data ** (n - 1) * out.grad

        out.propagate = propagate
        return out

    def __neg__(self):
        out = Value(-self.data, (self,))

        def propagate():
            self.grad -= out.grad

        out.propagate = propagate
        return out

    def __radd__(self, other):
        return Value.ensure(other) + self

    def __rsub__(self, other):
        return Value.ensure(other) - self

    def __rmul__(self, other):
        return Value.ensure(other) * self

    def __rtruediv__(self, other):
        return Value.ensure(other) / self

    def exp(self):
        out = Value(math.exp(self.data), (self,))

        def propagate():
            self.grad += out.data * out.grad

        out.propagate = propagate
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def propagate():
            self.grad += (1 - out.data**2) * out.grad

        out.propagate = propagate
        return out

    def relu(self):
        out = Value(max(0.0, self.data), (self,))

        def propagate():
            self.grad += out.grad if self.data > 0 else 0.0

        out.propagate = propagate
        return out

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                node.grad = 0.0
                stack.append((node, True))
                stack.extend((p, False) for p in node.parents)
        self.grad = 1.0
        for node in reversed(order):
            node.propagate()
