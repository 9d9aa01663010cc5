"""Dual numbers and derivative(f, x); partial derivatives by partial(f, i, *xs)."""
import math
from numbers import Number


class Dual:
    def __init__(self, real, eps=0.0):
        self.real, self.eps = real, eps

    @staticmethod
    def lift(x):
        return Dual(x) if isinstance(x, Number) else x

    def __add__(self, o):
        o = Dual.lift(o)
        return Dual(self.real + o.real, self.eps + o.eps)

    def __sub__(self, o):
        o = Dual.lift(o)
        return Dual(self.real - o.real, self.eps - o.eps)

    def __rsub__(self, o):
        return Dual.lift(o) - self

    def __mul__(self, o):
        o = Dual.lift(o)
        return Dual(self.real * o.real, self.real * o.eps + self.eps * o.real)

    def __truediv__(self, o):
        o = Dual.lift(o)
        return Dual(self.real / o.real, (self.eps * o.real - self.real * o.eps) / o.real)

    def __rtruediv__(self, o):
        return Dual.lift(o) / self

    def __neg__(self):
        return Dual(-self.real, -self.eps)

    def __pow__(self, n):
        return Dual(self.real ** n, n * self.real ** (n - 1) * self.eps)

    __radd__, __rmul__ = __add__, __mul__


def exp(d):
    return Dual(math.exp(d.real), math.exp(d.real) * d.eps)


def sin(d):
    return Dual(math.sin(d.real), math.cos(d.real) * d.eps)


def log(d):
    return Dual(math.log(d.real), d.eps / d.real)


def partial(f, i, *xs):
    return f(*(Dual(x, 1.0 if k == i else 0.0) for k, x in enumerate(xs))).eps


def derivative(f, x):
    return partial(f, 0, x)


def gradient(f, *xs):
    return [partial(f, i, *xs) for i in range(len(xs))]
