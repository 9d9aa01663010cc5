"""Reverse mode: every node knows who uses it, and with which local derivative."""
import math


class Reverse:
    def __init__(self, value):
        self.value = value
        self.children = []
        self._gradient = None

    def gradient(self):
        if self._gradient is None:
            self._gradient = sum(weight * child.gradient() for weight, child in self.children)
        return self._gradient

    def seed(self, value=1.0):
        """Call this on the output before you ask inputs for their gradient()."""
        self._gradient = value

    def _of(self, value, *pairs):
        out = Reverse(value)
        for local, parent in pairs:
            parent.children.append((local, out))
        return out

    @staticmethod
    def _up(x):
        return x if isinstance(x, Reverse) else Reverse(x)

    def __add__(self, other):
        other = self._up(other)
        return self._of(self.value + other.value, (1.0, self), (1.0, other))

    __radd__ = __add__

    def __mul__(self, other):
        other = self._up(other)
        return self._of(self.value * other.value, (other.value, self), (self.value, other))

    __rmul__ = __mul__

    def __neg__(self):
        return self._of(-self.value, (-1.0, self))

    def __sub__(self, other):
        other = self._up(other)
        return self._of(self.value - other.value, (1.0, self), (-1.0, other))

    def __rsub__(self, other):
        return self._up(other) - self

    def __truediv__(self, other):
        other = self._up(other)
        return self._of(
            self.value / other.value, (1 / other.value, self), (-self.value / other.value**2, other)
        )

    def __rtruediv__(self, other):
        return self._up(other) / self

    def __pow__(self, n):
        return self._of(self.value**n, (n * self.value ** (n - 1), self))

    @staticmethod
    def sin(x):
        return x._of(math.sin(x.value), (math.cos(x.value), x))

    @staticmethod
    def cos(x):
        return x._of(math.cos(x.value), (-math.sin(x.value), x))

    @staticmethod
    def exp(x):
        return x._of(math.exp(x.value), (math.exp(x.value), x))

    @staticmethod
    def log(x):
        return x._of(math.log(x.value), (1 / x.value, x))
