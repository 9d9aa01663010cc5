"""Scalars by complex steps: the imaginary part of what comes of x + ih is h times the slope."""

import cmath
import operator

TINY = 1e-150


class Scalar:
    def __init__(self, data, function=None, inputs=()):
        self.data, self.function, self.inputs = data, function, inputs
        self.grad = 0.0

    def _apply(self, function, *inputs):
        inputs = tuple(one if isinstance(one, Scalar) else Scalar(one) for one in inputs)
        out = function(*(complex(one.data) for one in inputs)).real
        return Scalar(out, function, inputs)

    def __add__(self, other):
        return self._apply(operator.add, self, other)

    def __radd__(self, other):
        return self._apply(operator.add, other, self)

    def __sub__(self, other):
        return self._apply(operator.sub, self, other)

    def __rsub__(self, other):
        return self._apply(operator.sub, other, self)

    def __mul__(self, other):
        return self._apply(operator.mul, self, other)

    def __rmul__(self, other):
        return self._apply(operator.mul, other, self)

    def __truediv__(self, other):
        return self._apply(operator.truediv, self, other)

    def __rtruediv__(self, other):
        return self._apply(operator.truediv, other, self)

    def __neg__(self):
        return self._apply(operator.neg, self)

    def exp(self):
        return self._apply(cmath.exp, self)

    def log(self):
        return self._apply(cmath.log, self)

    def tanh(self):
        return self._apply(cmath.tanh, self)

    def sin(self):
        return self._apply(cmath.sin, self)

    def cos(self):
        return self._apply(cmath.cos, self)

    def sqrt(self):
        return self._apply(cmath.sqrt, self)

    def backward(self):
        nodes = []

        def walk(node):
            if node not in nodes:
                for one in node.inputs:
                    walk(one)
                nodes.append(node)

        walk(self)
        for leaf in [node for node in nodes if node.function is None]:
            values = {}
            for node in nodes:
                if node.function is None:
                    values[node] = complex(node.data, TINY if node is leaf else 0.0)
                else:
                    values[node] = node.function(*[values[one] for one in node.inputs])
            leaf.grad += values[self].imag / TINY
