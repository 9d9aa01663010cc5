# shape: V(x); grads = y.backward(); grads[x] is the gradient (a dict keyed by node, nothing stored on the nodes); value y.v
# mistake: none
from typing import Dict, Callable, Tuple
import numpy as np


class V:
    __slots__ = ("v", "deps")
    __array_ufunc__ = None

    def __init__(self, v, deps: Tuple[Tuple["V", Callable], ...] = ()):
        self.v = np.asarray(v, dtype=np.float64)
        self.deps = deps

    def backward(self) -> Dict["V", np.ndarray]:
        # count how often each node is needed, then release it when all its users are done
        users: Dict[V, int] = {self: 0}
        todo = [self]
        while todo:
            n = todo.pop()
            for d, _ in n.deps:
                if d not in users:
                    users[d] = 0
                    todo.append(d)
                users[d] += 1
        grads = {n: np.zeros_like(n.v) for n in users}
        grads[self] = np.ones_like(self.v)
        ready = [self]
        while ready:
            n = ready.pop()
            for d, pull in n.deps:
                grads[d] = grads[d] + _sum_to(pull(grads[n]), d.v.shape)
                users[d] -= 1
                if users[d] == 0:
                    ready.append(d)
        return grads

    def __add__(self, o):
        o = _V(o)
        return V(self.v + o.v, ((self, lambda g: g), (o, lambda g: g)))

    def __mul__(self, o):
        o = _V(o)
        return V(self.v * o.v, ((self, lambda g: g * o.v), (o, lambda g: g * self.v)))

    def __pow__(self, o):
        o = _V(o)
        y = self.v ** o.v
        return V(y, ((self, lambda g: g * o.v * self.v ** (o.v - 1)),
                     (o, lambda g: g * y * np.log(np.where(self.v > 0, self.v, 1.0)))))

    def __matmul__(self, o):
        o = _V(o)
        return V(self.v @ o.v, ((self, lambda g: _outer_left(g, o.v)), (o, lambda g: _outer_right(self.v, g))))

    def __getitem__(self, key):
        def pull(g):
            z = np.zeros_like(self.v)
            np.add.at(z, key, g)
            return z
        return V(self.v[key], ((self, pull),))

    def __neg__(self): return V(-self.v, ((self, lambda g: -g),))
    def __radd__(self, o): return _V(o) + self
    def __rmul__(self, o): return _V(o) * self
    def __sub__(self, o): return self + -_V(o)
    def __rsub__(self, o): return _V(o) + -self
    def __truediv__(self, o): return self * _V(o) ** -1.0
    def __rtruediv__(self, o): return _V(o) * self ** -1.0
    def __rpow__(self, o): return _V(o) ** self

    def sum(self, axis=None, keepdims=False):
        def pull(g):
            g = g if axis is None or keepdims else np.expand_dims(g, axis)
            return np.broadcast_to(g, self.v.shape)
        return V(self.v.sum(axis=axis, keepdims=keepdims), ((self, pull),))

    def clip(self, lo, hi):
        inside = (self.v >= lo) & (self.v <= hi)
        return V(np.clip(self.v, lo, hi), ((self, lambda g: g * inside),))


def _V(o):
    return o if isinstance(o, V) else V(o)


def _outer_left(g, b):          # d/da of a @ b
    return np.outer(g, b) if b.ndim == 1 and g.ndim == 1 else (g * b if b.ndim == 1 else g @ b.T)


def _outer_right(a, g):         # d/db of a @ b
    return np.outer(a, g) if a.ndim == 1 and g.ndim == 1 else (a * g if a.ndim == 1 else a.T @ g)


def _sum_to(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] > 1:
            g = g.sum(i, keepdims=True)
    return g


def exp(x):
    y = np.exp(x.v)
    return V(y, ((x, lambda g: g * y),))


def log(x): return V(np.log(x.v), ((x, lambda g: g / x.v),))
def erf_like(x): return V(np.tanh(x.v * 1.128), ((x, lambda g: g * 1.128 / np.cosh(x.v * 1.128) ** 2),))


def stack(xs):
    return V(np.stack([x.v for x in xs]), tuple((x, lambda g, i=i: g[i]) for i, x in enumerate(xs)))
