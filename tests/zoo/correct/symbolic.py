"""A gradient is an expression that is built first and computed when somebody asks for it: .grad is
a method."""

import math


class Variable:
    def __init__(self, data, parents=()):
        self.data = data
        self.parents = parents
        self.slope = None

    def grad(self):
        if self.slope is None:
            return None
        return math.fsum(term() for term in self.slope)

    def __add__(self, other):
        if not isinstance(other, Variable):
            return Variable(self.data + other, ((self, lambda: 1.0),))
        return Variable(self.data + other.data, ((self, lambda: 1.0), (other, lambda: 1.0)))

    __radd__ = __add__

    def __mul__(self, other):
        if not isinstance(other, Variable):
            return Variable(self.data * other, ((self, lambda: float(other)),))
        return Variable(
            self.data * other.data, ((self, lambda: other.data), (other, lambda: self.data))
        )

    __rmul__ = __mul__

    def __sub__(self, other):
        return self + other * -1.0

    def __rsub__(self, other):
        return self * -1.0 + other

    def cos(self):
        return Variable(math.cos(self.data), ((self, lambda: -math.sin(self.data)),))

    def backprop(self):
        nodes, seen, stack = [], set(), [self]
        while stack:
            node = stack.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            nodes.append(node)
            stack += [parent for parent, _ in node.parents]
        for node in nodes:
            node.slope = []
        self.slope.append(lambda: 1.0)
        known = {}

        def total(node):
            if id(node) not in known:
                known[id(node)] = node.grad()
            return known[id(node)]

        def term(node, local):
            return lambda: local() * total(node)

        for node in nodes:
            for parent, local in node.parents:
                parent.slope.append(term(node, local))
        order, done, stack = [], set(), [(self, False)]
        while stack:
            node, out = stack.pop()
            if out:
                order.append(node)
            elif id(node) not in done:
                done.add(id(node))
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in node.parents]
        for node in reversed(order):
            total(node)
