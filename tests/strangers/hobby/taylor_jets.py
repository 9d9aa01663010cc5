"""Truncated Taylor series: jet[k] is the k-th coefficient, f^(k) / k!."""

import math

ORDER = 3


class Jet:
    def __init__(self, *coefficients):
        self.c = (list(map(float, coefficients)) + [0.0] * ORDER)[: ORDER + 1]

    @classmethod
    def variable(cls, at):
        return cls(at, 1.0)

    @property
    def value(self):
        return self.c[0]

    def derivative(self, k=1):
        return self.c[k] * math.factorial(k)

    @staticmethod
    def of(x):
        return x if isinstance(x, Jet) else Jet(x)

    def __add__(self, other):
        return Jet(*(a + b for a, b in zip(self.c, Jet.of(other).c)))

    __radd__ = __add__

    def __neg__(self):
        return Jet(*(-a for a in self.c))

    def __sub__(self, other):
        return self + -Jet.of(other)

    def __rsub__(self, other):
        return Jet.of(other) - self

    def __mul__(self, other):
        a, b = self.c, Jet.of(other).c
        return Jet(*(sum(a[i] * b[k - i] for i in range(k + 1)) for k in range(ORDER + 1)))

    __rmul__ = __mul__

    def __truediv__(self, other):
        a, b = self.c, Jet.of(other).c
        q = []
        for k in range(ORDER + 1):
            q.append((a[k] - sum(q[i] * b[k - i] for i in range(k))) / b[0])
        return Jet(*q)

    def __rtruediv__(self, other):
        return Jet.of(other) / self

    def exp(self):
        e = [math.exp(self.c[0])]
        for k in range(1, ORDER + 1):
            e.append(sum(i * self.c[i] * e[k - i] for i in range(1, k + 1)) / k)
        return Jet(*e)

    def sin(self):
        return self._sincos()[0]

    def cos(self):
        return self._sincos()[1]

    def _sincos(self):
        s, c = [math.sin(self.c[0])], [math.cos(self.c[0])]
        for k in range(1, ORDER + 1):
            s.append(sum(i * self.c[i] * c[k - i] for i in range(1, k + 1)) / k)
            c.append(-sum(i * self.c[i] * s[k - i] for i in range(1, k + 1)) / k)
        return Jet(*s), Jet(*c)
