"""Arrays by the textbook: masks of ones and zeros, ties to one side, nan where it comes."""

import numpy as np


def unb(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, parents=()):
        self.data = np.asarray(data, dtype=float)
        self.parents = parents
        self.grad = None

    def __add__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        return Tensor(
            self.data + o.data,
            ((self, lambda g: unb(g, self.data.shape)), (o, lambda g: unb(g, o.data.shape))),
        )

    def __mul__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        return Tensor(
            self.data * o.data,
            (
                (self, lambda g: unb(g * o.data, self.data.shape)),
                (o, lambda g: unb(g * self.data, o.data.shape)),
            ),
        )

    def __pow__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        x, y = self.data, o.data
        out = x**y
        return Tensor(
            out,
            (
                (self, lambda g: unb(g * y * x ** (y - 1), x.shape)),
                (o, lambda g: unb(g * out * np.log(x), y.shape)),
            ),
        )

    def __truediv__(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        x, y = self.data, o.data
        return Tensor(
            x / y,
            ((self, lambda g: unb(g / y, x.shape)), (o, lambda g: unb(-g * x / y**2, y.shape))),
        )

    def __rtruediv__(self, o):
        return Tensor(o) / self

    def __neg__(self):
        return self * -1

    def __sub__(self, o):
        return self + (-(o if isinstance(o, Tensor) else Tensor(o)))

    def __rsub__(self, o):
        return Tensor(o) + (-self)

    __radd__ = __add__
    __rmul__ = __mul__

    def __matmul__(self, o):
        a, b = self.data, o.data
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("matrices only")
        return Tensor(a @ b, ((self, lambda g: g @ b.T), (o, lambda g: a.T @ g)))

    def unary(self, out, d):
        return Tensor(out, ((self, lambda g: g * d),))

    def relu(self):
        return self.unary(
            self.data * (self.data > 0)
            if np.isfinite(self.data).all()
            else np.maximum(self.data, 0),
            (self.data >= 0) * 1.0,
        )

    def abs(self):
        return self.unary(np.abs(self.data), np.where(self.data >= 0, 1.0, -1.0))

    def exp(self):
        e = np.exp(self.data)
        return self.unary(e, e)

    def log(self):
        return self.unary(np.log(self.data), 1 / self.data)

    def sqrt(self):
        return self.unary(np.sqrt(self.data), 0.5 * self.data**-0.5)

    def tanh(self):
        t = np.tanh(self.data)
        return self.unary(t, 1 - t * t)

    def leaky_relu(self, negative_slope=0.01):
        return self.unary(
            np.where(self.data >= 0, self.data, self.data * negative_slope),
            np.where(self.data >= 0, 1.0, negative_slope),
        )

    def elu(self, alpha=1.0):
        return self.unary(
            np.where(self.data >= 0, self.data, alpha * np.expm1(np.minimum(self.data, 0))),
            np.where(self.data >= 0, 1.0, alpha * np.exp(np.minimum(self.data, 0))),
        )

    def clamp(self, min=None, max=None):
        lo = -np.inf if min is None else min
        hi = np.inf if max is None else max
        return self.unary(np.clip(self.data, lo, hi), ((self.data > lo) & (self.data < hi)) * 1.0)

    def maximum(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        first = self.data >= o.data
        return Tensor(
            np.maximum(self.data, o.data),
            (
                (self, lambda g: unb(g * first, self.data.shape)),
                (o, lambda g: unb(g * ~first, o.data.shape)),
            ),
        )

    def minimum(self, o):
        o = o if isinstance(o, Tensor) else Tensor(o)
        first = self.data < o.data
        return Tensor(
            np.minimum(self.data, o.data),
            (
                (self, lambda g: unb(g * first, self.data.shape)),
                (o, lambda g: unb(g * ~first, o.data.shape)),
            ),
        )

    def keep(self, a, axis, keepdims):
        return (
            a
            if keepdims
            else np.expand_dims(a, tuple(range(self.data.ndim)) if axis is None else axis)
        )

    def sum(self, axis=None, keepdims=False):
        return Tensor(
            self.data.sum(axis=axis, keepdims=keepdims),
            ((self, lambda g: np.broadcast_to(self.keep(g, axis, keepdims), self.data.shape)),),
        )

    def mean(self, axis=None, keepdims=False):
        s = self.sum(axis, keepdims)
        return s * (s.data.size / self.data.size)

    def arg(self, x, axis):
        if axis is None:
            hit = np.zeros(x.size)
            hit[np.argmax(x)] = 1
            return hit.reshape(x.shape)
        if isinstance(axis, tuple):
            raise NotImplementedError("one axis, or all")
        hit = np.zeros(x.shape)
        np.put_along_axis(hit, np.expand_dims(np.argmax(x, axis), axis), 1.0, axis)
        return hit

    def max(self, axis=None, keepdims=False):
        hit = self.arg(self.data, axis)
        return Tensor(
            self.data.max(axis=axis, keepdims=keepdims),
            ((self, lambda g: self.keep(g, axis, keepdims) * hit),),
        )

    def min(self, axis=None, keepdims=False):
        return -((-self).max(axis, keepdims))

    def norm(self, axis=None, keepdims=False):
        n = np.sqrt((self.data**2).sum(axis=axis, keepdims=keepdims))
        return Tensor(
            n,
            (
                (
                    self,
                    lambda g: (
                        self.keep(g, axis, keepdims) * self.data / self.keep(n, axis, keepdims)
                    ),
                ),
            ),
        )

    def var(self, axis=None, keepdims=False, correction=1):
        d = self - self.mean(axis, True)
        count = self.data.size / d.data.mean(axis=axis, keepdims=True).size
        return (d * d).sum(axis, keepdims) / (count - correction)

    def std(self, axis=None, keepdims=False, correction=1):
        return self.var(axis, keepdims, correction).sqrt()

    def where(self, a, b):
        raise NotImplementedError

    def max_pool2d(self, kernel_size, stride=None):
        k = kernel_size
        s = stride or k
        x = self.data
        w = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::s, ::s]
        out = w.max(axis=(4, 5))

        def back(g):
            dx = np.zeros_like(x)
            for n, c, i, j in np.ndindex(*out.shape):
                part = x[n, c, i * s : i * s + k, j * s : j * s + k]
                hit = part == part.max()
                dx[n, c, i * s : i * s + k, j * s : j * s + k] += g[n, c, i, j] * hit / hit.sum()
            return dx

        return Tensor(out, ((self, back),))

    def backward(self, seed=None):
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                todo.append((node, True))
                todo += [(p, False) for p, _ in node.parents]
        for node in order:
            if node.parents or node.grad is None:
                node.grad = np.zeros_like(node.data)
        self.grad = np.ones_like(self.data) if seed is None else np.asarray(seed, float)
        for node in reversed(order):
            for p, f in node.parents:
                p.grad = p.grad + f(node.grad)


def where(condition, x, y):
    x = x if isinstance(x, Tensor) else Tensor(x)
    y = y if isinstance(y, Tensor) else Tensor(y)
    c = condition.data if isinstance(condition, Tensor) else np.asarray(condition)
    c = c.astype(float)
    return Tensor(
        np.where(c != 0, x.data, y.data),
        ((x, lambda g: unb(g * c, x.data.shape)), (y, lambda g: unb(g * (1 - c), y.data.shape))),
    )
