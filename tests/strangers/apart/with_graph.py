"""Nodes register with the graph that is open; graph.backprop(loss) fills node.d."""
import math


class Graph:
    current = None

    def __init__(self):
        self.nodes = []

    def __enter__(self):
        self._outer, Graph.current = Graph.current, self
        return self

    def __exit__(self, *exc):
        Graph.current = self._outer

    def backprop(self, loss):
        for n in self.nodes:
            n.d = 0.0
        loss.d = 1.0
        for n in reversed(self.nodes):
            n.push()


class Node:
    def __init__(self, v, push=lambda: None):
        self.v, self.d = v, 0.0
        self._push = push
        if Graph.current is None:
            raise RuntimeError("open a Graph first: with Graph() as g:")
        Graph.current.nodes.append(self)

    def push(self):
        self._push()

    def __add__(self, o):
        o = node(o)
        out = Node(self.v + o.v)

        def push():
            self.d += out.d
            o.d += out.d
        out._push = push
        return out

    def __mul__(self, o):
        o = node(o)
        out = Node(self.v * o.v)

        def push():
            self.d += o.v * out.d
            o.d += self.v * out.d
        out._push = push
        return out

    def __pow__(self, k):
        out = Node(self.v ** k)

        def push():
            self.d += k * self.v ** (k - 1) * out.d
        out._push = push
        return out

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self): return self * -1
    def __sub__(self, o): return self + -node(o)
    def __rsub__(self, o): return node(o) + -self
    def __truediv__(self, o): return self * node(o) ** -1
    def __rtruediv__(self, o): return node(o) * self ** -1


def node(x):
    return x if isinstance(x, Node) else Node(x)


def _unary(f, df):
    def call(a):
        out = Node(f(a.v))

        def push():
            a.d += df(a.v, out.v) * out.d
        out._push = push
        return out
    return call


exp = _unary(math.exp, lambda x, y: y)
log = _unary(math.log, lambda x, y: 1 / x)
tanh = _unary(math.tanh, lambda x, y: 1 - y * y)
relu = _unary(lambda x: max(x, 0.0), lambda x, y: float(x > 0))
