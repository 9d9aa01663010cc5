"""WRONG in sigmoid, forward (wrong-value): the sign of the exponent is lost, 1 / (1 + e**x).

A class Scalar, methods only for functions, operators for arithmetic; .data, .grad, backward(seed=1.0).
Operations: + - * / and unary minus, numbers on either side, exp, sigmoid, relu, square. The backward
rule of sigmoid, s * (1 - s) * upstream, is as it should be. Plain numbers.
"""

import math
from math import inf


class Scalar:
    def __init__(self, data, back=()):
        self.data = data
        self.grad = 0.0
        self.back = back

    def __add__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        return Scalar(self.data + o.data, [(self, 1.0), (o, 1.0)])

    def __sub__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        return Scalar(self.data - o.data, [(self, 1.0), (o, -1.0)])

    def __mul__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        return Scalar(self.data * o.data, [(self, o.data), (o, self.data)])

    def __truediv__(self, o):
        o = o if isinstance(o, Scalar) else Scalar(o)
        return Scalar(self.data / o.data, [(self, 1 / o.data), (o, -self.data / o.data**2)])

    def __neg__(self):
        return Scalar(-self.data, [(self, -1.0)])

    def __radd__(self, o):
        return Scalar(o) + self

    def __rsub__(self, o):
        return Scalar(o) - self

    def __rmul__(self, o):
        return Scalar(o) * self

    def __rtruediv__(self, o):
        return Scalar(o) / self

    def exp(self):
        try:
            e = math.exp(self.data)
        except OverflowError:
            e = inf
        return Scalar(e, [(self, e)])

    def sigmoid(self):
        s = 0.5 - 0.5 * math.tanh(0.5 * self.data)  # 1 / (1 + e**x), without overflow
        return Scalar(s, [(self, s * (1 - s))])

    def relu(self):
        return Scalar(max(self.data, 0.0), [(self, float(self.data > 0))])

    def square(self):
        return Scalar(self.data**2, [(self, 2 * self.data)])

    def backward(self, seed=1.0):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            s, done = stack.pop()
            if done:
                order.append(s)
            elif s not in seen:
                seen.add(s)
                s.grad = 0.0
                stack.append((s, True))
                stack.extend((b, False) for b, _ in s.back)
        self.grad = seed
        for s in reversed(order):
            for b, slope in s.back:
                b.grad += slope * s.grad
