# shape: Parameter/Tensor class `Cell`, functional style vjp: value, pullback = vjp(f, *arrays); pullback(seed) returns a tuple of ndarrays; f uses functions of the module on Cells
# mistake: none
from __future__ import annotations
from typing import Callable, NamedTuple, Sequence
import numpy as np


class Edge(NamedTuple):
    to: "Cell"
    transpose: Callable[[np.ndarray], np.ndarray]


class Cell:
    __slots__ = ("v", "edges", "depth")

    def __init__(self, v, edges: Sequence[Edge] = ()):
        self.v = np.asarray(v, dtype=np.float64)
        self.edges = tuple(edges)
        self.depth = 1 + max((e.to.depth for e in self.edges), default=0)

    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return sub(self, o)
    def __rsub__(self, o): return sub(o, self)
    def __mul__(self, o): return mul(self, o)
    def __rmul__(self, o): return mul(o, self)
    def __matmul__(self, o): return matmul(self, o)


def cell(x) -> Cell:
    return x if isinstance(x, Cell) else Cell(x)


def squash(shape):
    """transpose of broadcasting from `shape`"""
    def t(g):
        if g.shape == shape:
            return g
        g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        thin = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
        return g.sum(axis=thin, keepdims=True) if thin else g
    return t


def add(a, b):
    a, b = cell(a), cell(b)
    return Cell(a.v + b.v, [Edge(a, squash(a.v.shape)), Edge(b, squash(b.v.shape))])


def sub(a, b):
    a, b = cell(a), cell(b)
    sb = squash(b.v.shape)
    return Cell(a.v - b.v, [Edge(a, squash(a.v.shape)), Edge(b, lambda g: -sb(g))])


def mul(a, b):
    a, b = cell(a), cell(b)
    sa, sb = squash(a.v.shape), squash(b.v.shape)
    return Cell(a.v * b.v, [Edge(a, lambda g: sa(g * b.v)), Edge(b, lambda g: sb(g * a.v))])


def matmul(a, b):
    """2-d or batched (equal batch shapes)"""
    return Cell(a.v @ b.v, [Edge(a, lambda g: g @ np.swapaxes(b.v, -1, -2)),
                            Edge(b, lambda g: np.swapaxes(a.v, -1, -2) @ g)])


def _pointwise(f, slope):
    def op(a):
        y = f(a.v)
        return Cell(y, [Edge(a, lambda g: g * slope(a.v, y))])
    return op


exp = _pointwise(np.exp, lambda x, y: y)
expm1 = _pointwise(np.expm1, lambda x, y: y + 1)
log1p = _pointwise(np.log1p, lambda x, y: 1 / (1 + x))
silu = _pointwise(lambda x: x / (1 + np.exp(-x)),
                  lambda x, y: (1 + np.exp(-x) * (1 + x)) / (1 + np.exp(-x)) ** 2)
softplus = _pointwise(lambda x: np.logaddexp(0, x), lambda x, y: 1 / (1 + np.exp(-x)))
cbrt = _pointwise(np.cbrt, lambda x, y: 1 / (3 * y ** 2))


def sum_(a, axis=None):
    def t(g):
        return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), a.v.shape)
    return Cell(a.v.sum(axis=axis), [Edge(a, t)])


def gather(a, rows):
    rows = np.asarray(rows)

    def t(g):
        z = np.zeros_like(a.v)
        np.add.at(z, rows, g)
        return z
    return Cell(a.v[rows], [Edge(a, t)])


def vjp(f, *arrays):
    ins = [Cell(a) for a in arrays]
    out = f(*ins)

    def pullback(seed=None):
        acc = {out: np.ones_like(out.v) if seed is None else np.asarray(seed, float)}
        levels = {out.depth: {out}}
        for d in range(out.depth, 0, -1):
            for c in levels.pop(d, ()):
                for e in c.edges:
                    g = e.transpose(acc[c])
                    acc[e.to] = acc[e.to] + g if e.to in acc else g
                    levels.setdefault(e.to.depth, set()).add(e.to)
        return tuple(acc.get(i, np.zeros_like(i.v)) for i in ins)
    return out.v, pullback


def value_and_grad(f):
    def g(*arrays):
        v, pb = vjp(f, *arrays)
        return float(v), pb()
    return g
