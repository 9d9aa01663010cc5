# shape: class Expr with Kind enum; call expr.diff() (reverse); value .val, gradient .bar
# mistake: pow | backward | exponent | uses log of the exponent rather than of the base
from enum import Enum, auto
import math


class Kind(Enum):
    LEAF = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    POW = auto()
    NEG = auto()
    EXP = auto()
    LOG = auto()
    SIN = auto()
    COS = auto()


def compute(kind, a, b=None):
    if kind is Kind.ADD:
        return a + b
    elif kind is Kind.SUB:
        return a - b
    elif kind is Kind.MUL:
        return a * b
    elif kind is Kind.DIV:
        return a / b
    elif kind is Kind.POW:
        return a ** b
    elif kind is Kind.NEG:
        return -a
    elif kind is Kind.EXP:
        return math.exp(a)
    elif kind is Kind.LOG:
        return math.log(a)
    elif kind is Kind.SIN:
        return math.sin(a)
    elif kind is Kind.COS:
        return math.cos(a)
    raise ValueError(kind)


class Expr:
    def __init__(self, val, kind=Kind.LEAF, args=()):
        self.val = val
        self.kind = kind
        self.args = args
        self.bar = 0.0

    @staticmethod
    def make(kind, *args):
        args = tuple(a if isinstance(a, Expr) else Expr(float(a)) for a in args)
        return Expr(compute(kind, *[a.val for a in args]), kind, args)

    def __add__(self, o): return Expr.make(Kind.ADD, self, o)
    def __radd__(self, o): return Expr.make(Kind.ADD, o, self)
    def __sub__(self, o): return Expr.make(Kind.SUB, self, o)
    def __rsub__(self, o): return Expr.make(Kind.SUB, o, self)
    def __mul__(self, o): return Expr.make(Kind.MUL, self, o)
    def __rmul__(self, o): return Expr.make(Kind.MUL, o, self)
    def __truediv__(self, o): return Expr.make(Kind.DIV, self, o)
    def __rtruediv__(self, o): return Expr.make(Kind.DIV, o, self)
    def __pow__(self, o): return Expr.make(Kind.POW, self, o)
    def __rpow__(self, o): return Expr.make(Kind.POW, o, self)
    def __neg__(self): return Expr.make(Kind.NEG, self)
    def exp(self): return Expr.make(Kind.EXP, self)
    def log(self): return Expr.make(Kind.LOG, self)
    def sin(self): return Expr.make(Kind.SIN, self)
    def cos(self): return Expr.make(Kind.COS, self)

    def spread(self):
        k, g = self.kind, self.bar
        if k is Kind.LEAF:
            return
        a = self.args[0]
        b = self.args[1] if len(self.args) > 1 else None
        if k is Kind.ADD:
            a.bar += g
            b.bar += g
        elif k is Kind.SUB:
            a.bar += g
            b.bar -= g
        elif k is Kind.MUL:
            av, bv = a.val, b.val
            a.bar += g * bv
            b.bar += g * av
        elif k is Kind.DIV:
            a.bar += g / b.val
            b.bar -= g * a.val / b.val ** 2
        elif k is Kind.POW:
            a.bar += g * b.val * a.val ** (b.val - 1)
            if b.val > 0:
                b.bar += g * self.val * math.log(b.val)
        elif k is Kind.NEG:
            a.bar -= g
        elif k is Kind.EXP:
            a.bar += g * self.val
        elif k is Kind.LOG:
            a.bar += g / a.val
        elif k is Kind.SIN:
            a.bar += g * math.cos(a.val)
        elif k is Kind.COS:
            a.bar -= g * math.sin(a.val)

    def diff(self):
        nodes, seen = [], set()

        def post(e):
            if e in seen:
                return
            seen.add(e)
            for x in e.args:
                post(x)
            nodes.append(e)
        post(self)
        for e in nodes:
            e.bar = 0.0
        self.bar = 1.0
        for e in reversed(nodes):
            e.spread()
        return self
