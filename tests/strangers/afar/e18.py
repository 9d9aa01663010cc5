# shape: class S(v) with operators attached by setattr in a loop; call s.grads() which returns {leaf: derivative}; value .v
# mistake: rsub | forward | both | c - s computes s - c (reflected operators do not swap the operands)
import operator as op
import math


class S:
    """scalar; leaves have no edges"""
    n_made = 0

    def __init__(self, v, edges=None):
        S.n_made += 1
        self.stamp = S.n_made
        self.v = v
        self.edges = edges or []

    def __hash__(self):
        return self.stamp

    def grads(self):
        adj = {self: 1.0}
        todo = {self}
        res = {}
        # the most recently made node has no unfinished users
        while todo:
            n = max(todo, key=lambda q: q.stamp)
            todo.discard(n)
            if not n.edges:
                res[n] = adj[n]
            for p, w in n.edges:
                adj[p] = adj.get(p, 0.0) + w * adj[n]
                todo.add(p)
        return res

    def __repr__(self):
        return "S<%s>" % self.v


RULES = {
    "add": (op.add, lambda a, b: (1.0, 1.0)),
    "sub": (op.sub, lambda a, b: (1.0, -1.0)),
    "mul": (op.mul, lambda a, b: (b, a)),
    "truediv": (op.truediv, lambda a, b: (1 / b, -a / (b * b))),
}
COMMUTES = {"add", "mul"}


def _binary(f, df, swap=False):
    def method(self, other):
        o = other if isinstance(other, S) else S(float(other))
        a, b = (o, self) if swap else (self, o)
        wa, wb = df(a.v, b.v)
        return S(f(a.v, b.v), [(a, wa), (b, wb)])
    return method


for name, (f, df) in RULES.items():
    setattr(S, f"__{name}__", _binary(f, df))
    setattr(S, f"__r{name}__", _binary(f, df, swap=name[0] not in "ams"))

UNARY = {
    "sin": (math.sin, lambda x, y: math.cos(x)),
    "cos": (math.cos, lambda x, y: -math.sin(x)),
    "exp": (math.exp, lambda x, y: y),
    "log": (math.log, lambda x, y: 1 / x),
    "tanh": (math.tanh, lambda x, y: 1 - y * y),
    "sqrt": (math.sqrt, lambda x, y: 0.5 / y),
    "atan": (math.atan, lambda x, y: 1 / (1 + x * x)),
    "__neg__": (op.neg, lambda x, y: -1.0),
}


def _unary(f, df):
    def method(self):
        y = f(self.v)
        return S(y, [(self, df(self.v, y))])
    return method


for name, (f, df) in UNARY.items():
    setattr(S, name, _unary(f, df))
