"""Reverse rules, Julia's way: rrule(name, *args) gives the value and a pullback."""

import numpy as np

RULES = {}


def rule(name):
    def register(f):
        RULES[name] = f
        return f

    return register


@rule("+")
def _(x, y):
    return x + y, lambda dy: (dy, dy)


@rule("-")
def _(x, y):
    return x - y, lambda dy: (dy, -dy)


@rule("*")
def _(x, y):
    return x * y, lambda dy: (dy * y, dy * x)


@rule("/")
def _(x, y):
    return x / y, lambda dy: (dy / y, -dy * x / y**2)


@rule("exp")
def _(x):
    e = np.exp(x)
    return e, lambda dy: (dy * e,)


@rule("log")
def _(x):
    return np.log(x), lambda dy: (dy / x,)


@rule("sin")
def _(x):
    return np.sin(x), lambda dy: (dy * np.cos(x),)


@rule("tanh")
def _(x):
    t = np.tanh(x)
    return t, lambda dy: (dy * (1 - t**2),)


@rule("matmul")
def _(a, b):
    return a @ b, lambda dy: (dy @ b.T, a.T @ dy)


@rule("sum")
def _(a):
    return np.sum(a), lambda dy: (np.full(np.shape(a), dy),)


def rrule(name, *args):
    return RULES[name](*args)
