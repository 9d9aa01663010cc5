# shape: V(float) dataclass with an Enum operation; y.backprop(); value y.value; gradient x.adjoint
# mistake: sqrt | backward | x | 1/sqrt(x) instead of 1/(2 sqrt(x))
from __future__ import annotations
from dataclasses import dataclass, field
from enum import Enum, auto
import math


class Operation(Enum):
    LEAF = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    SQRT = auto()
    EXP = auto()
    LN = auto()
    SIN = auto()
    ABS = auto()
    MAX = auto()


@dataclass(eq=False)
class V:
    value: float
    op: Operation = Operation.LEAF
    args: tuple[V, ...] = field(default=(), repr=False)
    adjoint: float = 0.0

    def __add__(self, o): return make(Operation.ADD, self, o)
    def __radd__(self, o): return make(Operation.ADD, o, self)
    def __sub__(self, o): return make(Operation.SUB, self, o)
    def __rsub__(self, o): return make(Operation.SUB, o, self)
    def __mul__(self, o): return make(Operation.MUL, self, o)
    def __rmul__(self, o): return make(Operation.MUL, o, self)
    def __truediv__(self, o): return make(Operation.DIV, self, o)
    def __rtruediv__(self, o): return make(Operation.DIV, o, self)
    def __neg__(self): return make(Operation.SUB, 0.0, self)
    def __abs__(self): return make(Operation.ABS, self)
    def sqrt(self): return make(Operation.SQRT, self)
    def exp(self): return make(Operation.EXP, self)
    def ln(self): return make(Operation.LN, self)
    def sin(self): return make(Operation.SIN, self)
    def maximum(self, o): return make(Operation.MAX, self, o)

    def backprop(self) -> None:
        order: list[V] = []
        seen: set[V] = set()

        def visit(v: V) -> None:
            if v in seen:
                return
            seen.add(v)
            for a in v.args:
                visit(a)
            order.append(v)

        visit(self)
        for v in order:
            v.adjoint = 0.0
        self.adjoint = 1.0
        for v in reversed(order):
            for a, d in zip(v.args, partials(v)):
                a.adjoint += d * v.adjoint


FORWARD = {
    Operation.ADD: lambda a, b: a + b,
    Operation.SUB: lambda a, b: a - b,
    Operation.MUL: lambda a, b: a * b,
    Operation.DIV: lambda a, b: a / b,
    Operation.SQRT: math.sqrt,
    Operation.EXP: math.exp,
    Operation.LN: math.log,
    Operation.SIN: math.sin,
    Operation.ABS: abs,
    Operation.MAX: max,
}


def make(op: Operation, *args) -> V:
    vs = tuple(a if isinstance(a, V) else V(float(a)) for a in args)
    return V(FORWARD[op](*[v.value for v in vs]), op, vs)


def partials(v: V) -> tuple[float, ...]:
    x = [a.value for a in v.args]
    match v.op:
        case Operation.ADD:
            return 1.0, 1.0
        case Operation.SUB:
            return 1.0, -1.0
        case Operation.MUL:
            return x[1], x[0]
        case Operation.DIV:
            return 1 / x[1], -x[0] / x[1] ** 2
        case Operation.SQRT:
            return (1 / v.value,)
        case Operation.EXP:
            return (v.value,)
        case Operation.LN:
            return (1 / x[0],)
        case Operation.SIN:
            return (math.cos(x[0]),)
        case Operation.ABS:
            return (math.copysign(1.0, x[0]),)
        case Operation.MAX:
            return (1.0, 0.0) if x[0] >= x[1] else (0.0, 1.0)
    return ()
