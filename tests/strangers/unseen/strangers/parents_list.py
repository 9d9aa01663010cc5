import numpy as np

# every Tensor has .parents = [(tensor, vjp), ...]


def _fix(g, shape):
    if np.shape(g) == tuple(shape):
        return g
    n = np.ndim(g) - len(shape)
    g = np.sum(g, axis=tuple(range(n)))
    for i, s in enumerate(shape):
        if s == 1:
            g = np.sum(g, axis=i, keepdims=True)
    return g


class Array:
    __array_ufunc__ = None

    def __init__(self, arr, parents=None, name=""):
        self.arr = np.asarray(arr, dtype=np.float64)
        self.parents = parents if parents is not None else []
        self.grad = None
        self.name = name

    # -- helpers
    @property
    def shape(self): return self.arr.shape
    @property
    def size(self): return self.arr.size

    def _bin(self, other, fn, dl, dr, swap=False):
        other = other if isinstance(other, Array) else Array(other)
        l, r = (other, self) if swap else (self, other)
        a, b = l.arr, r.arr
        return Array(fn(a, b), [(l, lambda g: _fix(dl(g, a, b), a.shape)),
                                (r, lambda g: _fix(dr(g, a, b), b.shape))])

    def __add__(self, o): return self._bin(o, np.add, lambda g, a, b: g, lambda g, a, b: g)
    def __radd__(self, o): return self + o
    def __sub__(self, o, swap=False):
        return self._bin(o, np.subtract, lambda g, a, b: g, lambda g, a, b: -g, swap)
    def __rsub__(self, o): return self.__sub__(o, swap=True)
    def __mul__(self, o): return self._bin(o, np.multiply, lambda g, a, b: g * b, lambda g, a, b: g * a)
    def __rmul__(self, o): return self * o
    def __truediv__(self, o, swap=False):
        return self._bin(o, np.divide, lambda g, a, b: g / b, lambda g, a, b: -g * a / b ** 2, swap)
    def __rtruediv__(self, o): return self.__truediv__(o, swap=True)
    def __neg__(self): return Array(-self.arr, [(self, lambda g: -g)])

    def __pow__(self, p):
        x = self.arr
        return Array(x ** p, [(self, lambda g: g * p * x ** (p - 1))])

    def __matmul__(self, w):
        x, y = self.arr, w.arr
        return Array(x @ y, [(self, lambda g: g @ y.T), (w, lambda g: x.T @ g)])

    def __getitem__(self, key):
        def vjp(g):
            full = np.zeros_like(self.arr)
            full[key] += g
            return full
        return Array(self.arr[key], [(self, vjp)])

    def sum(self, axis=None, keepdims=False):
        shp = self.arr.shape
        def vjp(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, shp)
        return Array(self.arr.sum(axis=axis, keepdims=keepdims), [(self, vjp)])

    def mean(self, axis=None, keepdims=False):
        n = self.size if axis is None else self.shape[axis]
        return self.sum(axis, keepdims) / n

    def reshape(self, shape):
        return Array(self.arr.reshape(shape), [(self, lambda g: g.reshape(self.shape))])

    def transpose(self, axes=None):
        inv = None if axes is None else np.argsort(axes)
        return Array(np.transpose(self.arr, axes), [(self, lambda g: np.transpose(g, inv))])

    T = property(transpose)

    def tanh(self):
        t = np.tanh(self.arr)
        return Array(t, [(self, lambda g: g * (1. - t * t))])

    def exp(self):
        e = np.exp(self.arr)
        return Array(e, [(self, lambda g: g * e)])

    def log(self):
        return Array(np.log(self.arr), [(self, lambda g: g / self.arr)])

    def relu(self):
        pos = (self.arr > 0).astype(float)
        return Array(self.arr * pos, [(self, lambda g: g * pos)])

    def log_softmax(self):
        m = self.arr - self.arr.max(axis=-1, keepdims=True)
        ls = m - np.log(np.exp(m).sum(axis=-1, keepdims=True))
        return Array(ls, [(self, lambda g: g - np.exp(ls) * g.sum(axis=-1, keepdims=True))])

    def backward(self, seed=1.0):
        order, seen = [], set()
        def rec(n):
            seen.add(id(n))
            for p, _ in n.parents:
                if id(p) not in seen:
                    rec(p)
            order.append(n)
        rec(self)
        for n in order:
            n.grad = np.zeros_like(n.arr)
        self.grad = self.grad + seed
        for n in reversed(order):
            for p, vjp in n.parents:
                p.grad = p.grad + vjp(n.grad)

    def __repr__(self):
        return f"Array{self.name and ' ' + self.name}({self.arr.tolist()})"


def nll(logp, labels):
    """mean negative log likelihood"""
    labels = np.asarray(labels)
    rows = np.arange(len(labels))
    return -logp[rows, labels].mean()


def embed(table, ids):
    """embedding lookup, ids can be any int array"""
    return table[np.asarray(ids)]
