"""WRONG in the engine, backward (double-count): nodes are visited breadth first, once for each use, and
a node that is reached again passes on all that it has so far.

A class Scalar with .value and .gradient; backward(). Operations: + - * and unary minus, numbers on
either side, sin, cos, exp. Each rule is right; graphs without reuse of results are right.
"""

import math
from collections import deque


class Scalar:
    def __init__(self, value, sources=()):
        self.value = value
        self.gradient = 0.0
        self.sources = sources

    def backward(self):
        self._clear()
        self.gradient = 1.0
        queue = deque([self])
        turns = 0
        while queue and turns < 100000:
            node = queue.popleft()
            turns += 1
            for source, slope in node.sources:
                source.gradient += slope * node.gradient
                queue.append(source)

    def _clear(self):
        seen, stack = set(), [self]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                node.gradient = 0.0
                stack.extend(s for s, _ in node.sources)

    def __add__(self, other):
        other = scalar(other)
        return Scalar(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __sub__(self, other):
        other = scalar(other)
        return Scalar(self.value - other.value, ((self, 1.0), (other, -1.0)))

    def __mul__(self, other):
        other = scalar(other)
        return Scalar(self.value * other.value, ((self, other.value), (other, self.value)))

    def __neg__(self):
        return Scalar(-self.value, ((self, -1.0),))

    def __radd__(self, other):
        return scalar(other) + self

    def __rsub__(self, other):
        return scalar(other) - self

    def __rmul__(self, other):
        return scalar(other) * self

    def sin(self):
        return Scalar(math.sin(self.value), ((self, math.cos(self.value)),))

    def cos(self):
        return Scalar(math.cos(self.value), ((self, -math.sin(self.value)),))

    def exp(self):
        e = math.exp(self.value)
        return Scalar(e, ((self, e),))


def scalar(x):
    return x if isinstance(x, Scalar) else Scalar(x)
