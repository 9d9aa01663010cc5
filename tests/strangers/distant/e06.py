# shape: nodes Input(), Add, Mul, Linear, Sigmoid, MSE ...; graph = topological_sort(feed_dict); forward_and_backward(graph); value n.value; gradient n.gradients[n] for Inputs; binary operations want equal shapes (no broadcasting), matrix products of 2-d arrays only
# mistake: none
import numpy as np


class Node(object):
    def __init__(self, inbound_nodes=[]):
        self.inbound_nodes = list(inbound_nodes)
        self.outbound_nodes = []
        self.value = None
        self.gradients = {}
        for n in self.inbound_nodes:
            if self not in n.outbound_nodes:
                n.outbound_nodes.append(self)

    def forward(self):
        raise NotImplementedError

    def backward(self):
        raise NotImplementedError

    def _cost(self):
        """sum of what the nodes after this one say about it"""
        total = np.zeros_like(self.value, dtype=float)
        for n in self.outbound_nodes:
            total = total + n.gradients[self]
        return total

    def _start(self):
        self.gradients = {n: np.zeros_like(n.value, dtype=float) for n in self.inbound_nodes}
        if not self.outbound_nodes:
            return np.ones_like(self.value, dtype=float)
        return self._cost()


class Input(Node):
    def forward(self, value=None):
        if value is not None:
            self.value = value

    def backward(self):
        self.gradients = {self: self._cost()}


class Add(Node):
    def __init__(self, *inputs):
        Node.__init__(self, inputs)

    def forward(self):
        assert len({np.shape(n.value) for n in self.inbound_nodes}) == 1, 'no broadcasting here'
        self.value = sum(n.value for n in self.inbound_nodes)

    def backward(self):
        g = self._start()
        for n in self.inbound_nodes:
            self.gradients[n] += g


class Mul(Node):
    def __init__(self, a, b):
        Node.__init__(self, [a, b])

    def forward(self):
        a, b = self.inbound_nodes
        assert np.shape(a.value) == np.shape(b.value), 'no broadcasting here'
        self.value = a.value * b.value

    def backward(self):
        g = self._start()
        a, b = self.inbound_nodes
        self.gradients[a] += g * b.value
        self.gradients[b] += g * a.value


class Linear(Node):
    def __init__(self, X, W, b):
        Node.__init__(self, [X, W, b])

    def forward(self):
        X, W, b = [n.value for n in self.inbound_nodes]
        self.value = np.dot(X, W) + b

    def backward(self):
        g = self._start()
        X, W, b = self.inbound_nodes
        self.gradients[X] += np.dot(g, W.value.T)
        self.gradients[W] += np.dot(X.value.T, g)
        self.gradients[b] += g.sum(axis=0, keepdims=False)


class Sigmoid(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = 1. / (1. + np.exp(-self.inbound_nodes[0].value))

    def backward(self):
        g = self._start()
        self.gradients[self.inbound_nodes[0]] += g * self.value * (1 - self.value)


class Relu(Node):
    def __init__(self, node):
        Node.__init__(self, [node])

    def forward(self):
        self.value = np.maximum(0, self.inbound_nodes[0].value)

    def backward(self):
        g = self._start()
        self.gradients[self.inbound_nodes[0]] += g * (self.inbound_nodes[0].value > 0)


class MSE(Node):
    def __init__(self, y, a):
        Node.__init__(self, [y, a])

    def forward(self):
        y = self.inbound_nodes[0].value.reshape(-1, 1)
        a = self.inbound_nodes[1].value.reshape(-1, 1)
        self.m = y.shape[0]
        self.diff = y - a
        self.value = np.mean(self.diff ** 2)

    def backward(self):
        g = self._start()
        y, a = self.inbound_nodes
        d = (2 / self.m) * self.diff * g
        self.gradients[y] += d.reshape(y.value.shape)
        self.gradients[a] += -d.reshape(a.value.shape)


def topological_sort(feed_dict):
    """Kahn's algorithm from the inputs"""
    todo = list(feed_dict.keys())
    remaining, seen = {}, set(todo)
    stack = list(todo)
    while stack:
        n = stack.pop()
        for m in n.outbound_nodes:
            remaining[m] = remaining.get(m, 0) + 1
            if m not in seen:
                seen.add(m)
                stack.append(m)
    order = []
    while todo:
        n = todo.pop()
        if isinstance(n, Input):
            n.value = feed_dict[n]
        order.append(n)
        for m in n.outbound_nodes:
            remaining[m] -= 1
            if remaining[m] == 0:
                todo.append(m)
    return order


def forward_and_backward(graph):
    for n in graph:
        n.forward()
    for n in graph[::-1]:
        n.backward()


def sgd_update(trainables, learning_rate=1e-2):
    for t in trainables:
        t.value = t.value - learning_rate * t.gradients[t]
