"""Gradients flow through a dictionary, and only what the user has made keeps its own in the end."""

import functools

import numpy as np


class Tensor:
    __array_priority__ = 15.0

    def __init__(self, data, parents=(), rule=None):
        self.data = np.asarray(data, dtype=float)
        self.parents, self.rule = parents, rule
        self.grad = None

    @property
    def is_leaf(self):
        return self.rule is None

    def backward(self, gradient=None):
        flow = {}
        flow[self] = (
            np.ones_like(self.data) if gradient is None else np.asarray(gradient)
        )  #: engine seed
        for tensor in sort(self):
            arriving = flow.pop(tensor)
            if tensor.is_leaf:
                tensor.grad = arriving  #: engine reset
                continue
            for parent, part in zip(tensor.parents, tensor.rule(arriving)):
                part = match(part, parent.data.shape)
                flow[parent] = flow.get(parent, 0.0) + part  #: engine accumulate

    def __add__(self, other):
        return add(self, other)

    def __sub__(self, other):
        return sub(self, other)

    def __mul__(self, other):
        return mul(self, other)

    def __truediv__(self, other):
        return div(self, other)

    def __pow__(self, other):
        return pow(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __rsub__(self, other):
        return sub(other, self)

    def __rmul__(self, other):
        return mul(other, self)

    def __rtruediv__(self, other):
        return div(other, self)

    def __rpow__(self, other):
        return pow(other, self)

    def __neg__(self):
        return neg(self)

    def __matmul__(self, other):
        return matmul(self, other)

    def __getitem__(self, items):
        return pick(self, items)


def sort(output):
    """Each tensor before those that it was made of."""
    order, seen, todo = [], set(), [(output, False)]
    while todo:
        tensor, ready = todo.pop()
        if ready:
            order.append(tensor)
        elif tensor not in seen:  #: engine order
            seen.add(tensor)
            todo.append((tensor, True))
            for parent in tensor.parents:
                todo.append((parent, False))
    return order[::-1]  #: engine order


def match(part, shape):
    part = np.asarray(part)
    new = part.ndim - len(shape)
    axes = tuple(range(new)) + tuple(new + i for i, n in enumerate(shape) if n == 1)
    return part.sum(axis=axes).reshape(shape)  #: engine unbroadcast


def operation(function):
    """``function`` computes on arrays, and says how a gradient comes back."""

    @functools.wraps(function)
    def on_tensors(*tensors, **options):
        tensors = [t if isinstance(t, Tensor) else Tensor(t) for t in tensors]
        value, rule = function(*(t.data for t in tensors), **options)
        return Tensor(value, tensors, rule)

    return on_tensors


@operation
def add(x, y):
    value = x + y  #: add value
    return value, lambda g: (g, g)  #: add x y


@operation
def sub(x, y):
    value = x - y  #: sub value
    return value, lambda g: (g, -g)  #: sub x y


@operation
def mul(x, y):
    value = x * y  #: mul value
    return value, lambda g: (g * y, g * x)  #: mul x y


@operation
def div(x, y):
    value = x / y  #: div value
    return value, lambda g: (g / y, -g * x / (y * y))  #: div x y


@operation
def pow(x, y):
    value = x**y  #: pow value

    def rule(g):
        left = np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1.0))  #: pow x
        right = np.where((x == 0) & (y >= 0), 0.0, value * np.log(x))  #: pow y
        return g * left, g * right

    return value, rule


@operation
def neg(x):
    value = -x  #: neg value
    return value, lambda g: (-g,)  #: neg x


@operation
def matmul(x, y):
    if x.ndim != 2 or y.ndim != 2:
        raise NotImplementedError("two matrices")
    value = np.matmul(x, y)  #: matmul value

    def rule(g):
        dx = np.matmul(g, np.swapaxes(y, -1, -2))  #: matmul x
        dy = np.matmul(np.swapaxes(x, -1, -2), g)  #: matmul y
        return dx, dy

    return value, rule


@operation
def exp(x):
    value = np.exp(x)  #: exp value
    return value, lambda g: (g * value,)  #: exp x


@operation
def log(x):
    value = np.log(x)  #: log value
    return value, lambda g: (g / x,)  #: log x


@operation
def sqrt(x):
    value = np.sqrt(x)  #: sqrt value
    return value, lambda g: (g / value / 2,)  #: sqrt x


@operation
def sin(x):
    value = np.sin(x)  #: sin value
    return value, lambda g: (g * np.cos(x),)  #: sin x


@operation
def cos(x):
    value = np.cos(x)  #: cos value
    return value, lambda g: (g * -np.sin(x),)  #: cos x


@operation
def tanh(x):
    value = np.tanh(x)  #: tanh value
    return value, lambda g: (g * (1 + value) * (1 - value),)  #: tanh x


@operation
def atan(x):
    value = np.arctan(x)  #: atan value
    return value, lambda g: (g / (1 + x * x),)  #: atan x


@operation
def sigmoid(x):
    value = np.exp(-np.logaddexp(0.0, -x))  #: sigmoid value
    return value, lambda g: (g * value * (1 - value),)  #: sigmoid x


@operation
def relu(x):
    value = np.where(x > 0, x, np.where(np.isnan(x), x, 0.0))  #: relu value
    return value, lambda g: (np.where(x > 0, g, 0.0),)  #: relu x


@operation
def square(x):
    value = np.square(x)  #: square value
    return value, lambda g: (2 * x * g,)  #: square x


@operation
def abs(x):
    value = np.abs(x)  #: abs value
    return value, lambda g: (g * np.nan_to_num(np.sign(x)),)  #: abs x


@operation
def sum(x, axis=None, keepdims=False):
    value = np.sum(x, axis, keepdims=keepdims)  #: sum value

    def rule(g):
        g = g if axis is None or keepdims else np.expand_dims(g, axis)  #: sum x
        return (np.broadcast_to(g, x.shape),)  #: sum x

    return value, rule


@operation
def mean(x, axis=None, keepdims=False):
    value = np.mean(x, axis, keepdims=keepdims)  #: mean value

    def rule(g):
        g = g if axis is None or keepdims else np.expand_dims(g, axis)  #: mean x
        return (np.broadcast_to(g, x.shape) * (value.size / max(x.size, 1)),)  #: mean x

    return value, rule


@operation
def min(x, axis=None, keepdims=False):
    least = np.min(x, axis, keepdims=True)  #: min value
    value = least if keepdims else np.squeeze(least, axis)

    def rule(g):
        hits = (x == least) * 1.0  #: min x
        share = hits / np.sum(hits, axis, keepdims=True)  #: min x
        return (share * np.reshape(g, least.shape),)  #: min x

    return value, rule


@operation
def unsqueeze(x, axis):
    value = np.expand_dims(x, axis)  #: unsqueeze value
    return value, lambda g: (np.squeeze(g, axis),)  #: unsqueeze x


@operation
def squeeze(x, axis):
    value = np.squeeze(x, axis)  #: squeeze value
    return value, lambda g: (np.expand_dims(g, axis),)  #: squeeze x


@operation
def reshape(x, shape):
    value = x.reshape(shape)  #: reshape value
    return value, lambda g: (g.reshape(x.shape),)  #: reshape x


@operation
def permute(x, axes):
    value = x.transpose(axes)  #: permute value
    inverse = np.argsort(np.array(axes, dtype=int) % max(x.ndim, 1))
    return value, lambda g: (g.transpose(inverse),)  #: permute x


@operation
def expand(x, shape):
    value = np.broadcast_to(x, shape)  #: broadcast_to value
    return value, lambda g: (match(g, x.shape),)  #: broadcast_to x


def pick(tensor, items):
    def rule(g):
        whole = np.zeros_like(tensor.data)
        np.add.at(whole, items, g)  #: index x
        return (whole,)

    return Tensor(tensor.data[items], (tensor,), rule)  #: index value


def concat(tensors, axis=0):
    edges = np.cumsum([t.data.shape[axis] for t in tensors])[:-1]
    return Tensor(
        np.concatenate([t.data for t in tensors], axis),  #: concat value
        list(tensors),
        lambda g: np.split(g, edges, axis),  #: concat x
    )


@operation
def log_softmax(x, axis=-1):
    centred = x - np.max(x, axis, keepdims=True)  #: log_softmax value
    value = centred - np.log(np.sum(np.exp(centred), axis, keepdims=True))  #: log_softmax value

    def rule(g):
        return (g - np.exp(value) * np.sum(g, axis, keepdims=True),)  #: log_softmax x

    return value, rule


@operation
def softplus(x):
    value = np.logaddexp(x, 0.0)  #: softplus value
    return value, lambda g: (g * np.exp(-np.logaddexp(0.0, -x)),)  #: softplus x


@operation
def outer(x, y):
    value = np.outer(x, y)  #: outer value

    def rule(g):
        dx = g @ y  #: outer x
        dy = g.T @ x  #: outer y
        return dx, dy

    return value, rule
