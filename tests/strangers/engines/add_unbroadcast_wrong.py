"""WRONG in add, backward (missing-unbroadcast): an operand that was stretched gets a gradient of the
result's shape.

A class Var over arrays, with a table of rules. Operations: + - * / and unary minus, numbers on either
side, @ of matrices, exp, log, tanh, sum(axis, keepdims), as functions of the module too. Subtraction,
product and quotient do undo broadcasting. backward(upstream=None).
"""

import numpy as np


class Var:
    __array_ufunc__ = None

    def __init__(self, data, rule=None, operands=()):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.rule, self.operands = rule, operands

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
        return divide(self, other)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __matmul__(self, other):
        return matmul(self, other)

    def __neg__(self):
        return Var(-self.data, lambda g: (-g,), (self,))

    def backward(self, upstream=None):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack += [(o, False) for o in node.operands]
        for node in order:
            node.grad = None
        self.grad = np.ones_like(self.data) if upstream is None else np.asarray(upstream)
        for node in reversed(order):
            if node.rule is not None:
                for operand, g in zip(node.operands, node.rule(node.grad)):
                    operand.grad = g if operand.grad is None else operand.grad + g


def lift(x):
    return x if isinstance(x, Var) else Var(x)


def shrink(g, like):
    extra = g.ndim - like.data.ndim
    g = g.sum(axis=tuple(range(extra)))
    ones = tuple(i for i, n in enumerate(like.data.shape) if n == 1)
    return g.sum(axis=ones, keepdims=True)


def add(x, y):
    x, y = lift(x), lift(y)
    return Var(x.data + y.data, lambda g: (g, g), (x, y))


def subtract(x, y):
    x, y = lift(x), lift(y)
    return Var(x.data - y.data, lambda g: (shrink(g, x), shrink(-g, y)), (x, y))


def multiply(x, y):
    x, y = lift(x), lift(y)
    rule = lambda g: (shrink(g * y.data, x), shrink(g * x.data, y))
    return Var(x.data * y.data, rule, (x, y))


def divide(x, y):
    x, y = lift(x), lift(y)
    rule = lambda g: (shrink(g / y.data, x), shrink(-g * x.data / y.data**2, y))
    return Var(x.data / y.data, rule, (x, y))


def matmul(x, y):
    if x.data.ndim != 2 or y.data.ndim != 2:
        raise NotImplementedError("matrices only")
    return Var(x.data @ y.data, lambda g: (g @ y.data.T, x.data.T @ g), (x, y))


def exp(x):
    e = np.exp(x.data)
    return Var(e, lambda g: (g * e,), (x,))


def log(x):
    return Var(np.log(x.data), lambda g: (g / x.data,), (x,))


def tanh(x):
    t = np.tanh(x.data)
    return Var(t, lambda g: (g * (1 - t * t),), (x,))


def sum(x, axis=None, keepdims=False):
    def rule(g):
        if axis is not None and not keepdims:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, x.data.shape),)

    return Var(x.data.sum(axis=axis, keepdims=keepdims), rule, (x,))
