# shape: expr trees of frozen dataclasses: Var("x"), Const, Bin, Call; backprop(expr, x=.., y=..) -> (value, {"x": ..}); pattern matching with match
# mistake: tanh | backward | x | the factor from above is missing
from __future__ import annotations
from dataclasses import dataclass
from math import sin, cos, exp, log, tanh


class Expr:
    def __add__(self, o): return Bin("+", self, up(o))
    def __radd__(self, o): return Bin("+", up(o), self)
    def __sub__(self, o): return Bin("-", self, up(o))
    def __rsub__(self, o): return Bin("-", up(o), self)
    def __mul__(self, o): return Bin("*", self, up(o))
    def __rmul__(self, o): return Bin("*", up(o), self)
    def __truediv__(self, o): return Bin("/", self, up(o))
    def __rtruediv__(self, o): return Bin("/", up(o), self)
    def __pow__(self, o): return Bin("^", self, up(o))


@dataclass(frozen=True)
class Const(Expr):
    v: float


@dataclass(frozen=True)
class Var(Expr):
    name: str


@dataclass(frozen=True)
class Bin(Expr):
    op: str
    l: Expr
    r: Expr


@dataclass(frozen=True)
class Call(Expr):
    f: str
    x: Expr


def up(o):
    return o if isinstance(o, Expr) else Const(float(o))


def value(e: Expr, env) -> float:
    match e:
        case Const(v):
            return v
        case Var(n):
            return env[n]
        case Bin("+", l, r):
            return value(l, env) + value(r, env)
        case Bin("-", l, r):
            return value(l, env) - value(r, env)
        case Bin("*", l, r):
            return value(l, env) * value(r, env)
        case Bin("/", l, r):
            return value(l, env) / value(r, env)
        case Bin("^", l, r):
            return value(l, env) ** value(r, env)
        case Call(f, x):
            return {"sin": sin, "cos": cos, "exp": exp, "log": log, "tanh": tanh}[f](value(x, env))
    raise TypeError(e)


def down(e: Expr, g: float, env, out) -> None:
    """pushes g down the tree (trees share nothing, so no order is needed)"""
    match e:
        case Const():
            pass
        case Var(n):
            out[n] += g
        case Bin("+", l, r):
            down(l, g, env, out)
            down(r, g, env, out)
        case Bin("-", l, r):
            down(l, g, env, out)
            down(r, -g, env, out)
        case Bin("*", l, r):
            down(l, g * value(r, env), env, out)
            down(r, g * value(l, env), env, out)
        case Bin("/", l, r):
            a, b = value(l, env), value(r, env)
            down(l, g / b, env, out)
            down(r, -g * a / (b * b), env, out)
        case Bin("^", l, Const(n)):
            down(l, g * n * value(l, env) ** (n - 1), env, out)
        case Bin("^", l, r):
            a, b = value(l, env), value(r, env)
            down(l, g * b * a ** (b - 1), env, out)
            down(r, g * a ** b * log(a), env, out)
        case Call("sin", x):
            down(x, g * cos(value(x, env)), env, out)
        case Call("cos", x):
            down(x, -g * sin(value(x, env)), env, out)
        case Call("exp", x):
            down(x, g * exp(value(x, env)), env, out)
        case Call("log", x):
            down(x, g / value(x, env), env, out)
        case Call("tanh", x):
            down(x, 1 - tanh(value(x, env)) ** 2, env, out)


def backprop(e: Expr, **env):
    out = dict.fromkeys(env, 0.0)
    down(e, 1.0, env, out)
    return value(e, env), out
