"""vjp(f, *args): functions are run on traced numbers, and vjp gives back the value and a pullback.

vjp, grad(f) (gradients by all arguments, as a tuple if there are several) and value_and_grad(f); the
functions of the module work on traced numbers and arrays: exp, log, sin, tanh, sigmoid, relu,
sum(axis), dot; operators + - * / and unary minus.
To be said: right; an engine of functions, no object has a gradient.
"""

import numpy as np


class Traced:
    __array_ufunc__ = None

    def __init__(self, trace, value, links):
        self.trace, self.value, self.links = trace, value, links
        self.place = len(trace)
        trace.append(self)

    def __add__(self, other):
        return _lift(lambda a, b: (a + b, lambda g: (g, g)), self, other)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return _lift(lambda a, b: (a - b, lambda g: (g, -g)), self, other)

    def __rsub__(self, other):
        return _lift(lambda a, b: (a - b, lambda g: (g, -g)), other, self)

    def __mul__(self, other):
        return _lift(lambda a, b: (a * b, lambda g: (g * b, g * a)), self, other)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return _lift(lambda a, b: (a / b, lambda g: (g / b, -g * a / b**2)), self, other)

    def __rtruediv__(self, other):
        return _lift(lambda a, b: (a / b, lambda g: (g / b, -g * a / b**2)), other, self)

    def __neg__(self):
        return _lift(lambda a: (-a, lambda g: (-g,)), self)

    def __matmul__(self, other):
        return dot(self, other)


def _lift(rule, *args):
    traced = [a for a in args if isinstance(a, Traced)]
    value, pull = rule(*(a.value if isinstance(a, Traced) else a for a in args))
    if not traced:
        return value
    links = [(i, a) for i, a in enumerate(args) if isinstance(a, Traced)]
    return Traced(traced[0].trace, value, (links, pull))


def _like(g, value):
    shape = np.shape(value)
    while np.ndim(g) > len(shape):
        g = np.sum(g, axis=0)
    for i, n in enumerate(shape):
        if n == 1 and np.shape(g)[i] != 1:
            g = np.sum(g, axis=i, keepdims=True)
    return g


def vjp(f, *args):
    trace = []
    starts = [Traced(trace, a, None) for a in args]
    out = f(*starts)

    def pullback(cotangent):
        flow = [0.0] * len(trace)
        if isinstance(out, Traced):
            flow[out.place] = cotangent
        for node in reversed(trace):
            if node.links is not None and np.any(flow[node.place]):
                links, pull = node.links
                parts = pull(flow[node.place])
                for i, source in links:
                    flow[source.place] = flow[source.place] + _like(parts[i], source.value)
        return tuple(flow[s.place] + np.zeros_like(s.value) for s in starts)

    return out.value if isinstance(out, Traced) else out, pullback


def value_and_grad(f):
    def evaluated(*args):
        value, pullback = vjp(f, *args)
        if np.shape(value) != ():
            raise TypeError("the function must give one number")
        gradients = pullback(1.0)
        return value, gradients[0] if len(args) == 1 else gradients

    return evaluated


def grad(f):
    return lambda *args: value_and_grad(f)(*args)[1]


def exp(x):
    return _lift(lambda a: (np.exp(a), lambda g: (g * np.exp(a),)), x)


def log(x):
    return _lift(lambda a: (np.log(a), lambda g: (g / a,)), x)


def sin(x):
    return _lift(lambda a: (np.sin(a), lambda g: (g * np.cos(a),)), x)


def tanh(x):
    return _lift(lambda a: (np.tanh(a), lambda g: (g * (1 - np.tanh(a) ** 2),)), x)


def sigmoid(x):
    def rule(a):
        s = (1 + np.tanh(a / 2)) / 2
        return s, lambda g: (g * s * (1 - s),)

    return _lift(rule, x)


def relu(x):
    return _lift(lambda a: (np.maximum(a, 0), lambda g: (g * (a > 0),)), x)


def sum(x, axis=None):
    def rule(a):
        def pull(g):
            return (np.broadcast_to(g if axis is None else np.expand_dims(g, axis), np.shape(a)),)

        return np.sum(a, axis=axis), pull

    return _lift(rule, x)


def dot(x, y):
    def rule(a, b):
        if np.ndim(a) != 2 or np.ndim(b) != 2:
            raise NotImplementedError("dot of matrices only")
        return a @ b, lambda g: (g @ b.T, a.T @ g)

    return _lift(rule, x, y)
