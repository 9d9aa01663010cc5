# shape: Tensor(array); y.backward(out_grad=None); value: y.realize_cached_data() or y.numpy(); gradient: x.grad (a Tensor) ; ops are TensorOp classes with compute/gradient; binary operations want equal shapes (no broadcasting), matrix products of 2-d arrays only
# mistake: none
from typing import List, Optional, Tuple
import numpy as np

LAZY = False


class Op:
    def compute(self, *arrays): raise NotImplementedError
    def gradient(self, out_grad, node): raise NotImplementedError


class TensorOp(Op):
    def __call__(self, *args):
        return Tensor.from_op(self, args)


class Tensor:
    def __init__(self, data, requires_grad=True):
        self.op: Optional[Op] = None
        self.inputs: Tuple["Tensor", ...] = ()
        self.cached_data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None

    @classmethod
    def from_op(cls, op, inputs):
        t = cls.__new__(cls)
        t.op, t.inputs, t.cached_data, t.grad = op, tuple(inputs), None, None
        t.requires_grad = any(i.requires_grad for i in inputs)
        if not LAZY:
            t.realize_cached_data()
        return t

    def realize_cached_data(self):
        if self.cached_data is None:
            self.cached_data = np.asarray(
                self.op.compute(*[i.realize_cached_data() for i in self.inputs]))
        return self.cached_data

    numpy = realize_cached_data

    @property
    def shape(self):
        return self.realize_cached_data().shape

    def backward(self, out_grad=None):
        og = out_grad if out_grad is not None else Tensor(np.ones(self.shape), requires_grad=False)
        collected = {id(self): [og]}
        for node in reversed(topo([self])):
            if not node.requires_grad:
                continue
            parts = collected[id(node)]
            total = parts[0]
            for p in parts[1:]:
                total = total + p
            node.grad = total
            if node.op is None:
                continue
            gs = node.op.gradient(total, node)
            gs = gs if isinstance(gs, tuple) else (gs,)
            for inp, g in zip(node.inputs, gs):
                collected.setdefault(id(inp), []).append(g)

    def __add__(self, o):
        return EWiseAdd()(self, o) if isinstance(o, Tensor) else AddScalar(o)(self)

    def __mul__(self, o):
        return EWiseMul()(self, o) if isinstance(o, Tensor) else MulScalar(o)(self)

    def __sub__(self, o): return self + (-o)

    def __rsub__(self, o):
        return (-self) + o

    def __rtruediv__(self, o):
        return self ** -1 * o

    def __neg__(self): return MulScalar(-1.0)(self)

    def __truediv__(self, o):
        return EWiseDiv()(self, o) if isinstance(o, Tensor) else MulScalar(1.0 / o)(self)

    def __pow__(self, k): return PowerScalar(k)(self)

    def __matmul__(self, o): return MatMul()(self, o)

    def sum(self, axes=None):
        return Summation(axes)(self)

    def reshape(self, shape):
        return Reshape(shape)(self)

    def broadcast_to(self, shape):
        return BroadcastTo(shape)(self)

    __radd__ = __add__
    __rmul__ = __mul__


def topo(roots: List[Tensor]):
    order, seen = [], set()

    def go(n):
        if id(n) in seen:
            return
        seen.add(id(n))
        for i in n.inputs:
            go(i)
        order.append(n)
    for r in roots:
        go(r)
    return order


class EWiseAdd(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape, "use broadcast_to first"
        return a + b
    def gradient(self, g, node): return g, g

class AddScalar(TensorOp):
    def __init__(self, s):
        self.s = s
    def compute(self, a): return a + self.s
    def gradient(self, g, node): return g

class EWiseMul(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape, "use broadcast_to first"
        return a * b
    def gradient(self, g, node):
        l, r = node.inputs
        return g * r, g * l

class MulScalar(AddScalar):
    def compute(self, a): return a * self.s
    def gradient(self, g, node): return g * self.s

class EWiseDiv(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape, "use broadcast_to first"
        return a / b
    def gradient(self, g, node):
        l, r = node.inputs
        return g / r, -(g * l) / (r * r)

class PowerScalar(AddScalar):
    def compute(self, a): return a ** self.s
    def gradient(self, g, node): return g * (node.inputs[0] ** (self.s - 1)) * self.s

class MatMul(TensorOp):
    def compute(self, a, b): return a @ b
    def gradient(self, g, node):
        l, r = node.inputs
        return g @ Transpose()(r), Transpose()(l) @ g

class Transpose(TensorOp):
    def compute(self, a): return a.T
    def gradient(self, g, node): return Transpose()(g)

class Reshape(AddScalar):
    def compute(self, a): return a.reshape(self.s)
    def gradient(self, g, node): return Reshape(node.inputs[0].shape)(g)

class BroadcastTo(AddScalar):
    def compute(self, a): return np.broadcast_to(a, self.s)
    def gradient(self, g, node):
        old = node.inputs[0].shape
        pad = (1,) * (len(self.s) - len(old)) + tuple(old)
        axes = tuple(i for i, (p, q) in enumerate(zip(pad, self.s)) if p != q)
        return (g.sum(axes) if axes else g).reshape(old)

class Summation(AddScalar):
    def compute(self, a): return a.sum(axis=self.s)
    def gradient(self, g, node):
        old = node.inputs[0].shape
        if self.s is None:
            mid = (1,) * len(old)
        else:
            ax = self.s if isinstance(self.s, tuple) else (self.s,)
            ax = [a % len(old) for a in ax]
            mid = tuple(1 if i in ax else n for i, n in enumerate(old))
        return g.reshape(mid).broadcast_to(old)

class Exp(TensorOp):
    def compute(self, a): return np.exp(a)
    def gradient(self, g, node): return g * node

class Log(TensorOp):
    def compute(self, a): return np.log(a)
    def gradient(self, g, node): return g / node.inputs[0]

class ReLU(TensorOp):
    def compute(self, a): return np.maximum(a, 0)
    def gradient(self, g, node): return g * Tensor(node.realize_cached_data() > 0, requires_grad=False)

exp, log, relu, transpose = (lambda t: Exp()(t)), (lambda t: Log()(t)), (lambda t: ReLU()(t)), (lambda t: Transpose()(t))
