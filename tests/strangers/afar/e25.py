# shape: class Quantity(value, name=None); grads = backward(out) returns a dict keyed by the Quantity (or by name); nothing is stored on nodes; value .value
# mistake: none
from collections import defaultdict
import numpy as np
import itertools

_ids = itertools.count()


class Quantity:
    def __init__(self, value, name=None, grad_fns=()):
        self.id = next(_ids)
        self.value = np.asarray(value, dtype=float)
        self.name = name
        self.grad_fns = list(grad_fns)

    __array_priority__ = 1000

    def __add__(self, b):
        b = q(b)
        return Quantity(self.value + b.value, None, [(self, lambda g: g), (b, lambda g: g)])

    def __mul__(self, b):
        b = q(b)
        return Quantity(self.value * b.value, None,
                        [(self, lambda g: g * b.value), (b, lambda g: g * self.value)])

    def __truediv__(self, b):
        b = q(b)
        return Quantity(self.value / b.value, None,
                        [(self, lambda g: g / b.value), (b, lambda g: g * -self.value / b.value ** 2)])

    def __neg__(self):
        return Quantity(-self.value, None, [(self, lambda g: -g)])

    def __sub__(self, b): return self + -q(b)
    def __radd__(self, b): return q(b) + self
    def __rmul__(self, b): return q(b) * self
    def __rsub__(self, b): return q(b) - self
    def __rtruediv__(self, b): return q(b) / self

    def __pow__(self, n):
        return Quantity(self.value ** n, None, [(self, lambda g: g * n * self.value ** (n - 1))])

    def sum(self):
        return Quantity(self.value.sum(), None, [(self, lambda g: g * np.ones_like(self.value))])

    def prod(self):
        p = self.value.prod()

        def pull(g):
            # product of the others, safe with zeros
            flat = self.value.ravel()
            others = np.array([np.prod(np.delete(flat, i)) for i in range(flat.size)])
            return g * others.reshape(self.value.shape)
        return Quantity(p, None, [(self, pull)])

    def cumsum(self):
        return Quantity(np.cumsum(self.value), None, [(self, lambda g: np.cumsum(g[::-1])[::-1].reshape(self.value.shape))])


def q(x):
    return x if isinstance(x, Quantity) else Quantity(x)


def log(x): return Quantity(np.log(x.value), None, [(x, lambda g: g / x.value)])
def exp(x):
    e = np.exp(x.value)
    return Quantity(e, None, [(x, lambda g: g * e)])


def where(cond, a, b):
    a, b = q(a), q(b)
    return Quantity(np.where(cond, a.value, b.value), None,
                    [(a, lambda g: np.where(cond, g, 0.0)), (b, lambda g: np.where(cond, 0.0, g))])


def _shape_back(g, s):
    while g.ndim > len(s):
        g = g.sum(axis=0)
    return g if g.shape == s else g.sum(axis=tuple(i for i in range(len(s)) if s[i] == 1), keepdims=True)


def backward(out):
    """Nodes are numbered as they are made, so decreasing id is a valid order."""
    import heapq
    grads = defaultdict(lambda: 0.0)
    grads[out] = np.ones_like(out.value)
    heap, inside = [(-out.id, out)], {out.id}
    while heap:
        _, n = heapq.heappop(heap)
        for p, f in n.grad_fns:
            grads[p] = grads[p] + _shape_back(np.asarray(f(grads[n])), p.value.shape)
            if p.id not in inside:
                inside.add(p.id)
                heapq.heappush(heap, (-p.id, p))
    res = dict(grads)
    res.update({k.name: v for k, v in grads.items() if k.name})
    return res
