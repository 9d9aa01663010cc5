# shape: class Nd(arr); numpy functions work through __array_ufunc__ (np.exp(x), x + 1, 2 / x, np.maximum(x, y)); call bwd(y) ; value .arr, gradient .adj
# mistake: none
import numpy as np

UF = {}


def rule(ufunc):
    def deco(f):
        UF[ufunc] = f
        return f
    return deco


class Nd(np.lib.mixins.NDArrayOperatorsMixin):
    def __init__(self, arr, made_by=None):
        self.arr = np.asarray(arr, dtype=float)
        self.made_by = made_by      # (inputs, vjp)
        self.adj = None

    def __array_ufunc__(self, ufunc, method, *inputs, **kw):
        if method != "__call__" or kw or ufunc not in UF:
            return NotImplemented
        ins = [i if isinstance(i, Nd) else Nd(i) for i in inputs]
        raw = [i.arr for i in ins]
        y = ufunc(*raw)
        return Nd(y, (ins, lambda g: UF[ufunc](g, y, *raw)))

    def sum(self, axis=None):
        y = self.arr.sum(axis=axis)
        sh = self.arr.shape

        def vjp(g):
            return (np.broadcast_to(g if axis is None else np.expand_dims(g, axis), sh),)
        return Nd(y, ([self], vjp))

    __hash__ = object.__hash__


@rule(np.add)
def _(g, y, a, b): return g, g
@rule(np.subtract)
def _(g, y, a, b): return g, -g
@rule(np.multiply)
def _(g, y, a, b): return g * b, g * a
@rule(np.true_divide)
def _(g, y, a, b): return g / b, -g * y / b
@rule(np.power)
def _(g, y, a, b):
    with np.errstate(all="ignore"):
        gb = np.where(a > 0, g * y * np.log(np.where(a > 0, a, 1.0)), 0.0)
    return g * b * a ** (b - 1), gb
@rule(np.negative)
def _(g, y, a): return (-g,)
@rule(np.exp)
def _(g, y, a): return (g * y,)
@rule(np.log)
def _(g, y, a): return (g / a,)
@rule(np.sqrt)
def _(g, y, a): return (g / (2 * y),)
@rule(np.square)
def _(g, y, a): return (2 * a * g,)
@rule(np.tanh)
def _(g, y, a): return (g * (1 - y ** 2),)
@rule(np.sin)
def _(g, y, a): return (g * np.cos(a),)
@rule(np.absolute)
def _(g, y, a): return (g * np.sign(a),)
@rule(np.maximum)
def _(g, y, a, b): return g * (a >= b), g * (a < b)
@rule(np.matmul)
def _(g, y, a, b): return g @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ g


def bwd(y):
    order, seen = [], set()
    stack = [(y, 0)]
    while stack:
        n, k = stack.pop()
        if k == 0:
            if id(n) in seen:
                continue
            seen.add(id(n))
            n.adj = np.zeros_like(n.arr)
        kids = n.made_by[0] if n.made_by else []
        if k < len(kids):
            stack.append((n, k + 1))
            stack.append((kids[k], 0))
        else:
            order.append(n)
    y.adj = np.ones_like(y.arr)
    while order:
        n = order.pop()
        if n.made_by:
            ins, vjp = n.made_by
            for i, g in zip(ins, vjp(n.adj)):
                i.adj = i.adj + debroadcast(g, i.arr.shape)


def debroadcast(g, shape):
    g = np.asarray(g)
    lead = g.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(i + lead for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=axes, keepdims=True).reshape(shape) if axes else g
