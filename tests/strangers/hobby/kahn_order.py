"""Backward by in-degree: a node is passed on when everything above it has arrived."""
from collections import Counter, deque

import numpy as np


class Node:
    def __init__(self, array, inputs=(), back=None):
        self.array = np.asarray(array, dtype=float)
        self.inputs = inputs
        self.back = back
        self.gradient = None

    def __add__(self, other):
        other = as_node(other)
        return Node(self.array + other.array, (self, other), lambda g: (g, g))

    __radd__ = __add__

    def __mul__(self, other):
        other = as_node(other)
        return Node(
            self.array * other.array, (self, other), lambda g: (g * other.array, g * self.array)
        )

    __rmul__ = __mul__

    def __neg__(self):
        return Node(-self.array, (self,), lambda g: (-g,))

    def __sub__(self, other):
        return self + -as_node(other)

    def __rsub__(self, other):
        return as_node(other) + -self

    def __matmul__(self, other):
        return Node(
            self.array @ other.array,
            (self, other),
            lambda g: (g @ other.array.T, self.array.T @ g),
        )

    def relu(self):
        return Node(np.maximum(self.array, 0), (self,), lambda g: (g * (g > 0),))

    def exp(self):
        e = np.exp(self.array)
        return Node(e, (self,), lambda g: (g * e,))

    def sum(self):
        return Node(self.array.sum(), (self,), lambda g: (np.full(self.array.shape, g),))

    def mean(self):
        n = self.array.size
        return Node(self.array.mean(), (self,), lambda g: (np.full(self.array.shape, g / n),))

    def compute_gradients(self, upstream=None):
        uses, todo, seen = Counter(), [self], {id(self)}
        while todo:
            node = todo.pop()
            for below in node.inputs:
                uses[id(below)] += 1
                if id(below) not in seen:
                    seen.add(id(below))
                    below.gradient = None
                    todo.append(below)
        self.gradient = np.ones_like(self.array) if upstream is None else np.asarray(upstream)
        ready = deque([self])
        while ready:
            node = ready.popleft()
            for below, g in zip(node.inputs, node.back(node.gradient) if node.back else ()):
                g = shrink(np.asarray(g), below.array.shape)
                below.gradient = g if below.gradient is None else below.gradient + g
                uses[id(below)] -= 1
                if not uses[id(below)]:
                    ready.append(below)


def as_node(x):
    return x if isinstance(x, Node) else Node(x)


def shrink(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
