# shape: class Tensor(data) keeps the array given (no copy); t.backward(); value .data, gradient .grad
# mistake: relu | forward | x | works in place: the input's own array is overwritten (negative entries lost)
import numpy as np


class Tensor:
    def __init__(self, data, deps=None):
        self.data = np.asarray(data, dtype=float)
        self.grad = None
        self.deps = deps or []

    def backward(self, seed=None):
        self.grad = np.ones_like(self.data) if seed is None else np.array(seed, dtype=float)
        lst = []

        def walk(t, seen):
            if id(t) in seen:
                return
            seen.add(id(t))
            for p, _ in t.deps:
                walk(p, seen)
            lst.append(t)
        walk(self, set())
        for t in lst[:-1]:
            t.grad = np.zeros_like(t.data)
        for t in reversed(lst):
            for p, f in t.deps:
                p.grad = p.grad + f(t.grad)

    def __add__(self, o):
        o = as_tensor(o)
        return Tensor(self.data + o.data, [(self, unbc(self)), (o, unbc(o))])

    def __mul__(self, o):
        o = as_tensor(o)
        a, b = self.data, o.data
        ua, ub = unbc(self), unbc(o)
        return Tensor(a * b, [(self, lambda g: ua(g * b)), (o, lambda g: ub(g * a))])

    def __sub__(self, o):
        o = as_tensor(o)
        uo = unbc(o)
        return Tensor(self.data - o.data, [(self, unbc(self)), (o, lambda g: -uo(g))])

    def __radd__(self, o): return as_tensor(o) + self
    def __rmul__(self, o): return as_tensor(o) * self
    def __rsub__(self, o): return as_tensor(o) - self

    def __matmul__(self, o):
        a, b = self.data, o.data
        return Tensor(a @ b, [(self, lambda g: g @ b.T), (o, lambda g: a.T @ g)])

    def __getitem__(self, k):
        def f(g):
            z = np.zeros(self.data.shape)
            np.add.at(z, k, g)
            return z
        return Tensor(np.array(self.data[k]), [(self, f)])

    def relu(self):
        mask = self.data > 0
        y = self.data
        y *= mask
        return Tensor(y, [(self, lambda g: g * mask)])

    def sigmoid(self):
        s = 1.0 / (1.0 + np.exp(-self.data))
        return Tensor(s, [(self, lambda g: g * s * (1 - s))])

    def sum(self):
        shape = self.data.shape
        return Tensor(self.data.sum(), [(self, lambda g: np.broadcast_to(g, shape))])

    def max(self):
        k = self.data.argmax()

        def f(g):
            z = np.zeros(self.data.size)
            z[k] = g
            return z.reshape(self.data.shape)
        return Tensor(self.data.max(), [(self, f)])

    def transpose(self):
        return Tensor(self.data.T.copy(), [(self, lambda g: g.T)])

    def square(self):
        a = self.data
        return Tensor(a ** 2, [(self, lambda g: 2 * a * g)])


def as_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def unbc(t):
    shape = t.data.shape

    def f(g):
        g = np.asarray(g)
        if g.ndim > len(shape):
            g = g.sum(axis=tuple(range(g.ndim - len(shape))))
        for i, n in enumerate(shape):
            if n == 1:
                g = g.sum(axis=i, keepdims=True)
        return g
    return f
