# shape: continuation-passing: gradient(lambda x, y, k: mul(x, y, lambda z: sin(z, k)))(2.0, 3.0) -> (value, [gradients]); ops take the continuation last; the backward pass is the return from the continuation
# mistake: none
import math


class Ref:
    """a number and a place for its derivative"""
    def __init__(self, x):
        self.x = x
        self.dx = 0.0


def const(v):
    return Ref(float(v))


def add(a, b, k):
    y = Ref(a.x + b.x)
    r = k(y)
    a.dx += y.dx
    b.dx += y.dx
    return r


def sub(a, b, k):
    y = Ref(a.x - b.x)
    r = k(y)
    a.dx += y.dx
    b.dx -= y.dx
    return r


def mul(a, b, k):
    y = Ref(a.x * b.x)
    r = k(y)
    a.dx += b.x * y.dx
    b.dx += a.x * y.dx
    return r


def div(a, b, k):
    y = Ref(a.x / b.x)
    r = k(y)
    a.dx += y.dx / b.x
    b.dx -= y.dx * y.x / b.x
    return r


def power(a, n, k):
    y = Ref(a.x ** n)
    r = k(y)
    a.dx += n * a.x ** (n - 1) * y.dx
    return r


def unary(f, df):
    def op(a, k):
        y = Ref(f(a.x))
        r = k(y)
        a.dx += df(a.x, y.x) * y.dx
        return r
    return op


sin = unary(math.sin, lambda x, y: math.cos(x))
cos = unary(math.cos, lambda x, y: -math.sin(x))
exp = unary(math.exp, lambda x, y: y)
log = unary(math.log, lambda x, y: 1 / x)
tanh = unary(math.tanh, lambda x, y: 1 - y * y)
relu = unary(lambda x: x if x > 0 else 0.0, lambda x, y: 1.0 if x > 0 else 0.0)


def when(cond, yes, no, k):
    """branch: cond is a python bool, yes/no take the continuation"""
    return yes(k) if cond else no(k)


def loop(n, body, a, k):
    """body(i, a, k) repeated n times"""
    def step(i, v):
        return k(v) if i == n else body(i, v, lambda w: step(i + 1, w))
    return step(0, a)


def gradient(f):
    def run(*xs):
        refs = [Ref(float(x)) for x in xs]

        def end(y):
            y.dx = 1.0
            return y.x
        value = f(*refs, end)
        return value, [r.dx for r in refs]
    return run


if __name__ == "__main__":
    f = lambda x, y, k: mul(x, y, lambda z: sin(z, lambda s: add(s, x, k)))
    print(gradient(f)(2.0, 3.0))
    cube = lambda x, k: loop(2, lambda i, a, k: mul(a, x, k), x, k)
    print(gradient(cube)(2.0))
