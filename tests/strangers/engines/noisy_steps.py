"""An engine that tells what it does: a line for each operation and each step backwards, by print.

Class Node(val); .val and .d; operations + - * / and unary minus, numbers on either side; functions
of the module: exp, ln, tanh, relu.
To be said: right; plain numbers; prints a lot, which is counted and not shown.
"""

import math

DEBUG = True


def say(*words):
    if DEBUG:
        print("[engine]", *words)


class Node:
    def __init__(self, val, *inputs, name="input"):
        self.val = val
        self.d = 0.0
        self.inputs = inputs
        self.name = name
        say("made", name, "=", val)

    def __add__(self, o):
        o = as_node(o)
        return Node(self.val + o.val, (self, 1.0), (o, 1.0), name="add")

    def __sub__(self, o):
        o = as_node(o)
        return Node(self.val - o.val, (self, 1.0), (o, -1.0), name="sub")

    def __mul__(self, o):
        o = as_node(o)
        return Node(self.val * o.val, (self, o.val), (o, self.val), name="mul")

    def __truediv__(self, o):
        o = as_node(o)
        return Node(self.val / o.val, (self, 1 / o.val), (o, -self.val / o.val**2), name="div")

    def __neg__(self):
        return Node(-self.val, (self, -1.0), name="neg")

    def __radd__(self, o):
        return as_node(o) + self

    def __rsub__(self, o):
        return as_node(o) - self

    def __rmul__(self, o):
        return as_node(o) * self

    def __rtruediv__(self, o):
        return as_node(o) / self

    def backprop(self, d=1.0):
        counts, stack = {self: 0}, [self]
        while stack:
            for i, _ in stack.pop().inputs:
                if i not in counts:
                    counts[i] = 0
                    stack.append(i)
                counts[i] += 1
        for node in counts:
            node.d = 0.0
        self.d = d
        ready = [self]
        while ready:
            node = ready.pop(0)
            for i, local in node.inputs:
                say("from", node.name, "to", i.name, ":", local, "*", node.d)
                i.d += local * node.d
                counts[i] -= 1
                if counts[i] == 0:
                    ready.append(i)


def as_node(x):
    return x if isinstance(x, Node) else Node(x, name="constant")


def exp(x):
    y = math.exp(x.val)
    return Node(y, (x, y), name="exp")


def ln(x):
    return Node(math.log(x.val), (x, 1 / x.val), name="ln")


def tanh(x):
    y = math.tanh(x.val)
    return Node(y, (x, 1 - y**2), name="tanh")


def relu(x):
    return Node(x.val if x.val > 0 else 0.0, (x, 1.0 if x.val > 0 else 0.0), name="relu")
