"""MiniFlow as in the nanodegree: nodes know inbound and outbound nodes; forward, then backward."""
import numpy as np


class Node:
    def __init__(self, inbound_nodes=[]):
        self.inbound_nodes = inbound_nodes
        self.value = None
        self.outbound_nodes = []
        self.gradients = {}
        for node in inbound_nodes:
            if self not in node.outbound_nodes:
                node.outbound_nodes.append(self)

    def forward(self):
        raise NotImplementedError

    def backward(self):
        raise NotImplementedError


class Input(Node):
    def __init__(self):
        Node.__init__(self)

    def forward(self):
        pass

    def backward(self):
        self.gradients = {self: 0}
        for n in self.outbound_nodes:
            self.gradients[self] += n.gradients[self]


class _Gate(Node):
    def _cost(self):
        if not self.outbound_nodes:
            return np.ones_like(self.value)
        grad = np.zeros_like(self.value)
        for n in self.outbound_nodes:
            grad = grad + n.gradients[self]
        return grad

    def _start(self):
        self.gradients = {n: np.zeros_like(n.value) for n in self.inbound_nodes}


class Add(_Gate):
    def __init__(self, x, y):
        Node.__init__(self, [x, y])

    def forward(self):
        self.value = self.inbound_nodes[0].value + self.inbound_nodes[1].value

    def backward(self):
        self._start()
        g = self._cost()
        for n in self.inbound_nodes:
            self.gradients[n] = self.gradients[n] + g


class Mul(_Gate):
    def __init__(self, x, y):
        Node.__init__(self, [x, y])

    def forward(self):
        self.value = self.inbound_nodes[0].value * self.inbound_nodes[1].value

    def backward(self):
        self._start()
        g = self._cost()
        a, b = self.inbound_nodes
        self.gradients[a] = self.gradients[a] + g * b.value
        self.gradients[b] = self.gradients[b] + g * a.value


class Sigmoid(_Gate):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = 1. / (1. + np.exp(-self.inbound_nodes[0].value))

    def backward(self):
        self._start()
        g = self._cost()
        self.gradients[self.inbound_nodes[0]] += g * self.value


class Square(_Gate):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = np.square(self.inbound_nodes[0].value)

    def backward(self):
        self._start()
        self.gradients[self.inbound_nodes[0]] += 2 * self.inbound_nodes[0].value * self._cost()


class Linear(_Gate):
    def __init__(self, X, W, b):
        Node.__init__(self, [X, W, b])

    def forward(self):
        X, W, b = [n.value for n in self.inbound_nodes]
        self.value = np.dot(X, W) + b

    def backward(self):
        self._start()
        g = self._cost()
        X, W, b = self.inbound_nodes
        self.gradients[X] += np.dot(g, W.value.T)
        self.gradients[W] += np.dot(X.value.T, g)
        self.gradients[b] += np.sum(g, axis=0, keepdims=False)


def topological_sort(feed_dict):
    """Kahn's algorithm; feed_dict maps Input nodes to values."""
    input_nodes = [n for n in feed_dict.keys()]
    G = {}
    nodes = [n for n in input_nodes]
    while len(nodes) > 0:
        n = nodes.pop(0)
        if n not in G:
            G[n] = {'in': set(), 'out': set()}
        for m in n.outbound_nodes:
            if m not in G:
                G[m] = {'in': set(), 'out': set()}
            G[n]['out'].add(m)
            G[m]['in'].add(n)
            nodes.append(m)
    L = []
    S = set(input_nodes)
    while len(S) > 0:
        n = S.pop()
        if isinstance(n, Input):
            n.value = feed_dict[n]
        L.append(n)
        for m in n.outbound_nodes:
            if m not in G[n]['out']:
                continue
            G[n]['out'].remove(m)
            G[m]['in'].remove(n)
            if len(G[m]['in']) == 0:
                S.add(m)
    return L


def forward_and_backward(graph):
    for n in graph:
        n.forward()
    for n in graph[::-1]:
        n.backward()
