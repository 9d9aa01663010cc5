"""A static graph with feeds, the way a systems course builds it: Node, Op, Executor.

The graph is built from placeholders, without numbers; gradients() adds the nodes of the
backward pass to it; Executor([...]).run(feed_dict) computes arrays.
Operations: + - * / with nodes and numbers, matmul_op, exp_op, log_op, reduce_sum_op, relu_op,
sigmoid_op, tanh_op.
To be said: right. Add and mul want operands of equal shape (no broadcasting). It cannot be read
without an adapter: a node holds no value and takes no input.
"""

import numpy as np


class Node:
    def __init__(self):
        self.inputs = []
        self.op = None
        self.const_attr = None
        self.name = ""

    def __add__(self, other):
        if isinstance(other, Node):
            return add_op(self, other)
        return add_byconst_op(self, other)

    def __mul__(self, other):
        if isinstance(other, Node):
            return mul_op(self, other)
        return mul_byconst_op(self, other)

    def __neg__(self):
        return mul_byconst_op(self, -1)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        if isinstance(other, Node):
            return div_op(self, other)
        return mul_byconst_op(self, 1.0 / other)

    def __rtruediv__(self, other):
        return reciprocal_op(self) * other

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self):
        return self.name

    __repr__ = __str__


def Variable(name):
    """A placeholder that is fed at run time."""
    node = placeholder_op()
    node.name = name
    return node


class Op:
    def __call__(self, *inputs, const_attr=None):
        node = Node()
        node.op = self
        node.inputs = list(inputs)
        node.const_attr = const_attr
        node.name = "%s(%s)" % (type(self).__name__, ",".join(i.name for i in inputs))
        return node

    def compute(self, node, input_vals):
        raise NotImplementedError

    def gradient(self, node, output_grad):
        raise NotImplementedError


class PlaceholderOp(Op):
    def compute(self, node, input_vals):
        assert False, "placeholder values are provided by feed_dict"

    def gradient(self, node, output_grad):
        return None


class AddOp(Op):
    def compute(self, node, input_vals):
        assert input_vals[0].shape == input_vals[1].shape
        return input_vals[0] + input_vals[1]

    def gradient(self, node, output_grad):
        return [output_grad, output_grad]


class AddByConstOp(Op):
    def __call__(self, a, c):
        return Op.__call__(self, a, const_attr=c)

    def compute(self, node, input_vals):
        return input_vals[0] + node.const_attr

    def gradient(self, node, output_grad):
        return [output_grad]


class MulOp(Op):
    def compute(self, node, input_vals):
        assert input_vals[0].shape == input_vals[1].shape
        return input_vals[0] * input_vals[1]

    def gradient(self, node, output_grad):
        a, b = node.inputs
        return [output_grad * b, output_grad * a]


class MulByConstOp(Op):
    def __call__(self, a, c):
        return Op.__call__(self, a, const_attr=c)

    def compute(self, node, input_vals):
        return input_vals[0] * node.const_attr

    def gradient(self, node, output_grad):
        return [output_grad * node.const_attr]


class DivOp(Op):
    def compute(self, node, input_vals):
        assert input_vals[0].shape == input_vals[1].shape
        return input_vals[0] / input_vals[1]

    def gradient(self, node, output_grad):
        a, b = node.inputs
        return [output_grad / b, -(output_grad * a / (b * b))]


class ReciprocalOp(Op):
    def compute(self, node, input_vals):
        return 1.0 / input_vals[0]

    def gradient(self, node, output_grad):
        return [-(output_grad * node * node)]


class MatMulOp(Op):
    def __call__(self, a, b, trans_A=False, trans_B=False):
        return Op.__call__(self, a, b, const_attr=(trans_A, trans_B))

    def compute(self, node, input_vals):
        a, b = input_vals
        trans_A, trans_B = node.const_attr
        return np.matmul(a.T if trans_A else a, b.T if trans_B else b)

    def gradient(self, node, output_grad):
        a, b = node.inputs
        return [
            matmul_op(output_grad, b, trans_B=True),
            matmul_op(a, output_grad, trans_A=True),
        ]


class ExpOp(Op):
    def compute(self, node, input_vals):
        return np.exp(input_vals[0])

    def gradient(self, node, output_grad):
        return [output_grad * node]


class LogOp(Op):
    def compute(self, node, input_vals):
        return np.log(input_vals[0])

    def gradient(self, node, output_grad):
        return [output_grad / node.inputs[0]]


class TanhOp(Op):
    def compute(self, node, input_vals):
        return np.tanh(input_vals[0])

    def gradient(self, node, output_grad):
        return [output_grad * (1 - node * node)]


class SigmoidOp(Op):
    def compute(self, node, input_vals):
        return np.exp(-np.logaddexp(0, -input_vals[0]))

    def gradient(self, node, output_grad):
        return [output_grad * node * (1 - node)]


class ReluOp(Op):
    def compute(self, node, input_vals):
        return np.maximum(input_vals[0], 0)

    def gradient(self, node, output_grad):
        return [relu_gradient_op(node.inputs[0], output_grad)]


class ReluGradientOp(Op):
    def compute(self, node, input_vals):
        return (input_vals[0] > 0) * input_vals[1]

    def gradient(self, node, output_grad):
        raise NotImplementedError


class ReduceSumOp(Op):
    def compute(self, node, input_vals):
        return np.sum(input_vals[0])

    def gradient(self, node, output_grad):
        return [broadcast_like_op(output_grad, node.inputs[0])]


class BroadcastLikeOp(Op):
    def compute(self, node, input_vals):
        return np.broadcast_to(input_vals[0], input_vals[1].shape)

    def gradient(self, node, output_grad):
        return [reduce_sum_op(output_grad), zeroslike_op(node.inputs[1])]


class ZerosLikeOp(Op):
    def compute(self, node, input_vals):
        return np.zeros(input_vals[0].shape)

    def gradient(self, node, output_grad):
        return [zeroslike_op(node.inputs[0])]


class OnesLikeOp(Op):
    def compute(self, node, input_vals):
        return np.ones(input_vals[0].shape)

    def gradient(self, node, output_grad):
        return [zeroslike_op(node.inputs[0])]


placeholder_op = PlaceholderOp()
add_op = AddOp()
add_byconst_op = AddByConstOp()
mul_op = MulOp()
mul_byconst_op = MulByConstOp()
div_op = DivOp()
reciprocal_op = ReciprocalOp()
matmul_op = MatMulOp()
exp_op = ExpOp()
log_op = LogOp()
tanh_op = TanhOp()
sigmoid_op = SigmoidOp()
relu_op = ReluOp()
relu_gradient_op = ReluGradientOp()
reduce_sum_op = ReduceSumOp()
broadcast_like_op = BroadcastLikeOp()
oneslike_op = OnesLikeOp()
zeroslike_op = ZerosLikeOp()


class Executor:
    def __init__(self, eval_node_list):
        self.eval_node_list = eval_node_list

    def run(self, feed_dict):
        computed = {node: np.asarray(value) for node, value in feed_dict.items()}
        for node in find_topo_sort(self.eval_node_list):
            if node not in computed:
                computed[node] = node.op.compute(node, [computed[i] for i in node.inputs])
        return [computed[node] for node in self.eval_node_list]


def gradients(output_node, node_list, output_grad=None):
    """Nodes for the gradients of output_node by each of node_list; None where there is no path."""
    if output_grad is None:
        output_grad = oneslike_op(output_node)
    waiting = {output_node: [output_grad]}
    finished = {}
    for node in reversed(find_topo_sort([output_node])):
        if node not in waiting:
            continue
        total = waiting[node][0]
        for term in waiting[node][1:]:
            total = total + term
        finished[node] = total
        if node.inputs:
            for one, term in zip(node.inputs, node.op.gradient(node, total)):
                waiting.setdefault(one, []).append(term)
    return [finished.get(node) for node in node_list]


def find_topo_sort(node_list):
    done, order = set(), []
    stack = [(node, False) for node in reversed(node_list)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif node not in done:
            done.add(node)
            stack.append((node, True))
            stack.extend((i, False) for i in node.inputs)
    return order
