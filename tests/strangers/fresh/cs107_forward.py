"""Forward mode with a seed vector, milestone 2 of a systems course: Var(val, der), and elementary functions."""
import numpy as np


class Var:
    def __init__(self, val, der=1.0):
        self.val = val
        self.der = np.asarray(der, dtype=float)

    def __add__(self, other):
        try:
            return Var(self.val + other.val, self.der + other.der)
        except AttributeError:
            return Var(self.val + other, self.der)

    __radd__ = __add__

    def __mul__(self, other):
        try:
            return Var(self.val * other.val, self.der * other.val + other.der * self.val)
        except AttributeError:
            return Var(self.val * other, self.der * other)

    __rmul__ = __mul__

    def __neg__(self):
        return Var(-self.val, -self.der)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        try:
            return Var(self.val / other.val, (self.der * other.val - other.der * self.val) / other.val ** 2)
        except AttributeError:
            return Var(self.val / other, self.der / other)

    def __rtruediv__(self, other):
        return Var(other / self.val, -other * self.der / self.val ** 2)

    def __pow__(self, n):
        if isinstance(n, Var):
            return exp(log(self) * n)
        return Var(self.val ** n, n * self.val ** (n - 1) * self.der)

    def __rpow__(self, base):
        return Var(base ** self.val, np.log(base) * base ** self.val * self.der)

    def __repr__(self):
        return f"Var({self.val}, {self.der})"


def sin(x):
    return Var(np.sin(x.val), np.cos(x.val) * x.der) if isinstance(x, Var) else np.sin(x)


def cos(x):
    return Var(np.cos(x.val), -np.sin(x.val) * x.der) if isinstance(x, Var) else np.cos(x)


def exp(x):
    return Var(np.exp(x.val), np.exp(x.val) * x.der) if isinstance(x, Var) else np.exp(x)


def log(x):
    return Var(np.log(x.val), x.der / x.val) if isinstance(x, Var) else np.log(x)


def tanh(x):
    return Var(np.tanh(x.val), (1 - np.tanh(x.val) ** 2) * x.der) if isinstance(x, Var) else np.tanh(x)


def sqrt(x):
    return Var(np.sqrt(x.val), x.der / (2 * np.sqrt(x.val))) if isinstance(x, Var) else np.sqrt(x)


def logistic(x):
    s = 1 / (1 + np.exp(-x.val))
    return Var(s, s * (1 - s) * x.der)
