# shape: Var(x); y.grad_all() fills x.g; value y.x; scalar or array of one shape; operators made in a loop with setattr; matrix products of 2-d arrays only
# mistake: rsub (c - x) | forward | both | operands are not swapped for the reflected subtraction with a plain number
import operator
import numpy as np
from functools import partial


class Var:
    __array_ufunc__ = None

    def __init__(self, x, parents=(), pulls=()):
        self.x = np.asarray(x, dtype=float)
        self.g = np.zeros(self.x.shape)
        self.parents, self.pulls = parents, pulls

    def grad_all(self):
        order, seen = [], set()

        def rec(v):
            if id(v) in seen:
                return
            seen.add(id(v))
            [rec(p) for p in v.parents]
            order.insert(0, v)
        rec(self)
        for v in order:
            v.g = np.zeros(v.x.shape)
        self.g = self.g + 1
        for v in order:
            for p, pull in zip(v.parents, v.pulls):
                p.g = p.g + like(pull(v.g), p.x)


def like(g, x):
    g = np.asarray(g)
    d = g.ndim - x.ndim
    g = g.sum(tuple(range(d))) if d else g
    bad = tuple(i for i in range(x.ndim) if x.shape[i] == 1 != g.shape[i])
    return g.sum(bad, keepdims=True) if bad else g


def two(f, da, db, a, b):
    a = a if isinstance(a, Var) else Var(a)
    b = b if isinstance(b, Var) else Var(b)
    y = f(a.x, b.x)
    return Var(y, (a, b), (lambda g: da(g, a.x, b.x, y), lambda g: db(g, a.x, b.x, y)))


TABLE = {
    "add": (operator.add, lambda g, a, b, y: g, lambda g, a, b, y: g),
    "sub": (operator.sub, lambda g, a, b, y: g, lambda g, a, b, y: -g),
    "mul": (operator.mul, lambda g, a, b, y: g * b, lambda g, a, b, y: g * a),
    "truediv": (operator.truediv, lambda g, a, b, y: g / b, lambda g, a, b, y: -g * y / b),
    "pow": (operator.pow, lambda g, a, b, y: g * b * a ** (b - 1), lambda g, a, b, y: g * y * np.log(a)),
    "matmul": (operator.matmul, lambda g, a, b, y: g @ b.T, lambda g, a, b, y: a.T @ g),
}
SYMMETRIC = ("add", "mul", "sub")      # the reflected operator is the same

for _name, _fs in TABLE.items():
    _f = partial(two, *_fs)
    setattr(Var, "__%s__" % _name, lambda s, o, _f=_f: _f(s, o))
    if _name in SYMMETRIC:
        setattr(Var, "__r%s__" % _name, lambda s, o, _f=_f: _f(s, o))
    else:
        setattr(Var, "__r%s__" % _name, lambda s, o, _f=_f: _f(o, s))


UNARY = {
    "exp": (np.exp, lambda a, y: y),
    "log": (np.log, lambda a, y: 1 / a),
    "sin": (np.sin, lambda a, y: np.cos(a)),
    "cos": (np.cos, lambda a, y: -np.sin(a)),
    "tanh": (np.tanh, lambda a, y: 1 - y * y),
    "arctan": (np.arctan, lambda a, y: 1 / (1 + a * a)),
    "sqrt": (np.sqrt, lambda a, y: .5 / y),
    "square": (np.square, lambda a, y: 2 * a),
    "negative": (np.negative, lambda a, y: -1.0),
    "absolute": (np.absolute, lambda a, y: np.sign(a)),
}


def one(f, d, v):
    y = f(v.x)
    return Var(y, (v,), (lambda g: g * d(v.x, y),))


for _name, _fs in UNARY.items():
    globals()[_name] = partial(one, *_fs)

Var.__neg__ = lambda s: globals()["negative"](s)
Var.__abs__ = lambda s: globals()["absolute"](s)
Var.sum = lambda s: Var(s.x.sum(), (s,), (lambda g: g * np.ones(s.x.shape),))
