"""No objects for its user: grad(f) differentiates a function of numbers by its first argument."""

import math


class _Dual:
    """Forward mode, hidden inside."""

    def __init__(self, value, slope):
        self.value, self.slope = value, slope

    def __add__(self, other):
        other = _dual(other)
        return _Dual(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other):
        other = _dual(other)
        return _Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -_dual(other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        other = _dual(other)
        value = self.value / other.value
        return _Dual(value, (self.slope - value * other.slope) / other.value)

    def __rtruediv__(self, other):
        return _dual(other) / self


def _dual(x):
    return x if isinstance(x, _Dual) else _Dual(x, 0.0)


def grad(f):
    """The derivative of f by its first argument."""

    def derivative(x, *rest):
        if isinstance(x, _Dual):
            raise NotImplementedError("one derivative at a time")
        out = f(_Dual(x, 1.0), *rest)
        return out.slope if isinstance(out, _Dual) else 0.0

    return derivative


def _function(value, slope):
    def apply(x):
        if not isinstance(x, _Dual):
            return value(x)
        return _Dual(value(x.value), slope(x.value) * x.slope)

    return apply


def exp(x):
    return _function(math.exp, math.exp)(x)


def log(x):
    return _function(math.log, lambda v: 1 / v)(x)


def sin(x):
    return _function(math.sin, math.cos)(x)


def tanh(x):
    return _function(math.tanh, lambda v: 1 - math.tanh(v) ** 2)(x)
