"""A Wengert list: each line of the tape holds up to two (index, partial derivative) pairs."""

from math import cos, erf, exp, expm1, inf, log, log1p, pi, sin, sqrt, tan, tanh


class Tape:
    def __init__(self):
        self.lines = []
        self.adjoints = []

    def var(self, value):
        return Var(self, value, self.push())

    def push(self, *pairs):
        self.lines.append(pairs)
        return len(self.lines) - 1


class Var:
    def __init__(self, tape, value, index):
        self.tape = tape
        self.value = value
        self.index = index

    @property
    def grad(self):
        adjoints = self.tape.adjoints
        return adjoints[self.index] if self.index < len(adjoints) else 0.0

    def lift(self, x):
        return x if isinstance(x, Var) else Var(self.tape, x, self.tape.push())

    def unary(self, value, dx):
        return Var(self.tape, value, self.tape.push((self.index, dx)))

    def binary(self, y, value, dx, dy):
        return Var(self.tape, value, self.tape.push((self.index, dx), (y.index, dy)))

    def __add__(self, y):
        y = self.lift(y)
        value = self.value + y.value  #: add value
        dx = 1.0  #: add x
        dy = 1.0  #: add y
        return self.binary(y, value, dx, dy)

    __radd__ = __add__

    def __sub__(self, y):
        y = self.lift(y)
        value = self.value - y.value  #: sub value
        dx = 1.0  #: sub x
        dy = -1.0  #: sub y
        return self.binary(y, value, dx, dy)

    def __rsub__(self, y):
        return self.lift(y) - self

    def __mul__(self, y):
        y = self.lift(y)
        value = self.value * y.value  #: mul value
        dx = y.value  #: mul x
        dy = self.value  #: mul y
        return self.binary(y, value, dx, dy)

    __rmul__ = __mul__

    def __truediv__(self, y):
        y = self.lift(y)
        value = self.value / y.value  #: div value
        dx = 1.0 / y.value  #: div x
        dy = -self.value / (y.value * y.value)  #: div y
        return self.binary(y, value, dx, dy)

    def __rtruediv__(self, y):
        return self.lift(y) / self

    def __neg__(self):
        value = -self.value  #: neg value
        dx = -1.0  #: neg x
        return self.unary(value, dx)

    def exp(self):
        value = exp(self.value)  #: exp value
        dx = value  #: exp x
        return self.unary(value, dx)

    def expm1(self):
        value = expm1(self.value)  #: expm1 value
        dx = value + 1.0  #: expm1 x
        return self.unary(value, dx)

    def log(self):
        value = log(self.value)  #: log value
        dx = 1.0 / self.value  #: log x
        return self.unary(value, dx)

    def log1p(self):
        value = log1p(self.value)  #: log1p value
        dx = 1.0 / (1.0 + self.value)  #: log1p x
        return self.unary(value, dx)

    def sqrt(self):
        value = sqrt(self.value)  #: sqrt value
        dx = 0.5 / value if value > 0 else inf  #: sqrt x
        return self.unary(value, dx)

    def square(self):
        value = self.value * self.value  #: square value
        dx = 2.0 * self.value  #: square x
        return self.unary(value, dx)

    def reciprocal(self):
        value = 1.0 / self.value  #: reciprocal value
        dx = -value * value  #: reciprocal x
        return self.unary(value, dx)

    def sin(self):
        value = sin(self.value)  #: sin value
        dx = cos(self.value)  #: sin x
        return self.unary(value, dx)

    def cos(self):
        value = cos(self.value)  #: cos value
        dx = -sin(self.value)  #: cos x
        return self.unary(value, dx)

    def tan(self):
        value = tan(self.value)  #: tan value
        dx = 1.0 + value * value  #: tan x
        return self.unary(value, dx)

    def tanh(self):
        value = tanh(self.value)  #: tanh value
        dx = 1.0 - value * value  #: tanh x
        return self.unary(value, dx)

    def erf(self):
        value = erf(self.value)  #: erf value
        dx = 2.0 / sqrt(pi) * exp(-self.value * self.value)  #: erf x
        return self.unary(value, dx)

    def sigmoid(self):
        if self.value >= 0:
            value = 1.0 / (1.0 + exp(-self.value))  #: sigmoid value
        else:
            value = exp(self.value) / (1.0 + exp(self.value))  #: sigmoid value
        dx = value * (1.0 - value)  #: sigmoid x
        return self.unary(value, dx)

    def relu(self):
        value = max(self.value, 0.0)  #: relu value
        dx = 1.0 if self.value > 0 else 0.0  #: relu x
        return self.unary(value, dx)

    def maximum(self, y):
        y = self.lift(y)
        value = max(self.value, y.value)  #: maximum value
        dx = 0.5 if self.value == y.value else float(self.value > y.value)  #: maximum x
        dy = 1.0 - dx  #: maximum y
        return self.binary(y, value, dx, dy)

    def backward(self, seed=1.0):
        adjoints = [0.0] * len(self.tape.lines)
        adjoints[self.index] = seed  #: engine seed
        for index in range(self.index, -1, -1):  #: engine order
            for parent, partial in self.tape.lines[index]:
                adjoints[parent] += partial * adjoints[index]  #: engine accumulate
        self.tape.adjoints = adjoints
