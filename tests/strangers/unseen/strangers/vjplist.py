"""
Functional core: every op is a plain function returning a Node with a list of
(parent, vjp) -- the operators are glued on at the bottom.
"""
import numpy as np

__all__ = ["Node", "leaf", "grad_of", "add", "sub", "mul", "div", "matmul", "power",
           "exp", "log", "sigmoid", "gelu", "softmax", "xent", "total", "average",
           "reshape", "swap", "take", "where_positive"]


class Node:
    __slots__ = ("value", "vjps", "tag", "trainable")

    def __init__(self, value, vjps=(), tag="leaf", trainable=False):
        self.value = np.asarray(value, dtype=np.float64)
        self.vjps = tuple(vjps)
        self.tag = tag
        self.trainable = trainable

    def __repr__(self):
        return f"<{self.tag} {self.value.shape}>"


def leaf(x):
    return Node(x, trainable=True)


def _n(x):
    return x if isinstance(x, Node) else Node(x, tag="const")


def _shrink(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g
    ax = tuple(i for i, s in enumerate(shape) if s == 1 != g.shape[i])
    return g.sum(axis=ax, keepdims=True) if ax else g


def add(a, b):
    a, b = _n(a), _n(b)
    return Node(a.value + b.value, [(a, lambda g: _shrink(g, a.value.shape)),
                                    (b, lambda g: _shrink(g, b.value.shape))], "add")


def sub(a, b):
    a, b = _n(a), _n(b)
    return Node(a.value - b.value, [(a, lambda g: _shrink(g, a.value.shape)),
                                    (b, lambda g: _shrink(-g, b.value.shape))], "sub")


def mul(a, b):
    a, b = _n(a), _n(b)
    return Node(a.value * b.value, [(a, lambda g: _shrink(g * b.value, a.value.shape)),
                                    (b, lambda g: _shrink(g * a.value, b.value.shape))], "mul")


def div(a, b):
    a, b = _n(a), _n(b)
    q = a.value / b.value
    return Node(q, [(a, lambda g: _shrink(g / b.value, a.value.shape)),
                    (b, lambda g: _shrink(-g * q / b.value, b.value.shape))], "div")


def power(a, n):
    return Node(a.value ** n, [(a, lambda g: g * n * a.value ** (n - 1))], "power")


def matmul(a, b):
    a, b = _n(a), _n(b)
    return Node(a.value @ b.value, [(a, lambda g: g @ b.value.T),
                                    (b, lambda g: a.value.T @ g)], "matmul")


def exp(a):
    v = np.exp(a.value)
    return Node(v, [(a, lambda g: g * v)], "exp")


def log(a, eps=0.0):
    return Node(np.log(a.value + eps), [(a, lambda g: g / (a.value + eps))], "log")


def sigmoid(a):
    v = 1 / (1 + np.exp(-a.value))
    return Node(v, [(a, lambda g: g * v * (1 - v))], "sigmoid")


def gelu(a):
    # tanh approximation
    x, c = a.value, np.sqrt(2 / np.pi)
    t = np.tanh(c * (x + 0.044715 * x ** 3))
    dt = (1 - t ** 2) * c * (1 + 3 * 0.044715 * x ** 2)
    return Node(0.5 * x * (1 + t), [(a, lambda g: g * (0.5 * (1 + t) + 0.5 * x * dt))], "gelu")


def where_positive(a):
    return Node(np.where(a.value > 0, a.value, 0), [(a, lambda g: np.where(a.value > 0, g, 0))], "relu")


def total(a, axis=None):
    def back(g):
        return np.broadcast_to(g if axis is None else np.expand_dims(g, axis), a.value.shape)
    return Node(a.value.sum(axis=axis), [(a, back)], "sum")


def average(a, axis=None):
    s = total(a, axis)
    return div(s, a.value.size / s.value.size)


def reshape(a, shape):
    return Node(a.value.reshape(shape), [(a, lambda g: g.reshape(a.value.shape))], "reshape")


def swap(a, i=0, j=1):
    return Node(a.value.swapaxes(i, j), [(a, lambda g: g.swapaxes(i, j))], "swap")


def take(a, idx):
    def back(g):
        z = np.zeros_like(a.value)
        np.add.at(z, idx, g)
        return z
    return Node(a.value[idx], [(a, back)], "take")


def softmax(a, axis=-1):
    e = np.exp(a.value - a.value.max(axis, keepdims=True))
    p = e / e.sum(axis, keepdims=True)
    return Node(p, [(a, lambda g: p * (g - (g * p).sum(axis, keepdims=True)))], "softmax")


def xent(logits, onehot):
    """softmax + cross entropy, averaged over rows"""
    y = np.asarray(onehot, float)
    z = logits.value - logits.value.max(1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    n = y.shape[0]
    loss = -(y * np.log(p)).sum() / n
    return Node(loss, [(logits, lambda g: g * (p - y) / n)], "xent")


def grad_of(out, wrt):
    """returns list of arrays, one for each node in wrt"""
    seen, order = set(), []
    stack = [(out, iter(out.vjps))]
    seen.add(id(out))
    while stack:
        node, it = stack[-1]
        for p, _ in it:
            if id(p) not in seen:
                seen.add(id(p))
                stack.append((p, iter(p.vjps)))
                break
        else:
            order.append(node)
            stack.pop()
    cot = {id(out): np.ones_like(out.value)}
    for node in reversed(order):
        g = cot[id(node)]
        for p, vjp in node.vjps:
            d = vjp(g)
            cot[id(p)] = cot[id(p)] + d if id(p) in cot else d
    return [cot.get(id(w), np.zeros_like(w.value)) for w in wrt]


Node.__add__ = add
Node.__radd__ = lambda s, o: add(o, s)
Node.__sub__ = sub
Node.__rsub__ = lambda s, o: sub(o, s)
Node.__mul__ = mul
Node.__rmul__ = lambda s, o: mul(o, s)
Node.__truediv__ = div
Node.__rtruediv__ = lambda s, o: div(o, s)
Node.__matmul__ = matmul
Node.__pow__ = power
Node.__getitem__ = take
