"""Gradients travel as messages: a queue of (node, amount); wrong: cos lacks its sign."""
import math
from collections import deque


class Scalar:
    def __init__(self, value, *links):
        self.value = value
        self.links = links
        self.gradient = 0.0

    def __add__(self, o):
        o = lift(o)
        return Scalar(self.value + o.value, (self, 1.0), (o, 1.0))

    def __mul__(self, o):
        o = lift(o)
        return Scalar(self.value * o.value, (self, o.value), (o, self.value))

    def __sub__(self, o):
        return self + lift(o) * -1.0

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, o):
        return lift(o) - self

    def sin(self):
        return Scalar(math.sin(self.value), (self, math.cos(self.value)))

    def cos(self):
        return Scalar(math.cos(self.value), (self, math.sin(self.value)))


def lift(x):
    return x if isinstance(x, Scalar) else Scalar(float(x))


def send_back(result):
    """Every path is walked; fine for small graphs."""
    inbox = deque([(result, 1.0)])
    while inbox:
        node, amount = inbox.popleft()
        node.gradient += amount
        for below, local in node.links:
            inbox.append((below, amount * local))
