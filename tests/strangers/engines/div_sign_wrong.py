"""WRONG in div, backward by the divisor (wrong-sign): d(x/y)/dy is given as + x/y**2.

One tape of tuples, emptied by backward; class Num (name it after a colon) has .v, and .g after .backward().
Operations: + - * / and unary minus, numbers on either side, sqrt, exp, log, sin. Plain numbers.
"""

import math


class Num:
    tape = []

    def __init__(self, v):
        self.v = float(v)
        self.g = 0.0

    @staticmethod
    def record(v, *terms):
        out = Num(v)
        Num.tape.append((out, terms))
        return out

    def backward(self):
        # what lies below this number, found backwards along the tape; the rest is not touched
        below = {self}
        for out, terms in reversed(Num.tape):
            if out in below:
                below.update(x for x, _ in terms)
        for x in below:
            x.g = 0.0
        self.g = 1.0
        for out, terms in reversed(Num.tape):
            if out in below:
                for x, slope in terms:
                    x.g += slope * out.g
        Num.tape.clear()


def num(x):
    return x if isinstance(x, Num) else Num(x)


def _add(x, y):
    x, y = num(x), num(y)
    return Num.record(x.v + y.v, (x, 1.0), (y, 1.0))


def _sub(x, y):
    x, y = num(x), num(y)
    return Num.record(x.v - y.v, (x, 1.0), (y, -1.0))


def _mul(x, y):
    x, y = num(x), num(y)
    return Num.record(x.v * y.v, (x, y.v), (y, x.v))


def _div(x, y):
    x, y = num(x), num(y)
    return Num.record(x.v / y.v, (x, 1.0 / y.v), (y, x.v / y.v**2))


for _name, _f in dict(add=_add, sub=_sub, mul=_mul, truediv=_div).items():
    setattr(Num, f"__{_name}__", _f)
    setattr(Num, f"__r{_name}__", lambda self, other, _f=_f: _f(other, self))
Num.__neg__ = lambda self: Num.record(-self.v, (self, -1.0))


def exp(x):
    return Num.record(math.exp(x.v), (x, math.exp(x.v)))


def log(x):
    return Num.record(math.log(x.v), (x, 1.0 / x.v))


def sqrt(x):
    return Num.record(math.sqrt(x.v), (x, 0.5 / math.sqrt(x.v)))


def sin(x):
    return Num.record(math.sin(x.v), (x, math.cos(x.v)))
