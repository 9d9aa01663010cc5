# shape: class Tensor(data), backend switchable with use_backend("numpy"|"python"); call t.backward(); value .data (backend array), gradient .grad; numpy() converts
# mistake: none
import numpy
import math
import operator


class PyBackend:
    """flat python lists of floats: only 1-d arrays of equal length, no broadcasting"""
    name = "python"
    def array(self, x): return [float(v) for v in x]
    def add(self, a, b): return list(map(operator.add, a, b))
    def mul(self, a, b): return list(map(operator.mul, a, b))
    def neg(self, a): return [-v for v in a]
    def exp(self, a): return [math.exp(v) for v in a]
    def log(self, a): return [math.log(v) for v in a]
    def recip(self, a): return [1.0 / v for v in a]
    def gt0(self, a): return [1.0 if v > 0 else 0.0 for v in a]
    def total(self, a): return [sum(a)]
    def spread(self, a, n): return [a[0]] * n
    def size(self, a): return len(a)
    def ones(self, n): return [1.0] * n
    def zeros(self, n): return [0.0] * n


class NpBackend:
    name = "numpy"
    def array(self, x): return numpy.asarray(x, dtype=float).reshape(-1)
    def add(self, a, b): return a + b
    def mul(self, a, b): return a * b
    def neg(self, a): return -a
    def exp(self, a): return numpy.exp(a)
    def log(self, a): return numpy.log(a)
    def recip(self, a): return 1.0 / a
    def gt0(self, a): return (a > 0).astype(float)
    def total(self, a): return a.sum().reshape(1)
    def spread(self, a, n): return numpy.repeat(a, n)
    def size(self, a): return a.size
    def ones(self, n): return numpy.ones(n)
    def zeros(self, n): return numpy.zeros(n)


BACKENDS = {"numpy": NpBackend(), "python": PyBackend()}
B = BACKENDS["numpy"]


def use_backend(name):
    global B
    B = BACKENDS[name]


class Tensor:
    def __init__(self, data, prev=(), vjp=None):
        self.data = B.array(data)
        self.prev, self.vjp = prev, vjp
        self.grad = None

    def numpy(self):
        return numpy.array(self.data)

    def __len__(self):
        return B.size(self.data)

    def _like(self, o):
        if isinstance(o, Tensor):
            return o
        return Tensor([float(o)] * len(self))

    def __add__(self, o):
        o = self._like(o)
        return Tensor(B.add(self.data, o.data), (self, o), lambda g: (g, g))

    def __mul__(self, o):
        o = self._like(o)
        return Tensor(B.mul(self.data, o.data), (self, o),
                      lambda g: (B.mul(g, o.data), B.mul(g, self.data)))

    def __neg__(self):
        return Tensor(B.neg(self.data), (self,), lambda g: (B.neg(g),))

    def recip(self):
        r = B.recip(self.data)
        return Tensor(r, (self,), lambda g: (B.neg(B.mul(g, B.mul(r, r))),))

    def exp(self):
        e = B.exp(self.data)
        return Tensor(e, (self,), lambda g: (B.mul(g, e),))

    def log(self):
        return Tensor(B.log(self.data), (self,), lambda g: (B.mul(g, B.recip(self.data)),))

    def relu(self):
        m = B.gt0(self.data)
        return Tensor(B.mul(self.data, m), (self,), lambda g: (B.mul(g, m),))

    def sum(self):
        n = len(self)
        return Tensor(B.total(self.data), (self,), lambda g: (B.spread(g, n),))

    def __sub__(self, o): return self + (-self._like(o))
    def __rsub__(self, o): return self._like(o) - self
    def __truediv__(self, o): return self * self._like(o).recip()
    def __rtruediv__(self, o): return self._like(o) * self.recip()
    __radd__ = __add__
    __rmul__ = __mul__

    def mean(self): return self.sum() * (1.0 / len(self))
    def sigmoid(self): return ((-self).exp() + 1.0).recip()

    def backward(self):
        topo, seen = [], set()
        def build(t):
            if id(t) in seen: return
            seen.add(id(t))
            for p in t.prev: build(p)
            topo.append(t)
        build(self)
        for t in topo: t.grad = B.zeros(len(t))
        self.grad = B.ones(len(self))
        for t in topo[::-1]:
            if t.vjp:
                for p, g in zip(t.prev, t.vjp(t.grad)):
                    p.grad = B.add(p.grad, g)
