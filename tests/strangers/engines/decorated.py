"""Operations as decorated functions: @differentiable turns "value and pullback" into an operation of
nodes. All that one sees of its signature is (*args, **kwargs).

Class Node; the functions are module-level: add, sub, mul, div, neg, pow (number), matmul, exp, log,
sqrt, tanh, sigmoid, relu, sum(axis, keepdims), mean(axis, keepdims), transpose, reshape; operators.
To be said: right; arrays broadcast; the gradient is .adjoint, the pass the function backward(node,
adjoint=None) of the module.
"""

import itertools

import numpy as np

_clock = itertools.count()


class Node:
    def __init__(self, value):
        self.value = np.asarray(value, dtype=float)
        self.adjoint = None
        self.time = next(_clock)
        self.sources = ()
        self.pull = None

    __array_ufunc__ = None


def differentiable(rule):
    def operation(*args, **kwargs):
        nodes = [a for a in args if isinstance(a, Node)]
        value, pull = rule(*(a.value if isinstance(a, Node) else a for a in args), **kwargs)
        out = Node(value)
        out.sources, out.pull = args, pull
        return out if nodes else out.value

    return operation


def backward(node, adjoint=None):
    """Newest first: each node's time of birth is its place in the order."""
    todo, found = [node], {node}
    while todo:
        for source in todo.pop().sources:
            if isinstance(source, Node) and source not in found:
                found.add(source)
                todo.append(source)
    for one in found:
        one.adjoint = np.zeros_like(one.value)
    node.adjoint = np.ones_like(node.value) if adjoint is None else np.asarray(adjoint, float)
    for one in sorted(found, key=lambda n: -n.time):
        if one.pull is None:
            continue
        for source, part in zip(one.sources, one.pull(one.adjoint)):
            if isinstance(source, Node):
                source.adjoint = source.adjoint + _fitted(part, source.value.shape)


def _fitted(part, shape):
    part = np.asarray(part)
    part = part.sum(axis=tuple(range(part.ndim - len(shape))))
    return part.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


@differentiable
def add(x, y):
    return x + y, lambda g: (g, g)


@differentiable
def sub(x, y):
    return x - y, lambda g: (g, -g)


@differentiable
def mul(x, y):
    return x * y, lambda g: (g * y, g * x)


@differentiable
def div(x, y):
    return x / y, lambda g: (g / y, -g * x / y**2)


@differentiable
def neg(x):
    return -x, lambda g: (-g,)


@differentiable
def pow(x, n):
    if isinstance(n, np.ndarray):
        raise NotImplementedError("only numbers as exponents")
    return x**n, lambda g: (g * n * x ** (n - 1) if n != 0 else 0 * x, 0 * g)


@differentiable
def matmul(x, y):
    if np.ndim(x) != 2 or np.ndim(y) != 2:
        raise NotImplementedError("only matrices")
    return x @ y, lambda g: (g @ y.T, x.T @ g)


@differentiable
def exp(x):
    e = np.exp(x)
    return e, lambda g: (g * e,)


@differentiable
def log(x):
    return np.log(x), lambda g: (g / x,)


@differentiable
def sqrt(x):
    r = np.sqrt(x)
    return r, lambda g: (0.5 * g / r,)


@differentiable
def tanh(x):
    t = np.tanh(x)
    return t, lambda g: (g * (1 - t * t),)


@differentiable
def sigmoid(x):
    s = (np.tanh(x / 2) + 1) / 2
    return s, lambda g: (g * s * (1 - s),)


@differentiable
def relu(x):
    return np.maximum(x, 0), lambda g: (np.where(x > 0, g, 0),)


def _widen(g, x, axis, keepdims):
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, x.shape)


@differentiable
def sum(x, axis=None, keepdims=False):
    return x.sum(axis=axis, keepdims=keepdims), lambda g: (_widen(g, x, axis, keepdims),)


@differentiable
def mean(x, axis=None, keepdims=False):
    out = x.mean(axis=axis, keepdims=keepdims)
    return out, lambda g: (_widen(g, x, axis, keepdims) * np.size(out) / x.size,)


@differentiable
def transpose(x):
    return x.T, lambda g: (g.T,)


@differentiable
def reshape(x, shape):
    return x.reshape(shape), lambda g: (g.reshape(x.shape), None)


Node.__add__, Node.__radd__ = add, lambda x, y: add(y, x)
Node.__sub__, Node.__rsub__ = sub, lambda x, y: sub(y, x)
Node.__mul__, Node.__rmul__ = mul, lambda x, y: mul(y, x)
Node.__truediv__, Node.__rtruediv__ = div, lambda x, y: div(y, x)
Node.__neg__, Node.__pow__, Node.__matmul__ = neg, pow, matmul
