# shape: Op classes with compute/gradient; class Var(arr); free functions and operators; call y.backward(); value .realize() / .cached, gradient .grad (a Var, its .cached)
# mistake: div | backward | b | the sign of the divisor's gradient is wrong (plus instead of minus)
from typing import List, Optional
import numpy as np


class Op:
    def compute(self, *arrays): raise NotImplementedError()
    def gradient(self, out_grad, node): raise NotImplementedError()

    def __call__(self, *args):
        args = [a if isinstance(a, Var) else Var(a) for a in args]
        return Var.from_op(self, args)


class Var:
    op: Optional[Op]
    inputs: List["Var"]

    def __init__(self, value):
        self.op, self.inputs = None, []
        self.cached = np.asarray(value, dtype="float64")
        self.grad = None

    @classmethod
    def from_op(cls, op, inputs):
        v = cls.__new__(cls)
        v.op, v.inputs, v.grad = op, inputs, None
        v.cached = None
        v.realize()
        return v

    def realize(self):
        if self.cached is None:
            self.cached = self.op.compute(*[i.realize() for i in self.inputs])
        return self.cached

    @property
    def shape(self): return self.realize().shape
    def __add__(self, o): return Add()(self, o)
    def __radd__(self, o): return Add()(o, self)
    def __mul__(self, o): return Mul()(self, o)
    def __rmul__(self, o): return Mul()(o, self)
    def __truediv__(self, o): return Div()(self, o)
    def __rtruediv__(self, o): return Div()(o, self)
    def __neg__(self): return Neg()(self)
    def __sub__(self, o): return Add()(self, Neg()(o))
    def __rsub__(self, o): return Add()(o, Neg()(self))
    def __matmul__(self, o): return Mm()(self, o)

    def backward(self, seed=None):
        seed = Var(np.ones(self.shape)) if seed is None else seed
        collected = {id(self): [seed]}
        for node in reversed(toposort(self)):
            parts = collected[id(node)]
            g = parts[0]
            for p in parts[1:]:
                g = g + p
            node.grad = g
            if node.op is None:
                continue
            gs = node.op.gradient(g, node)
            if not isinstance(gs, tuple):
                gs = (gs,)
            for i, gi in zip(node.inputs, gs):
                collected.setdefault(id(i), []).append(gi)


def toposort(root):
    out, seen = [], set()
    def go(n):
        if id(n) in seen: return
        seen.add(id(n))
        for i in n.inputs: go(i)
        out.append(n)
    go(root)
    return out


class SumTo(Op):
    def __init__(self, shape): self.shape = shape
    def compute(self, a):
        lead = a.ndim - len(self.shape)
        ax = tuple(range(lead)) + tuple(lead + i for i, s in enumerate(self.shape) if s == 1)
        return a.sum(axis=ax, keepdims=True).reshape(self.shape)
    def gradient(self, g, node): return BroadcastTo(node.inputs[0].shape)(g)


class BroadcastTo(Op):
    def __init__(self, shape): self.shape = shape
    def compute(self, a): return np.broadcast_to(a, self.shape).copy()
    def gradient(self, g, node): return fit(g, node.inputs[0])


def fit(g, like):
    return g if g.shape == like.shape else SumTo(like.shape)(g)


class Add(Op):
    def compute(self, a, b): return a + b
    def gradient(self, g, node):
        a, b = node.inputs
        return fit(g, a), fit(g, b)


class Mul(Op):
    def compute(self, a, b): return a * b
    def gradient(self, g, node):
        a, b = node.inputs
        return fit(g * b, a), fit(g * a, b)


class Div(Op):
    def compute(self, a, b): return a / b
    def gradient(self, g, node):
        a, b = node.inputs
        return fit(g / b, a), fit(g * a / (b * b), b)


class Neg(Op):
    def compute(self, a): return -a
    def gradient(self, g, node): return -g


class Mm(Op):
    def compute(self, a, b): return a @ b
    def gradient(self, g, node):
        a, b = node.inputs
        return g @ Tr()(b), Tr()(a) @ g


class Tr(Op):
    def compute(self, a): return a.T
    def gradient(self, g, node): return Tr()(g)


class Log(Op):
    def compute(self, a): return np.log(a)
    def gradient(self, g, node): return g / node.inputs[0]


class Exp(Op):
    def compute(self, a): return np.exp(a)
    def gradient(self, g, node): return g * node


class SumAll(Op):
    def compute(self, a): return np.asarray(a.sum())
    def gradient(self, g, node): return BroadcastTo(node.inputs[0].shape)(g)


def log(x): return Log()(x)
def exp(x): return Exp()(x)
def transpose(x): return Tr()(x)
def sum_all(x): return SumAll()(x)
