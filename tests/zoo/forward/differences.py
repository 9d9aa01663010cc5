"""Scalars by one-sided finite differences: a step so small that it needs decimals of 60 digits."""

from decimal import Decimal, localcontext

STEP = Decimal("1e-30")


class Value:
    def __init__(self, data, compute=None, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.compute = compute
        self.parents = parents

    @staticmethod
    def of(other):
        return other if isinstance(other, Value) else Value(other)

    def result(self, compute, *others):
        parents = (self, *map(Value.of, others))
        return Value(compute(*(parent.data for parent in parents)), compute, parents)

    def __add__(self, other):
        return self.result(lambda a, b: a + b, other)

    def __sub__(self, other):
        return self.result(lambda a, b: a - b, other)

    def __mul__(self, other):
        return self.result(lambda a, b: a * b, other)

    def __truediv__(self, other):
        return self.result(lambda a, b: a / b, other)

    def __neg__(self):
        return self.result(lambda a: -a)

    def __radd__(self, other):
        return Value.of(other) + self

    def __rsub__(self, other):
        return Value.of(other) - self

    def __rmul__(self, other):
        return Value.of(other) * self

    def __rtruediv__(self, other):
        return Value.of(other) / self

    def order(self):
        done, found, waiting = set(), [], [(self, False)]
        while waiting:
            node, ready = waiting.pop()
            if ready:
                found.append(node)
            elif node not in done:
                done.add(node)
                waiting.append((node, True))
                waiting += [(parent, False) for parent in node.parents]
        return found

    def at(self, order, moved=None):
        numbers = {}
        for node in order:
            if node.compute is None:
                numbers[node] = Decimal(node.data) + (STEP if node is moved else 0)
            else:
                numbers[node] = node.compute(*(numbers[parent] for parent in node.parents))
        return numbers[self]

    def backward(self):
        order = self.order()
        with localcontext() as context:
            context.prec = 60
            here = self.at(order)
            for node in order:
                if node.compute is None:
                    node.grad += float((self.at(order, node) - here) / STEP)
