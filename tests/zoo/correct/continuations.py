"""No graph at all: each result holds a callback, and a count of who has still to call it."""

import math


class Value:
    __slots__ = ("_missing", "_pull", "data", "grad", "users")

    def __init__(self, data, pull=None):
        self.data, self._pull = data, pull
        self.grad, self.users, self._missing = None, 0, 0

    def _use(self):
        self.users += 1
        return self

    def __add__(self, other):
        a, b = self._use(), (other if isinstance(other, Value) else Value(other))._use()
        return Value(a.data + b.data, lambda g: ((a, g), (b, g)))

    __radd__ = __add__

    def __mul__(self, other):
        a, b = self._use(), (other if isinstance(other, Value) else Value(other))._use()
        return Value(a.data * b.data, lambda g: ((a, g * b.data), (b, g * a.data)))

    __rmul__ = __mul__

    def __pow__(self, exponent):
        assert isinstance(exponent, int | float), "numbers only"
        a = self._use()
        slope = exponent * a.data ** (exponent - 1) if exponent else 0.0
        return Value(a.data**exponent, lambda g: ((a, g * slope),))

    def exp(self):
        a, out = self._use(), math.exp(self.data)
        return Value(out, lambda g: ((a, g * out),))

    def backward(self):
        """Only results that lead here take part: they are counted first."""
        counts, stack, seen = {}, [self], {id(self)}
        while stack:
            node = stack.pop()
            for operand, _ in node._pull(0.0) if node._pull else ():
                counts[id(operand)] = counts.get(id(operand), 0) + 1
                if id(operand) not in seen:
                    seen.add(id(operand))
                    operand.grad = None
                    stack.append(operand)
        self.grad, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            for operand, part in node._pull(node.grad) if node._pull else ():
                operand.grad = part if operand.grad is None else operand.grad + part
                counts[id(operand)] -= 1
                if not counts[id(operand)]:
                    ready.append(operand)
