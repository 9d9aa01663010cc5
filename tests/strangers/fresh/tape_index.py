"""Reverse mode on a tape of indices: tape.var(x), then z.grad().wrt(x), after a well known blog post."""
import math


class Entry:
    __slots__ = "weights", "deps"

    def __init__(self, weights, deps):
        self.weights, self.deps = weights, deps


class Tape:
    def __init__(self):
        self.nodes = []

    def var(self, value):
        return Var(self, self.push0(), value)

    def push0(self):
        self.nodes.append(Entry((0.0, 0.0), (len(self.nodes), len(self.nodes))))
        return len(self.nodes) - 1

    def push1(self, dep, weight):
        self.nodes.append(Entry((weight, 0.0), (dep, len(self.nodes))))
        return len(self.nodes) - 1

    def push2(self, dep0, weight0, dep1, weight1):
        self.nodes.append(Entry((weight0, weight1), (dep0, dep1)))
        return len(self.nodes) - 1


class Grad:
    def __init__(self, derivs):
        self._derivs = derivs

    def wrt(self, var):
        return self._derivs[var.index]


class Var:
    def __init__(self, tape, index, value):
        self.tape, self.index, self.value = tape, index, value

    def _unary(self, value, weight):
        return Var(self.tape, self.tape.push1(self.index, weight), value)

    def _binary(self, other, value, w0, w1):
        return Var(self.tape, self.tape.push2(self.index, w0, other.index, w1), value)

    def _lift(self, other):
        return other if isinstance(other, Var) else self.tape.var(other)

    def __add__(self, other):
        other = self._lift(other)
        return self._binary(other, self.value + other.value, 1.0, 1.0)

    __radd__ = __add__

    def __sub__(self, other):
        other = self._lift(other)
        return self._binary(other, self.value - other.value, 1.0, -1.0)

    def __rsub__(self, other):
        return self._lift(other) - self

    def __mul__(self, other):
        other = self._lift(other)
        return self._binary(other, self.value * other.value, other.value, self.value)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = self._lift(other)
        return self._binary(other, self.value / other.value, 1 / other.value, -self.value / other.value ** 2)

    def __rtruediv__(self, other):
        return self._lift(other) / self

    def __neg__(self):
        return self._unary(-self.value, -1.0)

    def __pow__(self, n):
        return self._unary(self.value ** n, n * self.value ** (n - 1))

    def sin(self):
        return self._unary(math.sin(self.value), math.cos(self.value))

    def exp(self):
        return self._unary(math.exp(self.value), math.exp(self.value))

    def ln(self):
        return self._unary(math.log(self.value), 1 / self.value)

    def grad(self):
        derivs = [0.0] * len(self.tape.nodes)
        derivs[self.index] = 1.0
        for i in reversed(range(len(self.tape.nodes))):
            node = self.tape.nodes[i]
            for j in range(2):
                derivs[node.deps[j]] += node.weights[j] * derivs[i]
        return Grad(derivs)
