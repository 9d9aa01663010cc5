"""A GradientTape, because I like the TF2 interface better.

Ops are recorded only while a tape is active; tensors that are not watched are
just arrays in a box.
"""
import numpy as np

_active = []


class Tape:
    def __init__(self, persistent=False):
        self.records = []
        self.persistent = persistent
        self._watched = set()
        self._used = False

    def __enter__(self):
        _active.append(self)
        return self

    def __exit__(self, *exc):
        _active.remove(self)

    def watch(self, t):
        self._watched.add(id(t))

    def _record(self, out, ins, vjp):
        if any(id(i) in self._watched or getattr(i, "trainable", False) for i in ins):
            self._watched.add(id(out))
            self.records.append((out, ins, vjp))

    def gradient(self, target, sources):
        if self._used and not self.persistent:
            raise RuntimeError("non-persistent tape can only be used once")
        self._used = True
        single = not isinstance(sources, (list, tuple))
        srcs = [sources] if single else sources
        g = {id(target): np.ones_like(target.numpy())}
        for out, ins, vjp in reversed(self.records):
            if id(out) not in g:
                continue
            for i, gi in zip(ins, vjp(g[id(out)])):
                gi = _unb(np.asarray(gi), i.numpy().shape)
                g[id(i)] = g[id(i)] + gi if id(i) in g else gi
        res = [g.get(id(s)) for s in srcs]     # None if not connected, as in TF
        return res[0] if single else res


def _unb(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for ax, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=ax, keepdims=True)
    return g


def _op(value, ins, vjp):
    out = Tensor(value)
    for t in _active:
        t._record(out, ins, vjp)
    return out


class Tensor:
    trainable = False

    def __init__(self, v):
        self._v = np.asarray(v, dtype=float)

    def numpy(self): return self._v
    shape = property(lambda s: s._v.shape)

    def __add__(self, o):
        o = convert(o)
        return _op(self._v + o._v, (self, o), lambda g: (g, g))

    def __sub__(self, o):
        o = convert(o)
        return _op(self._v - o._v, (self, o), lambda g: (g, -g))

    def __mul__(self, o):
        o = convert(o)
        a, b = self._v, o._v
        return _op(a * b, (self, o), lambda g: (g * b, g * a))

    def __truediv__(self, o):
        o = convert(o)
        a, b = self._v, o._v
        return _op(a / b, (self, o), lambda g: (g / b, -g * a / b ** 2))

    def __matmul__(self, o):
        o = convert(o)
        a, b = self._v, o._v
        return _op(a @ b, (self, o), lambda g: (g @ b.T, a.T @ g))

    def __neg__(self): return _op(-self._v, (self,), lambda g: (-g,))

    def __pow__(self, n):
        a = self._v
        return _op(a ** n, (self,), lambda g: (g * n * a ** (n - 1),))

    def __radd__(self, o): return self + o
    def __rmul__(self, o): return self * o
    def __rsub__(self, o): return self - o
    def __rtruediv__(self, o): return convert(o) / self

    def __repr__(self): return f"<{type(self).__name__} {self._v}>"


class Variable(Tensor):
    trainable = True

    def assign(self, v): self._v = np.asarray(v, dtype=float)
    def assign_sub(self, d): self._v = self._v - d


def convert(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def exp(x):
    e = np.exp(x._v)
    return _op(e, (x,), lambda g: (g * e,))


def log(x):
    a = x._v
    return _op(np.log(a), (x,), lambda g: (g / a,))


def tanh(x):
    t = np.tanh(x._v)
    return _op(t, (x,), lambda g: (g * (1 - t ** 2),))


def relu(x):
    a = x._v
    return _op(np.maximum(a, 0), (x,), lambda g: (g * (a > 0),))


def reduce_sum(x, axis=None, keepdims=False):
    a = x._v

    def vjp(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.shape),)
    return _op(a.sum(axis=axis, keepdims=keepdims), (x,), vjp)


def reduce_mean(x, axis=None):
    n = x._v.size if axis is None else x._v.shape[axis]
    return reduce_sum(x, axis) / n
