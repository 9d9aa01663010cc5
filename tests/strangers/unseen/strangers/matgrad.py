"""matgrad.py: matrices with gradients. Everything is 2-D, scalars are 1x1."""
import numpy as np


def fit(d, like):
    # reduce a gradient to the shape of a broadcast operand (2-D only)
    for ax in (0, 1):
        if like.shape[ax] == 1 and d.shape[ax] > 1:
            d = d.sum(ax, keepdims=True)
    return d


class Mat:
    def __init__(self, value, children=(), label=""):
        self.value = np.atleast_2d(np.array(value, dtype=float))
        self.deriv = np.zeros(self.value.shape)
        self.children = children
        self.label = label
        self.backfn = None

    def const(self, o):
        return o if type(o) is Mat else Mat(o, label="const")

    def __add__(self, o):
        o = self.const(o)
        r = Mat(self.value + o.value, (self, o), "+")
        def bf():
            self.deriv += fit(r.deriv, self.value)
            o.deriv += fit(r.deriv, o.value)
        r.backfn = bf
        return r

    def __radd__(self, o):
        return self.const(o) + self

    def __neg__(self):
        r = Mat(-self.value, (self,), "neg")
        def bf():
            self.deriv -= r.deriv
        r.backfn = bf
        return r

    def __sub__(self, o):
        return self + -self.const(o)

    def __rsub__(self, o):
        return self.const(o) + -self

    def __mul__(self, o):
        """elementwise"""
        o = self.const(o)
        r = Mat(self.value * o.value, (self, o), "*")
        def bf():
            self.deriv += fit(r.deriv * o.value, self.value)
            o.deriv += fit(r.deriv * self.value, o.value)
        r.backfn = bf
        return r

    def __rmul__(self, o):
        return self.const(o) * self

    def __truediv__(self, o):
        o = self.const(o)
        r = Mat(self.value / o.value, (self, o), "/")
        def bf():
            self.deriv += fit(r.deriv / o.value, self.value)
            o.deriv -= fit(r.deriv * self.value / o.value, o.value)
        r.backfn = bf
        return r

    def __pow__(self, n):
        r = Mat(np.power(self.value, n), (self,), "^%s" % n)
        def bf():
            self.deriv += r.deriv * n * np.power(self.value, n - 1)
        r.backfn = bf
        return r

    def __matmul__(self, o):
        o = self.const(o)
        r = Mat(self.value.dot(o.value), (self, o), "@")
        def bf():
            self.deriv += r.deriv.dot(o.value.T)
            o.deriv += self.value.T.dot(r.deriv)
        r.backfn = bf
        return r

    def t(self):
        r = Mat(self.value.T, (self,), "T")
        def bf():
            self.deriv += r.deriv.T
        r.backfn = bf
        return r

    def total(self):
        r = Mat(self.value.sum(), (self,), "sum")
        def bf():
            self.deriv += r.deriv          # 1x1 broadcasts
        r.backfn = bf
        return r

    def rowsum(self):
        r = Mat(self.value.sum(1, keepdims=True), (self,), "rowsum")
        def bf():
            self.deriv += r.deriv
        r.backfn = bf
        return r

    def avg(self):
        return self.total() * (1.0 / self.value.size)

    def backward(self):
        seen, lst = [], []
        def visit(m):
            if any(m is s for s in seen):     # slow but fine
                return
            seen.append(m)
            for c in m.children:
                visit(c)
            lst.append(m)
        visit(self)
        for m in lst:
            m.deriv = np.zeros(m.value.shape)
        self.deriv = np.ones(self.value.shape)
        for m in lst[::-1]:
            if m.backfn:
                m.backfn()

    def __repr__(self):
        return "Mat[%dx%d]\n%s" % (*self.value.shape, self.value)


# activation functions are functions, not methods!!
def relu(m):
    r = Mat(np.maximum(m.value, 0), (m,), "relu")
    def bf():
        m.deriv += r.deriv * np.where(m.value > 0, 1, 0)
    r.backfn = bf
    return r


def logistic(m):
    r = Mat(1 / (1 + np.exp(-m.value)), (m,), "logistic")
    def bf():
        m.deriv += r.deriv * r.value * (1 - r.value)
    r.backfn = bf
    return r


def tanh(m):
    r = Mat(np.tanh(m.value), (m,), "tanh")
    def bf():
        m.deriv += r.deriv * (1 - r.value ** 2)
    r.backfn = bf
    return r


def exp(m):
    r = Mat(np.exp(m.value), (m,), "exp")
    def bf():
        m.deriv += r.deriv * r.value
    r.backfn = bf
    return r


def ln(m):
    r = Mat(np.log(m.value), (m,), "ln")
    def bf():
        m.deriv += r.deriv / m.value
    r.backfn = bf
    return r
