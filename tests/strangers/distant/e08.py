# shape: AutoDiff(val, der=1.0) dual number; value y.val, derivative y.der; forward mode; functions sin, cos, exp, log, sqrt, tanh of the module
# mistake: __rpow__ (c ** x) | forward-mode derivative | x | log of the base is missing
import numpy as np


class AutoDiff():
    """Dual number for forward mode.

    >>> x = AutoDiff(3.0)
    >>> (x * x).der
    6.0
    """

    def __init__(self, val, der=1.0):
        self.val = val
        self.der = der

    def __repr__(self):
        return f"AutoDiff(val={self.val}, der={self.der})"

    def __add__(self, other):
        try:
            return AutoDiff(self.val + other.val, self.der + other.der)
        except AttributeError:
            return AutoDiff(self.val + other, self.der)

    def __radd__(self, other):
        return self + other

    def __neg__(self):
        return AutoDiff(-self.val, -self.der)

    def __sub__(self, other):
        try:
            return AutoDiff(self.val - other.val, self.der - other.der)
        except AttributeError:
            return AutoDiff(self.val - other, self.der)

    def __rsub__(self, other):
        return AutoDiff(other - self.val, -self.der)

    def __mul__(self, other):
        try:
            return AutoDiff(self.val * other.val, self.der * other.val + self.val * other.der)
        except AttributeError:
            return AutoDiff(self.val * other, self.der * other)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        try:
            return AutoDiff(self.val / other.val,
                            (self.der * other.val - self.val * other.der) / other.val ** 2)
        except AttributeError:
            return AutoDiff(self.val / other, self.der / other)

    def __rtruediv__(self, other):
        return AutoDiff(other / self.val, -other * self.der / self.val ** 2)

    def __pow__(self, other):
        try:
            v = self.val ** other.val
            d = v * (other.der * np.log(self.val) + other.val * self.der / self.val)
            return AutoDiff(v, d)
        except AttributeError:
            return AutoDiff(self.val ** other, other * self.val ** (other - 1) * self.der)

    def __rpow__(self, other):
        v = other ** self.val
        return AutoDiff(v, v * self.der)

    def __eq__(self, other):
        return isinstance(other, AutoDiff) and self.val == other.val and self.der == other.der


def _lift(f, df):
    def g(x):
        try:
            return AutoDiff(f(x.val), df(x.val) * x.der)
        except AttributeError:
            return f(x)
    return g


sin = _lift(np.sin, np.cos)
cos = _lift(np.cos, lambda v: -np.sin(v))
tan = _lift(np.tan, lambda v: 1 / np.cos(v) ** 2)
exp = _lift(np.exp, np.exp)
log = _lift(np.log, lambda v: 1 / v)
sqrt = _lift(np.sqrt, lambda v: 0.5 / np.sqrt(v))
tanh = _lift(np.tanh, lambda v: 1 - np.tanh(v) ** 2)
arctan = _lift(np.arctan, lambda v: 1 / (1 + v * v))


def gradient(f, *point):
    """one pass for each variable"""
    return [f(*[AutoDiff(p, 1.0 if i == j else 0.0) for j, p in enumerate(point)]).der
            for i in range(len(point))]
