"""WRONG in sum, backward (wrong-axis): a gradient of sum(axis=1) is spread along the first axis, for
the lost axis is not put back where it was; square matrices hide the crash.

A class Tensor with op objects (compute, gradient). Operations: + - * and unary minus, numbers on
either side, sum(axis), exp, tanh, transpose(). Sums over all elements and over axis 0 are right.
backward(out_grad=None).
"""

import numpy as np


class Op:
    def __call__(self, *inputs):
        inputs = [i if isinstance(i, Tensor) else Tensor(i) for i in inputs]
        out = Tensor(self.compute(*(i.data for i in inputs)))
        out.op, out.inputs = self, inputs
        return out


class Add(Op):
    def compute(self, a, b):
        return a + b

    def gradient(self, g, node):
        return g, g


class Sub(Op):
    def compute(self, a, b):
        return a - b

    def gradient(self, g, node):
        return g, -g


class Mul(Op):
    def compute(self, a, b):
        return a * b

    def gradient(self, g, node):
        a, b = node.inputs
        return g * b.data, g * a.data


class Neg(Op):
    def compute(self, a):
        return -a

    def gradient(self, g, node):
        return (-g,)


class Exp(Op):
    def compute(self, a):
        return np.exp(a)

    def gradient(self, g, node):
        return (g * node.data,)


class Tanh(Op):
    def compute(self, a):
        return np.tanh(a)

    def gradient(self, g, node):
        return (g * (1 - node.data**2),)


class Transpose(Op):
    def compute(self, a):
        return a.T

    def gradient(self, g, node):
        return (g.T,)


class Sum(Op):
    def __init__(self, axis):
        self.axis = axis

    def compute(self, a):
        return a.sum(axis=self.axis)

    def gradient(self, g, node):
        return (np.broadcast_to(g, node.inputs[0].data.shape),)


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self.op, self.inputs = None, []

    def backward(self, out_grad=None):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            t, done = stack.pop()
            if done:
                order.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                stack.append((t, True))
                stack.extend((i, False) for i in t.inputs)
        collected = {id(self): [np.ones_like(self.data) if out_grad is None else out_grad]}
        for t in reversed(order):
            total = collected[id(t)][0]
            for more in collected[id(t)][1:]:
                total = total + more
            t.grad = total
            if t.op is not None:
                for i, g in zip(t.inputs, t.op.gradient(t.grad, t)):
                    collected.setdefault(id(i), []).append(reduce_to(g, i.data.shape))

    def __add__(self, other):
        return Add()(self, other)

    def __radd__(self, other):
        return Add()(other, self)

    def __sub__(self, other):
        return Sub()(self, other)

    def __rsub__(self, other):
        return Sub()(other, self)

    def __mul__(self, other):
        return Mul()(self, other)

    def __rmul__(self, other):
        return Mul()(other, self)

    def __neg__(self):
        return Neg()(self)

    def sum(self, axis=None):
        return Sum(axis)(self)

    def exp(self):
        return Exp()(self)

    def tanh(self):
        return Tanh()(self)

    def transpose(self):
        return Transpose()(self)


def reduce_to(g, shape):
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
