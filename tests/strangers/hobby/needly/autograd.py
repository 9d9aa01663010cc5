"""Lazily realized values, ops with compute() and gradient()."""
from typing import List, Optional

import numpy

LAZY_MODE = False
TENSOR_COUNTER = 0


class Op:
    def __call__(self, *args):
        raise NotImplementedError()

    def compute(self, *args):
        raise NotImplementedError()

    def gradient(self, out_grad: "Value", node: "Value"):
        raise NotImplementedError()

    def gradient_as_tuple(self, out_grad, node):
        output = self.gradient(out_grad, node)
        if isinstance(output, (tuple, list)):
            return tuple(output)
        return (output,)


class TensorOp(Op):
    def __call__(self, *args):
        return Tensor.make_from_op(self, args)


class Value:
    op: Optional[Op]
    inputs: List["Value"]
    cached_data: numpy.ndarray
    requires_grad: bool

    def realize_cached_data(self):
        if self.cached_data is not None:
            return self.cached_data
        self.cached_data = self.op.compute(*[x.realize_cached_data() for x in self.inputs])
        return self.cached_data

    def is_leaf(self):
        return self.op is None

    def _init(self, op, inputs, *, num_outputs=1, cached_data=None, requires_grad=None):
        global TENSOR_COUNTER
        TENSOR_COUNTER += 1
        if requires_grad is None:
            requires_grad = any(x.requires_grad for x in inputs)
        self.op = op
        self.inputs = inputs
        self.num_outputs = num_outputs
        self.cached_data = cached_data
        self.requires_grad = requires_grad


class Tensor(Value):
    grad: "Tensor"

    def __init__(self, array, *, dtype=None, requires_grad=True, **kwargs):
        if isinstance(array, Tensor):
            cached = array.realize_cached_data()
        else:
            cached = numpy.array(array, dtype=dtype or "float64")
        self._init(None, [], cached_data=cached, requires_grad=requires_grad)

    @staticmethod
    def make_from_op(op, inputs):
        tensor = Tensor.__new__(Tensor)
        tensor._init(op, inputs)
        if not LAZY_MODE:
            if not tensor.requires_grad:
                return tensor.detach()
            tensor.realize_cached_data()
        return tensor

    @staticmethod
    def make_const(data, requires_grad=False):
        tensor = Tensor.__new__(Tensor)
        tensor._init(None, [], cached_data=data, requires_grad=requires_grad)
        return tensor

    @property
    def data(self):
        return self.detach()

    def detach(self):
        return Tensor.make_const(self.realize_cached_data())

    @property
    def shape(self):
        return self.realize_cached_data().shape

    @property
    def dtype(self):
        return self.realize_cached_data().dtype

    def numpy(self):
        return self.realize_cached_data()

    def backward(self, out_grad=None):
        out_grad = out_grad if out_grad is not None else Tensor(numpy.ones(self.shape))
        compute_gradient_of_variables(self, out_grad)

    def __repr__(self):
        return "needly.Tensor(" + str(self.realize_cached_data()) + ")"

    def __mul__(self, other):
        from . import ops
        if isinstance(other, Tensor):
            return ops.EWiseMul()(self, other)
        return ops.MulScalar(other)(self)

    def __pow__(self, other):
        from . import ops
        if isinstance(other, Tensor):
            return ops.EWisePow()(self, other)
        return ops.PowerScalar(other)(self)

    def __add__(self, other):
        from . import ops
        if isinstance(other, Tensor):
            return ops.EWiseAdd()(self, other)
        return ops.AddScalar(other)(self)

    def __sub__(self, other):
        from . import ops
        if isinstance(other, Tensor):
            return ops.EWiseAdd()(self, ops.Negate()(other))
        return ops.AddScalar(-other)(self)

    def __rsub__(self, other):
        from . import ops
        return ops.AddScalar(other)(ops.Negate()(self))

    def __truediv__(self, other):
        from . import ops
        if isinstance(other, Tensor):
            return ops.EWiseDiv()(self, other)
        return ops.DivScalar(other)(self)

    def __matmul__(self, other):
        from . import ops
        return ops.MatMul()(self, other)

    def matmul(self, other):
        from . import ops
        return ops.MatMul()(self, other)

    def sum(self, axes=None):
        from . import ops
        return ops.Summation(axes)(self)

    def broadcast_to(self, shape):
        from . import ops
        return ops.BroadcastTo(shape)(self)

    def reshape(self, shape):
        from . import ops
        return ops.Reshape(shape)(self)

    def __neg__(self):
        from . import ops
        return ops.Negate()(self)

    def transpose(self, axes=None):
        from . import ops
        return ops.Transpose(axes)(self)

    __radd__ = __add__
    __rmul__ = __mul__
    __rmatmul__ = __matmul__


def compute_gradient_of_variables(output_tensor, out_grad):
    node_to_output_grads_list = {output_tensor: [out_grad]}
    for node in reversed(find_topo_sort([output_tensor])):
        node.grad = sum_node_list(node_to_output_grads_list[node])
        if node.is_leaf():
            continue
        for inp, g in zip(node.inputs, node.op.gradient_as_tuple(node.grad, node)):
            node_to_output_grads_list.setdefault(inp, []).append(g)


def find_topo_sort(node_list):
    visited, order = set(), []
    for node in node_list:
        topo_sort_dfs(node, visited, order)
    return order


def topo_sort_dfs(node, visited, topo_order):
    if node in visited:
        return
    visited.add(node)
    for i in node.inputs:
        topo_sort_dfs(i, visited, topo_order)
    topo_order.append(node)


def sum_node_list(node_list):
    total = node_list[0]
    for node in node_list[1:]:
        total = total + node
    return total
