"""
No classes. A "number" is a pair (value, back) where back(g) returns a dict
{name: contribution}. Dicts are merged with +.

Educational only: shared subexpressions are walked again every time.
"""
import math
from functools import reduce


def merge(*ds):
    out = {}
    for d in ds:
        for k, v in d.items():
            out[k] = out.get(k, 0.0) + v
    return out


def var(name, value):
    return value, lambda g: {name: g}


def const(value):
    return value, lambda g: {}


def add(a, b):
    (x, ba), (y, bb) = a, b
    return x + y, lambda g: merge(ba(g), bb(g))


def sub(a, b):
    (x, ba), (y, bb) = a, b
    return x - y, lambda g: merge(ba(g), bb(-g))


def mul(a, b):
    (x, ba), (y, bb) = a, b
    return x * y, lambda g: merge(ba(g * y), bb(g * x))


def div(a, b):
    (x, ba), (y, bb) = a, b
    return x / y, lambda g: merge(ba(g / y), bb(-g * x / (y * y)))


def neg(a):
    x, ba = a
    return -x, lambda g: ba(-g)


def ipow(a, n):
    x, ba = a
    return x ** n, lambda g: ba(g * n * x ** (n - 1))


def lift(f, df):
    """make a unary op from a function of x and its derivative df(x, f(x))"""
    def op(a):
        x, ba = a
        y = f(x)
        return y, lambda g: ba(g * df(x, y))
    return op


exp = lift(math.exp, lambda x, y: y)
log = lift(math.log, lambda x, y: 1 / x)
sin = lift(math.sin, lambda x, y: math.cos(x))
cos = lift(math.cos, lambda x, y: -math.sin(x))
tanh = lift(math.tanh, lambda x, y: 1 - y * y)
sqrt = lift(math.sqrt, lambda x, y: 0.5 / y)
sigmoid = lift(lambda x: 1 / (1 + math.exp(-x)), lambda x, y: y * (1 - y))
relu = lift(lambda x: max(x, 0.0), lambda x, y: float(x > 0))


def total(items):
    return reduce(add, items, const(0.0))


def dot(xs, ys):
    return total(mul(a, b) for a, b in zip(xs, ys))


def backprop(out):
    _, back = out
    return back(1.0)


def value_and_grad(f, **kw):
    out = f(*[var(k, v) for k, v in kw.items()])
    gs = backprop(out)
    return out[0], {k: gs.get(k, 0.0) for k in kw}


if __name__ == "__main__":
    print(value_and_grad(lambda x, y: add(mul(x, y), sin(x)), x=1.0, y=2.0))
