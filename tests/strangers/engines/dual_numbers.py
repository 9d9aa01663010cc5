"""Forward mode with dual numbers, as a course in scientific computing hands it in: AD(value, der).

One pass gives the derivative by one direction: AD(3.0, 1.0) is a variable that one differentiates
by, AD(3.0, 0.0) any other. Plain numbers only.
Operations: + - * / ** (both ways) and unary minus; functions exp, log, sin, cos, tan, sqrt, tanh,
sinh, cosh, arcsin, arccos, arctan, logistic.
To be said: right. Nothing is reverse here: one pass for each input, with an adapter; intermediate
gradients do not exist.
"""

import numpy as np


class AD:
    """A dual number: its value and its derivative (seed 1 by default)."""

    def __init__(self, val, der=1.0):
        self.val = val
        self.der = der

    def __repr__(self):
        return "AD(%r, %r)" % (self.val, self.der)

    def __eq__(self, other):
        return isinstance(other, AD) and (self.val, self.der) == (other.val, other.der)

    def __ne__(self, other):
        return not self == other

    def __neg__(self):
        return AD(-self.val, -self.der)

    def __add__(self, other):
        try:
            return AD(self.val + other.val, self.der + other.der)
        except AttributeError:
            return AD(self.val + other, self.der)

    __radd__ = __add__

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __mul__(self, other):
        try:
            return AD(self.val * other.val, self.val * other.der + self.der * other.val)
        except AttributeError:
            return AD(self.val * other, self.der * other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        try:
            return AD(
                self.val / other.val,
                (self.der * other.val - self.val * other.der) / other.val**2,
            )
        except AttributeError:
            return AD(self.val / other, self.der / other)

    def __rtruediv__(self, other):
        return AD(other / self.val, -other * self.der / self.val**2)

    def __pow__(self, other):
        try:
            value = self.val**other.val
            slope = other.val * self.val ** (other.val - 1) * self.der
            if other.der != 0:
                slope += np.log(self.val) * value * other.der
            return AD(value, slope)
        except AttributeError:
            if other == 0:
                return AD(1.0, 0.0)
            return AD(self.val**other, other * self.val ** (other - 1) * self.der)

    def __rpow__(self, other):
        value = other**self.val
        return AD(value, np.log(other) * value * self.der)


def exp(x):
    return AD(np.exp(x.val), np.exp(x.val) * x.der)


def log(x):
    return AD(np.log(x.val), x.der / x.val)


def sqrt(x):
    return AD(np.sqrt(x.val), x.der / (2 * np.sqrt(x.val)))


def sin(x):
    return AD(np.sin(x.val), np.cos(x.val) * x.der)


def cos(x):
    return AD(np.cos(x.val), -np.sin(x.val) * x.der)


def tan(x):
    return AD(np.tan(x.val), x.der / np.cos(x.val) ** 2)


def sinh(x):
    return AD(np.sinh(x.val), np.cosh(x.val) * x.der)


def cosh(x):
    return AD(np.cosh(x.val), np.sinh(x.val) * x.der)


def tanh(x):
    return AD(np.tanh(x.val), x.der * (1 - np.tanh(x.val) ** 2))


def arcsin(x):
    return AD(np.arcsin(x.val), x.der / np.sqrt(1 - x.val**2))


def arccos(x):
    return AD(np.arccos(x.val), -x.der / np.sqrt(1 - x.val**2))


def arctan(x):
    return AD(np.arctan(x.val), x.der / (1 + x.val**2))


def logistic(x):
    s = 0.5 + 0.5 * np.tanh(0.5 * x.val)
    return AD(s, s * (1 - s) * x.der)
