"""grad(f): a lesson's miniature of a function-transforming engine. Functions of numpy are wrapped
once; boxes trace them; rules stand in a table.

Operations: the module has numpy's functions under numpy's names: add, subtract, multiply,
true_divide, negative, power, exp, log, sin, cos, tanh, sqrt, dot, matmul, sum, mean, maximum,
reshape, transpose, where; and Python's operators on boxes.
To be said: right. grad(f, argnum=0) differentiates a scalar function; gradients can be differentiated
again. No object of it has a gradient; it is an engine of functions.
"""

import numpy as _np


class Box:
    __array_priority__ = 90.0

    def __init__(self, value, node, level):
        self._value, self._node, self._level = value, node, level

    shape = property(lambda self: self._value.shape)
    ndim = property(lambda self: self._value.ndim)
    size = property(lambda self: self._value.size)
    T = property(lambda self: transpose(self))

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return true_divide(self, other)

    def __rtruediv__(self, other):
        return true_divide(other, self)

    def __pow__(self, other):
        return power(self, other)

    def __rpow__(self, other):
        return power(other, self)

    def __matmul__(self, other):
        return matmul(self, other)

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __neg__(self):
        return negative(self)

    def __gt__(self, other):
        return getval(self) > getval(other)

    def __lt__(self, other):
        return getval(self) < getval(other)


def getval(x):
    return getval(x._value) if isinstance(x, Box) else x


class Node:
    def __init__(self, vjp, parents):
        self.vjp, self.parents = vjp, parents


_level = 0
_rules = {}


def primitive(fun):
    def wrapped(*args, **kwargs):
        boxes = [(i, a) for i, a in enumerate(args) if isinstance(a, Box)]
        if not boxes:
            return fun(*args, **kwargs)
        top = max(a._level for _, a in boxes)
        traced = [(i, a) for i, a in boxes if a._level == top]
        plain = [a._value if isinstance(a, Box) and a._level == top else a for a in args]
        out = wrapped(*plain, **kwargs)
        rules = [_rules[wrapped][i] for i, _ in traced]

        def vjp(g):
            return [rule(g, out, *plain, **kwargs) for rule in rules]

        return Box(out, Node(vjp, [a._node for _, a in traced]), top)

    return wrapped


def defvjp(fun, *rules):
    _rules[fun] = rules


def _order(end):
    counts, stack = {}, [end]
    while stack:
        node = stack.pop()
        if node in counts:
            counts[node] += 1
        else:
            counts[node] = 1
            stack.extend(node.parents)
    ready = [end]
    while ready:
        node = ready.pop()
        yield node
        for parent in node.parents:
            if counts[parent] == 1:
                ready.append(parent)
            else:
                counts[parent] -= 1


def make_vjp(fun, x):
    """The value of fun at x, and a function from the value's cotangent to x's."""
    global _level
    _level += 1
    start = Node(None, [])
    out = fun(Box(x, start, _level))
    level, _level = _level, _level - 1
    if not (isinstance(out, Box) and out._level == level):
        return out, lambda g: multiply(x, 0.0)

    def vjp(g):
        grads = {out._node: g}
        for node in _order(out._node):
            upstream = grads.pop(node)
            if node is start:
                return upstream
            for parent, more in zip(node.parents, node.vjp(upstream)):
                grads[parent] = add(grads[parent], more) if parent in grads else more
        return multiply(x, 0.0)

    return out._value, vjp


def grad(fun, argnum=0):
    def gradient(*args):
        def of_one(x):
            return fun(*args[:argnum], x, *args[argnum + 1 :])

        value, vjp = make_vjp(of_one, args[argnum])
        if _np.shape(getval(value)) != ():
            raise TypeError("grad is for functions whose value is a single number")
        return vjp(1.0)

    return gradient


add = primitive(_np.add)
subtract = primitive(_np.subtract)
multiply = primitive(_np.multiply)
true_divide = primitive(_np.true_divide)
negative = primitive(_np.negative)
power = primitive(_np.power)
exp = primitive(_np.exp)
log = primitive(_np.log)
sin = primitive(_np.sin)
cos = primitive(_np.cos)
tanh = primitive(_np.tanh)
sqrt = primitive(_np.sqrt)
sum = primitive(_np.sum)
reshape = primitive(_np.reshape)
transpose = primitive(_np.transpose)
matmul = primitive(_np.matmul)
maximum = primitive(_np.maximum)
where = primitive(_np.where)
broadcast_to = primitive(_np.broadcast_to)
dot = matmul


def mean(x, axis=None, keepdims=False):
    total = sum(x, axis=axis, keepdims=keepdims)
    return total / (_np.size(getval(x)) / _np.size(getval(total)))


def fit(g, like):
    """g, summed to the shape of like."""
    shape = _np.shape(getval(like))
    while _np.ndim(getval(g)) > len(shape):
        g = sum(g, axis=0)
    for axis, n in enumerate(shape):
        if n == 1 and _np.shape(getval(g))[axis] != 1:
            g = sum(g, axis=axis, keepdims=True)
    return g


def _sum_vjp(g, out, x, axis=None, keepdims=False):
    shape = _np.shape(getval(x))
    if axis is not None and not keepdims:
        axes = axis if isinstance(axis, tuple) else (axis,)
        axes = [a % len(shape) for a in axes]
        g = reshape(g, tuple(1 if i in axes else n for i, n in enumerate(shape)))
    return broadcast_to(g, shape)


def _share(x, y):
    x, y = getval(x), getval(y)
    return (x > y) + 0.5 * (x == y)


defvjp(add, lambda g, o, x, y: fit(g, x), lambda g, o, x, y: fit(g, y))
defvjp(subtract, lambda g, o, x, y: fit(g, x), lambda g, o, x, y: fit(negative(g), y))
defvjp(multiply, lambda g, o, x, y: fit(y * g, x), lambda g, o, x, y: fit(x * g, y))
defvjp(
    true_divide,
    lambda g, o, x, y: fit(g / y, x),
    lambda g, o, x, y: fit(-g * x / (y * y), y),
)
defvjp(negative, lambda g, o, x: -g)
defvjp(
    power,
    lambda g, o, x, y: fit(g * y * power(x, where(getval(y) == 0, 1.0, y - 1.0)), x),
    lambda g, o, x, y: fit(g * log(where(getval(x) == 0, 1.0, x)) * power(x, y), y),
)
defvjp(exp, lambda g, o, x: o * g)
defvjp(log, lambda g, o, x: g / x)
defvjp(sin, lambda g, o, x: g * cos(x))
defvjp(cos, lambda g, o, x: -g * sin(x))
defvjp(tanh, lambda g, o, x: g * (1.0 - o * o))
defvjp(sqrt, lambda g, o, x: 0.5 * g / o)
defvjp(sum, _sum_vjp)
defvjp(broadcast_to, lambda g, o, x, shape: fit(g, x))
defvjp(reshape, lambda g, o, x, shape: reshape(g, _np.shape(getval(x))))
defvjp(
    transpose,
    lambda g, o, x, axes=None: transpose(g, None if axes is None else tuple(_np.argsort(axes))),
)
defvjp(
    maximum,
    lambda g, o, x, y: fit(g * _share(x, y), x),
    lambda g, o, x, y: fit(g * _share(y, x), y),
)
defvjp(
    where,
    None,
    lambda g, o, c, x, y: fit(where(c, g, 0.0), x),
    lambda g, o, c, x, y: fit(where(c, 0.0, g), y),
)


def _mT(x):
    n = _np.ndim(getval(x))
    return transpose(x, tuple(range(n - 2)) + (n - 1, n - 2))


def _matrices(rule):
    def vjp(g, out, x, y):
        if min(_np.ndim(getval(x)), _np.ndim(getval(y))) < 2:
            raise NotImplementedError("matmul: matrices only")
        return rule(g, x, y)

    return vjp


defvjp(
    matmul,
    _matrices(lambda g, x, y: fit(matmul(g, _mT(y)), x)),
    _matrices(lambda g, x, y: fit(matmul(_mT(x), g), y)),
)
