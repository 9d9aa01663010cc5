"""Everything in float32: the constructor casts, and so does each gradient.

Class Tensor; operations + - * / ** (number) @ (matrices) and unary minus, numbers on either side;
methods exp, log, tanh, sigmoid, relu, sum(axis, keepdims), mean(axis, keepdims), reshape, T (property),
softmax(axis).
To be said: right, computes in float32. backward(grad=None); zero_grad(); gradients add up, also those
of intermediate results, each by what its own pass brings.
"""

import numpy as np

F32 = np.float32


class Tensor:
    def __init__(self, data, parents=(), vjp=None):
        self.data = np.asarray(data, dtype=F32)
        self.grad = None
        self._parents, self._vjp = parents, vjp

    shape = property(lambda self: self.data.shape)
    T = property(lambda self: self._of(self.data.T, lambda g: g.T))

    def _of(self, data, vjp):
        return Tensor(data, (self,), lambda g: (vjp(g),))

    def zero_grad(self):
        self.grad = None

    def backward(self, grad=None):
        if grad is None:
            grad = np.ones_like(self.data)
        order, marks, stack = [], {}, [self]
        while stack:
            node = stack[-1]
            if id(node) not in marks:
                marks[id(node)] = False
                stack.extend(p for p in node._parents if id(p) not in marks)
            else:
                stack.pop()
                if not marks[id(node)]:
                    marks[id(node)] = True
                    order.append(node)
        passing = {id(self): np.asarray(grad, dtype=F32)}
        for node in reversed(order):
            g = passing.pop(id(node))
            node.grad = g if node.grad is None else node.grad + g
            if node._vjp:
                for parent, part in zip(node._parents, node._vjp(g)):
                    part = _unbroadcast(np.asarray(part, dtype=F32), parent.shape)
                    old = passing.get(id(parent))
                    passing[id(parent)] = part if old is None else old + part

    def __add__(self, other):
        other = _t(other)
        return Tensor(self.data + other.data, (self, other), lambda g: (g, g))

    def __sub__(self, other):
        other = _t(other)
        return Tensor(self.data - other.data, (self, other), lambda g: (g, -g))

    def __mul__(self, other):
        other = _t(other)
        a, b = self.data, other.data
        return Tensor(a * b, (self, other), lambda g: (g * b, g * a))

    def __truediv__(self, other):
        other = _t(other)
        a, b = self.data, other.data
        return Tensor(a / b, (self, other), lambda g: (g / b, -g * a / (b * b)))

    def __pow__(self, n):
        if isinstance(n, Tensor):
            raise NotImplementedError("Tensor ** Tensor")
        a = self.data
        if n == 0:
            return self._of(a**0, np.zeros_like)
        return self._of(a**n, lambda g: g * n * a ** (n - 1))

    def __matmul__(self, other):
        a, b = self.data, other.data
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("@ of matrices only")
        return Tensor(a @ b, (self, other), lambda g: (g @ b.T, a.T @ g))

    def __neg__(self):
        return self._of(-self.data, lambda g: -g)

    def __radd__(self, other):
        return _t(other) + self

    def __rsub__(self, other):
        return _t(other) - self

    def __rmul__(self, other):
        return _t(other) * self

    def __rtruediv__(self, other):
        return _t(other) / self

    def exp(self):
        e = np.exp(self.data)
        return self._of(e, lambda g: g * e)

    def log(self):
        return self._of(np.log(self.data), lambda g: g / self.data)

    def tanh(self):
        t = np.tanh(self.data)
        return self._of(t, lambda g: g * (1 - t * t))

    def sigmoid(self):
        s = F32(0.5) * (np.tanh(F32(0.5) * self.data) + F32(1))
        return self._of(s, lambda g: g * s * (1 - s))

    def relu(self):
        return self._of(np.maximum(self.data, 0), lambda g: g * (self.data > 0))

    def sum(self, axis=None, keepdims=False):
        def vjp(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return np.broadcast_to(g, self.shape)

        return self._of(self.data.sum(axis=axis, keepdims=keepdims), vjp)

    def mean(self, axis=None, keepdims=False):
        out = self.sum(axis, keepdims)
        return out * (out.data.size / self.data.size)

    def reshape(self, *shape):
        shape = shape[0] if isinstance(shape[0], tuple) else shape
        return self._of(self.data.reshape(shape), lambda g: g.reshape(self.shape))

    def softmax(self, axis=-1):
        e = np.exp(self.data - self.data.max(axis=axis, keepdims=True))
        p = e / e.sum(axis=axis, keepdims=True)
        return self._of(p, lambda g: p * (g - (g * p).sum(axis=axis, keepdims=True)))


def _t(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def _unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g
