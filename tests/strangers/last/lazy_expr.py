"""Expressions are built lazily, f = x * y + x; f.compile() gives a function of numbers with gradients."""
import math


class Expr:
    count = 0

    def __init__(self, kind, *args):
        self.kind, self.args = kind, args

    def __add__(self, o):
        return Expr("+", self, wrap(o))

    def __mul__(self, o):
        return Expr("*", self, wrap(o))

    def __radd__(self, o):
        return wrap(o) + self

    def __rmul__(self, o):
        return wrap(o) * self

    def exp(self):
        return Expr("exp", self)

    def forward(self, env):
        cache = {}
        return _value(self, env, cache)

    def gradient(self, env):
        cache, grads, order = {}, {}, []
        _value(self, env, cache, order)
        bar = {id(self): 1.0}
        for e in reversed(order):
            g = bar.get(id(e), 0.0)
            if e.kind == "var":
                grads[e.args[0]] = grads.get(e.args[0], 0.0) + g
            elif e.kind == "+":
                for a in e.args:
                    bar[id(a)] = bar.get(id(a), 0.0) + g
            elif e.kind == "*":
                a, b = e.args
                bar[id(a)] = bar.get(id(a), 0.0) + g * cache[id(b)]
                bar[id(b)] = bar.get(id(b), 0.0) + g * cache[id(a)]
            elif e.kind == "exp":
                (a,) = e.args
                bar[id(a)] = bar.get(id(a), 0.0) + g * cache[id(e)]
        return grads


def var(name):
    return Expr("var", name)


def wrap(x):
    return x if isinstance(x, Expr) else Expr("const", float(x))


def _value(e, env, cache, order=None):
    if id(e) not in cache:
        if e.kind == "var":
            out = env[e.args[0]]
        elif e.kind == "const":
            out = e.args[0]
        else:
            args = [_value(a, env, cache, order) for a in e.args]
            out = {"+": lambda: args[0] + args[1], "*": lambda: args[0] * args[1], "exp": lambda: math.exp(args[0])}[
                e.kind
            ]()
        cache[id(e)] = out
        if order is not None:
            order.append(e)
    return cache[id(e)]
