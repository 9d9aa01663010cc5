"""A graph is built first, of nodes without numbers; then it is run forward, and backward."""

import math


class Node:
    def __init__(self, value=None):
        self.value = value
        self.inputs = ()
        self.gradient = 0.0

    def _compute(self):
        """The value from the inputs' values."""

    def _propagate(self):
        """Hands this node's gradient on to its inputs."""

    def schedule(self):
        """The nodes below, inputs first."""
        done, order, todo = set(), [], [self]
        while todo:
            node = todo[-1]
            waiting = [i for i in node.inputs if i not in done]
            if waiting:
                todo.extend(waiting)
            else:
                todo.pop()
                if node not in done:  #: engine order
                    done.add(node)
                    order.append(node)
        return order

    def forward(self):
        for node in self.schedule():
            node._compute()
        return self.value

    def backward(self, seed=1.0):
        plan = self.schedule()
        for node in plan:
            node.gradient = 0.0  #: engine reset
        self.gradient = seed  #: engine seed
        for node in reversed(plan):  #: engine order
            node._propagate()

    def __add__(self, other):
        return Add(self, constant(other))

    def __radd__(self, other):
        return Add(constant(other), self)

    def __sub__(self, other):
        return Subtract(self, constant(other))

    def __rsub__(self, other):
        return Subtract(constant(other), self)

    def __mul__(self, other):
        return Multiply(self, constant(other))

    def __rmul__(self, other):
        return Multiply(constant(other), self)

    def __truediv__(self, other):
        return Divide(self, constant(other))

    def __rtruediv__(self, other):
        return Divide(constant(other), self)

    def __neg__(self):
        return Negate(self)


class Gate(Node):
    def __init__(self, *inputs):
        super().__init__()
        self.inputs = inputs


def constant(x):
    return x if isinstance(x, Node) else Node(x)


class Add(Gate):
    def _compute(self):
        a, b = self.inputs
        self.value = a.value + b.value  #: add value

    def _propagate(self):
        a, b = self.inputs
        a.gradient += self.gradient  #: add x
        b.gradient += self.gradient  #: add y


class Subtract(Gate):
    def _compute(self):
        a, b = self.inputs
        self.value = a.value - b.value  #: sub value

    def _propagate(self):
        a, b = self.inputs
        a.gradient += self.gradient  #: sub x
        b.gradient -= self.gradient  #: sub y


class Multiply(Gate):
    def _compute(self):
        a, b = self.inputs
        self.value = a.value * b.value  #: mul value

    def _propagate(self):
        a, b = self.inputs
        a.gradient += self.gradient * b.value  #: mul x
        b.gradient += self.gradient * a.value  #: mul y


class Divide(Gate):
    def _compute(self):
        a, b = self.inputs
        self.value = a.value / b.value  #: div value

    def _propagate(self):
        a, b = self.inputs
        a.gradient += self.gradient / b.value  #: div x
        b.gradient -= self.gradient * self.value / b.value  #: div y


class Negate(Gate):
    def _compute(self):
        self.value = -self.inputs[0].value  #: neg value

    def _propagate(self):
        self.inputs[0].gradient -= self.gradient  #: neg x


class Exp(Gate):
    def _compute(self):
        self.value = math.exp(self.inputs[0].value)  #: exp value

    def _propagate(self):
        self.inputs[0].gradient += self.gradient * self.value  #: exp x


class Log(Gate):
    def _compute(self):
        self.value = math.log(self.inputs[0].value)  #: log value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient / x.value  #: log x


class Sqrt(Gate):
    def _compute(self):
        self.value = math.sqrt(self.inputs[0].value)  #: sqrt value

    def _propagate(self):
        self.inputs[0].gradient += self.gradient * 0.5 / self.value  #: sqrt x


class Sine(Gate):
    def _compute(self):
        self.value = math.sin(self.inputs[0].value)  #: sin value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient * math.cos(x.value)  #: sin x


class Cosine(Gate):
    def _compute(self):
        self.value = math.cos(self.inputs[0].value)  #: cos value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient * -math.sin(x.value)  #: cos x


class Arctan(Gate):
    def _compute(self):
        self.value = math.atan(self.inputs[0].value)  #: atan value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient / (1 + x.value**2)  #: atan x


class Sinh(Gate):
    def _compute(self):
        self.value = math.sinh(self.inputs[0].value)  #: sinh value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient * math.cosh(x.value)  #: sinh x


class Cosh(Gate):
    def _compute(self):
        self.value = math.cosh(self.inputs[0].value)  #: cosh value

    def _propagate(self):
        (x,) = self.inputs
        x.gradient += self.gradient * math.sinh(x.value)  #: cosh x


class Tanh(Gate):
    def _compute(self):
        self.value = math.tanh(self.inputs[0].value)  #: tanh value

    def _propagate(self):
        self.inputs[0].gradient += self.gradient * (1 - self.value**2)  #: tanh x


class Sigmoid(Gate):
    def _compute(self):
        self.value = 0.5 * (1 + math.tanh(self.inputs[0].value / 2))  #: sigmoid value

    def _propagate(self):
        self.inputs[0].gradient += self.gradient * self.value * (1 - self.value)  #: sigmoid x


class Relu(Gate):
    def _compute(self):
        (x,) = self.inputs
        self.value = x.value if x.value >= 0 else 0.0  #: relu value

    def _propagate(self):
        (x,) = self.inputs
        if x.value > 0:
            x.gradient += self.gradient  #: relu x


class Absolute(Gate):
    def _compute(self):
        (x,) = self.inputs
        self.value = -x.value if x.value < 0 else x.value  #: abs value

    def _propagate(self):
        (x,) = self.inputs
        sign = (x.value > 0) - (x.value < 0)
        x.gradient += self.gradient * sign  #: abs x


def exp(x):
    return Exp(x)


def log(x):
    return Log(x)


def sqrt(x):
    return Sqrt(x)


def sin(x):
    return Sine(x)


def cos(x):
    return Cosine(x)


def atan(x):
    return Arctan(x)


def sinh(x):
    return Sinh(x)


def cosh(x):
    return Cosh(x)


def tanh(x):
    return Tanh(x)


def sigmoid(x):
    return Sigmoid(x)


def relu(x):
    return Relu(x)


def absolute(x):
    return Absolute(x)
