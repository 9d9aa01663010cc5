"""Forward mode: a value with its derivative by one chosen direction."""
import math


class Forward:
    def __init__(self, value, der=1.0):
        self.value = value
        self.der = der

    def __add__(self, other):
        if isinstance(other, Forward):
            return Forward(self.value + other.value, self.der + other.der)
        return Forward(self.value + other, self.der)

    __radd__ = __add__

    def __mul__(self, other):
        if isinstance(other, Forward):
            return Forward(self.value * other.value, self.der * other.value + self.value * other.der)
        return Forward(self.value * other, self.der * other)

    __rmul__ = __mul__

    def __neg__(self):
        return Forward(-self.value, -self.der)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        if isinstance(other, Forward):
            return Forward(
                self.value / other.value,
                (self.der * other.value - self.value * other.der) / other.value**2,
            )
        return Forward(self.value / other, self.der / other)

    def __rtruediv__(self, other):
        return Forward(other / self.value, -other * self.der / self.value**2)

    def __pow__(self, n):
        return Forward(self.value**n, n * self.value ** (n - 1) * self.der)


def sin(x):
    return Forward(math.sin(x.value), math.cos(x.value) * x.der)


def cos(x):
    return Forward(math.cos(x.value), -math.sin(x.value) * x.der)


def exp(x):
    return Forward(math.exp(x.value), math.exp(x.value) * x.der)


def log(x):
    return Forward(math.log(x.value), x.der / x.value)
