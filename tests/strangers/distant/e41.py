# shape: engine.array(x); y.backward(); value y.data; gradient x.grad; module-level backend `xp` switched with use("numpy"|"numpy32"); matrix products of 2-d arrays only
# mistake: sum (axis given, keepdims=False) | backward | x | the lost axis is not put back, so for square inputs with axis=1 the gradient is spread along the wrong axis
import numpy


class _Backend:
    pass


BACKENDS = {}


def backend(name):
    def deco(cls):
        BACKENDS[name] = cls()
        return cls
    return deco


@backend("numpy")
class _Np:
    asarray = staticmethod(lambda x: numpy.asarray(x, dtype=numpy.float64))
    exp, log, tanh = numpy.exp, numpy.log, numpy.tanh
    where = staticmethod(numpy.where)
    ones = staticmethod(numpy.ones)
    spread = staticmethod(lambda g, s: numpy.broadcast_to(g, s))


@backend("numpy32")
class _Np32(_Np):
    asarray = staticmethod(lambda x: numpy.asarray(x, dtype=numpy.float32))
    ones = staticmethod(lambda s: numpy.ones(s, dtype=numpy.float32))


xp = BACKENDS["numpy"]


def use(name):
    global xp
    xp = BACKENDS[name]


class array:
    __array_ufunc__ = None

    def __init__(self, data, _p=(), _f=None):
        self.data = xp.asarray(data)
        self.grad = None
        self._p, self._f = _p, _f

    def __add__(self, o): return bop(self, o, lambda a, b: a + b, lambda g, a, b: (g, g))
    def __sub__(self, o): return bop(self, o, lambda a, b: a - b, lambda g, a, b: (g, -g))
    def __mul__(self, o): return bop(self, o, lambda a, b: a * b, lambda g, a, b: (g * b, g * a))
    def __truediv__(self, o): return bop(self, o, lambda a, b: a / b, lambda g, a, b: (g / b, -g * a / (b * b)))
    def __matmul__(self, o): return bop(self, o, lambda a, b: a @ b, lambda g, a, b: (g @ b.T, a.T @ g))
    def __radd__(self, o): return lift(o) + self
    def __rsub__(self, o): return lift(o) - self
    def __rmul__(self, o): return lift(o) * self
    def __rtruediv__(self, o): return lift(o) / self

    def exp(self): return uop(self, xp.exp, lambda g, a, y: g * y)
    def log(self): return uop(self, xp.log, lambda g, a, y: g / a)
    def tanh(self): return uop(self, xp.tanh, lambda g, a, y: g * (1 - y * y))
    def relu(self): return uop(self, lambda a: xp.where(a > 0, a, 0), lambda g, a, y: xp.where(a > 0, g, 0))
    @property
    def T(self): return uop(self, lambda a: a.T, lambda g, a, y: g.T)

    def sum(self, axis=None, keepdims=False):
        return uop(self, lambda a: a.sum(axis=axis, keepdims=keepdims),
                   lambda g, a, y: xp.spread(g, a.shape))

    def mean(self):
        return uop(self, lambda a: a.mean(), lambda g, a, y: xp.spread(g / a.size, a.shape))

    def backward(self):
        order, seen = [], set()

        def topo(n):
            if id(n) in seen:
                return
            seen.add(id(n))
            for p in n._p:
                topo(p)
            order.append(n)
        topo(self)
        for n in order:
            n.grad = None
        self.grad = xp.ones(self.data.shape)
        for n in reversed(order):
            if n._f is None:
                continue
            for p, g in zip(n._p, n._f(n.grad)):
                g = match(g, p.data.shape)
                p.grad = g if p.grad is None else p.grad + g


def lift(o):
    return o if isinstance(o, array) else array(o)


def match(g, shape):
    g = xp.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def bop(a, b, f, df):
    a, b = lift(a), lift(b)
    return array(f(a.data, b.data), (a, b), lambda g: df(g, a.data, b.data))


def uop(a, f, df):
    y = f(a.data)
    return array(y, (a,), lambda g: (df(g, a.data, y),))
