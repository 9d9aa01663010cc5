"""A blog post's engine: each Variable holds its value and (variable, local derivative) pairs;
get_gradients(variable) returns a dictionary. Nothing is stored on the variables.

Operations: + - * / and unary minus between Variables, and the functions add, sub, mul, div, neg,
inv, exp, log, sin, tanh, relu.
To be said: right; plain numbers; it follows every path through the graph, so that deep diamonds take
for ever (every-path), and it recurs once per step of a path (recursion). The seed is 1.
"""

import math
from collections import defaultdict


class Variable:
    def __init__(self, value, local_gradients=()):
        self.value = value
        self.local_gradients = local_gradients

    def __add__(self, other):
        return add(self, other)

    def __mul__(self, other):
        return mul(self, other)

    def __sub__(self, other):
        return sub(self, other)

    def __truediv__(self, other):
        return div(self, other)

    def __neg__(self):
        return neg(self)


def add(a, b):
    return Variable(a.value + b.value, ((a, 1.0), (b, 1.0)))


def mul(a, b):
    return Variable(a.value * b.value, ((a, b.value), (b, a.value)))


def neg(a):
    return Variable(-a.value, ((a, -1.0),))


def inv(a):
    return Variable(1.0 / a.value, ((a, -1.0 / a.value**2),))


def sub(a, b):
    return add(a, neg(b))


def div(a, b):
    return mul(a, inv(b))


def exp(a):
    value = math.exp(a.value)
    return Variable(value, ((a, value),))


def log(a):
    return Variable(math.log(a.value), ((a, 1.0 / a.value),))


def sin(a):
    return Variable(math.sin(a.value), ((a, math.cos(a.value)),))


def tanh(a):
    value = math.tanh(a.value)
    return Variable(value, ((a, 1.0 - value**2),))


def relu(a):
    return Variable(max(a.value, 0.0), ((a, 1.0 if a.value > 0 else 0.0),))


def get_gradients(variable):
    """First derivatives of `variable` by all variables that it was computed from."""
    gradients = defaultdict(float)

    def compute_gradients(variable, path_value):
        for child, local in variable.local_gradients:
            value_of_path = path_value * local
            gradients[child] += value_of_path
            compute_gradients(child, value_of_path)

    compute_gradients(variable, path_value=1.0)
    return gradients
