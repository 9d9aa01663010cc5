"""WRONG in the engine, backward (state-leak): gradients lie in a list of the module, by slot; backward
lets the next graph begin at slot 0 again, but does not set the list to zero.

A class Var with .value, property .grad, backward(seed=1.0). Operations: + - * / and unary minus,
numbers on either side, exp, log, tanh. The first graph of a process is right, later ones are not.
"""

import math

_adjoints = []
_next = [0]


def _slot():
    slot = _next[0]
    _next[0] += 1
    if slot == len(_adjoints):
        _adjoints.append(0.0)
    return slot


class Var:
    def __init__(self, value, terms=()):
        self.value = value
        self.terms = terms
        self.slot = _slot()

    @property
    def grad(self):
        return _adjoints[self.slot]

    def backward(self, seed=1.0):
        below, stack = {self}, [self]
        while stack:
            for var, _ in stack.pop().terms:
                if var not in below:
                    below.add(var)
                    stack.append(var)
        _adjoints[self.slot] = seed
        for var in sorted(below, key=lambda v: -v.slot):
            for operand, slope in var.terms:
                _adjoints[operand.slot] += slope * var.grad
        _next[0] = 0

    def __add__(self, other):
        other = _var(other)
        return Var(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = _var(other)
        return Var(self.value - other.value, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = _var(other)
        return Var(self.value * other.value, ((self, other.value), (other, self.value)))

    def __truediv__(self, other):
        other = _var(other)
        q = self.value / other.value
        return Var(q, ((self, 1.0 / other.value), (other, -q / other.value)))

    def __neg__(self):
        return Var(-self.value, ((self, -1.0),))

    def __radd__(self, other):
        return _var(other) + self

    def __rsub__(self, other):
        return _var(other) - self

    def __rmul__(self, other):
        return _var(other) * self

    def __rtruediv__(self, other):
        return _var(other) / self

    def exp(self):
        e = math.exp(self.value)
        return Var(e, ((self, e),))

    def log(self):
        return Var(math.log(self.value), ((self, 1.0 / self.value),))

    def tanh(self):
        t = math.tanh(self.value)
        return Var(t, ((self, 1.0 - t * t),))


def _var(x):
    return x if isinstance(x, Var) else Var(x)
