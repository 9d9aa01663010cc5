"""One global Wengert list, as in a tutorial that came from another language: a Var is an index into
the tape, and y.grad() returns an object with wrt(x).

Operations: + - * / with numbers on either side, unary minus, ** (number), sin, cos, exp, log, tanh,
sqrt.
To be said: right; plain numbers; no seed but 1; gradients of every Var of the tape, also of
intermediate ones, by wrt. reset() empties the tape, nobody has to call it.
"""

import math

_parents = []
_weights = []


def reset():
    del _parents[:], _weights[:]


class Var:
    __slots__ = ("index", "value")

    def __init__(self, value, parents=(), weights=()):
        self.value = value
        self.index = len(_parents)
        _parents.append(parents)
        _weights.append(weights)

    def grad(self):
        derivs = [0.0] * (self.index + 1)
        derivs[self.index] = 1.0
        for i in range(self.index, -1, -1):
            if derivs[i] != 0.0:
                for parent, weight in zip(_parents[i], _weights[i]):
                    derivs[parent] += weight * derivs[i]
        return Grad(derivs)

    def _unary(self, value, slope):
        return Var(value, (self.index,), (slope,))

    def _binary(self, other, value, slope, other_slope):
        return Var(value, (self.index, other.index), (slope, other_slope))

    def __add__(self, other):
        if not isinstance(other, Var):
            return self._unary(self.value + other, 1.0)
        return self._binary(other, self.value + other.value, 1.0, 1.0)

    __radd__ = __add__

    def __sub__(self, other):
        if not isinstance(other, Var):
            return self._unary(self.value - other, 1.0)
        return self._binary(other, self.value - other.value, 1.0, -1.0)

    def __rsub__(self, other):
        return self._unary(other - self.value, -1.0)

    def __mul__(self, other):
        if not isinstance(other, Var):
            return self._unary(self.value * other, other)
        return self._binary(other, self.value * other.value, other.value, self.value)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if not isinstance(other, Var):
            return self._unary(self.value / other, 1 / other)
        return self._binary(
            other, self.value / other.value, 1 / other.value, -self.value / other.value**2
        )

    def __rtruediv__(self, other):
        return self._unary(other / self.value, -other / self.value**2)

    def __pow__(self, n):
        if isinstance(n, Var):
            return NotImplemented
        return self._unary(self.value**n, n * self.value ** (n - 1) if n else 0.0)

    def __neg__(self):
        return self._unary(-self.value, -1.0)

    def sin(self):
        return self._unary(math.sin(self.value), math.cos(self.value))

    def cos(self):
        return self._unary(math.cos(self.value), -math.sin(self.value))

    def exp(self):
        e = math.exp(self.value)
        return self._unary(e, e)

    def log(self):
        return self._unary(math.log(self.value), 1 / self.value)

    def tanh(self):
        t = math.tanh(self.value)
        return self._unary(t, 1 - t * t)

    def sqrt(self):
        r = math.sqrt(self.value)
        return self._unary(r, 0.5 / r)


class Grad:
    def __init__(self, derivs):
        self._derivs = derivs

    def wrt(self, var):
        return self._derivs[var.index]
