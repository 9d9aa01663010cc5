# shape: x = Traced(array); use numpy's own functions (np.sin(x), np.add(x, y), np.sum(x), x @ y); y.backward(); value y.base; gradient x.grad; implemented with __array_ufunc__ and __array_function__; matmul of two or more dimensions only
# mistake: none
import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

UF = {
    np.add: (lambda g, y, a, b: g, lambda g, y, a, b: g),
    np.subtract: (lambda g, y, a, b: g, lambda g, y, a, b: -g),
    np.multiply: (lambda g, y, a, b: g * b, lambda g, y, a, b: g * a),
    np.true_divide: (lambda g, y, a, b: g / b, lambda g, y, a, b: -g * a / b ** 2),
    np.power: (lambda g, y, a, b: g * b * a ** (b - 1), lambda g, y, a, b: g * y * np.log(a)),
    np.matmul: (lambda g, y, a, b: g @ np.swapaxes(b, -1, -2), lambda g, y, a, b: np.swapaxes(a, -1, -2) @ g),
    np.maximum: (lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (a < b)),
    np.negative: (lambda g, y, a: -g,),
    np.exp: (lambda g, y, a: g * y,),
    np.log: (lambda g, y, a: g / a,),
    np.log1p: (lambda g, y, a: g / (1 + a),),
    np.log10: (lambda g, y, a: g / (a * np.log(10)),),
    np.sin: (lambda g, y, a: g * np.cos(a),),
    np.cos: (lambda g, y, a: -g * np.sin(a),),
    np.tanh: (lambda g, y, a: g * (1 - y * y),),
    np.sqrt: (lambda g, y, a: g / (2 * y),),
    np.square: (lambda g, y, a: 2 * g * a,),
    np.absolute: (lambda g, y, a: g * np.sign(a),),
}
AF = {}


def implements(f):
    return lambda rule: AF.setdefault(f, rule)


class Traced(NDArrayOperatorsMixin):
    def __init__(self, base, edges=()):
        self.base = np.asarray(base, dtype=float)
        self.edges = edges
        self.grad = None

    shape = property(lambda s: s.base.shape)
    ndim = property(lambda s: s.base.ndim)
    T = property(lambda s: np.transpose(s))

    def __array_ufunc__(self, uf, method, *ins, **kw):
        if method != "__call__" or uf not in UF or kw:
            return NotImplemented
        raw = [np.asarray(i.base if isinstance(i, Traced) else i, dtype=float) for i in ins]
        y = uf(*raw)
        return Traced(y, [(i, lambda g, r=r, y=y, raw=raw: r(g, y, *raw))
                          for i, r in _zip(ins, UF[uf])])

    def __array_function__(self, f, types, args, kw):
        return AF[f](*args, **kw) if f in AF else NotImplemented

    def sum(self, axis=None): return np.sum(self, axis=axis)
    def mean(self): return np.mean(self)

    def backward(self):
        order, seen = [], set()

        def go(t):
            if id(t) not in seen:
                seen.add(id(t))
                for p, _ in t.edges:
                    go(p)
                order.append(t)
        go(self)
        for t in order:
            t.grad = np.zeros(t.shape)
        self.grad = np.ones(self.shape)
        for t in order[::-1]:
            for p, f in t.edges:
                p.grad = p.grad + f(t.grad)


def _zip(ins, rules):
    for i, r in zip(ins, rules):
        if isinstance(i, Traced):
            yield i, (lambda g, y, *raw, r=r, s=i.shape: shrink(r(g, y, *raw), s))


def shrink(g, s):
    g = np.asarray(g)
    g = g.sum(axis=tuple(range(g.ndim - len(s))))
    return g.sum(axis=tuple(k for k, n in enumerate(s) if n == 1), keepdims=True)


@implements(np.sum)
def _sum(a, axis=None):
    def pull(g):
        return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), a.shape)
    return Traced(a.base.sum(axis=axis), [(a, pull)])


@implements(np.mean)
def _mean(a):
    return Traced(a.base.mean(), [(a, lambda g: np.full(a.shape, g / a.base.size))])


@implements(np.transpose)
def _transpose(a):
    return Traced(a.base.T, [(a, lambda g: g.T)])


@implements(np.concatenate)
def _concatenate(parts, axis=0):
    parts = [p if isinstance(p, Traced) else Traced(p) for p in parts]
    ends = np.cumsum([p.shape[axis] for p in parts])[:-1]
    return Traced(np.concatenate([p.base for p in parts], axis=axis),
                  [(p, lambda g, k=k: np.split(g, ends, axis=axis)[k]) for k, p in enumerate(parts)])


@implements(np.where)
def _where(c, a, b):
    a, b = [z if isinstance(z, Traced) else Traced(z) for z in (a, b)]
    return Traced(np.where(c, a.base, b.base), [(a, lambda g: shrink(np.where(c, g, 0), a.shape)),
                                                (b, lambda g: shrink(np.where(c, 0, g), b.shape))])
