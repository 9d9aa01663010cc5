"""Each operation is a generator: it yields its result, sleeps, and is woken in the backward pass with
the result's gradient in its hand. A stack of sleeping generators is the tape.

Class Scalar; operations + - * / and unary minus, numbers on either side, exp, log, sin, tanh, relu.
To be said: right; plain numbers. One backward for one graph: generators wake up once, and a second
call does nothing more to it.
"""

import functools
import math

_sleeping = []


class Scalar:
    def __init__(self, data):
        self.data = data
        self.grad = 0.0

    def backward(self):
        self.grad = self.grad or 1.0
        while _sleeping:
            generator = _sleeping.pop()
            next(generator, None)

    def __repr__(self):
        return f"Scalar({self.data}, grad={self.grad})"


def operation(function):
    @functools.wraps(function)
    def start(*operands):
        generator = function(*(o if isinstance(o, Scalar) else Scalar(o) for o in operands))
        result = next(generator)
        _sleeping.append(generator)
        return result

    return start


@operation
def add(x, y):
    yield (z := Scalar(x.data + y.data))
    x.grad += z.grad
    y.grad += z.grad


@operation
def sub(x, y):
    yield (z := Scalar(x.data - y.data))
    x.grad += z.grad
    y.grad -= z.grad


@operation
def mul(x, y):
    yield (z := Scalar(x.data * y.data))
    x.grad += y.data * z.grad
    y.grad += x.data * z.grad


@operation
def div(x, y):
    yield (z := Scalar(x.data / y.data))
    x.grad += z.grad / y.data
    y.grad -= z.grad * x.data / y.data**2


@operation
def neg(x):
    yield (z := Scalar(-x.data))
    x.grad -= z.grad


@operation
def exp(x):
    yield (z := Scalar(math.exp(x.data)))
    x.grad += z.grad * z.data


@operation
def log(x):
    yield (z := Scalar(math.log(x.data)))
    x.grad += z.grad / x.data


@operation
def sin(x):
    yield (z := Scalar(math.sin(x.data)))
    x.grad += z.grad * math.cos(x.data)


@operation
def tanh(x):
    yield (z := Scalar(math.tanh(x.data)))
    x.grad += z.grad * (1 - z.data**2)


@operation
def relu(x):
    yield (z := Scalar(max(x.data, 0.0)))
    if x.data > 0:
        x.grad += z.grad


Scalar.__add__ = add
Scalar.__radd__ = lambda x, y: add(y, x)
Scalar.__sub__ = sub
Scalar.__rsub__ = lambda x, y: sub(y, x)
Scalar.__mul__ = mul
Scalar.__rmul__ = lambda x, y: mul(y, x)
Scalar.__truediv__ = div
Scalar.__rtruediv__ = lambda x, y: div(y, x)
Scalar.__neg__ = neg
