# shape: float32 class Array32(x, track=True); call y.run_backward(); value property .val, gradient property .gradient (zeros when never reached)
# mistake: none
import numpy as np

F = np.float32


class Array32:
    def __init__(self, x, track=True):
        self.__val = np.array(x, dtype=F)
        self.__grad = None
        self.track = track
        self._src = []        # (parent, function of the output gradient)

    @property
    def val(self):
        return self.__val

    @property
    def gradient(self):
        if self.__grad is None:
            return np.zeros_like(self.__val)
        return self.__grad

    @gradient.setter
    def gradient(self, g):
        if g is None:
            self.__grad = None
            return
        g = np.asarray(g, dtype=F)
        if g.shape != self.__val.shape:
            raise ValueError("gradient has shape %s, value %s" % (g.shape, self.__val.shape))
        self.__grad = g

    @gradient.deleter
    def gradient(self):
        self.__grad = None

    def _new(self, v, *src):
        y = Array32(v)
        y._src = [(p, f) for p, f in src if p.track]
        y.track = bool(y._src)
        return y

    def __add__(self, o):
        o = _a(o)
        return self._new(self.val + o.val, (self, lambda g: g), (o, lambda g: g))

    def __sub__(self, o):
        o = _a(o)
        return self._new(self.val - o.val, (self, lambda g: g), (o, lambda g: -g))

    def __mul__(self, o):
        o = _a(o)
        return self._new(self.val * o.val, (self, lambda g: g * o.val), (o, lambda g: g * self.val))

    def __truediv__(self, o):
        o = _a(o)
        return self._new(self.val / o.val, (self, lambda g: g / o.val),
                         (o, lambda g: -g * self.val / (o.val * o.val)))

    def __matmul__(self, o):
        o = _a(o)
        return self._new(self.val @ o.val, (self, lambda g: g @ o.val.T), (o, lambda g: self.val.T @ g))

    def __radd__(self, o): return _a(o) + self
    def __rmul__(self, o): return _a(o) * self
    def __rsub__(self, o): return _a(o) - self
    def __rtruediv__(self, o): return _a(o) / self

    @property
    def sum(self):
        return self._new(self.val.sum(), (self, lambda g: np.full(self.val.shape, g)))

    @property
    def T(self):
        return self._new(self.val.T, (self, lambda g: g.T))

    def leaky(self, slope=0.01):
        k = np.where(self.val > 0, F(1), F(slope))
        return self._new(self.val * k, (self, lambda g: g * k))

    def sqrt(self):
        r = np.sqrt(self.val)
        return self._new(r, (self, lambda g: g * F(0.5) / r))

    def clip(self, lo, hi):
        inside = (self.val >= lo) & (self.val <= hi)
        return self._new(np.clip(self.val, lo, hi), (self, lambda g: g * inside))

    def run_backward(self):
        order, mark = [], {}

        def dfs(t):
            mark[id(t)] = True
            for p, _ in t._src:
                if id(p) not in mark:
                    dfs(p)
            order.append(t)
        dfs(self)
        for t in order:
            del t.gradient
        self.gradient = np.ones_like(self.val)
        for t in order[::-1]:
            for p, f in t._src:
                p.gradient = p.gradient + _fit(f(t.gradient), p.val.shape)


def _a(o):
    return o if isinstance(o, Array32) else Array32(o, track=False)


def _fit(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g
