import numpy as np


class Op:
    """One operation: `compute` on arrays, `gradient` gives a gradient for each input."""

    def __call__(self, *inputs):
        out = Tensor(self.compute(*[x.data for x in inputs]))
        out.op, out.inputs = self, inputs
        return out


class EWiseAdd(Op):
    def compute(self, a, b):
        return a + b

    def gradient(self, grad, node):
        return grad, grad


class AddScalar(Op):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a + np.float32(self.scalar)

    def gradient(self, grad, node):
        return (grad,)


class EWiseMul(Op):
    def compute(self, a, b):
        return a * b

    def gradient(self, grad, node):
        a, b = node.inputs
        return grad * b.data, grad * a.data


class MulScalar(Op):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return a * np.float32(self.scalar)

    def gradient(self, grad, node):
        return (grad * np.float32(self.scalar),)


class PowerScalar(Op):
    def __init__(self, scalar):
        self.scalar = scalar

    def compute(self, a):
        return np.power(a, np.float32(self.scalar))

    def gradient(self, grad, node):
        a = node.inputs[0].data
        return (grad * np.float32(self.scalar) * np.power(a, np.float32(self.scalar - 1)),)


class EWiseDiv(Op):
    def compute(self, a, b):
        return a / b

    def gradient(self, grad, node):
        a, b = node.inputs[0].data, node.inputs[1].data
        return grad / b, -grad * a / (b * b)


class Negate(Op):
    def compute(self, a):
        return -a

    def gradient(self, grad, node):
        return (-grad,)


class Exp(Op):
    def compute(self, a):
        return np.exp(a)

    def gradient(self, grad, node):
        return (grad * node.data,)


class Log(Op):
    def compute(self, a):
        return np.log(a)

    def gradient(self, grad, node):
        return (grad / node.inputs[0].data,)


class ReLU(Op):
    def compute(self, a):
        return np.maximum(a, 0)

    def gradient(self, grad, node):
        return (grad * (node.data > 0),)


class MatMul(Op):
    def compute(self, a, b):
        return a @ b

    def gradient(self, grad, node):
        a, b = node.inputs
        return grad @ b.data.T, a.data.T @ grad


class Summation(Op):
    def __init__(self, axes):
        self.axes = axes

    def compute(self, a):
        return np.sum(a, axis=self.axes)

    def gradient(self, grad, node):
        a = node.inputs[0].data
        shape = np.sum(a, axis=self.axes, keepdims=True).shape
        return (np.broadcast_to(np.reshape(grad, shape), a.shape),)


class Reshape(Op):
    def __init__(self, shape):
        self.shape = shape

    def compute(self, a):
        return np.reshape(a, self.shape)

    def gradient(self, grad, node):
        return (np.reshape(grad, node.inputs[0].data.shape),)


class Transpose(Op):
    def __init__(self, axes):
        self.axes = axes

    def compute(self, a):
        return np.transpose(a, self.axes)

    def gradient(self, grad, node):
        back = None if self.axes is None else np.argsort(self.axes)
        return (np.transpose(grad, back),)


class BroadcastTo(Op):
    def __init__(self, shape):
        self.shape = shape

    def compute(self, a):
        return np.broadcast_to(a, self.shape)

    def gradient(self, grad, node):
        shape = node.inputs[0].data.shape
        extra = grad.ndim - len(shape)
        axes = [*range(extra)]
        axes += [extra + i for i, n in enumerate(shape) if n == 1 and grad.shape[extra + i] != 1]
        return (np.sum(grad, axis=tuple(axes)).reshape(shape),)


class Tensor:
    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float32)
        self.grad = None
        self.op, self.inputs = None, ()

    def __add__(self, other):
        return EWiseAdd()(self, other) if isinstance(other, Tensor) else AddScalar(other)(self)

    def __mul__(self, other):
        return EWiseMul()(self, other) if isinstance(other, Tensor) else MulScalar(other)(self)

    def __truediv__(self, other):
        if isinstance(other, Tensor):
            return EWiseDiv()(self, other)
        return MulScalar(1 / other)(self)

    def __pow__(self, scalar):
        return PowerScalar(scalar)(self)

    def __neg__(self):
        return Negate()(self)

    def __rtruediv__(self, other):
        return MulScalar(other)(PowerScalar(-1)(self))

    __radd__, __rmul__ = __add__, __mul__

    def __matmul__(self, other):
        return MatMul()(self, other)

    def exp(self):
        return Exp()(self)

    def log(self):
        return Log()(self)

    def relu(self):
        return ReLU()(self)

    def summation(self, axes=None):
        return Summation(axes)(self)

    def reshape(self, shape):
        return Reshape(shape)(self)

    def transpose(self, axes=None):
        return Transpose(axes)(self)

    def broadcast_to(self, shape):
        return BroadcastTo(shape)(self)

    def backward(self, seed=None):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for x in node.inputs:
                    visit(x)
                order.append(node)

        visit(self)
        self.grad = np.ones_like(self.data) if seed is None else np.asarray(seed, np.float32)
        for node in reversed(order):
            if node.op is None:
                continue
            for x, part in zip(node.inputs, node.op.gradient(node.grad, node)):
                x.grad = part if x.grad is None else x.grad + part
