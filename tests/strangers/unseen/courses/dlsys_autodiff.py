"""Static graph in the shape of the systems-for-ML course's first assignment:
Node / Op / Executor / gradients."""
import numpy as np


class Node(object):
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

    def __sub__(self, other):
        if isinstance(other, Node):
            return sub_op(self, other)
        return add_byconst_op(self, -other)

    def __rsub__(self, other):
        return add_byconst_op(mul_byconst_op(self, -1), other)

    def __truediv__(self, other):
        if isinstance(other, Node):
            return div_op(self, other)
        return mul_byconst_op(self, 1.0 / other)

    def __neg__(self):
        return mul_byconst_op(self, -1)

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self):
        return self.name
    __repr__ = __str__


def Variable(name):
    node = placeholder_op()
    node.name = name
    return node


class Op(object):
    def _node(self, inputs, name, const=None):
        n = Node()
        n.op, n.inputs, n.name, n.const_attr = self, list(inputs), name, const
        return n

    def __call__(self):
        raise NotImplementedError

    def compute(self, node, input_vals):
        raise NotImplementedError

    def gradient(self, node, output_grad):
        raise NotImplementedError


class AddOp(Op):
    def __call__(self, a, b): return self._node([a, b], "(%s+%s)" % (a.name, b.name))
    def compute(self, node, v): return v[0] + v[1]
    def gradient(self, node, output_grad): return [output_grad, output_grad]

class SubOp(Op):
    def __call__(self, a, b): return self._node([a, b], "(%s-%s)" % (a.name, b.name))
    def compute(self, node, v): return v[0] - v[1]
    def gradient(self, node, output_grad): return [output_grad, -output_grad]

class AddByConstOp(Op):
    def __call__(self, a, c): return self._node([a], "(%s+%s)" % (a.name, c), c)
    def compute(self, node, v): return v[0] + node.const_attr
    def gradient(self, node, output_grad): return [output_grad]

class MulOp(Op):
    def __call__(self, a, b): return self._node([a, b], "(%s*%s)" % (a.name, b.name))
    def compute(self, node, v): return v[0] * v[1]
    def gradient(self, node, output_grad):
        return [node.inputs[1] * output_grad, node.inputs[0] * output_grad]

class MulByConstOp(Op):
    def __call__(self, a, c): return self._node([a], "(%s*%s)" % (a.name, c), c)
    def compute(self, node, v): return v[0] * node.const_attr
    def gradient(self, node, output_grad): return [node.const_attr * output_grad]

class DivOp(Op):
    def __call__(self, a, b): return self._node([a, b], "(%s/%s)" % (a.name, b.name))
    def compute(self, node, v): return v[0] / v[1]
    def gradient(self, node, output_grad):
        a, b = node.inputs
        return [output_grad / b, -1 * output_grad * a / (b * b)]

class ExpOp(Op):
    def __call__(self, a): return self._node([a], "exp(%s)" % a.name)
    def compute(self, node, v): return np.exp(v[0])
    def gradient(self, node, output_grad): return [output_grad * exp_op(node.inputs[0])]

class LogOp(Op):
    def __call__(self, a): return self._node([a], "log(%s)" % a.name)
    def compute(self, node, v): return np.log(v[0])
    def gradient(self, node, output_grad): return [output_grad / node.inputs[0]]

class ReduceSumOp(Op):
    def __call__(self, a): return self._node([a], "sum(%s)" % a.name)
    def compute(self, node, v): return np.sum(v[0])
    def gradient(self, node, output_grad): return [output_grad * oneslike_op(node.inputs[0])]

class MatMulOp(Op):
    def __call__(self, a, b, trans_A=False, trans_B=False):
        n = self._node([a, b], "MatMul(%s,%s,%s,%s)" % (a.name, b.name, trans_A, trans_B))
        n.matmul_attr_trans_A, n.matmul_attr_trans_B = trans_A, trans_B
        return n

    def compute(self, node, v):
        a = v[0].T if node.matmul_attr_trans_A else v[0]
        b = v[1].T if node.matmul_attr_trans_B else v[1]
        return np.matmul(a, b)

    def gradient(self, node, output_grad):
        A, B = node.inputs
        ta, tb = node.matmul_attr_trans_A, node.matmul_attr_trans_B
        # Y = op(A) op(B):  d op(A) = dY op(B)^T,  d op(B) = op(A)^T dY
        if ta:
            dA = matmul_op(B, output_grad, trans_A=tb, trans_B=True)
        else:
            dA = matmul_op(output_grad, B, trans_B=not tb)
        if tb:
            dB = matmul_op(output_grad, A, trans_A=True, trans_B=ta)
        else:
            dB = matmul_op(A, output_grad, trans_A=not ta)
        return [dA, dB]

class PlaceholderOp(Op):
    def __call__(self): return self._node([], "placeholder")
    def compute(self, node, v): assert False, "placeholder values provided by feed_dict"
    def gradient(self, node, output_grad): return None

class ZerosLikeOp(Op):
    def __call__(self, a): return self._node([a], "Zeroslike(%s)" % a.name)
    def compute(self, node, v): return np.zeros(np.shape(v[0]))
    def gradient(self, node, output_grad): return [zeroslike_op(node.inputs[0])]

class OnesLikeOp(Op):
    def __call__(self, a): return self._node([a], "Oneslike(%s)" % a.name)
    def compute(self, node, v): return np.ones(np.shape(v[0]))
    def gradient(self, node, output_grad): return [zeroslike_op(node.inputs[0])]


add_op, sub_op, mul_op, div_op = AddOp(), SubOp(), MulOp(), DivOp()
add_byconst_op, mul_byconst_op = AddByConstOp(), MulByConstOp()
exp_op, log_op, reduce_sum_op = ExpOp(), LogOp(), ReduceSumOp()
matmul_op, placeholder_op = MatMulOp(), PlaceholderOp()
oneslike_op, zeroslike_op = OnesLikeOp(), ZerosLikeOp()


class Executor:
    def __init__(self, eval_node_list):
        self.eval_node_list = eval_node_list

    def run(self, feed_dict):
        vals = dict(feed_dict)
        for node in find_topo_sort(self.eval_node_list):
            if node not in vals:
                vals[node] = node.op.compute(node, [vals[i] for i in node.inputs])
        return [vals[n] for n in self.eval_node_list]


def gradients(output_node, node_list):
    node_to_output_grads_list = {output_node: [oneslike_op(output_node)]}
    node_to_output_grad = {}
    for node in reversed(find_topo_sort([output_node])):
        grad = sum_node_list(node_to_output_grads_list[node])
        node_to_output_grad[node] = grad
        for inp, g in zip(node.inputs, node.op.gradient(node, grad) or []):
            node_to_output_grads_list.setdefault(inp, []).append(g)
    return [node_to_output_grad[n] for n in node_list]


def find_topo_sort(node_list):
    visited, order = set(), []

    def dfs(n):
        if n in visited:
            return
        visited.add(n)
        for i in n.inputs:
            dfs(i)
        order.append(n)
    for n in node_list:
        dfs(n)
    return order


def sum_node_list(nodes):
    total = nodes[0]
    for n in nodes[1:]:
        total = total + n
    return total
