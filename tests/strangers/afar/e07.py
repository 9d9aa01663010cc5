# shape: static graph; Input(), Add, Mul, Dot, Sigmoid, Mean, Sub, Square nodes; run(target, feed) evaluates and fills; value node.value, gradients node.gradients[input_node]; result dict from run is {input: grad}
# mistake: none
import numpy as np


class Node:
    def __init__(self, *inbound):
        self.inbound = list(inbound)
        self.outbound = []
        self.value = None
        self.gradients = {}
        for n in inbound:
            n.outbound.append(self)

    def forward(self):
        raise NotImplementedError

    def local(self, g):
        """returns the gradient for each inbound node"""
        raise NotImplementedError


class Input(Node):
    def forward(self):
        pass


class Add(Node):
    def forward(self):
        self.value = self.inbound[0].value + self.inbound[1].value

    def local(self, g):
        return [match(g, n.value) for n in self.inbound]


class Sub(Node):
    def forward(self):
        self.value = self.inbound[0].value - self.inbound[1].value

    def local(self, g):
        a, b = self.inbound
        return [match(g, a.value), match(-g, b.value)]


class Mul(Node):
    def forward(self):
        self.value = self.inbound[0].value * self.inbound[1].value

    def local(self, g):
        a, b = self.inbound
        return [match(g * b.value, a.value), match(g * a.value, b.value)]


class Dot(Node):
    def forward(self):
        self.value = np.dot(self.inbound[0].value, self.inbound[1].value)

    def local(self, g):
        a, b = self.inbound
        return [np.dot(g, b.value.T), np.dot(a.value.T, g)]


class Sigmoid(Node):
    def forward(self):
        self.value = 1.0 / (1.0 + np.exp(-self.inbound[0].value))

    def local(self, g):
        return [g * self.value * (1 - self.value)]


class Square(Node):
    def forward(self):
        self.value = np.square(self.inbound[0].value)

    def local(self, g):
        return [2 * g * self.inbound[0].value]


class Mean(Node):
    def forward(self):
        self.value = np.mean(self.inbound[0].value)

    def local(self, g):
        v = self.inbound[0].value
        return [np.full(v.shape, g / v.size)]


def match(g, v):
    g = np.asarray(g)
    s = np.shape(v)
    while g.ndim > len(s):
        g = g.sum(0)
    for k, d in enumerate(s):
        if d == 1:
            g = g.sum(k, keepdims=True)
    return g


def sort_graph(target):
    # Kahn, restricted to what the target needs
    need, st = set(), [target]
    while st:
        n = st.pop()
        if n not in need:
            need.add(n)
            st.extend(n.inbound)
    missing = {n: len(n.inbound) for n in need}
    ready = [n for n in need if missing[n] == 0]
    L = []
    while ready:
        n = ready.pop()
        L.append(n)
        for m in n.outbound:
            if m in need:
                missing[m] -= 1
                if missing[m] == 0:
                    ready.append(m)
    return L


def run(target, feed):
    L = sort_graph(target)
    for n in L:
        if isinstance(n, Input):
            n.value = np.asarray(feed[n], dtype=float)
        n.forward()
    total = {n: np.zeros_like(n.value, dtype=float) for n in L}
    total[target] = np.ones_like(target.value, dtype=float)
    for n in reversed(L):
        if isinstance(n, Input):
            n.gradients = {n: total[n]}
            continue
        n.gradients = {}
        for m, gm in zip(n.inbound, n.local(total[n])):
            n.gradients[m] = n.gradients.get(m, 0) + gm
            total[m] = total[m] + gm
    return {n: total[n] for n in L if isinstance(n, Input)}
