# shape: t = tensor(array) (a subclass of np.ndarray); y.backward(); value: the object itself; gradient x.grad; matrix products of 2-d arrays only
# mistake: max | backward | x | all of the tied maxima get the whole gradient (1-d example: [1, 3, 3])
import numpy as np


class tensor(np.ndarray):
    def __new__(cls, data):
        obj = np.array(data, dtype=np.float64).view(cls)
        obj.grad, obj._ctx = None, None
        return obj

    def __array_finalize__(self, obj):
        self.grad = None
        self._ctx = None

    @property
    def raw(self):
        return self.view(np.ndarray)

    def __add__(self, o): return _new(self.raw + raw(o), (self, o), lambda g: (g, g))
    def __radd__(self, o): return self + o
    def __sub__(self, o): return _new(self.raw - raw(o), (self, o), lambda g: (g, -g))
    def __rsub__(self, o): return _new(raw(o) - self.raw, (o, self), lambda g: (g, -g))
    def __mul__(self, o):
        a, b = self.raw, raw(o)
        return _new(a * b, (self, o), lambda g: (g * b, g * a))
    def __rmul__(self, o): return self * o
    def __truediv__(self, o):
        a, b = self.raw, raw(o)
        return _new(a / b, (self, o), lambda g: (g / b, -g * a / b ** 2))
    def __rtruediv__(self, o):
        return tensor(o) / self
    def __pow__(self, n):
        a = self.raw
        return _new(a ** n, (self,), lambda g: (g * n * a ** (n - 1),))
    def __neg__(self): return _new(-self.raw, (self,), lambda g: (-g,))
    def __matmul__(self, o):
        a, b = self.raw, raw(o)
        return _new(a @ b, (self, o), lambda g: (g @ b.T, a.T @ g))
    def exp(self):
        y = np.exp(self.raw)
        return _new(y, (self,), lambda g: (g * y,))
    def log(self):
        a = self.raw
        return _new(np.log(a), (self,), lambda g: (g / a,))
    def relu(self):
        a = self.raw
        return _new(np.maximum(a, 0), (self,), lambda g: (g * (a > 0),))
    def sum(self, axis=None):
        a = self.raw
        return _new(a.sum(axis=axis), (self,),
                    lambda g: (np.broadcast_to(g if axis is None else np.expand_dims(g, axis), a.shape),))
    def mean(self):
        a = self.raw
        return _new(a.mean(), (self,), lambda g: (np.full(a.shape, g / a.size),))
    def max(self):
        a = self.raw
        m = a.max()
        return _new(m, (self,), lambda g: (g * (a == m).astype(float),))
    @property
    def T(self):
        return _new(self.raw.T, (self,), lambda g: (g.T,))

    def backward(self):
        order, seen = [], set()

        def visit(t):
            if id(t) in seen or not isinstance(t, tensor):
                return
            seen.add(id(t))
            if t._ctx:
                for p in t._ctx[0]:
                    visit(p)
            order.append(t)
        visit(self)
        for t in order:
            if t._ctx is not None:
                t.grad = None
        self.grad = np.ones(self.shape)
        for t in order[::-1]:
            if t._ctx is None:
                continue
            for p, g in zip(t._ctx[0], t._ctx[1](t.grad)):
                if isinstance(p, tensor):
                    g = fold(g, p.shape)
                    p.grad = g if p.grad is None else p.grad + g


def raw(o):
    return o.view(np.ndarray) if isinstance(o, tensor) else np.asarray(o, dtype=float)


def _new(value, parents, pull):
    t = tensor(value)
    t._ctx = (parents, pull)
    return t


def fold(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i in range(len(shape)):
        if shape[i] == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g
