"""A baby TensorFlow 1: build the graph with placeholders, then run it in a Session."""
import numpy as np


class Node:
    def __init__(self, op=None, inputs=(), name=None, attrs=None):
        self.op, self.inputs, self.name, self.attrs = op, list(inputs), name, attrs or {}

    def __add__(self, o): return add(self, o)
    def __radd__(self, o): return add(o, self)
    def __sub__(self, o): return subtract(self, o)
    def __rsub__(self, o): return subtract(o, self)
    def __mul__(self, o): return multiply(self, o)
    def __rmul__(self, o): return multiply(o, self)
    def __truediv__(self, o): return divide(self, o)
    def __rtruediv__(self, o): return divide(o, self)
    def __neg__(self): return negative(self)
    def __matmul__(self, o): return matmul(self, o)


def placeholder(name=None):
    return Node("placeholder", name=name)


def constant(value):
    return Node("constant", attrs={"value": np.asarray(value, dtype=float)})


def _lift(x):
    return x if isinstance(x, Node) else constant(x)


def _unbroadcast(g, like):
    while g.ndim > like.ndim:
        g = g.sum(axis=0)
    for i, n in enumerate(like.shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


FORWARD = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "negative": lambda a: -a,
    "matmul": lambda a, b: a @ b,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "square": np.square,
    "reduce_sum": lambda a: np.sum(a),
    "relu": lambda a: np.maximum(a, 0),
}
BACKWARD = {
    "add": lambda g, out, a, b: (g, g),
    "subtract": lambda g, out, a, b: (g, -g),
    "multiply": lambda g, out, a, b: (g * b, g * a),
    "divide": lambda g, out, a, b: (g / b, -g * a / b ** 2),
    "negative": lambda g, out, a: (-g,),
    "matmul": lambda g, out, a, b: (g @ b.T, a.T @ g),
    "exp": lambda g, out, a: (g * out,),
    "log": lambda g, out, a: (g / a,),
    "tanh": lambda g, out, a: (g * (1 - out ** 2),),
    "sigmoid": lambda g, out, a: (g * out * (1 - out),),
    "square": lambda g, out, a: (2 * a * g,),
    "reduce_sum": lambda g, out, a: (g * np.ones_like(a),),
    "relu": lambda g, out, a: (g * (a > 0),),
}


def _make(name):
    def build(*inputs):
        return Node(name, [_lift(i) for i in inputs])

    build.__name__ = name
    return build


add, subtract, multiply, divide = map(_make, ("add", "subtract", "multiply", "divide"))
negative, matmul, exp, log = map(_make, ("negative", "matmul", "exp", "log"))
tanh, sigmoid, square, reduce_sum, relu = map(_make, ("tanh", "sigmoid", "square", "reduce_sum", "relu"))


def _postorder(node, seen, out):
    if id(node) in seen:
        return
    seen.add(id(node))
    for i in node.inputs:
        _postorder(i, seen, out)
    out.append(node)


class Session:
    """run() evaluates fetches for the given feed; gradients() works on what was run last."""

    def run(self, fetches, feed_dict=None):
        single = not isinstance(fetches, (list, tuple))
        wanted = [fetches] if single else list(fetches)
        self.values = {}
        order = []
        seen = set()
        for f in wanted:
            _postorder(f, seen, order)
        for n in order:
            if n.op == "placeholder":
                self.values[n] = np.asarray(feed_dict[n], dtype=float)
            elif n.op == "constant":
                self.values[n] = n.attrs["value"]
            else:
                self.values[n] = FORWARD[n.op](*[self.values[i] for i in n.inputs])
        result = [self.values[f] for f in wanted]
        return result[0] if single else result

    def gradients(self, y, xs, grad_y=None):
        order = []
        _postorder(y, set(), order)
        g = {n: np.zeros_like(self.values[n]) for n in order}
        g[y] = np.ones_like(self.values[y]) if grad_y is None else np.asarray(grad_y, dtype=float)
        for n in reversed(order):
            if not n.inputs:
                continue
            vals = [self.values[i] for i in n.inputs]
            for i, d in zip(n.inputs, BACKWARD[n.op](g[n], self.values[n], *vals)):
                g[i] = g[i] + _unbroadcast(np.asarray(d), self.values[i])
        return [g[x] for x in xs]
