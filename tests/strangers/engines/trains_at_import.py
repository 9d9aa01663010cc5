"""A scalar engine with its experiment below it: the `if __name__ == "__main__"` was forgotten, and so
a small training loop runs, and prints, when the file is imported.

Class Value; operations + - * and unary minus, numbers on either side, tanh(), square().
To be said: right; plain numbers; its file prints twenty lines at import.
"""

import math
import random


class Value:
    def __init__(self, data):
        self.data = data
        self.grad = 0
        self.inputs = []
        self.rule = None

    def backward(self):
        order, todo = [], [(self, False)]
        visited = set()
        while todo:
            v, post = todo.pop()
            if post:
                order.append(v)
                continue
            if v in visited:
                continue
            visited.add(v)
            v.grad = 0
            todo.append((v, True))
            for i in v.inputs:
                todo.append((i, False))
        self.grad = 1
        for v in reversed(order):
            if v.rule:
                for i, g in zip(v.inputs, v.rule(v.grad)):
                    i.grad += g

    def __add__(self, other):
        return combine(self, other, lambda x, y: x + y, lambda x, y, g: (g, g))

    def __mul__(self, other):
        return combine(self, other, lambda x, y: x * y, lambda x, y, g: (y * g, x * g))

    def __sub__(self, other):
        return combine(self, other, lambda x, y: x - y, lambda x, y, g: (g, -g))

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def tanh(self):
        out = Value(math.tanh(self.data))
        out.inputs = [self]
        out.rule = lambda g: (g * (1 - out.data**2),)
        return out

    def square(self):
        out = Value(self.data**2)
        out.inputs = [self]
        out.rule = lambda g: (g * 2 * self.data,)
        return out


def combine(a, b, forward, backward):
    b = b if isinstance(b, Value) else Value(b)
    out = Value(forward(a.data, b.data))
    out.inputs = [a, b]
    out.rule = lambda g: backward(a.data, b.data, g)
    return out


rng = random.Random(3)
points = [(rng.uniform(-1, 1), rng.uniform(-1, 1)) for _ in range(8)]
w1, w2, bias = Value(0.1), Value(-0.2), Value(0.0)
for step in range(20):
    loss = Value(0.0)
    for a, b in points:
        prediction = (w1 * a + w2 * b + bias).tanh()
        loss = loss + (prediction - (1.0 if a > b else -1.0)).square()
    loss.backward()
    for p in (w1, w2, bias):
        p.data -= 0.05 * p.grad
    print("step", step, "loss", loss.data)
