"""An engine of arrays in the style of a table of rules: name, forward, one vjp for each operand.

Nodes know only the name of their rule; ``backward`` pulls pending gradients from a heap, newest
node first, so that there is no sort and no recursion. Contributions are added with ``a + b``.
"""

import heapq
import itertools

import numpy as np

COUNTER = itertools.count()


def unbroadcast(g, shape):
    """The sum of ``g`` over the axes that were stretched; itself if none was."""
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    axes = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=axes, keepdims=True)


def kept(array, rank, axis, keepdims):
    """A reduced array with its axes put back."""
    if keepdims:
        return array
    return np.expand_dims(array, tuple(range(rank)) if axis is None else axis)


def spread(g, x, axis, keepdims):
    """The gradient of a sum: every element gets all."""
    return np.broadcast_to(kept(g, x.ndim, axis, keepdims), x.shape)


def count(x, axis):
    """How many elements are reduced to one."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    return int(np.prod([x.shape[i] for i in axes]))


def where_largest(g, out, x, axis, keepdims):
    """Shared evenly among the elements that are the extremum."""
    hits = x == kept(out, x.ndim, axis, keepdims)
    return kept(g, x.ndim, axis, keepdims) * hits / hits.sum(axis=axis, keepdims=True)


def scatter(g, x, index):
    """Adds where elements were taken from."""
    result = np.zeros_like(x)
    np.add.at(result, index, g)
    return result


def matmul_left(g, out, x, y):
    """Vectors count as a row on the left, as a column on the right."""
    g = g[..., None] if y.ndim == 1 else g
    g = g[..., None, :] if x.ndim == 1 else g
    y = y[:, None] if y.ndim == 1 else y
    result = g @ np.swapaxes(y, -1, -2)
    return result[..., 0, :] if x.ndim == 1 else result


def matmul_right(g, out, x, y):
    g = g[..., None] if y.ndim == 1 else g
    g = g[..., None, :] if x.ndim == 1 else g
    x = x[None, :] if x.ndim == 1 else x
    result = np.swapaxes(x, -1, -2) @ g
    return result[..., 0] if y.ndim == 1 else result


def power_by_base(g, out, x, y):
    with np.errstate(all="ignore"):
        return g * np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1))


def power_by_exponent(g, out, x, y):
    with np.errstate(all="ignore"):
        return g * np.where((x == 0) & (y >= 0), 0.0, out * np.log(x))


def _softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _logsumexp(x, axis=None, keepdims=False):
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    out = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return out if keepdims else out.squeeze(axis)


RULES = {
    "add": (lambda x, y: x + y, lambda g, out, x, y: g, lambda g, out, x, y: g),
    "sub": (lambda x, y: x - y, lambda g, out, x, y: g, lambda g, out, x, y: -g),
    "mul": (lambda x, y: x * y, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x),
    "div": (
        lambda x, y: x / y,
        lambda g, out, x, y: g / y,
        lambda g, out, x, y: -g * x / y**2,
    ),
    "pow": (lambda x, y: x**y, power_by_base, power_by_exponent),
    "neg": (lambda x: -x, lambda g, out, x: -g),
    "matmul": (lambda x, y: x @ y, matmul_left, matmul_right),
    "exp": (np.exp, lambda g, out, x: g * out),
    "log": (np.log, lambda g, out, x: g / x),
    "sqrt": (np.sqrt, lambda g, out, x: g * 0.5 / out),
    "sin": (np.sin, lambda g, out, x: g * np.cos(x)),
    "cos": (np.cos, lambda g, out, x: -g * np.sin(x)),
    "tanh": (np.tanh, lambda g, out, x: g * (1 - out**2)),
    "sigmoid": (
        lambda x: np.where(x >= 0, 1 / (1 + np.exp(-abs(x))), 1 - 1 / (1 + np.exp(-abs(x)))),
        lambda g, out, x: g * out * (1 - out),
    ),
    "relu": (lambda x: np.maximum(x, 0), lambda g, out, x: g * (x > 0)),
    "abs": (abs, lambda g, out, x: g * np.where(x != x, 0, np.sign(x))),
    "square": (lambda x: x * x, lambda g, out, x: g * 2 * x),
    "atan": (np.arctan, lambda g, out, x: g / (1 + x**2)),
    "log1p": (np.log1p, lambda g, out, x: g / (1 + x)),
    "clamp": (
        lambda x, min=None, max=None: np.clip(x, min, max),
        lambda g, out, x, min=None, max=None: (
            g * ((x >= (-np.inf if min is None else min)) & (x <= (np.inf if max is None else max)))
        ),
    ),
    "maximum": (
        np.maximum,
        lambda g, out, x, y: g * np.where(x == y, 0.5, x > y),
        lambda g, out, x, y: g * np.where(x == y, 0.5, y > x),
    ),
    "sum": (
        lambda x, axis=None, keepdims=False: x.sum(axis=axis, keepdims=keepdims),
        lambda g, out, x, axis=None, keepdims=False: spread(g, x, axis, keepdims),
    ),
    "mean": (
        lambda x, axis=None, keepdims=False: x.mean(axis=axis, keepdims=keepdims),
        lambda g, out, x, axis=None, keepdims=False: spread(g, x, axis, keepdims) / count(x, axis),
    ),
    "max": (
        lambda x, axis=None, keepdims=False: x.max(axis=axis, keepdims=keepdims),
        lambda g, out, x, axis=None, keepdims=False: where_largest(g, out, x, axis, keepdims),
    ),
    "logsumexp": (
        _logsumexp,
        lambda g, out, x, axis=None, keepdims=False: (
            kept(g, x.ndim, axis, keepdims) * np.exp(x - kept(out, x.ndim, axis, keepdims))
        ),
    ),
    "cumsum": (
        lambda x, axis: x.cumsum(axis=axis),
        lambda g, out, x, axis: np.flip(np.flip(g, axis).cumsum(axis=axis), axis),
    ),
    "softmax": (
        _softmax,
        lambda g, out, x, axis=-1: (g - (g * out).sum(axis=axis, keepdims=True)) * out,
    ),
    "reshape": (
        lambda x, shape: x.reshape(shape),
        lambda g, out, x, shape: g.reshape(x.shape),
    ),
    "transpose": (
        lambda x, axis0, axis1: np.swapaxes(x, axis0, axis1),
        lambda g, out, x, axis0, axis1: np.swapaxes(g, axis0, axis1),
    ),
    "permute": (
        lambda x, axes: x.transpose(axes),
        lambda g, out, x, axes: g.transpose(np.argsort([i % x.ndim for i in axes])),
    ),
    "broadcast_to": (
        lambda x, shape: np.broadcast_to(x, shape),
        lambda g, out, x, shape: unbroadcast(g, x.shape),
    ),
    "flip": (lambda x, axis: np.flip(x, axis), lambda g, out, x, axis: np.flip(g, axis)),
    "index": (lambda x, index: x[index], lambda g, out, x, index: scatter(g, x, index)),
}


class Variable:
    """An array, the rule that gave it, and what it was applied to."""

    __array_priority__ = 100

    def __init__(self, data, rule=None, operands=(), parameters=None):
        self.data = np.asarray(data, dtype=getattr(data, "dtype", None) or float)
        self.rule, self.operands, self.parameters = rule, operands, parameters or {}
        self.number = next(COUNTER)
        self.grad = None

    def backward(self, seed=None):
        pending = {self.number: (self, np.ones_like(self.data) if seed is None else seed)}
        heap = [-self.number]
        while heap:
            node, g = pending.pop(-heapq.heappop(heap))
            node.grad = g if node.grad is None else node.grad + g
            if node.rule is None:
                continue
            values = [operand.data for operand in node.operands]
            for vjp, operand in zip(RULES[node.rule][1:], node.operands, strict=True):
                part = vjp(g, node.data, *values, **node.parameters)
                part = unbroadcast(np.asarray(part), operand.data.shape)
                if operand.number in pending:
                    part = pending[operand.number][1] + part
                else:
                    heapq.heappush(heap, -operand.number)
                pending[operand.number] = (operand, part)

    def __add__(self, other):
        return apply("add", self, other)

    def __radd__(self, other):
        return apply("add", other, self)

    def __sub__(self, other):
        return apply("sub", self, other)

    def __rsub__(self, other):
        return apply("sub", other, self)

    def __mul__(self, other):
        return apply("mul", self, other)

    def __rmul__(self, other):
        return apply("mul", other, self)

    def __truediv__(self, other):
        return apply("div", self, other)

    def __rtruediv__(self, other):
        return apply("div", other, self)

    def __pow__(self, other):
        return apply("pow", self, other)

    def __rpow__(self, other):
        return apply("pow", other, self)

    def __neg__(self):
        return apply("neg", self)

    def __matmul__(self, other):
        return apply("matmul", self, other)

    def __getitem__(self, index):
        return apply("index", self, index=index)

    @property
    def T(self):
        return apply("permute", self, axes=tuple(range(self.data.ndim))[::-1])


def apply(rule, *operands, **parameters):
    """One step, recorded."""
    dtype = next(item.data.dtype for item in operands if isinstance(item, Variable))
    nodes = [
        item if isinstance(item, Variable) else Variable(np.asarray(item, dtype))
        for item in operands
    ]
    value = RULES[rule][0](*(node.data for node in nodes), **parameters)
    return Variable(value, rule, nodes, parameters)


def exp(x):
    return apply("exp", x)


def log(x):
    return apply("log", x)


def sqrt(x):
    return apply("sqrt", x)


def sin(x):
    return apply("sin", x)


def cos(x):
    return apply("cos", x)


def tanh(x):
    return apply("tanh", x)


def sigmoid(x):
    return apply("sigmoid", x)


def relu(x):
    return apply("relu", x)


def absolute(x):
    return apply("abs", x)


def square(x):
    return apply("square", x)


def arctan(x):
    return apply("atan", x)


def log1p(x):
    return apply("log1p", x)


def clip(x, min=None, max=None):
    return apply("clamp", x, min=min, max=max)


def maximum(x, y):
    return apply("maximum", x, y)


def sum(x, axis=None, keepdims=False):
    return apply("sum", x, axis=axis, keepdims=keepdims)


def mean(x, axis=None, keepdims=False):
    return apply("mean", x, axis=axis, keepdims=keepdims)


def amax(x, axis=None, keepdims=False):
    return apply("max", x, axis=axis, keepdims=keepdims)


def logsumexp(x, axis=None, keepdims=False):
    return apply("logsumexp", x, axis=axis, keepdims=keepdims)


def softmax(x, axis=-1):
    return apply("softmax", x, axis=axis)


def cumsum(x, axis):
    return apply("cumsum", x, axis=axis)


def reshape(x, shape):
    return apply("reshape", x, shape=shape)


def swapaxes(x, axis1, axis2):
    return apply("transpose", x, axis0=axis1, axis1=axis2)


def permute(x, dims):
    return apply("permute", x, axes=dims)


def broadcast_to(x, shape):
    return apply("broadcast_to", x, shape=shape)


def flip(x, axis):
    return apply("flip", x, axis=axis)
