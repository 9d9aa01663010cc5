"""Python 3.10 pattern matching as an excuse to write an autodiff."""
from __future__ import annotations
from dataclasses import dataclass, field
import math
from numbers import Real


@dataclass(eq=False)
class Node:
    val: float
    op: str = "leaf"
    args: tuple = ()
    adj: float = field(default=0.0, repr=False)

    def __add__(a, b): return binary("+", a, b)
    def __radd__(a, b): return binary("+", b, a)
    def __sub__(a, b): return binary("-", a, b)
    def __rsub__(a, b): return binary("-", b, a)
    def __mul__(a, b): return binary("*", a, b)
    def __rmul__(a, b): return binary("*", b, a)
    def __truediv__(a, b): return binary("/", a, b)
    def __rtruediv__(a, b): return binary("/", b, a)
    def __pow__(a, b): return binary("^", a, b)
    def __rpow__(a, b): return binary("^", b, a)
    def __neg__(a): return unary("neg", a)


def lift(x) -> Node:
    match x:
        case Node():
            return x
        case Real():
            return Node(float(x), "const")
    raise TypeError(type(x))


def binary(op, a, b) -> Node:
    a, b = lift(a), lift(b)
    match op:
        case "+":
            v = a.val + b.val
        case "-":
            v = a.val - b.val
        case "*":
            v = a.val * b.val
        case "/":
            v = a.val / b.val
        case "^":
            v = a.val ** b.val
        case _:
            raise ValueError(op)
    return Node(v, op, (a, b))


def unary(op, a) -> Node:
    a = lift(a)
    fn = {"neg": lambda t: -t, "exp": math.exp, "ln": math.log, "sin": math.sin,
          "cos": math.cos, "tan": math.tan, "atan": math.atan, "sqrt": math.sqrt,
          "abs": abs, "step": lambda t: max(t, 0.0)}[op]
    return Node(fn(a.val), op, (a,))


exp = lambda a: unary("exp", a)
ln = lambda a: unary("ln", a)
sin = lambda a: unary("sin", a)
cos = lambda a: unary("cos", a)
tan = lambda a: unary("tan", a)
atan = lambda a: unary("atan", a)
sqrt = lambda a: unary("sqrt", a)
absolute = lambda a: unary("abs", a)
ramp = lambda a: unary("step", a)


def partials(n: Node):
    """local partial derivatives, in the order of n.args"""
    match n:
        case Node(op="leaf" | "const"):
            return ()
        case Node(op="+"):
            return 1.0, 1.0
        case Node(op="-"):
            return 1.0, -1.0
        case Node(op="*", args=(a, b)):
            return b.val, a.val
        case Node(op="/", args=(a, b)):
            return 1 / b.val, -a.val / b.val ** 2
        case Node(op="^", args=(a, b)):
            db = 0.0 if b.op == "const" else n.val * math.log(a.val)
            return b.val * a.val ** (b.val - 1), db
        case Node(op="neg"):
            return (-1.0,)
        case Node(op="exp", val=v):
            return (v,)
        case Node(op="ln", args=(a,)):
            return (1 / a.val,)
        case Node(op="sin", args=(a,)):
            return (math.cos(a.val),)
        case Node(op="cos", args=(a,)):
            return (-math.sin(a.val),)
        case Node(op="tan", val=v):
            return (1 + v * v,)
        case Node(op="atan", args=(a,)):
            return (1 / (1 + a.val ** 2),)
        case Node(op="sqrt", val=v):
            return (0.5 / v,)
        case Node(op="abs", args=(a,)):
            return (math.copysign(1.0, a.val),)
        case Node(op="step", args=(a,)):
            return (1.0 if a.val > 0 else 0.0,)
    raise NotImplementedError(n.op)


def backward(root: Node) -> None:
    order, mark = [], {}

    def visit(n):
        if n in mark:
            return
        mark[n] = True
        for c in n.args:
            visit(c)
        order.append(n)

    visit(root)
    for n in order:
        n.adj = 0.0
    root.adj = 1.0
    for n in order[::-1]:
        for c, d in zip(n.args, partials(n)):
            c.adj += n.adj * d


def grad(f, *xs):
    nodes = [Node(float(x)) for x in xs]
    backward(f(*nodes))
    return tuple(n.adj for n in nodes)
