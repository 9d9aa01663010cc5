# shape: class NDT(np.ndarray) subclass; NDT.of(x); + - * / @ neg and exp/tanh/total/flip_axes/pick only (other numpy functions aren't tracked); call t.back(); value is the array itself, gradient .g (ndarray, leaves and inner)
# mistake: none
import numpy as np


class NDT(np.ndarray):
    """An ndarray which remembers. Only the operators below are tracked!"""

    @classmethod
    def of(cls, x, hist=()):
        t = np.array(x, dtype=float).view(cls)
        t.hist = hist
        return t

    def __array_finalize__(self, src):
        self.hist = ()
        self.g = None

    @property
    def raw(self):
        return np.asarray(self).view(np.ndarray)

    def __add__(a, b):
        b = _t(b)
        return NDT.of(a.raw + b.raw, ((a, lambda g: _s(g, a)), (b, lambda g: _s(g, b))))

    def __sub__(a, b):
        b = _t(b)
        return NDT.of(a.raw - b.raw, ((a, lambda g: _s(g, a)), (b, lambda g: _s(-g, b))))

    def __mul__(a, b):
        b = _t(b)
        return NDT.of(a.raw * b.raw, ((a, lambda g: _s(g * b.raw, a)), (b, lambda g: _s(g * a.raw, b))))

    def __truediv__(a, b):
        b = _t(b)
        return NDT.of(a.raw / b.raw, ((a, lambda g: _s(g / b.raw, a)),
                                      (b, lambda g: _s(-g * a.raw / b.raw ** 2, b))))

    def __matmul__(a, b):
        b = _t(b)
        return NDT.of(a.raw @ b.raw, ((a, lambda g: g @ b.raw.T), (b, lambda g: a.raw.T @ g)))

    def __radd__(a, b): return _t(b) + a
    def __rsub__(a, b): return _t(b) - a
    def __rmul__(a, b): return _t(b) * a
    def __rtruediv__(a, b): return _t(b) / a
    def __neg__(a): return NDT.of(-a.raw, ((a, lambda g: -g),))

    def exp(a):
        y = np.exp(a.raw)
        return NDT.of(y, ((a, lambda g: g * y),))

    def tanh(a):
        y = np.tanh(a.raw)
        return NDT.of(y, ((a, lambda g: g * (1 - y * y)),))

    def total(a):
        return NDT.of(a.raw.sum(), ((a, lambda g: g * np.ones(a.shape)),))

    def flip_axes(a):
        return NDT.of(a.raw.T, ((a, lambda g: g.T),))

    def pick(a, idx):
        def back(g):
            z = np.zeros(a.shape)
            np.add.at(z, idx, g)
            return z
        return NDT.of(a.raw[idx], ((a, back),))

    def back(self):
        order, seen = [], set()

        def go(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p, _ in t.hist:
                go(p)
            order.append(t)
        go(self)
        for t in order:
            t.g = np.zeros(t.shape)
        self.g = np.ones(self.shape)
        for t in reversed(order):
            for p, f in t.hist:
                p.g = p.g + f(t.g)


def _t(x):
    return x if isinstance(x, NDT) else NDT.of(x)


def _s(g, like):
    g = np.asarray(g)
    while g.ndim > like.ndim:
        g = g.sum(0)
    for k in range(like.ndim):
        if like.shape[k] == 1 and g.shape[k] != 1:
            g = g.sum(k, keepdims=True)
    return g
