"""A small static flow graph, in the manner of a well-known nanodegree."""

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

    def forward(self, value=None):
        if value is not None:
            self.value = value

    def backward(self):
        self.gradients = {self: 0}
        for n in self.outbound_nodes:
            self.gradients[self] = self.gradients[self] + n.gradients[self]


class Add(Node):
    def __init__(self, x, y):
        Node.__init__(self, [x, y])

    def forward(self):
        self.value = self.inbound_nodes[0].value + self.inbound_nodes[1].value

    def backward(self):
        self.gradients = {n: 0.0 for n in self.inbound_nodes}
        cost = _arriving(self)
        for n in self.inbound_nodes:
            self.gradients[n] = self.gradients[n] + cost


class Mul(Node):
    def __init__(self, x, y):
        Node.__init__(self, [x, y])

    def forward(self):
        self.value = self.inbound_nodes[0].value * self.inbound_nodes[1].value

    def backward(self):
        x, y = self.inbound_nodes
        self.gradients = {n: 0.0 for n in self.inbound_nodes}
        cost = _arriving(self)
        self.gradients[x] = self.gradients[x] + cost * y.value
        self.gradients[y] = self.gradients[y] + cost * x.value


class Linear(Node):
    def __init__(self, X, W, b):
        Node.__init__(self, [X, W, b])

    def forward(self):
        X, W, b = (n.value for n in self.inbound_nodes)
        self.value = np.dot(X, W) + b

    def backward(self):
        X, W, b = self.inbound_nodes
        cost = _arriving(self)
        self.gradients = {
            X: np.dot(cost, W.value.T),
            W: np.dot(X.value.T, cost),
            b: np.sum(cost, axis=0, keepdims=False),
        }


class Sigmoid(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = 1.0 / (1.0 + np.exp(-self.inbound_nodes[0].value))

    def backward(self):
        s = self.value
        self.gradients = {self.inbound_nodes[0]: s * (1 - s) * _arriving(self)}


class MSE(Node):
    def __init__(self, y, a):
        Node.__init__(self, [y, a])

    def forward(self):
        y = self.inbound_nodes[0].value.reshape(-1, 1)
        a = self.inbound_nodes[1].value.reshape(-1, 1)
        self.m = y.shape[0]
        self.diff = y - a
        self.value = np.mean(self.diff**2)

    def backward(self):
        y, a = self.inbound_nodes
        scale = 2 / self.m
        self.gradients = {
            y: (scale * self.diff).reshape(np.shape(y.value)),
            a: (-scale * self.diff).reshape(np.shape(a.value)),
        }


def _arriving(node):
    if not node.outbound_nodes:
        return np.ones_like(node.value)
    return sum(n.gradients[node] for n in node.outbound_nodes)


def topological_sort(feed_dict):
    input_nodes = [n for n in feed_dict.keys()]
    G = {}
    nodes = [n for n in input_nodes]
    while len(nodes) > 0:
        n = nodes.pop(0)
        G.setdefault(n, {"in": set(), "out": set()})
        for m in n.outbound_nodes:
            G.setdefault(m, {"in": set(), "out": set()})
            G[n]["out"].add(m)
            G[m]["in"].add(n)
            if m not in nodes:
                nodes.append(m)
    L = []
    S = set(input_nodes)
    while len(S) > 0:
        n = S.pop()
        if isinstance(n, Input):
            n.value = feed_dict[n]
        L.append(n)
        for m in list(n.outbound_nodes):
            if m in G[n]["out"]:
                G[n]["out"].remove(m)
                G[m]["in"].remove(n)
                if len(G[m]["in"]) == 0:
                    S.add(m)
    return L


def forward_and_backward(graph):
    for n in graph:
        n.forward()
    for n in graph[::-1]:
        n.backward()


def sgd_update(trainables, learning_rate=1e-2):
    for t in trainables:
        t.value -= learning_rate * t.gradients[t]
