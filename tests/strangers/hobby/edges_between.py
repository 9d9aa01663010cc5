"""A graph of explicit edges: Graph owns tensors and edges, tensors are handles."""

import numpy as np


class Edge:
    def __init__(self, source, target, jacobian_product):
        self.source, self.target, self.jacobian_product = source, target, jacobian_product


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=float)
        self.edges = []
        self.order = 0
        self.grad = np.zeros(self.data.shape)

    def _result(self, data, **sources):
        raise NotImplementedError

    def __add__(self, other):
        return connect(np.add, self, other, lambda g: g, lambda g: g)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return connect(np.subtract, self, other, lambda g: g, lambda g: -g)

    def __rsub__(self, other):
        return as_tensor(other) - self

    def __mul__(self, other):
        other = as_tensor(other)
        return connect(np.multiply, self, other, lambda g: g * other.data, lambda g: g * self.data)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        other = as_tensor(other)
        return connect(
            np.divide,
            self,
            other,
            lambda g: g / other.data,
            lambda g: -g * self.data / other.data**2,
        )

    def __rtruediv__(self, other):
        return as_tensor(other) / self

    def __neg__(self):
        return connect(np.negative, self, None, lambda g: -g)

    def __matmul__(self, other):
        return connect(np.matmul, self, other, lambda g: g @ other.data.T, lambda g: self.data.T @ g)

    def exp(self):
        e = np.exp(self.data)
        return connect(np.exp, self, None, lambda g: g * e)

    def log(self):
        return connect(np.log, self, None, lambda g: g / self.data)

    def sum(self, axis=None):
        def back(g):
            g = np.asarray(g)
            if axis is not None and g.ndim:
                g = np.expand_dims(g, 0)  # works for the first axis
                if g.shape[-1] != self.data.shape[-1]:
                    g = np.swapaxes(g, 0, -1)
            return np.broadcast_to(g, self.data.shape)

        return connect(lambda a: a.sum(axis=axis), self, None, back)

    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], (tuple, list)) else shape
        return connect(
            lambda a: a.reshape(shape), self, None, lambda g: g.reshape(self.data.shape)
        )

    def backward(self, grad=None):
        self.grad = self.grad + (np.ones_like(self.data) if grad is None else grad)
        reach, todo = {id(self): self}, [self]
        flow = {id(self): np.ones_like(self.data) if grad is None else np.asarray(grad, dtype=float)}
        while todo:
            for edge in todo.pop().edges:
                if id(edge.source) not in reach:
                    reach[id(edge.source)] = edge.source
                    todo.append(edge.source)
        for t in sorted(reach.values(), key=lambda t: -t.order):
            for edge in t.edges:
                g = fitted(edge.jacobian_product(flow[id(t)]), edge.source.data.shape)
                flow[id(edge.source)] = flow.get(id(edge.source), 0.0) + g
                edge.source.grad = edge.source.grad + g


def as_tensor(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def connect(function, a, b, *products):
    sources = [as_tensor(x) for x in (a, b) if x is not None]
    out = Tensor(function(*(s.data for s in sources)))
    out.order = 1 + max(s.order for s in sources)
    out.edges = [Edge(s, out, product) for s, product in zip(sources, products)]
    return out


def fitted(g, shape):
    g = np.asarray(g)
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)
