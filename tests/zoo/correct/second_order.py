"""Gradients are recorded, too: grad(output, inputs, seed, create_graph) beside backward()."""

import math


class Variable:
    def __init__(self, data, back=()):
        self.data, self.back, self.grad = data, back, None

    def __add__(self, other):
        other = _variable(other)
        return Variable(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))

    __radd__ = __add__

    def __mul__(self, other):
        other = _variable(other)
        return Variable(
            self.data * other.data, ((self, lambda g: g * other), (other, lambda g: g * self))
        )

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -_variable(other)

    def __rsub__(self, other):
        return -self + other

    def backward(self, seed=1.0):
        for node, g in _flow(self, _variable(seed)):
            node.grad = g.data if node.grad is None else node.grad + g.data


def _variable(x):
    return x if isinstance(x, Variable) else Variable(float(x))


def _flow(output, seed):
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in node.back]
    flow = {id(output): seed}
    for node in reversed(order):
        g = flow[id(node)]
        yield node, g
        for parent, pull in node.back:
            part = pull(g)
            flow[id(parent)] = flow[id(parent)] + part if id(parent) in flow else part


def grad(output, inputs, seed=1.0, create_graph=False):
    """The gradients of output by inputs; they can be differentiated again."""
    found = {id(node): g for node, g in _flow(output, _variable(seed))}
    return [found.get(id(x), Variable(0.0)) for x in inputs]


def sin(x):
    return Variable(math.sin(x.data), ((x, lambda g: g * cos(x)),))


def cos(x):
    return Variable(math.cos(x.data), ((x, lambda g: -(g * sin(x))),))


def exp(x):
    out = Variable(math.exp(x.data))
    out.back = ((x, lambda g: g * out),)
    return out
