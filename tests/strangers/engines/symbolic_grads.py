"""Gradients that are variables themselves: d(y, x) builds new nodes, so one can differentiate again.

Class Var; y.backward() sets .grad to Vars; grad(output, inputs, seed=None, create_graph=True) gives
them without setting anything. Operations: + - * / and unary minus, numbers on either side, ** of a Var
and a number; functions exp, log, sin, cos, tanh, sqrt.
To be said: right, also in second order; plain numbers.
"""

import math


class Var:
    def __init__(self, data, edges=()):
        self.data = data
        self.edges = edges  # pairs of an operand and a function from gradient to gradient
        self.grad = None

    def __add__(self, other):
        other = var(other)
        return Var(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))

    def __mul__(self, other):
        other = var(other)
        edges = ((self, lambda g: g * other), (other, lambda g: g * self))
        return Var(self.data * other.data, edges)

    def __neg__(self):
        return Var(-self.data, ((self, lambda g: -g),))

    def __sub__(self, other):
        other = var(other)
        return Var(self.data - other.data, ((self, lambda g: g), (other, lambda g: -g)))

    def __truediv__(self, other):
        other = var(other)
        edges = ((self, lambda g: g / other), (other, lambda g: -g * self / (other * other)))
        return Var(self.data / other.data, edges)

    def __pow__(self, n):
        if isinstance(n, Var):
            return NotImplemented
        if n == 0:
            return Var(1.0, ((self, lambda g: g * 0.0),))
        return Var(self.data**n, ((self, lambda g: g * n * self ** (n - 1)),))

    def __radd__(self, other):
        return var(other) + self

    def __rsub__(self, other):
        return var(other) - self

    def __rmul__(self, other):
        return var(other) * self

    def __rtruediv__(self, other):
        return var(other) / self

    def backward(self, seed=1.0):
        for node, gradient in _gradients(self, var(seed)).items():
            node.grad = gradient


def var(x):
    return x if isinstance(x, Var) else Var(float(x))


def exp(x):
    out = Var(math.exp(x.data))
    out.edges = ((x, lambda g: g * out),)
    return out


def log(x):
    return Var(math.log(x.data), ((x, lambda g: g / x),))


def sqrt(x):
    out = Var(math.sqrt(x.data))
    out.edges = ((x, lambda g: g * 0.5 / out),)
    return out


def sin(x):
    return Var(math.sin(x.data), ((x, lambda g: g * cos(x)),))


def cos(x):
    return Var(math.cos(x.data), ((x, lambda g: -g * sin(x)),))


def tanh(x):
    out = Var(math.tanh(x.data))
    out.edges = ((x, lambda g: g * (1.0 - out * out)),)
    return out


def _gradients(output, seed):
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, leaving = stack.pop()
        if leaving:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((operand, False) for operand, _ in node.edges)
    found = {output: seed}
    for node in reversed(order):
        for operand, pull in node.edges:
            part = pull(found[node])
            found[operand] = found[operand] + part if operand in found else part
    return found


def grad(output, inputs, seed=None, create_graph=True):
    found = _gradients(output, var(1.0 if seed is None else seed))
    gradients = [found.get(x, Var(0.0)) for x in inputs]
    return gradients if create_graph else [Var(g.data) for g in gradients]
