"""Operator implementations."""

import numpy as array_api

from .autograd import Tensor, TensorOp


class EWiseAdd(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape
        return a + b

    def gradient(self, out_grad, node):
        return out_grad, out_grad


def add(a, b):
    return EWiseAdd()(a, b)


class AddScalar(TensorOp):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a + self.scalar

    def gradient(self, out_grad, node):
        return out_grad


def add_scalar(a, scalar):
    return AddScalar(scalar)(a)


class EWiseMul(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape
        return a * b

    def gradient(self, out_grad, node):
        lhs, rhs = node.inputs
        return out_grad * rhs, out_grad * lhs


def multiply(a, b):
    return EWiseMul()(a, b)


class MulScalar(TensorOp):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a * self.scalar

    def gradient(self, out_grad, node):
        return (out_grad * self.scalar,)


def mul_scalar(a, scalar):
    return MulScalar(scalar)(a)


class PowerScalar(TensorOp):
    """Op raise a tensor to a (number) power."""

    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a ** float(self.scalar)

    def gradient(self, out_grad, node):
        if self.scalar == 0:
            return node.inputs[0] * 0.0
        return out_grad * (node.inputs[0] ** (self.scalar - 1)) * self.scalar


def power_scalar(a, scalar):
    return PowerScalar(scalar)(a)


class EWiseDiv(TensorOp):
    def compute(self, a, b):
        assert a.shape == b.shape
        return a / b

    def gradient(self, out_grad, node):
        lhs, rhs = node.inputs
        return out_grad / rhs, -(out_grad * lhs) / (rhs * rhs)


def divide(a, b):
    return EWiseDiv()(a, b)


class DivScalar(TensorOp):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a / self.scalar

    def gradient(self, out_grad, node):
        return out_grad / self.scalar


def divide_scalar(a, scalar):
    return DivScalar(scalar)(a)


class Transpose(TensorOp):
    """Exchanges the two axes given, the last two by default."""

    def __init__(self, axes=None):
        self.axes = axes if axes is not None else (-1, -2)

    def compute(self, a):
        return array_api.swapaxes(a, *self.axes)

    def gradient(self, out_grad, node):
        return transpose(out_grad, self.axes)


def transpose(a, axes=None):
    return Transpose(axes)(a)


class Reshape(TensorOp):
    def __init__(self, shape):
        self.shape = shape

    def compute(self, a):
        return array_api.reshape(a, self.shape)

    def gradient(self, out_grad, node):
        return reshape(out_grad, node.inputs[0].shape)


def reshape(a, shape):
    return Reshape(shape)(a)


class BroadcastTo(TensorOp):
    def __init__(self, shape):
        self.shape = shape

    def compute(self, a):
        return array_api.array(array_api.broadcast_to(a, self.shape))

    def gradient(self, out_grad, node):
        old = node.inputs[0].shape
        padded = (1,) * (len(self.shape) - len(old)) + tuple(old)
        axes = tuple(i for i, (m, n) in enumerate(zip(padded, self.shape)) if m != n)
        axes += tuple(range(len(self.shape) - len(old)))
        axes = tuple(sorted(set(axes)))
        return reshape(summation(out_grad, axes) if axes else out_grad, old)


def broadcast_to(a, shape):
    return BroadcastTo(shape)(a)


class Summation(TensorOp):
    def __init__(self, axes=None):
        self.axes = (axes,) if isinstance(axes, int) else axes

    def compute(self, a):
        return array_api.asarray(a.sum(axis=self.axes))

    def gradient(self, out_grad, node):
        old = node.inputs[0].shape
        axes = range(len(old)) if self.axes is None else [i % len(old) for i in self.axes]
        kept = tuple(1 if i in axes else n for i, n in enumerate(old))
        return broadcast_to(reshape(out_grad, kept), old)


def summation(a, axes=None):
    return Summation(axes)(a)


class MatMul(TensorOp):
    def compute(self, a, b):
        assert a.ndim >= 2 and b.ndim >= 2
        return array_api.matmul(a, b)

    def gradient(self, out_grad, node):
        a, b = node.inputs
        grad_a = matmul(out_grad, transpose(b))
        grad_b = matmul(transpose(a), out_grad)
        extra_a = len(grad_a.shape) - len(a.shape)
        extra_b = len(grad_b.shape) - len(b.shape)
        if extra_a > 0:
            grad_a = summation(grad_a, tuple(range(extra_a)))
        if extra_b > 0:
            grad_b = summation(grad_b, tuple(range(extra_b)))
        return grad_a, grad_b


def matmul(a, b):
    return MatMul()(a, b)


class Negate(TensorOp):
    def compute(self, a):
        return -a

    def gradient(self, out_grad, node):
        return -out_grad


def negate(a):
    return Negate()(a)


class Log(TensorOp):
    def compute(self, a):
        return array_api.log(a)

    def gradient(self, out_grad, node):
        return out_grad / node.inputs[0]


def log(a):
    return Log()(a)


class Exp(TensorOp):
    def compute(self, a):
        return array_api.exp(a)

    def gradient(self, out_grad, node):
        return out_grad * node


def exp(a):
    return Exp()(a)


class ReLU(TensorOp):
    def compute(self, a):
        return array_api.maximum(a, 0)

    def gradient(self, out_grad, node):
        mask = node.inputs[0].realize_cached_data() > 0
        return out_grad * Tensor(mask, requires_grad=False)


def relu(a):
    return ReLU()(a)


class Tanh(TensorOp):
    def compute(self, a):
        return array_api.tanh(a)

    def gradient(self, out_grad, node):
        return out_grad * (1 - node * node)


def tanh(a):
    return Tanh()(a)


class LogSumExp(TensorOp):
    def __init__(self, axes=None):
        self.axes = (axes,) if isinstance(axes, int) else axes

    def compute(self, Z):
        top = Z.max(axis=self.axes, keepdims=True)
        total = array_api.log(array_api.exp(Z - top).sum(axis=self.axes, keepdims=True)) + top
        return array_api.asarray(total.sum(axis=self.axes))

    def gradient(self, out_grad, node):
        (z,) = node.inputs
        old = z.shape
        axes = range(len(old)) if self.axes is None else [i % len(old) for i in self.axes]
        kept = tuple(1 if i in axes else n for i, n in enumerate(old))

        def wide(t):
            return broadcast_to(reshape(t, kept), old)

        return wide(out_grad) * exp(z - wide(node))


def logsumexp(a, axes=None):
    return LogSumExp(axes=axes)(a)
