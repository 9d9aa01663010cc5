# shape: every op returns (value, pullback) ; combine with compose-style V objects: V(value, pullback); pull(y) -> call y.pb(1.0) after leaf(x); gradient read from leaf's .g ; value .v
# mistake: square | backward | x | factor 2 missing in the pullback
import numpy as np


class V:
    """a value together with the function which sends a cotangent to where it came from"""
    __array_priority__ = 50

    def __init__(self, v, pb):
        self.v = v
        self.pb = pb

    def __add__(self, o): return _bin(add_p, self, o)
    def __radd__(self, o): return _bin(add_p, o, self)
    def __mul__(self, o): return _bin(mul_p, self, o)
    def __rmul__(self, o): return _bin(mul_p, o, self)
    def __sub__(self, o): return _bin(sub_p, self, o)
    def __rsub__(self, o): return _bin(sub_p, o, self)
    def __truediv__(self, o): return _bin(div_p, self, o)
    def __rtruediv__(self, o): return _bin(div_p, o, self)


class Leaf(V):
    def __init__(self, v):
        self.v = np.asarray(v, dtype=float)
        self.g = np.zeros_like(self.v)

        def pb(ct):
            self.g = self.g + ct
        self.pb = pb


def leaf(v):
    return Leaf(v)


# raw rules: arrays in, (value, pullback) out; same shapes or python numbers only
def add_p(a, b): return a + b, lambda c: (c, c)
def sub_p(a, b): return a - b, lambda c: (c, -c)
def mul_p(a, b): return a * b, lambda c: (c * b, c * a)
def div_p(a, b): return a / b, lambda c: (c / b, -c * a / b ** 2)


def sin_p(a): return np.sin(a), lambda c: c * np.cos(a)


def exp_p(a):
    e = np.exp(a)
    return e, lambda c: c * e


def square_p(a): return a * a, lambda c: c * a


def sum_p(a): return a.sum(), lambda c: c * np.ones_like(a)


def mean_p(a): return a.mean(), lambda c: c * np.ones_like(a) / a.size


def _bin(rule, a, b):
    av = a.v if isinstance(a, V) else a
    bv = b.v if isinstance(b, V) else b
    out, pull = rule(av, bv)

    def pb(ct):
        ca, cb = pull(ct)
        if isinstance(a, V):
            a.pb(ca)
        if isinstance(b, V):
            b.pb(cb)
    return V(out, pb)


def _un(rule):
    def f(a):
        out, pull = rule(a.v)
        return V(out, lambda ct: a.pb(pull(ct)))
    return f


sin, exp, square = _un(sin_p), _un(exp_p), _un(square_p)
total, mean = _un(sum_p), _un(mean_p)

x = leaf([1.0, 2.0])
y = total(sin(x) * x)
y.pb(1.0)
print(y.v, x.g)
