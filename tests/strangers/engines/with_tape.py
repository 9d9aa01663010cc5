"""A tape as a context manager that makes the variables, too: with Tape() as t: x = t.variable(3.0).

A Variable holds its tape, its value, its place. t.backward(y) returns the list of all adjoints; it
also sets .adjoint of each variable.
Operations: + - * / and unary minus, numbers on either side, exp, log, sin, tanh as functions of the
module.
To be said: right; plain numbers; a variable cannot be made without a tape: Variable(tape, value).
"""

import math


class Tape:
    current = None

    def __init__(self):
        self.variables = []

    def __enter__(self):
        self.outer, Tape.current = Tape.current, self
        return self

    def __exit__(self, kind, value, traceback):
        Tape.current = self.outer

    def variable(self, value):
        return Variable(self, value)

    def backward(self, y, seed=1.0):
        for v in self.variables:
            v.adjoint = 0.0
        y.adjoint = seed
        for v in reversed(self.variables[: y.place + 1]):
            for w, slope in v.arguments:
                w.adjoint += slope * v.adjoint
        return [v.adjoint for v in self.variables]


class Variable:
    def __init__(self, tape, value, arguments=()):
        self.tape = tape
        self.value = value
        self.arguments = arguments
        self.adjoint = 0.0
        self.place = len(tape.variables)
        tape.variables.append(self)

    def _do(self, value, *arguments):
        return Variable(self.tape, value, arguments)

    def _constant(self, x):
        return x if isinstance(x, Variable) else Variable(self.tape, x)

    def __add__(self, other):
        other = self._constant(other)
        return self._do(self.value + other.value, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = self._constant(other)
        return self._do(self.value - other.value, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = self._constant(other)
        return self._do(self.value * other.value, (self, other.value), (other, self.value))

    def __truediv__(self, other):
        other = self._constant(other)
        q = self.value / other.value
        return self._do(q, (self, 1 / other.value), (other, -q / other.value))

    def __neg__(self):
        return self._do(-self.value, (self, -1.0))

    def __radd__(self, other):
        return self._constant(other) + self

    def __rsub__(self, other):
        return self._constant(other) - self

    def __rmul__(self, other):
        return self._constant(other) * self

    def __rtruediv__(self, other):
        return self._constant(other) / self


def exp(v):
    e = math.exp(v.value)
    return v._do(e, (v, e))


def log(v):
    return v._do(math.log(v.value), (v, 1 / v.value))


def sin(v):
    return v._do(math.sin(v.value), (v, math.cos(v.value)))


def tanh(v):
    t = math.tanh(v.value)
    return v._do(t, (v, 1 - t * t))
