"""A gradient is the sum over all that used a number; each asks its users, and remembers."""

import math
import sys

sys.setrecursionlimit(20_000)


class Var:
    def __init__(self, value, operands=()):
        self.value = value
        self.operands = operands
        self.users = []
        self.known = None

    def used(self, result, slope):
        self.users.append((result, slope))

    def gradient(self):
        if self.known is None:
            self.known = 0.0
            for result, slope in self.users:
                self.known += slope() * result.gradient()  #: engine accumulate
        return self.known

    def backward(self, seed=1.0):
        nodes = around(self)
        for node in nodes:
            node.known = None  #: engine reset
        self.known = seed  #: engine seed
        for node in nodes:
            node.gradient()

    def __add__(self, other):
        other = var(other)
        out = Var(self.value + other.value, (self, other))  #: add value
        self.used(out, lambda: 1.0)  #: add x
        other.used(out, lambda: 1.0)  #: add y
        return out

    def __sub__(self, other):
        other = var(other)
        out = Var(self.value - other.value, (self, other))  #: sub value
        self.used(out, lambda: 1.0)  #: sub x
        other.used(out, lambda: -1.0)  #: sub y
        return out

    def __mul__(self, other):
        other = var(other)
        out = Var(self.value * other.value, (self, other))  #: mul value
        self.used(out, lambda: other.value)  #: mul x
        other.used(out, lambda: self.value)  #: mul y
        return out

    def __truediv__(self, other):
        other = var(other)
        out = Var(self.value / other.value, (self, other))  #: div value
        self.used(out, lambda: 1 / other.value)  #: div x
        other.used(out, lambda: -out.value / other.value)  #: div y
        return out

    def __neg__(self):
        out = Var(-self.value, (self,))  #: neg value
        self.used(out, lambda: -1.0)  #: neg x
        return out

    def __radd__(self, other):
        return var(other) + self

    def __rsub__(self, other):
        return var(other) - self

    def __rmul__(self, other):
        return var(other) * self

    def __rtruediv__(self, other):
        return var(other) / self


def var(x):
    return x if isinstance(x, Var) else Var(x)


def around(output):
    """Everything that has to do with the output, itself first."""
    found, seen = [output], {output}
    for node in found:
        for other in (*node.operands, *(result for result, _ in node.users)):
            if other not in seen:
                seen.add(other)
                found.append(other)
    return found


def exp(x):
    out = Var(math.exp(x.value), (x,))  #: exp value
    x.used(out, lambda: out.value)  #: exp x
    return out


def log(x):
    out = Var(math.log(x.value), (x,))  #: log value
    x.used(out, lambda: 1 / x.value)  #: log x
    return out


def sqrt(x):
    out = Var(math.sqrt(x.value), (x,))  #: sqrt value
    x.used(out, lambda: 1 / (2 * out.value))  #: sqrt x
    return out


def sin(x):
    out = Var(math.sin(x.value), (x,))  #: sin value
    x.used(out, lambda: math.cos(x.value))  #: sin x
    return out


def cos(x):
    out = Var(math.cos(x.value), (x,))  #: cos value
    x.used(out, lambda: -math.sin(x.value))  #: cos x
    return out


def tanh(x):
    out = Var(math.tanh(x.value), (x,))  #: tanh value
    x.used(out, lambda: 1 - out.value**2)  #: tanh x
    return out


def sigmoid(x):
    small = math.exp(-abs(x.value))
    out = Var(1 / (1 + small) if x.value >= 0 else small / (1 + small), (x,))  #: sigmoid value
    x.used(out, lambda: out.value * (1 - out.value))  #: sigmoid x
    return out


def silu(x):
    s = 1 / (1 + math.exp(-x.value))
    out = Var(x.value * s, (x,))  #: silu value
    x.used(out, lambda: s + out.value * (1 - s))  #: silu x
    return out


def relu(x):
    out = Var(max(0.0, x.value), (x,))  #: relu value
    x.used(out, lambda: 1.0 if x.value > 0 else 0.0)  #: relu x
    return out


def elu(x, alpha=1.0):
    out = Var(x.value if x.value > 0 else alpha * math.expm1(x.value), (x,))  #: elu value
    x.used(out, lambda: 1.0 if x.value > 0 else alpha * math.exp(x.value))  #: elu x
    return out


def absolute(x):
    out = Var(abs(x.value), (x,))  #: abs value
    x.used(out, lambda: math.copysign(1.0, x.value) if x.value else 0.0)  #: abs x
    return out


def square(x):
    out = Var(x.value**2, (x,))  #: square value
    x.used(out, lambda: 2 * x.value)  #: square x
    return out


def maximum(x, y):
    x, y = var(x), var(y)
    out = Var(max(x.value, y.value), (x, y))  #: maximum value
    x.used(out, lambda: (x.value > y.value) + 0.5 * (x.value == y.value))  #: maximum x
    y.used(out, lambda: (y.value > x.value) + 0.5 * (x.value == y.value))  #: maximum y
    return out
