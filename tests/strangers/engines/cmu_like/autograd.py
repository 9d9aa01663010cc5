"""The graph: Op, Value, Tensor and the reverse pass."""

from typing import Dict, List, Optional

import numpy

LAZY_MODE = False
TENSOR_COUNTER = 0


class Op:
    """Operator definition."""

    def __call__(self, *args):
        raise NotImplementedError()

    def compute(self, *args):
        raise NotImplementedError()

    def gradient(self, out_grad: "Value", node: "Value"):
        raise NotImplementedError()

    def gradient_as_tuple(self, out_grad: "Value", node: "Value"):
        output = self.gradient(out_grad, node)
        return output if isinstance(output, (tuple, list)) else (output,)


class TensorOp(Op):
    def __call__(self, *args):
        return Tensor.make_from_op(self, args)


class Value:
    op: Optional[Op]
    inputs: List["Value"]
    cached_data: Optional[numpy.ndarray]
    requires_grad: bool

    def realize_cached_data(self):
        if self.cached_data is not None:
            return self.cached_data
        self.cached_data = self.op.compute(*[x.realize_cached_data() for x in self.inputs])
        return self.cached_data

    def is_leaf(self):
        return self.op is None

    def _init(self, op, inputs, *, cached_data=None, requires_grad=None):
        global TENSOR_COUNTER
        TENSOR_COUNTER += 1
        if requires_grad is None:
            requires_grad = any(x.requires_grad for x in inputs)
        self.op = op
        self.inputs = inputs
        self.cached_data = cached_data
        self.requires_grad = requires_grad


class Tensor(Value):
    grad: "Tensor"

    def __init__(self, array, *, dtype="float64", requires_grad=True, **kwargs):
        if isinstance(array, Tensor):
            array = array.realize_cached_data()
        self._init(
            None,
            [],
            cached_data=numpy.array(array, dtype=dtype),
            requires_grad=requires_grad,
        )

    @staticmethod
    def make_from_op(op: Op, inputs: List["Value"]):
        tensor = Tensor.__new__(Tensor)
        tensor._init(op, inputs)
        if not LAZY_MODE:
            tensor.realize_cached_data()
        return tensor

    @staticmethod
    def make_const(data):
        tensor = Tensor.__new__(Tensor)
        tensor._init(None, [], cached_data=data, requires_grad=False)
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
        out_grad = (
            out_grad if out_grad is not None else Tensor(numpy.ones(self.shape), requires_grad=False)
        )
        compute_gradient_of_variables(self, out_grad)

    def __repr__(self):
        return "ndl.Tensor(" + str(self.realize_cached_data()) + ")"

    def __add__(self, other):
        from . import ops

        if isinstance(other, Tensor):
            return ops.EWiseAdd()(self, other)
        return ops.AddScalar(other)(self)

    def __mul__(self, other):
        from . import ops

        if isinstance(other, Tensor):
            return ops.EWiseMul()(self, other)
        return ops.MulScalar(other)(self)

    def __pow__(self, other):
        from . import ops

        if isinstance(other, Tensor):
            raise NotImplementedError()
        return ops.PowerScalar(other)(self)

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

    def __rtruediv__(self, other):
        from . import ops

        return ops.MulScalar(other)(ops.PowerScalar(-1)(self))

    def __matmul__(self, other):
        from . import ops

        return ops.MatMul()(self, other)

    def matmul(self, other):
        return self @ other

    def sum(self, axes=None):
        from . import ops

        return ops.Summation(axes)(self)

    def broadcast_to(self, shape):
        from . import ops

        return ops.BroadcastTo(shape)(self)

    def reshape(self, shape):
        from . import ops

        return ops.Reshape(shape)(self)

    def transpose(self, axes=None):
        from . import ops

        return ops.Transpose(axes)(self)

    def __neg__(self):
        from . import ops

        return ops.Negate()(self)

    __radd__ = __add__
    __rmul__ = __mul__


def compute_gradient_of_variables(output_tensor, out_grad):
    node_to_output_grads_list: Dict[Tensor, List[Tensor]] = {output_tensor: [out_grad]}
    for node in reversed(find_topo_sort([output_tensor])):
        node.grad = sum_node_list(node_to_output_grads_list[node])
        if node.is_leaf():
            continue
        for parent, adjoint in zip(node.inputs, node.op.gradient_as_tuple(node.grad, node)):
            node_to_output_grads_list.setdefault(parent, []).append(adjoint)


def find_topo_sort(node_list: List[Value]) -> List[Value]:
    visited, topo_order = set(), []
    for node in node_list:
        topo_sort_dfs(node, visited, topo_order)
    return topo_order


def topo_sort_dfs(root, visited, topo_order):
    """Post-order, with a stack of iterators in place of recursion."""
    if root in visited:
        return
    visited.add(root)
    stack = [(root, iter(root.inputs))]
    while stack:
        node, children = stack[-1]
        for child in children:
            if child not in visited:
                visited.add(child)
                stack.append((child, iter(child.inputs)))
                break
        else:
            topo_order.append(node)
            stack.pop()


def sum_node_list(node_list):
    from functools import reduce
    from operator import add

    return reduce(add, node_list)
