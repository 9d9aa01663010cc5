"""WRONG in add, backward (aliasing): both operands of a sum get the result's own gradient array, and
what arrives later is added to it in place.

A class Tensor over float64 arrays; every other rule makes an array of its own. Operations: + - * and
unary minus, numbers on either side, @ of matrices, exp, relu, sum(). backward(grad=None).
"""

import numpy as np


class Tensor:
    def __init__(self, data, parents=(), rule=None):
        self.data = np.array(data, dtype=np.float64)
        self.grad = None
        self.parents, self.rule = parents, rule

    def receive(self, g):
        if g.shape != self.data.shape:
            g = g.sum(axis=tuple(range(g.ndim - self.data.ndim)))
            ones = tuple(i for i, n in enumerate(self.data.shape) if n == 1)
            g = np.array(g.sum(axis=ones, keepdims=True))
        if self.grad is None:
            self.grad = g
        else:
            self.grad += g

    def backward(self, grad=None):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            t, done = stack.pop()
            if done:
                order.append(t)
            elif id(t) not in seen:
                seen.add(id(t))
                t.grad = None
                stack.append((t, True))
                stack.extend((p, False) for p in t.parents)
        self.grad = np.ones(self.data.shape) if grad is None else np.array(grad, dtype=np.float64)
        for t in reversed(order):
            if t.rule is not None:
                for parent, g in zip(t.parents, t.rule(t.grad)):
                    parent.receive(g)

    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data + other.data, (self, other), lambda g: (g, g))

    def __sub__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        return Tensor(self.data - other.data, (self, other), lambda g: (g.copy(), -g))

    def __mul__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        a, b = self.data, other.data
        return Tensor(a * b, (self, other), lambda g: (np.array(g * b), np.array(g * a)))

    def __matmul__(self, other):
        a, b = self.data, other.data
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("matrices only")
        return Tensor(a @ b, (self, other), lambda g: (g @ b.T, a.T @ g))

    def __neg__(self):
        return Tensor(-self.data, (self,), lambda g: (np.array(-g),))

    def __radd__(self, other):
        return Tensor(other) + self

    def __rsub__(self, other):
        return Tensor(other) - self

    def __rmul__(self, other):
        return Tensor(other) * self

    def exp(self):
        e = np.exp(self.data)
        return Tensor(e, (self,), lambda g: (np.array(g * e),))

    def relu(self):
        return Tensor(np.maximum(self.data, 0), (self,), lambda g: (np.array(g * (self.data > 0)),))

    def sum(self):
        return Tensor(self.data.sum(), (self,), lambda g: (np.full(self.data.shape, g),))
