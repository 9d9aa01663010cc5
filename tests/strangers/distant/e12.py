# shape: T(array); y.backward(); value y.arr; gradient x.g; numpy tensors, parents with vjp functions; matrix products of 2-d arrays only
# mistake: mean | backward | x | the 1/n factor is missing
import numpy as np


class T(object):
    def __init__(self, arr, links=()):
        self.arr = np.array(arr, dtype=float)
        self.links = list(links)      # [(parent, function from out-gradient to in-gradient)]
        self.g = np.zeros_like(self.arr)

    def zero(self):
        self.g = np.zeros_like(self.arr)

    def backward(self, seed=1.0):
        tops = []
        mark = {}

        def dig(t):
            mark[id(t)] = 1
            for p, _ in t.links:
                if id(p) not in mark:
                    dig(p)
            tops.append(t)

        dig(self)
        for t in tops:
            if t.links:
                t.zero()
        self.g = self.g + seed
        for t in tops[::-1]:
            for p, f in t.links:
                p.g = p.g + f(t.g)


def wrap(z):
    return z if type(z) is T else T(z)


def reduce_like(g, like):
    g = np.asarray(g)
    while g.ndim > like.ndim:
        g = g.sum(axis=0)
    for k in range(like.ndim):
        if like.shape[k] == 1 and g.shape[k] > 1:
            g = g.sum(axis=k, keepdims=True)
    return g


def binary(name, f, da, db):
    def op(a, b):
        a, b = wrap(a), wrap(b)
        A, B = a.arr, b.arr
        return T(f(A, B), [(a, lambda g: reduce_like(da(g, A, B), A)),
                           (b, lambda g: reduce_like(db(g, A, B), B))])
    setattr(T, "__%s__" % name, op)
    setattr(T, "__r%s__" % name, lambda b, a: op(a, b))
    return op


add = binary("add", np.add, lambda g, a, b: g, lambda g, a, b: g)
sub = binary("sub", np.subtract, lambda g, a, b: g, lambda g, a, b: -g)
mul = binary("mul", np.multiply, lambda g, a, b: g * b, lambda g, a, b: g * a)
div = binary("truediv", np.divide, lambda g, a, b: g / b, lambda g, a, b: -g * a / b / b)
T.__array_priority__ = 99
T.__array_ufunc__ = None


def matmul(a, b):
    return T(a.arr @ b.arr, [(a, lambda g: g @ b.arr.T), (b, lambda g: a.arr.T @ g)])


def tsum(a, axis=None):
    def f(g):
        if axis is not None:
            g = np.expand_dims(g, axis)
        return np.ones_like(a.arr) * g
    return T(a.arr.sum(axis=axis), [(a, f)])


def mean(a, axis=None):
    def f(g):
        if axis is not None:
            g = np.expand_dims(g, axis)
        return np.ones_like(a.arr) * g
    return T(a.arr.mean(axis=axis), [(a, f)])


def square(a):
    return T(a.arr ** 2, [(a, lambda g: 2 * a.arr * g)])


def sqrt(a):
    r = np.sqrt(a.arr)
    return T(r, [(a, lambda g: g / (2 * r))])


def sigmoid(a):
    s = 1 / (1 + np.exp(-a.arr))
    return T(s, [(a, lambda g: g * s * (1 - s))])


def leaky_relu(a, k=0.01):
    m = np.where(a.arr > 0, 1.0, k)
    return T(a.arr * m, [(a, lambda g: g * m)])


def variance(a):
    d = a.arr - a.arr.mean()
    return T((d ** 2).mean(), [(a, lambda g: g * 2 * d / d.size)])


T.__matmul__ = matmul
T.sum, T.mean = tsum, mean
