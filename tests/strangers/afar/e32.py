# shape: class A(x) (array node), functions in the module; call bw(y) -> {node: grad} keyed by id via g(node) closure: g = bw(y); g(x) gives the gradient; value .x
# mistake: logsumexp | backward | x | keepdims forgotten: the row gradient is multiplied along columns for square inputs (error otherwise)
import numpy as np


class A:
    def __init__(self, x, args=(), vjps=()):
        self.x = np.asarray(x, dtype=float)
        self.args, self.vjps = args, vjps

    def __add__(s, o): return add(s, o)
    def __sub__(s, o): return sub(s, o)
    def __mul__(s, o): return mul(s, o)
    __radd__ = lambda s, o: add(o, s)
    __rsub__ = lambda s, o: sub(o, s)
    __rmul__ = lambda s, o: mul(o, s)


def L(v): return v if isinstance(v, A) else A(v)


def _r(g, a):
    """reduce g to a's shape"""
    g = np.asarray(g)
    s = a.x.shape
    if g.shape == s: return g
    k = g.ndim - len(s)
    g = g.sum(axis=tuple(range(k))) if k else g
    for i in range(len(s)):
        if s[i] == 1: g = g.sum(axis=i, keepdims=True)
    return g


def add(a, b):
    a, b = L(a), L(b)
    return A(a.x + b.x, (a, b), (lambda g: _r(g, a), lambda g: _r(g, b)))


def sub(a, b):
    a, b = L(a), L(b)
    return A(a.x - b.x, (a, b), (lambda g: _r(g, a), lambda g: _r(-g, b)))


def mul(a, b):
    a, b = L(a), L(b)
    return A(a.x * b.x, (a, b), (lambda g: _r(g * b.x, a), lambda g: _r(g * a.x, b)))


def total(a): return A(a.x.sum(), (a,), (lambda g: g * np.ones(a.x.shape),))


def mean(a, axis):
    n = a.x.shape[axis]
    return A(a.x.mean(axis), (a,), (lambda g: np.repeat(np.expand_dims(g, axis), n, axis) / n,))


def variance(a, axis):
    n = a.x.shape[axis]
    d = a.x - a.x.mean(axis, keepdims=True)
    return A((d * d).mean(axis), (a,), (lambda g: np.expand_dims(g, axis) * 2 * d / n,))


def logsumexp(a):
    """over the last axis"""
    m = a.x.max(-1, keepdims=True)
    e = np.exp(a.x - m)
    z = e.sum(-1, keepdims=True)
    out = (np.log(z) + m)[..., 0]
    p = e / z
    return A(out, (a,), (lambda g: g * p,))


def log_softmax(a):
    m = a.x.max(-1, keepdims=True)
    ls = a.x - m - np.log(np.exp(a.x - m).sum(-1, keepdims=True))
    return A(ls, (a,), (lambda g: g - np.exp(ls) * g.sum(-1, keepdims=True),))


def concat(parts, axis=0):
    cuts = np.cumsum([p.x.shape[axis] for p in parts])[:-1]
    def nth(i): return lambda g: np.split(g, cuts, axis)[i]
    return A(np.concatenate([p.x for p in parts], axis), tuple(parts), tuple(nth(i) for i in range(len(parts))))


def stack(parts):
    def nth(i): return lambda g: g[i]
    return A(np.stack([p.x for p in parts]), tuple(parts), tuple(nth(i) for i in range(len(parts))))


def norm(a):
    n = np.sqrt((a.x ** 2).sum())
    return A(n, (a,), (lambda g: g * a.x / n,))


def bw(y):
    order, seen = [], set()
    def rec(n):
        if id(n) in seen: return
        seen.add(id(n))
        for q in n.args: rec(q)
        order.append(n)
    rec(y)
    G = {id(y): np.ones_like(y.x)}
    for n in order[::-1]:
        for q, f in zip(n.args, n.vjps):
            v = f(G[id(n)])
            G[id(q)] = G[id(q)] + v if id(q) in G else v
    return lambda n: G.get(id(n), np.zeros_like(n.x))
