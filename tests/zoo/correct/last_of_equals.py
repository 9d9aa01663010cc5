"""grad(f), numpy; kinks by np.heaviside one half, ties to the last."""

import numpy as np


class Box:
    __array_ufunc__ = None

    def __init__(self, value, links=()):
        self.value, self.links = value, links

    shape = property(lambda s: s.value.shape)
    ndim = property(lambda s: s.value.ndim)
    dtype = property(lambda s: s.value.dtype)

    def __add__(s, o):
        return add(s, o)

    def __radd__(s, o):
        return add(o, s)

    def __mul__(s, o):
        return multiply(s, o)

    def __rmul__(s, o):
        return multiply(o, s)

    def __sub__(s, o):
        return add(s, negative(o))

    def __rsub__(s, o):
        return add(o, negative(s))

    def __neg__(s):
        return negative(s)

    def __truediv__(s, o):
        return divide(s, o)

    def __rtruediv__(s, o):
        return divide(o, s)

    def __pow__(s, o):
        return power(s, o)


def val(x):
    return x.value if isinstance(x, Box) else np.asarray(x, float)


def fit(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


def node(value, *pairs):
    links = [(x, d) for x, d in pairs if isinstance(x, Box)]
    return Box(np.asarray(value), links) if links else np.asarray(value)


def add(x, y):
    a, b = val(x), val(y)
    return node(a + b, (x, lambda g: fit(g, a.shape)), (y, lambda g: fit(g, b.shape)))


def multiply(x, y):
    a, b = val(x), val(y)
    return node(a * b, (x, lambda g: fit(g * b, a.shape)), (y, lambda g: fit(g * a, b.shape)))


def divide(x, y):
    a, b = val(x), val(y)
    return node(
        a / b, (x, lambda g: fit(g / b, a.shape)), (y, lambda g: fit(-g * a / b / b, b.shape))
    )


def power(x, y):
    a, b = val(x), val(y)
    return node(
        a**b,
        (x, lambda g: fit(g * b * a ** (b - 1), a.shape)),
        (y, lambda g: fit(g * a**b * np.log(a), b.shape)),
    )


def negative(x):
    return node(-val(x), (x, lambda g: -g))


def relu(x):
    a = val(x)
    return node(np.maximum(a, 0), (x, lambda g: g * np.heaviside(a, 0.5)))


def absolute(x):
    a = val(x)
    return node(np.abs(a), (x, lambda g: g * np.copysign(1.0, a)))


def exp(x):
    e = np.exp(val(x))
    return node(e, (x, lambda g: g * e))


def log(x):
    a = val(x)
    return node(np.log(a), (x, lambda g: g / a))


def sqrt(x):
    r = np.sqrt(val(x))
    return node(r, (x, lambda g: g / r / 2))


def tanh(x):
    t = np.tanh(val(x))
    return node(t, (x, lambda g: g - g * t * t))


def maximum(x, y):
    a, b = val(x), val(y)
    return node(
        np.maximum(a, b),
        (x, lambda g: fit(np.where(a > b, g, 0), a.shape)),
        (y, lambda g: fit(np.where(a > b, 0, g), b.shape)),
    )


def clip(x, min=None, max=None):
    a = val(x)
    lo, hi = -np.inf if min is None else min, np.inf if max is None else max
    return node(np.clip(a, lo, hi), (x, lambda g: np.where((a > lo) & (a <= hi), g, 0)))


def sum(x, axis=None, keepdims=False):
    a = val(x)

    def back(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return np.broadcast_to(g, a.shape)

    return node(np.sum(a, axis=axis, keepdims=keepdims), (x, back))


def max(x, axis=None, keepdims=False):
    a = val(x)
    if isinstance(axis, tuple):
        raise NotImplementedError("one axis, or all")

    def back(g):
        if axis is None:
            hit = np.zeros(a.size)
            hit[a.size - 1 - np.argmax(a.ravel()[::-1])] = 1
            return hit.reshape(a.shape) * g
        if not keepdims:
            g = np.expand_dims(g, axis)
        last = a.shape[axis] - 1 - np.argmax(np.flip(a, axis), axis)
        hit = np.zeros(a.shape)
        np.put_along_axis(hit, np.expand_dims(last, axis), 1.0, axis)
        return hit * g

    return node(np.max(a, axis=axis, keepdims=keepdims), (x, back))


def grad(f, argnum=0):
    def df(*args):
        nums = (argnum,) if isinstance(argnum, int) else tuple(argnum)
        boxes = [Box(np.asarray(a, float)) if i in nums else a for i, a in enumerate(args)]
        end = f(*boxes)
        order, seen, todo = [], set(), [(end, False)]
        while todo:
            n, done = todo.pop()
            if done:
                order.append(n)
            elif id(n) not in seen:
                seen.add(id(n))
                todo.append((n, True))
                todo += [(p, False) for p, _ in n.links]
        g = {id(end): np.ones_like(end.value)}
        for n in reversed(order):
            for p, d in n.links:
                g[id(p)] = g.get(id(p), 0) + d(g[id(n)])
        found = [np.asarray(g.get(id(boxes[i]), np.zeros_like(boxes[i].value))) for i in nums]
        return found[0] if isinstance(argnum, int) else tuple(found)

    return df
