"""Lazy/eager tensor graph in the shape of the 'deep learning systems' homework:
ops are objects with compute() on arrays and gradient() on tensors."""
from typing import Dict, List, Optional, Tuple, Union
import numpy as array_api
import numpy

LAZY_MODE = False
NDArray = numpy.ndarray


class Op:
    def __call__(self, *args):
        raise NotImplementedError()

    def compute(self, *args: NDArray) -> NDArray:
        raise NotImplementedError()

    def gradient(self, out_grad: "Value", node: "Value") -> Union["Value", Tuple["Value"]]:
        raise NotImplementedError()

    def gradient_as_tuple(self, out_grad, node):
        out = self.gradient(out_grad, node)
        return tuple(out) if isinstance(out, (tuple, list)) else (out,)


class TensorOp(Op):
    def __call__(self, *args):
        return Tensor.make_from_op(self, args)


class Value:
    op: Optional[Op]
    inputs: List["Value"]
    cached_data: Optional[NDArray]
    requires_grad: bool

    def realize_cached_data(self):
        if self.cached_data is None:
            self.cached_data = self.op.compute(*[x.realize_cached_data() for x in self.inputs])
        return self.cached_data

    def is_leaf(self):
        return self.op is None

    def _init(self, op, inputs, *, cached_data=None, requires_grad=None):
        if requires_grad is None:
            requires_grad = any(x.requires_grad for x in inputs)
        self.op, self.inputs = op, inputs
        self.cached_data, self.requires_grad = cached_data, requires_grad


class Tensor(Value):
    grad: "Tensor"

    def __init__(self, array, *, dtype="float64", requires_grad=True):
        if isinstance(array, Tensor):
            array = array.numpy()
        self._init(None, [], cached_data=numpy.array(array, dtype=dtype), requires_grad=requires_grad)

    @staticmethod
    def make_from_op(op, inputs):
        t = Tensor.__new__(Tensor)
        t._init(op, list(inputs))
        if not LAZY_MODE:
            if not t.requires_grad:
                return t.detach()
            t.realize_cached_data()
        return t

    @staticmethod
    def make_const(data, requires_grad=False):
        t = Tensor.__new__(Tensor)
        t._init(None, [], cached_data=data, requires_grad=requires_grad)
        return t

    def detach(self): return Tensor.make_const(self.realize_cached_data())
    @property
    def data(self): return self.detach()
    @property
    def shape(self): return self.realize_cached_data().shape
    def numpy(self): return self.realize_cached_data()
    def __repr__(self): return "needle.Tensor(" + str(self.realize_cached_data()) + ")"

    def backward(self, out_grad=None):
        out_grad = out_grad or Tensor(numpy.ones(self.shape), requires_grad=False)
        compute_gradient_of_variables(self, out_grad)

    def __add__(self, o): return EWiseAdd()(self, o) if isinstance(o, Tensor) else AddScalar(o)(self)
    def __mul__(self, o): return EWiseMul()(self, o) if isinstance(o, Tensor) else MulScalar(o)(self)
    def __pow__(self, o):
        if isinstance(o, Tensor):
            raise NotImplementedError()
        return PowerScalar(o)(self)
    def __sub__(self, o): return EWiseAdd()(self, Negate()(o)) if isinstance(o, Tensor) else AddScalar(-o)(self)
    def __rsub__(self, o): return AddScalar(o)(Negate()(self))
    def __truediv__(self, o): return EWiseDiv()(self, o) if isinstance(o, Tensor) else DivScalar(o)(self)
    def __matmul__(self, o): return MatMul()(self, o)
    matmul = __matmul__
    def __neg__(self): return Negate()(self)
    def sum(self, axes=None): return Summation(axes)(self)
    def broadcast_to(self, shape): return BroadcastTo(shape)(self)
    def reshape(self, shape): return Reshape(shape)(self)
    def transpose(self, axes=None): return Transpose(axes)(self)
    __radd__ = __add__
    __rmul__ = __mul__


class EWiseAdd(TensorOp):
    def compute(self, a, b): return a + b
    def gradient(self, out_grad, node): return out_grad, out_grad

class AddScalar(TensorOp):
    def __init__(self, scalar): self.scalar = scalar
    def compute(self, a): return a + self.scalar
    def gradient(self, out_grad, node): return out_grad

class EWiseMul(TensorOp):
    def compute(self, a, b): return a * b
    def gradient(self, out_grad, node):
        lhs, rhs = node.inputs
        return out_grad * rhs, out_grad * lhs

class MulScalar(TensorOp):
    def __init__(self, scalar): self.scalar = scalar
    def compute(self, a): return a * self.scalar
    def gradient(self, out_grad, node): return (out_grad * self.scalar,)

class PowerScalar(TensorOp):
    def __init__(self, scalar): self.scalar = scalar
    def compute(self, a): return a ** self.scalar
    def gradient(self, out_grad, node):
        return out_grad * self.scalar * power_scalar(node.inputs[0], self.scalar - 1)

class EWiseDiv(TensorOp):
    def compute(self, a, b): return a / b
    def gradient(self, out_grad, node):
        lhs, rhs = node.inputs
        return out_grad / rhs, negate(out_grad * lhs / (rhs * rhs))

class DivScalar(TensorOp):
    def __init__(self, scalar): self.scalar = scalar
    def compute(self, a): return a / self.scalar
    def gradient(self, out_grad, node): return out_grad / self.scalar

class Transpose(TensorOp):
    """swaps the two given axes, by default the last two"""
    def __init__(self, axes=None): self.axes = axes or (-1, -2)
    def compute(self, a): return array_api.swapaxes(a, *self.axes)
    def gradient(self, out_grad, node): return transpose(out_grad, self.axes)

class Reshape(TensorOp):
    def __init__(self, shape): self.shape = shape
    def compute(self, a): return a.reshape(self.shape)
    def gradient(self, out_grad, node): return reshape(out_grad, node.inputs[0].shape)

class BroadcastTo(TensorOp):
    def __init__(self, shape): self.shape = tuple(shape)
    def compute(self, a): return array_api.broadcast_to(a, self.shape)
    def gradient(self, out_grad, node):
        src = node.inputs[0].shape
        padded = (1,) * (len(self.shape) - len(src)) + src
        axes = tuple(i for i, (p, q) in enumerate(zip(padded, self.shape)) if p != q)
        return reshape(summation(out_grad, axes) if axes else out_grad, src)

class Summation(TensorOp):
    def __init__(self, axes=None): self.axes = (axes,) if isinstance(axes, int) else axes
    def compute(self, a): return array_api.sum(a, axis=self.axes)
    def gradient(self, out_grad, node):
        shape = node.inputs[0].shape
        axes = range(len(shape)) if self.axes is None else [a % len(shape) for a in self.axes]
        kept = tuple(1 if i in axes else n for i, n in enumerate(shape))
        return broadcast_to(reshape(out_grad, kept), shape)

class MatMul(TensorOp):
    def compute(self, a, b): return a @ b
    def gradient(self, out_grad, node):
        a, b = node.inputs
        ga, gb = out_grad @ transpose(b), transpose(a) @ out_grad
        if len(ga.shape) > len(a.shape): ga = ga.sum(tuple(range(len(ga.shape) - len(a.shape))))
        if len(gb.shape) > len(b.shape): gb = gb.sum(tuple(range(len(gb.shape) - len(b.shape))))
        return ga, gb

class Negate(TensorOp):
    def compute(self, a): return -a
    def gradient(self, out_grad, node): return negate(out_grad)

class Log(TensorOp):
    def compute(self, a): return array_api.log(a)
    def gradient(self, out_grad, node): return out_grad / node.inputs[0]

class Exp(TensorOp):
    def compute(self, a): return array_api.exp(a)
    def gradient(self, out_grad, node): return out_grad * node

class ReLU(TensorOp):
    def compute(self, a): return array_api.maximum(a, 0)
    def gradient(self, out_grad, node):
        return out_grad * Tensor(node.realize_cached_data() > 0, requires_grad=False)


def add(a, b): return EWiseAdd()(a, b)
def multiply(a, b): return EWiseMul()(a, b)
def divide(a, b): return EWiseDiv()(a, b)
def power_scalar(a, s): return PowerScalar(s)(a)
def transpose(a, axes=None): return Transpose(axes)(a)
def reshape(a, shape): return Reshape(shape)(a)
def broadcast_to(a, shape): return BroadcastTo(shape)(a)
def summation(a, axes=None): return Summation(axes)(a)
def matmul(a, b): return MatMul()(a, b)
def negate(a): return Negate()(a)
def log(a): return Log()(a)
def exp(a): return Exp()(a)
def relu(a): return ReLU()(a)


def compute_gradient_of_variables(output_tensor, out_grad):
    node_to_output_grads_list: Dict[Tensor, List[Tensor]] = {output_tensor: [out_grad]}
    for node in reversed(find_topo_sort([output_tensor])):
        adjoint = sum_node_list(node_to_output_grads_list[node])
        node.grad = adjoint
        if node.is_leaf():
            continue
        for inp, g in zip(node.inputs, node.op.gradient_as_tuple(adjoint, node)):
            node_to_output_grads_list.setdefault(inp, []).append(g)


def find_topo_sort(node_list):
    visited, topo_order = set(), []
    for n in node_list:
        topo_sort_dfs(n, visited, topo_order)
    return topo_order


def topo_sort_dfs(node, visited, topo_order):
    if node in visited:
        return
    visited.add(node)
    for i in node.inputs:
        topo_sort_dfs(i, visited, topo_order)
    topo_order.append(node)


def sum_node_list(node_list):
    from functools import reduce
    from operator import add as plus
    return reduce(plus, node_list)
