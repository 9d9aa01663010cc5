"""
Truncated Taylor series arithmetic: all derivatives up to order N in one sweep.

c[k] are Taylor coefficients, so f^(k)(x0) = k! * c[k].
"""
from math import factorial
import math


class Jet:
    def __init__(self, c):
        self.c = [float(v) for v in c]

    @classmethod
    def variable(cls, x0, order):
        return cls([x0, 1.0] + [0.0] * (order - 1)) if order > 0 else cls([x0])

    def _lift(self, o):
        if isinstance(o, Jet):
            if len(o.c) != len(self.c):
                raise ValueError("jets of different order")
            return o
        return Jet([o] + [0.0] * (len(self.c) - 1))

    def __add__(self, o):
        return Jet(a + b for a, b in zip(self.c, self._lift(o).c))
    __radd__ = __add__

    def __neg__(self):
        return Jet(-a for a in self.c)

    def __sub__(self, o):
        return self + -self._lift(o)

    def __rsub__(self, o):
        return -self + o

    def __mul__(self, o):
        a, b = self.c, self._lift(o).c
        return Jet(sum(a[j] * b[k - j] for j in range(k + 1)) for k in range(len(a)))
    __rmul__ = __mul__

    def __truediv__(self, o):
        a, b = self.c, self._lift(o).c
        q = []
        for k in range(len(a)):
            q.append((a[k] - sum(q[j] * b[k - j] for j in range(k))) / b[0])
        return Jet(q)

    def __rtruediv__(self, o):
        return self._lift(o) / self

    def __pow__(self, r):
        if isinstance(r, int):
            if r < 0:
                return 1 / self ** -r
            out = self._lift(1.0)
            for _ in range(r):
                out = out * self
            return out
        return exp(log(self) * r)

    def deriv(self, k):
        return factorial(k) * self.c[k]

    @property
    def value(self):
        return self.c[0]

    def __repr__(self):
        return "Jet(" + ", ".join(f"{v:g}" for v in self.c) + ")"


def exp(u):
    a, e = u.c, [math.exp(u.c[0])]
    for k in range(1, len(a)):
        e.append(sum(j * a[j] * e[k - j] for j in range(1, k + 1)) / k)
    return Jet(e)


def log(u):
    a, l = u.c, [math.log(u.c[0])]
    for k in range(1, len(a)):
        l.append((a[k] - sum(j * l[j] * a[k - j] for j in range(1, k)) / k) / a[0])
    return Jet(l)


def sincos(u):
    a = u.c
    s, c = [math.sin(a[0])], [math.cos(a[0])]
    for k in range(1, len(a)):
        s.append(sum(j * a[j] * c[k - j] for j in range(1, k + 1)) / k)
        c.append(-sum(j * a[j] * s[k - j] for j in range(1, k + 1)) / k)
    return Jet(s), Jet(c)


def sin(u): return sincos(u)[0]
def cos(u): return sincos(u)[1]
def sqrt(u): return u ** 0.5
def tanh(u):
    e = exp(2 * u)
    return (e - 1) / (e + 1)


def taylor(f, x0, order=4):
    return f(Jet.variable(x0, order))


def derivative(f, x0, n=1):
    return taylor(f, x0, max(n, 1)).deriv(n)
