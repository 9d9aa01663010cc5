"""Every variable has a name: Variable("x", 3.0). Names of results are made up from the operands'.

Operations: + - * / ** (number) and unary minus, numbers on either side; functions Sin, Cos, Exp, Log,
Sqrt, Tanh (with a capital).
To be said: right; plain numbers. backward() gives a dictionary from names to derivatives and also sets
.derivative of every variable below.
"""

import math


class Variable:
    def __init__(self, name, value, *, parents=()):
        if not isinstance(name, str):
            raise TypeError("a variable needs a name: Variable('x', 3.0)")
        self.name = name[:60]  # or x + x + x + ... would fill the memory with names
        self.value = value
        self.parents = parents
        self.derivative = None

    def __repr__(self):
        return f"{self.name} = {self.value}"

    def _other(self, other):
        if isinstance(other, Variable):
            return other
        return Variable(repr(other), other)

    def __add__(self, other):
        other = self._other(other)
        name = f"({self.name} + {other.name})"
        return Variable(name, self.value + other.value, parents=((self, 1), (other, 1)))

    def __sub__(self, other):
        other = self._other(other)
        name = f"({self.name} - {other.name})"
        return Variable(name, self.value - other.value, parents=((self, 1), (other, -1)))

    def __mul__(self, other):
        other = self._other(other)
        return Variable(
            f"{self.name} * {other.name}",
            self.value * other.value,
            parents=((self, other.value), (other, self.value)),
        )

    def __truediv__(self, other):
        other = self._other(other)
        return Variable(
            f"{self.name} / {other.name}",
            self.value / other.value,
            parents=((self, 1 / other.value), (other, -self.value / other.value**2)),
        )

    def __pow__(self, n):
        assert not isinstance(n, Variable), "exponents are numbers"
        slope = n * self.value ** (n - 1) if n != 0 else 0.0
        return Variable(f"{self.name}^{n}", self.value**n, parents=((self, slope),))

    def __neg__(self):
        return Variable(f"-{self.name}", -self.value, parents=((self, -1),))

    def __radd__(self, other):
        return self._other(other) + self

    def __rsub__(self, other):
        return self._other(other) - self

    def __rmul__(self, other):
        return self._other(other) * self

    def __rtruediv__(self, other):
        return self._other(other) / self

    def backward(self):
        uses = {self: 0}
        todo = [self]
        while todo:
            for parent, _ in todo.pop().parents:
                if parent not in uses:
                    uses[parent] = 0
                    todo.append(parent)
                uses[parent] += 1
        for variable in uses:
            variable.derivative = 0.0
        self.derivative = 1.0
        todo = [self]
        while todo:
            variable = todo.pop()
            for parent, slope in variable.parents:
                parent.derivative += slope * variable.derivative
                uses[parent] -= 1
                if uses[parent] == 0:
                    todo.append(parent)
        return {variable.name: variable.derivative for variable in uses}


def _function(label, x, value, slope):
    return Variable(f"{label}({x.name})", value, parents=((x, slope),))


def Sin(x):
    return _function("sin", x, math.sin(x.value), math.cos(x.value))


def Cos(x):
    return _function("cos", x, math.cos(x.value), -math.sin(x.value))


def Exp(x):
    e = math.exp(x.value)
    return _function("exp", x, e, e)


def Log(x):
    return _function("log", x, math.log(x.value), 1 / x.value)


def Sqrt(x):
    r = math.sqrt(x.value)
    return _function("sqrt", x, r, 0.5 / r)


def Tanh(x):
    t = math.tanh(x.value)
    return _function("tanh", x, t, 1 - t * t)
