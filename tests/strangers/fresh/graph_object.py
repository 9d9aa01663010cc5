"""A graph owns its nodes: g.variable(2.0), g.mul(a, b), then g.forward() and g.backward(out)."""
import numpy as np


class Graph:
    def __init__(self):
        self.nodes = []

    def _node(self, kind, parents=(), value=None):
        node = GraphNode(self, kind, parents, value)
        self.nodes.append(node)
        return node

    def variable(self, value):
        return self._node("variable", value=np.asarray(value, dtype=float))

    def add(self, a, b): return self._node("add", (a, b))
    def sub(self, a, b): return self._node("sub", (a, b))
    def mul(self, a, b): return self._node("mul", (a, b))
    def div(self, a, b): return self._node("div", (a, b))
    def neg(self, a): return self._node("neg", (a,))
    def exp(self, a): return self._node("exp", (a,))
    def log(self, a): return self._node("log", (a,))
    def tanh(self, a): return self._node("tanh", (a,))
    def sigmoid(self, a): return self._node("sigmoid", (a,))
    def sum(self, a): return self._node("sum", (a,))

    def forward(self):
        """Computes every node's value, in the order of creation."""
        for node in self.nodes:
            if node.parents:
                node.value = getattr(self, "_fwd_" + node.kind)(*(p.value for p in node.parents))
        return self.nodes[-1].value

    def backward(self, out):
        """After forward(): gradients of out by every node, in node.gradient."""
        for node in self.nodes:
            node.gradient = np.zeros_like(node.value)
        out.gradient = np.ones_like(out.value)
        for node in reversed(self.nodes):
            if node.parents:
                values = [p.value for p in node.parents]
                parts = getattr(self, "_bwd_" + node.kind)(node.gradient, node.value, *values)
                for parent, part in zip(node.parents, parts):
                    parent.gradient = parent.gradient + part

    def _fwd_add(self, a, b): return a + b
    def _bwd_add(self, g, y, a, b): return g, g
    def _fwd_sub(self, a, b): return a - b
    def _bwd_sub(self, g, y, a, b): return g, -g
    def _fwd_mul(self, a, b): return a * b
    def _bwd_mul(self, g, y, a, b): return g * b, g * a
    def _fwd_div(self, a, b): return a / b
    def _bwd_div(self, g, y, a, b): return g / b, -g * y / b
    def _fwd_neg(self, a): return -a
    def _bwd_neg(self, g, y, a): return (-g,)
    def _fwd_exp(self, a): return np.exp(a)
    def _bwd_exp(self, g, y, a): return (g * y,)
    def _fwd_log(self, a): return np.log(a)
    def _bwd_log(self, g, y, a): return (g / a,)
    def _fwd_tanh(self, a): return np.tanh(a)
    def _bwd_tanh(self, g, y, a): return (g * (1 - y * y),)
    def _fwd_sigmoid(self, a): return 1 / (1 + np.exp(-a))
    def _bwd_sigmoid(self, g, y, a): return (g * y * (1 - y),)
    def _fwd_sum(self, a): return np.sum(a)
    def _bwd_sum(self, g, y, a): return (g * np.ones_like(a),)


class GraphNode:
    def __init__(self, graph, kind, parents, value):
        self.graph, self.kind, self.parents, self.value = graph, kind, parents, value
        self.gradient = None
