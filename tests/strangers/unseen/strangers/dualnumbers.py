"""
Forward mode AD with dual numbers   a + b*eps,   eps^2 = 0

    >>> diff(lambda x: x*x + x, 3)
    7.0
"""
import math


class Dual:
    def __init__(self, re, eps=0.0):
        self.re = float(re)
        self.eps = float(eps)

    def __add__(self, o):
        o = _d(o)
        return Dual(self.re + o.re, self.eps + o.eps)

    def __sub__(self, o):
        o = _d(o)
        return Dual(self.re - o.re, self.eps - o.eps)

    def __mul__(self, o):
        o = _d(o)
        return Dual(self.re * o.re, self.re * o.eps + self.eps * o.re)

    def __truediv__(self, o):
        o = _d(o)
        return Dual(self.re / o.re, (self.eps * o.re - self.re * o.eps) / o.re ** 2)

    def __radd__(self, o): return self + o
    def __rsub__(self, o): return _d(o) - self
    def __rmul__(self, o): return self * o
    def __rtruediv__(self, o): return _d(o) / self
    def __neg__(self): return Dual(-self.re, -self.eps)
    def __pos__(self): return self
    def __abs__(self): return self if self.re >= 0 else -self

    def __pow__(self, n):
        if isinstance(n, Dual):
            return exp(n * log(self))
        if n == 0:
            return Dual(1.0)
        return Dual(self.re ** n, n * self.re ** (n - 1) * self.eps)

    def __rpow__(self, base):
        return exp(self * math.log(base))

    def __eq__(self, o): return self.re == _d(o).re
    def __lt__(self, o): return self.re < _d(o).re
    def __le__(self, o): return self.re <= _d(o).re
    def __gt__(self, o): return self.re > _d(o).re
    def __ge__(self, o): return self.re >= _d(o).re

    def __repr__(self):
        return f"{self.re:g} + {self.eps:g}ε"


def _d(x):
    return x if isinstance(x, Dual) else Dual(x)


# every function also accepts plain floats

def exp(x):
    if not isinstance(x, Dual):
        return math.exp(x)
    e = math.exp(x.re)
    return Dual(e, e * x.eps)


def log(x):
    if not isinstance(x, Dual):
        return math.log(x)
    return Dual(math.log(x.re), x.eps / x.re)


def sin(x):
    if not isinstance(x, Dual):
        return math.sin(x)
    return Dual(math.sin(x.re), math.cos(x.re) * x.eps)


def cos(x):
    if not isinstance(x, Dual):
        return math.cos(x)
    return Dual(math.cos(x.re), math.sin(x.re) * x.eps)


def sqrt(x):
    if not isinstance(x, Dual):
        return math.sqrt(x)
    r = math.sqrt(x.re)
    return Dual(r, x.eps / (2 * r))


def tanh(x):
    if not isinstance(x, Dual):
        return math.tanh(x)
    t = math.tanh(x.re)
    return Dual(t, (1 - t * t) * x.eps)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def relu(x):
    return x if x > 0 else 0 * x


def diff(f, x):
    y = f(Dual(x, 1))
    return y.eps if isinstance(y, Dual) else 0.0


def gradient(f, xs):
    out = []
    for i in range(len(xs)):
        args = [Dual(x, 1.0 if i == j else 0.0) for j, x in enumerate(xs)]
        out.append(f(*args).eps)
    return out


def newton(f, x0, tol=1e-12, maxit=50):
    x = x0
    for _ in range(maxit):
        y = f(Dual(x, 1))
        if abs(y.re) < tol:
            break
        x -= y.re / y.eps
    return x
