"""Symbolic differentiation: expressions are trees, derivatives are expressions."""

import math


class Expr:
    def __add__(self, other):
        return Sum(self, expr(other))

    def __radd__(self, other):
        return Sum(expr(other), self)

    def __sub__(self, other):
        return Sum(self, Product(Const(-1), expr(other)))

    def __rsub__(self, other):
        return Sum(expr(other), Product(Const(-1), self))

    def __mul__(self, other):
        return Product(self, expr(other))

    def __rmul__(self, other):
        return Product(expr(other), self)

    def __truediv__(self, other):
        return Product(self, Power(expr(other), -1))

    def __rtruediv__(self, other):
        return Product(expr(other), Power(self, -1))

    def __pow__(self, n):
        return Power(self, n)

    def __neg__(self):
        return Product(Const(-1), self)

    def derivative(self, var):
        raise NotImplementedError

    def evaluate(self, **env):
        raise NotImplementedError


def expr(x):
    return x if isinstance(x, Expr) else Const(x)


class Const(Expr):
    def __init__(self, c):
        self.c = c

    def evaluate(self, **env):
        return self.c

    def derivative(self, var):
        return Const(0)


class Symbol(Expr):
    def __init__(self, name):
        self.name = name

    def evaluate(self, **env):
        return env[self.name]

    def derivative(self, var):
        return Const(1 if var.name == self.name else 0)


class Sum(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def evaluate(self, **env):
        return self.a.evaluate(**env) + self.b.evaluate(**env)

    def derivative(self, var):
        return self.a.derivative(var) + self.b.derivative(var)


class Product(Expr):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def evaluate(self, **env):
        return self.a.evaluate(**env) * self.b.evaluate(**env)

    def derivative(self, var):
        return self.a.derivative(var) * self.b + self.a * self.b.derivative(var)


class Power(Expr):
    def __init__(self, a, n):
        self.a, self.n = a, n

    def evaluate(self, **env):
        return self.a.evaluate(**env) ** self.n

    def derivative(self, var):
        return Const(self.n) * Power(self.a, self.n - 1) * self.a.derivative(var)


class Exp(Expr):
    def __init__(self, a):
        self.a = a

    def evaluate(self, **env):
        return math.exp(self.a.evaluate(**env))

    def derivative(self, var):
        return self * self.a.derivative(var)


class Log(Expr):
    def __init__(self, a):
        self.a = a

    def evaluate(self, **env):
        return math.log(self.a.evaluate(**env))

    def derivative(self, var):
        return self.a.derivative(var) / self.a


class Sin(Expr):
    def __init__(self, a):
        self.a = a

    def evaluate(self, **env):
        return math.sin(self.a.evaluate(**env))

    def derivative(self, var):
        return Cos(self.a) * self.a.derivative(var)


class Cos(Expr):
    def __init__(self, a):
        self.a = a

    def evaluate(self, **env):
        return math.cos(self.a.evaluate(**env))

    def derivative(self, var):
        return -Sin(self.a) * self.a.derivative(var)
