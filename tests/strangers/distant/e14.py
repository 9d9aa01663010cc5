# shape: with GradientTape() as tape: y = f(Var(..)); tape.gradient(y, [x, ...]) -> list of arrays; value v.value; matrix products of 2-d arrays only
# mistake: gradient called twice on a persistent tape | backward | - | the table of adjoints is kept between calls, so the second call adds to the first's
import numpy as np

_tapes = []


class GradientTape:
    def __init__(self, persistent=True):
        self.persistent = persistent
        self.entries = []
        self.adj = {}

    def __enter__(self):
        _tapes.append(self)
        return self

    def __exit__(self, *exc):
        _tapes.remove(self)
        return False

    def record(self, out, inputs, vjp):
        self.entries.append((out, inputs, vjp))

    def gradient(self, target, sources):
        single = not isinstance(sources, (list, tuple))
        if single:
            sources = [sources]
        self.adj[target] = np.ones_like(target.value)
        for out, inputs, vjp in self.entries[::-1]:
            if out not in self.adj:
                continue
            for x, g in zip(inputs, vjp(self.adj[out])):
                if x in self.adj:
                    self.adj[x] = self.adj[x] + g
                else:
                    self.adj[x] = g
        res = [self.adj.get(s) for s in sources]
        if not self.persistent:
            self.entries = []
        return res[0] if single else res


class Var:
    __array_ufunc__ = None

    def __init__(self, value):
        self.value = np.asarray(value, dtype=float)

    def __hash__(self): return id(self)
    def __eq__(self, o): return self is o
    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return subtract(self, o)
    def __rsub__(self, o): return subtract(o, self)
    def __mul__(self, o): return multiply(self, o)
    def __rmul__(self, o): return multiply(o, self)
    def __truediv__(self, o): return divide(self, o)
    def __rtruediv__(self, o): return divide(o, self)
    def __neg__(self): return multiply(self, -1.0)
    def __matmul__(self, o): return matmul(self, o)
    def __repr__(self): return f"Var({self.value!r})"


def _v(x):
    return x if isinstance(x, Var) else Var(x)


def _emit(value, inputs, vjp):
    out = Var(value)
    for t in _tapes:
        t.record(out, inputs, vjp)
    return out


def _shrink(g, shape):
    g = np.asarray(g)
    lead = g.ndim - len(shape)
    g = g.sum(axis=tuple(range(lead)))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)


def add(a, b):
    a, b = _v(a), _v(b)
    return _emit(a.value + b.value, (a, b), lambda g: (_shrink(g, a.value.shape), _shrink(g, b.value.shape)))


def subtract(a, b):
    a, b = _v(a), _v(b)
    return _emit(a.value - b.value, (a, b), lambda g: (_shrink(g, a.value.shape), _shrink(-g, b.value.shape)))


def multiply(a, b):
    a, b = _v(a), _v(b)
    return _emit(a.value * b.value, (a, b),
                 lambda g: (_shrink(g * b.value, a.value.shape), _shrink(g * a.value, b.value.shape)))


def divide(a, b):
    a, b = _v(a), _v(b)
    return _emit(a.value / b.value, (a, b),
                 lambda g: (_shrink(g / b.value, a.value.shape), _shrink(-g * a.value / b.value ** 2, b.value.shape)))


def matmul(a, b):
    return _emit(a.value @ b.value, (a, b), lambda g: (g @ b.value.T, a.value.T @ g))


def exp(a):
    e = np.exp(a.value)
    return _emit(e, (a,), lambda g: (g * e,))


def log(a):
    return _emit(np.log(a.value), (a,), lambda g: (g / a.value,))


def square(a):
    return _emit(a.value * a.value, (a,), lambda g: (2 * g * a.value,))


def relu(a):
    return _emit(np.maximum(a.value, 0), (a,), lambda g: (np.where(a.value > 0, g, 0.0),))


def reduce_sum(a, axis=None):
    def vjp(g):
        if axis is not None:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.value.shape),)
    return _emit(a.value.sum(axis=axis), (a,), vjp)


def reduce_mean(a):
    return _emit(a.value.mean(), (a,), lambda g: (np.full(a.value.shape, g / a.value.size),))
