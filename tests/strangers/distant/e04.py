# shape: x = Variable("x"); y = x*x+...; gx, = gradients(y, [x]); Executor([y, gx]).run(feed_dict={x: array}) -> list of values (symbolic graph, gradients are nodes); binary operations want equal shapes (no broadcasting), matrix products of 2-d arrays only
# mistake: none
import numpy as np

class Node(object):
    def __init__(self):
        self.inputs = []
        self.op = None
        self.const_attr = None
        self.name = ""

    def __add__(self, other):
        return add_op(self, other) if isinstance(other, Node) else add_byconst_op(self, other)

    def __mul__(self, other):
        return mul_op(self, other) if isinstance(other, Node) else mul_byconst_op(self, other)

    def __neg__(self):
        return mul_byconst_op(self, -1)

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __truediv__(self, other):
        return div_op(self, other) if isinstance(other, Node) else mul_byconst_op(self, 1.0 / other)

    def __rtruediv__(self, other):
        return mul_byconst_op(reciprocal_op(self), other)

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self):
        return self.name
    __repr__ = __str__

class Op(object):
    fmt = "op(%s)"

    def __call__(self, *inputs, **kw):
        n = Node()
        n.op = self
        n.inputs = [i for i in inputs if isinstance(i, Node)]
        rest = [i for i in inputs if not isinstance(i, Node)]
        n.const_attr = rest[0] if rest else kw or None
        n.name = "%s(%s)" % (type(self).__name__[:-2], ",".join(map(str, inputs)))
        return n

    def compute(self, node, vals):
        raise NotImplementedError

    def gradient(self, node, g):
        raise NotImplementedError


def same(a, b):
    assert np.shape(a) == np.shape(b), 'no broadcasting'
    return a, b

class AddOp(Op):
    def compute(self, node, v): return same(*v)[0] + v[1]
    def gradient(self, node, g): return [g, g]

class AddByConstOp(Op):
    def compute(self, node, v): return v[0] + node.const_attr
    def gradient(self, node, g): return [g]

class MulOp(Op):
    def compute(self, node, v): return same(*v)[0] * v[1]
    def gradient(self, node, g): return [g * node.inputs[1], g * node.inputs[0]]

class MulByConstOp(Op):
    def compute(self, node, v): return v[0] * node.const_attr
    def gradient(self, node, g): return [g * node.const_attr]

class DivOp(Op):
    def compute(self, node, v): return same(*v)[0] / v[1]
    def gradient(self, node, g):
        a, b = node.inputs
        return [g / b, -(g * a) / (b * b)]

class ReciprocalOp(Op):
    def compute(self, node, v): return 1.0 / v[0]
    def gradient(self, node, g): return [-(g * node * node)]

class MatMulOp(Op):
    def __call__(self, a, b, trans_A=False, trans_B=False):
        n = Op.__call__(self, a, b)
        n.const_attr = (trans_A, trans_B)
        return n

    def compute(self, node, v):
        ta, tb = node.const_attr
        return (v[0].T if ta else v[0]) @ (v[1].T if tb else v[1])

    def gradient(self, node, g):
        a, b = node.inputs
        ta, tb = node.const_attr
        ga = matmul_op(b, g, tb, True) if ta else matmul_op(g, b, False, not tb)
        gb = matmul_op(g, a, True, ta) if tb else matmul_op(a, g, not ta, False)
        return [ga, gb]

class ExpOp(Op):
    def compute(self, node, v): return np.exp(v[0])
    def gradient(self, node, g): return [g * node]

class LogOp(Op):
    def compute(self, node, v): return np.log(v[0])
    def gradient(self, node, g): return [g / node.inputs[0]]

class ReluOp(Op):
    def compute(self, node, v): return np.where(v[0] > 0, v[0], 0.0)
    def gradient(self, node, g): return [relu_grad_op(node.inputs[0], g)]

class ReluGradOp(Op):
    def compute(self, node, v): return (v[0] > 0) * v[1]
    def gradient(self, node, g): raise NotImplementedError

class SumAllOp(Op):
    def compute(self, node, v): return np.sum(v[0])
    def gradient(self, node, g): return [fill_op(g, node.inputs[0])]

class FillOp(Op):
    def compute(self, node, v): return v[0] * np.ones(np.shape(v[1]))
    def gradient(self, node, g): return [sum_op(g), zeroslike_op(node.inputs[1])]

class OnesLikeOp(Op):
    def compute(self, node, v): return np.ones(np.shape(v[0]))
    def gradient(self, node, g): return [zeroslike_op(node.inputs[0])]

class ZerosLikeOp(Op):
    def compute(self, node, v): return np.zeros(np.shape(v[0]))
    def gradient(self, node, g): return [zeroslike_op(node.inputs[0])]

class PlaceholderOp(Op):
    def __call__(self): return Op.__call__(self)
    def gradient(self, node, g): return None


add_op, add_byconst_op, mul_op, mul_byconst_op = AddOp(), AddByConstOp(), MulOp(), MulByConstOp()
div_op, reciprocal_op, matmul_op = DivOp(), ReciprocalOp(), MatMulOp()
exp_op, log_op, relu_op, relu_grad_op, sum_op = ExpOp(), LogOp(), ReluOp(), ReluGradOp(), SumAllOp()
fill_op = FillOp()
oneslike_op, zeroslike_op, placeholder_op = OnesLikeOp(), ZerosLikeOp(), PlaceholderOp()


def Variable(name):
    v = placeholder_op()
    v.name = name
    return v

class Executor:
    def __init__(self, eval_node_list):
        self.eval_node_list = eval_node_list

    def run(self, feed_dict):
        vals = dict(feed_dict)
        for n in find_topo_sort(self.eval_node_list):
            if n not in vals:
                vals[n] = n.op.compute(n, [vals[i] for i in n.inputs])
        return [vals[n] for n in self.eval_node_list]


def gradients(output_node, node_list):
    contributions = {output_node: [oneslike_op(output_node)]}
    result = {}
    for n in reversed(find_topo_sort([output_node])):
        g = contributions[n][0]
        for extra in contributions[n][1:]:
            g = g + extra
        result[n] = g
        for i, gi in zip(n.inputs, n.op.gradient(n, g) or []):
            contributions.setdefault(i, []).append(gi)
    return [result[n] if n in result else zeroslike_op(n) for n in node_list]


def find_topo_sort(nodes):
    done, order = set(), []

    def dfs(n):
        if n in done:
            return
        done.add(n)
        for i in n.inputs:
            dfs(i)
        order.append(n)
    for n in nodes:
        dfs(n)
    return order
