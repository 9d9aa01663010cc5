"""
Code for the blog post "Reverse-mode autodiff is just the chain rule and a loop".

Each variable remembers its inputs together with the *local derivative* with
respect to each of them. No tape, no closures.
"""
from collections import defaultdict
import math


class Variable:
    def __init__(self, value, local_gradients=()):
        self.value = value
        self.local_gradients = local_gradients

    def __add__(self, other):
        return add(self, other)

    def __mul__(self, other):
        return mul(self, other)

    def __sub__(self, other):
        return add(self, neg(other))

    def __truediv__(self, other):
        return mul(self, inv(other))

    def __neg__(self):
        return neg(self)

    def __repr__(self):
        return f'<Variable {self.value}>'


def add(a, b):
    return Variable(a.value + b.value, ((a, 1), (b, 1)))


def mul(a, b):
    return Variable(a.value * b.value, ((a, b.value), (b, a.value)))


def neg(a):
    return Variable(-1 * a.value, ((a, -1),))


def inv(a):
    v = 1. / a.value
    return Variable(v, ((a, -1 / a.value ** 2),))


def power(a, n):
    """n is a plain python number"""
    return Variable(a.value ** n, ((a, n * a.value ** (n - 1)),))


def sin(a):
    return Variable(math.sin(a.value), ((a, math.cos(a.value)),))


def cos(a):
    return Variable(math.cos(a.value), ((a, -math.sin(a.value)),))


def exp(a):
    v = math.exp(a.value)
    return Variable(v, ((a, v),))


def log(a):
    return Variable(math.log(a.value), ((a, 1. / a.value),))


def sqrt(a):
    r = math.sqrt(a.value)
    return Variable(r, ((a, 0.5 / r),))


def tanh(a):
    t = math.tanh(a.value)
    return Variable(t, ((a, 1 - t ** 2),))


def maximum(a, b):
    if a.value >= b.value:
        return Variable(a.value, ((a, 1.), (b, 0.)))
    return Variable(b.value, ((a, 0.), (b, 1.)))


def get_gradients(variable):
    """d(variable)/d(everything below it). Walks every path, so it's
    exponential in the worst case, but hey, it is 10 lines."""
    gradients = defaultdict(lambda: 0)

    def compute_gradients(variable, path_value):
        for child, local in variable.local_gradients:
            value_of_path = path_value * local
            gradients[child] += value_of_path
            compute_gradients(child, value_of_path)

    compute_gradients(variable, path_value=1)
    return gradients


if __name__ == '__main__':
    a, b = Variable(230.3), Variable(33.2)
    y = (a / b - a) * (b / a + a + b) * (a - b)
    g = get_gradients(y)
    print('dy/da', g[a])
    print('dy/db', g[b])
    d = 1e-6
    def f(a, b):
        return (a / b - a) * (b / a + a + b) * (a - b)
    print('numeric', (f(230.3 + d, 33.2) - f(230.3, 33.2)) / d)
