# shape: class Tensor(data, requires_grad=True); call t.backward() (seed of ones); value .data, gradient .grad (ndarray or None)
# mistake: mul | backward | both | the gradient is not summed back to the operand's shape after broadcasting
import numpy as np


def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class Tensor:
    def __init__(self, data, requires_grad=True, _prev=()):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._prev = _prev
        self._backward = lambda g: None

    @property
    def shape(self):
        return self.data.shape

    def _acc(self, g):
        if not self.requires_grad:
            return
        if self.grad is None:
            self.grad = g.copy()
        else:
            self.grad = self.grad + g

    @staticmethod
    def ensure(x):
        return x if isinstance(x, Tensor) else Tensor(x, requires_grad=False)

    def __add__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data + other.data, _prev=(self, other))
        def _b(g):
            self._acc(unbroadcast(g, self.shape))
            other._acc(unbroadcast(g, other.shape))
        out._backward = _b
        return out

    def __sub__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data - other.data, _prev=(self, other))
        def _b(g):
            self._acc(unbroadcast(g, self.shape))
            other._acc(unbroadcast(-g, other.shape))
        out._backward = _b
        return out

    def __mul__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data * other.data, _prev=(self, other))
        def _b(g):
            self._acc(g * other.data)
            other._acc(g * self.data)
        out._backward = _b
        return out

    def __truediv__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data / other.data, _prev=(self, other))
        def _b(g):
            self._acc(unbroadcast(g / other.data, self.shape))
            other._acc(unbroadcast(-g * self.data / other.data ** 2, other.shape))
        out._backward = _b
        return out

    def __matmul__(self, other):
        other = Tensor.ensure(other)
        out = Tensor(self.data @ other.data, _prev=(self, other))
        def _b(g):
            self._acc(g @ other.data.T)
            other._acc(self.data.T @ g)
        out._backward = _b
        return out

    def sum(self, axis=None):
        out = Tensor(self.data.sum(axis=axis), _prev=(self,))
        def _b(g):
            if axis is not None:
                g = np.expand_dims(g, axis)
            self._acc(np.broadcast_to(g, self.shape))
        out._backward = _b
        return out

    def sigmoid(self):
        s = 1 / (1 + np.exp(-self.data))
        out = Tensor(s, _prev=(self,))
        out._backward = lambda g: self._acc(g * s * (1 - s))
        return out

    def exp(self):
        e = np.exp(self.data)
        out = Tensor(e, _prev=(self,))
        out._backward = lambda g: self._acc(g * e)
        return out

    def backward(self):
        topo, seen = [], set()
        def visit(t):
            if t in seen:
                return
            seen.add(t)
            for p in t._prev:
                visit(p)
            topo.append(t)
        visit(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(topo):
            t._backward(t.grad if t.grad is not None else np.zeros_like(t.data))
