"""Module 01 and 06 of our course: a Tensor; autograd was added in a later week."""
import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._grad_fn = None

    @property
    def shape(self):
        return self.data.shape

    @property
    def size(self):
        return self.data.size

    def numpy(self):
        return self.data

    def __repr__(self):
        return f"Tensor({self.data}, requires_grad={self.requires_grad})"

    def __add__(self, other):
        from .autograd import AddBackward, record
        other = other if isinstance(other, Tensor) else Tensor(other)
        return record(self.data + other.data, AddBackward, self, other)

    def __sub__(self, other):
        from .autograd import SubBackward, record
        other = other if isinstance(other, Tensor) else Tensor(other)
        return record(self.data - other.data, SubBackward, self, other)

    def __mul__(self, other):
        from .autograd import MulBackward, record
        other = other if isinstance(other, Tensor) else Tensor(other)
        return record(self.data * other.data, MulBackward, self, other)

    def __truediv__(self, other):
        from .autograd import DivBackward, record
        other = other if isinstance(other, Tensor) else Tensor(other)
        return record(self.data / other.data, DivBackward, self, other)

    def matmul(self, other):
        from .autograd import MatmulBackward, record
        if self.data.ndim != 2 or other.data.ndim != 2:
            raise ValueError("matmul needs two matrices")
        return record(self.data @ other.data, MatmulBackward, self, other)

    __matmul__ = matmul

    def sum(self, axis=None, keepdims=False):
        from .autograd import SumBackward, record
        return record(self.data.sum(axis=axis, keepdims=keepdims), SumBackward, self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False):
        n = self.size if axis is None else self.shape[axis]
        return self.sum(axis=axis, keepdims=keepdims) * (1.0 / n)

    def backward(self, gradient=None):
        if not self.requires_grad:
            return
        if gradient is None:
            if self.size != 1:
                raise ValueError("backward() without gradient needs a scalar")
            gradient = np.ones_like(self.data)
        from .autograd import run_backward
        run_backward(self, np.asarray(gradient))

    def zero_grad(self):
        self.grad = None
