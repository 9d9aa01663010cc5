"""Nodes with inbound_nodes, the way an online course's toy of a static framework has them.

A graph is built of Input() and operation nodes; topological_sort(feed_dict) puts them in order;
forward_and_backward(graph, output_node) runs each node's forward() and backward(). node.value is the
value, node.gradients a dictionary from each inbound node to what goes back to it (and from the node
itself for an Input).
Operations: Add, Mul (any number of equal shapes), Sub, Linear(X, W, b), Sigmoid, Tanh, MSE, Sum, Square.
To be said: right. Needs an adapter: an Input gets its value from the feed, and every graph has to be sorted.
"""

import numpy as np


class Node:
    def __init__(self, inbound_nodes=[]):
        self.inbound_nodes = inbound_nodes
        self.outbound_nodes = []
        self.value = None
        self.gradients = {}
        self.seed = 0.0
        for node in inbound_nodes:
            node.outbound_nodes.append(self)

    def forward(self):
        raise NotImplementedError

    def backward(self):
        raise NotImplementedError

    def arriving(self):
        """The sum of what the nodes behind this one send back, and the seed at the output."""
        behind = list(dict.fromkeys(self.outbound_nodes))
        total = sum(node.gradients[self] for node in behind if self in node.gradients)
        return np.zeros_like(self.value) + self.seed + total

    def send(self, *gradients):
        self.gradients = {n: np.zeros_like(n.value) for n in self.inbound_nodes}
        for node, gradient in zip(self.inbound_nodes, gradients):
            self.gradients[node] = self.gradients[node] + gradient


class Input(Node):
    def __init__(self):
        Node.__init__(self)

    def forward(self):
        pass

    def backward(self):
        self.gradients = {self: self.arriving()}


class Add(Node):
    def __init__(self, *nodes):
        Node.__init__(self, list(nodes))

    def forward(self):
        self.value = self.inbound_nodes[0].value
        for node in self.inbound_nodes[1:]:
            assert node.value.shape == self.value.shape
            self.value = self.value + node.value

    def backward(self):
        self.send(*[self.arriving()] * len(self.inbound_nodes))


class Sub(Node):
    def __init__(self, x, y):
        Node.__init__(self, [x, y])

    def forward(self):
        x, y = (n.value for n in self.inbound_nodes)
        assert x.shape == y.shape
        self.value = x - y

    def backward(self):
        g = self.arriving()
        self.send(g, -g)


class Mul(Node):
    def __init__(self, *nodes):
        Node.__init__(self, list(nodes))

    def forward(self):
        values = [n.value for n in self.inbound_nodes]
        assert len({v.shape for v in values}) == 1
        self.value = np.prod(values, axis=0)

    def backward(self):
        g = self.arriving()
        terms = []
        for i in range(len(self.inbound_nodes)):
            others = [n.value for j, n in enumerate(self.inbound_nodes) if j != i]
            terms.append(g * np.prod(others, axis=0))
        self.send(*terms)


class Linear(Node):
    def __init__(self, X, W, b):
        Node.__init__(self, [X, W, b])

    def forward(self):
        X, W, b = (n.value for n in self.inbound_nodes)
        assert X.ndim == W.ndim == 2 and b.ndim == 1
        self.value = np.dot(X, W) + b

    def backward(self):
        X, W, b = (n.value for n in self.inbound_nodes)
        g = self.arriving()
        self.send(np.dot(g, W.T), np.dot(X.T, g), np.sum(g, axis=0))


class Sigmoid(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def _sigmoid(self, x):
        return 0.5 + 0.5 * np.tanh(x / 2)

    def forward(self):
        self.value = self._sigmoid(self.inbound_nodes[0].value)

    def backward(self):
        self.send(self.value * (1 - self.value) * self.arriving())


class Tanh(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = np.tanh(self.inbound_nodes[0].value)

    def backward(self):
        self.send((1 - self.value**2) * self.arriving())


class Square(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = np.square(self.inbound_nodes[0].value)

    def backward(self):
        self.send(2 * self.inbound_nodes[0].value * self.arriving())


class Sum(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = np.sum(self.inbound_nodes[0].value)

    def backward(self):
        self.send(np.full_like(self.inbound_nodes[0].value, self.arriving()))


class MSE(Node):
    def __init__(self, y, a):
        Node.__init__(self, [y, a])

    def forward(self):
        y, a = (n.value for n in self.inbound_nodes)
        assert y.shape == a.shape
        self.diff = y - a
        self.value = np.mean(self.diff**2)

    def backward(self):
        g = self.arriving() * 2 / self.diff.size * self.diff
        self.send(g, -g)


def topological_sort(feed_dict):
    """Kahn's algorithm from the inputs on. Sets the inputs' values."""
    graph, stack, missing = [], list(feed_dict), {}
    while stack:
        node = stack.pop()
        if isinstance(node, Input):
            node.value = feed_dict[node]
        graph.append(node)
        for behind in dict.fromkeys(node.outbound_nodes):
            left = missing.setdefault(behind, len(set(behind.inbound_nodes))) - 1
            missing[behind] = left
            if left == 0:
                stack.append(behind)
    return graph


def forward_pass(output_node, graph):
    for n in graph:
        n.forward()
    return output_node.value


def forward_and_backward(graph, output_node, seed=1.0):
    for n in graph:
        n.forward()
        n.gradients = {}
    output_node.seed = seed
    for n in graph[::-1]:
        n.backward()
    output_node.seed = 0.0


def sgd_update(trainables, learning_rate=1e-2):
    for t in trainables:
        t.value -= learning_rate * t.gradients[t]
