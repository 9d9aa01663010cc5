"""A homework that has just begun: forward passes stand, backward is still to be written.

Class Tensor; operations + - * @ and unary minus, exp(), tanh(), relu(), sum(axis, keepdims).
To be said: right as far as it goes: judged on its forward passes; next to be written: backward.
"""

import numpy as np


class Tensor:
    def __init__(self, data, _inputs=(), _op=""):
        self.data = np.asarray(data, dtype=np.float64)
        self.grad = None
        self._inputs = _inputs
        self._op = _op

    def __add__(self, other):
        return Tensor(self.data + _data(other), (self, other), "add")

    def __sub__(self, other):
        return Tensor(self.data - _data(other), (self, other), "sub")

    def __mul__(self, other):
        return Tensor(self.data * _data(other), (self, other), "mul")

    def __matmul__(self, other):
        return Tensor(self.data @ _data(other), (self, other), "matmul")

    def __neg__(self):
        return Tensor(-self.data, (self,), "neg")

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def exp(self):
        return Tensor(np.exp(self.data), (self,), "exp")

    def tanh(self):
        return Tensor(np.tanh(self.data), (self,), "tanh")

    def relu(self):
        return Tensor(np.maximum(self.data, 0), (self,), "relu")

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims), (self,), "sum")

    def backward(self, grad=None):
        # TODO: topological order, then the chain rule for each op (exercise 3)
        raise NotImplementedError("exercise 3")


def _data(x):
    return x.data if isinstance(x, Tensor) else x
