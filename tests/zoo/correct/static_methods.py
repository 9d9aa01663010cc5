"""Operations are static methods of the class, operators call them; the graph is a dictionary from
number to record; gradients are 0-d arrays."""

import numpy as np


class Node:
    GRAPH = {}

    def __init__(self, data):
        self.data = np.asarray(data, dtype=float)
        self.key = object()
        self.grad = np.zeros_like(self.data)

    @staticmethod
    def record(data, *edges):
        out = Node(data)
        Node.GRAPH[out.key] = edges
        return out

    @staticmethod
    def lift(x):
        return x if isinstance(x, Node) else Node(x)

    @staticmethod
    def add(x, y):
        x, y = Node.lift(x), Node.lift(y)
        return Node.record(x.data + y.data, (x, lambda g: g), (y, lambda g: g))

    @staticmethod
    def mul(x, y):
        x, y = Node.lift(x), Node.lift(y)
        return Node.record(x.data * y.data, (x, lambda g: g * y.data), (y, lambda g: g * x.data))

    @staticmethod
    def matmul(x, y):
        if x.data.ndim != 2 or y.data.ndim != 2:
            raise NotImplementedError
        return Node.record(
            x.data @ y.data, (x, lambda g: g @ y.data.T), (y, lambda g: x.data.T @ g)
        )

    @staticmethod
    def exp(x):
        out = np.exp(x.data)
        return Node.record(out, (x, lambda g: g * out))

    @staticmethod
    def sum(x, axis=None, keepdims=False):
        def back(g):
            g = g if axis is None or keepdims else np.expand_dims(g, axis)
            return np.broadcast_to(g, x.data.shape)

        return Node.record(x.data.sum(axis=axis, keepdims=keepdims), (x, back))

    @staticmethod
    def transpose(x, axes=None):
        order = tuple(range(x.data.ndim))[::-1] if axes is None else tuple(axes)
        return Node.record(x.data.transpose(order), (x, lambda g: g.transpose(np.argsort(order))))

    @staticmethod
    def cat(parts, dim=0):
        sizes = np.cumsum([part.data.shape[dim] for part in parts])[:-1]

        def back(i):
            return lambda g: np.split(g, sizes, axis=dim)[i]

        data = np.concatenate([part.data for part in parts], axis=dim)
        return Node.record(data, *((part, back(i)) for i, part in enumerate(parts)))

    def __add__(self, other):
        return Node.add(self, other)

    def __radd__(self, other):
        return Node.add(other, self)

    def __mul__(self, other):
        return Node.mul(self, other)

    def __rmul__(self, other):
        return Node.mul(other, self)

    def backward(self, output_grad=None):
        seed = np.ones_like(self.data) if output_grad is None else np.asarray(output_grad)
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node.key not in seen:
                seen.add(node.key)
                stack.append((node, True))
                stack += [(parent, False) for parent, _ in Node.GRAPH.get(node.key, ())]
        flow = {self.key: seed}
        for node in reversed(order):
            g = flow.pop(node.key)
            node.grad = node.grad + g
            for parent, back in Node.GRAPH.get(node.key, ()):
                part = np.asarray(back(g))
                while part.ndim > parent.data.ndim:
                    part = part.sum(axis=0)
                for axis, n in enumerate(parent.data.shape):
                    if n == 1 and part.shape[axis] != 1:
                        part = part.sum(axis=axis, keepdims=True)
                flow[parent.key] = flow[parent.key] + part if parent.key in flow else part
