"""Symbolic differentiation of expression trees: eval(env) and diff(name)."""
import math


class Expr:
    def __add__(self, other): return Add(self, wrap(other))
    def __radd__(self, other): return Add(wrap(other), self)
    def __sub__(self, other): return Sub(self, wrap(other))
    def __rsub__(self, other): return Sub(wrap(other), self)
    def __mul__(self, other): return Mul(self, wrap(other))
    def __rmul__(self, other): return Mul(wrap(other), self)
    def __truediv__(self, other): return Div(self, wrap(other))
    def __rtruediv__(self, other): return Div(wrap(other), self)
    def __pow__(self, n): return Pow(self, n)
    def __neg__(self): return Mul(Const(-1), self)


def wrap(x):
    return x if isinstance(x, Expr) else Const(x)


class Const(Expr):
    def __init__(self, value):
        self.value = value

    def eval(self, env):
        return self.value

    def diff(self, name):
        return Const(0)


class Var(Expr):
    def __init__(self, name):
        self.name = name

    def eval(self, env):
        return env[self.name]

    def diff(self, name):
        return Const(1 if name == self.name else 0)


class Binary(Expr):
    def __init__(self, left, right):
        self.left, self.right = left, right


class Add(Binary):
    def eval(self, env):
        return self.left.eval(env) + self.right.eval(env)

    def diff(self, name):
        return Add(self.left.diff(name), self.right.diff(name))


class Sub(Binary):
    def eval(self, env):
        return self.left.eval(env) - self.right.eval(env)

    def diff(self, name):
        return Sub(self.left.diff(name), self.right.diff(name))


class Mul(Binary):
    def eval(self, env):
        return self.left.eval(env) * self.right.eval(env)

    def diff(self, name):
        return Add(Mul(self.left.diff(name), self.right), Mul(self.left, self.right.diff(name)))


class Div(Binary):
    def eval(self, env):
        return self.left.eval(env) / self.right.eval(env)

    def diff(self, name):
        above = Add(Mul(self.left.diff(name), self.right), Mul(self.left, self.right.diff(name)))
        return Div(above, Mul(self.right, self.right))


class Pow(Expr):
    def __init__(self, base, n):
        self.base, self.n = base, n

    def eval(self, env):
        return self.base.eval(env) ** self.n

    def diff(self, name):
        return Mul(Mul(Const(self.n), Pow(self.base, self.n - 1)), self.base.diff(name))


class Exp(Expr):
    def __init__(self, inner):
        self.inner = inner

    def eval(self, env):
        return math.exp(self.inner.eval(env))

    def diff(self, name):
        return Mul(Exp(self.inner), self.inner.diff(name))


class Log(Expr):
    def __init__(self, inner):
        self.inner = inner

    def eval(self, env):
        return math.log(self.inner.eval(env))

    def diff(self, name):
        return Div(self.inner.diff(name), self.inner)


class Sin(Expr):
    def __init__(self, inner):
        self.inner = inner

    def eval(self, env):
        return math.sin(self.inner.eval(env))

    def diff(self, name):
        return Mul(Cos(self.inner), self.inner.diff(name))


class Cos(Expr):
    def __init__(self, inner):
        self.inner = inner

    def eval(self, env):
        return math.cos(self.inner.eval(env))

    def diff(self, name):
        return Mul(Mul(Const(-1), Sin(self.inner)), self.inner.diff(name))
