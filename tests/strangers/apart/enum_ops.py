"""Nodes hold an operation of an Enum; evaluate(node) is a match statement, differentiate(node) gives a dict."""
from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto


class Op(Enum):
    INPUT = auto()
    ADD = auto()
    SUB = auto()
    MUL = auto()
    DIV = auto()
    NEG = auto()
    EXP = auto()
    LOG = auto()
    SIN = auto()


@dataclass(frozen=True, eq=False)
class Node:
    op: Op
    inputs: tuple[Node, ...] = ()
    value: float | None = None

    def __add__(self, other): return apply(Op.ADD, self, other)
    def __radd__(self, other): return apply(Op.ADD, other, self)
    def __sub__(self, other): return apply(Op.SUB, self, other)
    def __rsub__(self, other): return apply(Op.SUB, other, self)
    def __mul__(self, other): return apply(Op.MUL, self, other)
    def __rmul__(self, other): return apply(Op.MUL, other, self)
    def __truediv__(self, other): return apply(Op.DIV, self, other)
    def __rtruediv__(self, other): return apply(Op.DIV, other, self)
    def __neg__(self): return apply(Op.NEG, self)


def variable(value: float) -> Node:
    return Node(Op.INPUT, value=value)


def apply(op: Op, *inputs) -> Node:
    return Node(op, tuple(i if isinstance(i, Node) else variable(i) for i in inputs))


def exp(a: Node) -> Node: return apply(Op.EXP, a)
def log(a: Node) -> Node: return apply(Op.LOG, a)
def sin(a: Node) -> Node: return apply(Op.SIN, a)


def evaluate(node: Node, memo: dict | None = None) -> float:
    memo = {} if memo is None else memo
    if node in memo:
        return memo[node]
    args = [evaluate(i, memo) for i in node.inputs]
    match node.op, args:
        case Op.INPUT, []:
            memo[node] = node.value
        case Op.ADD, [a, b]:
            memo[node] = a + b
        case Op.SUB, [a, b]:
            memo[node] = a - b
        case Op.MUL, [a, b]:
            memo[node] = a * b
        case Op.DIV, [a, b]:
            memo[node] = a / b
        case Op.NEG, [a]:
            memo[node] = -a
        case Op.EXP, [a]:
            memo[node] = math.exp(a)
        case Op.LOG, [a]:
            memo[node] = math.log(a)
        case Op.SIN, [a]:
            memo[node] = math.sin(a)
    return memo[node]


def differentiate(output: Node) -> dict[Node, float]:
    memo: dict[Node, float] = {}
    evaluate(output, memo)
    order = list(memo)
    grads = {node: 0.0 for node in order}
    grads[output] = 1.0
    for node in reversed(order):
        g = grads[node]
        args = [memo[i] for i in node.inputs]
        match node.op, args:
            case Op.INPUT, []:
                parts = []
            case Op.ADD, [a, b]:
                parts = [g, g]
            case Op.SUB, [a, b]:
                parts = [g, -g]
            case Op.MUL, [a, b]:
                parts = [g * b, g * a]
            case Op.DIV, [a, b]:
                parts = [g / b, -g * a / b ** 2]
            case Op.NEG, [a]:
                parts = [-g]
            case Op.EXP, [a]:
                parts = [g * memo[node]]
            case Op.LOG, [a]:
                parts = [g / a]
            case Op.SIN, [a]:
                parts = [g * math.cos(a)]
        for i, part in zip(node.inputs, parts):
            grads[i] += part
    return grads
