"""WRONG in tanh, backward (missing-upstream): the local derivative is passed on alone.

Function classes whose instances remember; class Variable(value); .value, .grad, backward(grad=1.0).
Operations: + - * and unary minus, numbers on either side, Tanh, Exp, Sin, Sigmoid as classes and
tanh, exp, sin, sigmoid as methods. Plain numbers; gradients of inputs add up over calls.
"""

import math


class Function:
    def __init__(self, *inputs):
        self.inputs = [i if isinstance(i, Variable) else Variable(i) for i in inputs]

    def run(self):
        self.output = self.forward(*(i.value for i in self.inputs))
        return Variable(self.output, creator=self)

    @classmethod
    def of(cls, *inputs):
        return cls(*inputs).run()


class Add(Function):
    def forward(self, x, y):
        return x + y

    def backward(self, grad):
        return grad, grad


class Sub(Function):
    def forward(self, x, y):
        return x - y

    def backward(self, grad):
        return grad, -grad


class Mul(Function):
    def forward(self, x, y):
        self.saved = x, y
        return x * y

    def backward(self, grad):
        x, y = self.saved
        return grad * y, grad * x


class Neg(Function):
    def forward(self, x):
        return -x

    def backward(self, grad):
        return (-grad,)


class Exp(Function):
    def forward(self, x):
        return math.exp(x)

    def backward(self, grad):
        return (grad * self.output,)


class Sin(Function):
    def forward(self, x):
        self.slope = math.cos(x)
        return math.sin(x)

    def backward(self, grad):
        return (grad * self.slope,)


class Tanh(Function):
    def forward(self, x):
        return math.tanh(x)

    def backward(self, grad):
        return (1 - self.output**2,)


class Sigmoid(Function):
    def forward(self, x):
        return 0.5 + 0.5 * math.tanh(x / 2)

    def backward(self, grad):
        return (grad * self.output * (1 - self.output),)


class Variable:
    def __init__(self, value, creator=None):
        self.value = value
        self.creator = creator
        self.grad = 0.0

    def backward(self, grad=1.0):
        waiting, stack = {id(self): 0}, [self]
        while stack:
            creator = stack.pop().creator
            for i in creator.inputs if creator else ():
                if id(i) not in waiting:
                    waiting[id(i)] = 0
                    stack.append(i)
                waiting[id(i)] += 1
        arriving, ready = {id(self): grad}, [self]
        while ready:
            variable = ready.pop()
            g = arriving[id(variable)]
            variable.grad += g
            creator = variable.creator
            for i, part in zip(creator.inputs, creator.backward(g)) if creator else ():
                arriving[id(i)] = arriving.get(id(i), 0.0) + part
                waiting[id(i)] -= 1
                if not waiting[id(i)]:
                    ready.append(i)

    def __add__(self, other):
        return Add.of(self, other)

    def __radd__(self, other):
        return Add.of(other, self)

    def __sub__(self, other):
        return Sub.of(self, other)

    def __rsub__(self, other):
        return Sub.of(other, self)

    def __mul__(self, other):
        return Mul.of(self, other)

    def __rmul__(self, other):
        return Mul.of(other, self)

    def __neg__(self):
        return Neg.of(self)

    def exp(self):
        return Exp.of(self)

    def sin(self):
        return Sin.of(self)

    def tanh(self):
        return Tanh.of(self)

    def sigmoid(self):
        return Sigmoid.of(self)
