"""Operation classes in a registry: @register("add") class AddOp; Tensor's operators look them up.

Operations: AddOp, SubOp, MulOp, DivOp, NegOp, MatMulOp, ExpOp, LogOp, TanhOp, SigmoidOp, ReLUOp,
SumOp(axis, keepdims), MeanOp, SoftmaxOp(axis), ReshapeOp(shape), TransposeOp; call them through
apply("exp", x), or as class: ExpOp()(x). Operators + - * / @ and unary minus.
To be said: right; arrays broadcast; gradients start anew at each backward(grad_tensor=None), which
wants an array.
"""

import numpy as np

OPS = {}


def register(name):
    def wrap(cls):
        OPS[name] = cls
        cls.name = name
        return cls

    return wrap


def apply(name, *inputs, **attrs):
    return OPS[name](**attrs)(*inputs)


class Operation:
    name = None

    def __init__(self, **attrs):
        self.attrs = attrs

    def __call__(self, *inputs):
        self.inputs = [i if isinstance(i, Tensor) else Tensor(i) for i in inputs]
        self.x = [i.array for i in self.inputs]
        return Tensor(self.compute(*self.x), op=self)


class Tensor:
    def __init__(self, array, op=None):
        self.array = np.asarray(array, dtype=float)
        self.gradient = None
        self.op = op

    def backward(self, grad_tensor=None):
        order = []
        state = {}
        stack = [self]
        while stack:
            t = stack[-1]
            if id(t) not in state:
                state[id(t)] = "open"
                if t.op:
                    stack.extend(i for i in t.op.inputs if id(i) not in state)
            else:
                stack.pop()
                if state[id(t)] == "open":
                    state[id(t)] = "done"
                    order.append(t)
        for t in order:
            t.gradient = np.zeros_like(t.array)
        self.gradient = np.ones_like(self.array) if grad_tensor is None else np.asarray(grad_tensor)
        for t in order[::-1]:
            if t.op:
                for i, g in zip(t.op.inputs, t.op.gradients(t.gradient, t.array)):
                    i.gradient = i.gradient + squash(g, i.array.shape)

    def __add__(self, other):
        return apply("add", self, other)

    def __radd__(self, other):
        return apply("add", other, self)

    def __sub__(self, other):
        return apply("sub", self, other)

    def __rsub__(self, other):
        return apply("sub", other, self)

    def __mul__(self, other):
        return apply("mul", self, other)

    def __rmul__(self, other):
        return apply("mul", other, self)

    def __truediv__(self, other):
        return apply("div", self, other)

    def __rtruediv__(self, other):
        return apply("div", other, self)

    def __matmul__(self, other):
        return apply("matmul", self, other)

    def __neg__(self):
        return apply("neg", self)


def squash(g, shape):
    if g.shape == shape:
        return g
    padded = (1,) * (g.ndim - len(shape)) + shape
    axes = tuple(k for k in range(g.ndim) if padded[k] == 1 and g.shape[k] != 1)
    return g.sum(axis=axes, keepdims=True).reshape(shape)


@register("add")
class AddOp(Operation):
    def compute(self, x, y):
        return x + y

    def gradients(self, g, out):
        return g, g


@register("sub")
class SubOp(Operation):
    def compute(self, x, y):
        return x - y

    def gradients(self, g, out):
        return g, -g


@register("mul")
class MulOp(Operation):
    def compute(self, x, y):
        return x * y

    def gradients(self, g, out):
        x, y = self.x
        return g * y, g * x


@register("div")
class DivOp(Operation):
    def compute(self, x, y):
        return x / y

    def gradients(self, g, out):
        x, y = self.x
        return g / y, -g * out / y


@register("neg")
class NegOp(Operation):
    def compute(self, x):
        return -x

    def gradients(self, g, out):
        return (-g,)


@register("matmul")
class MatMulOp(Operation):
    def compute(self, x, y):
        if x.ndim < 2 or y.ndim < 2:
            raise NotImplementedError("MatMulOp: vectors are not supported")
        return x @ y

    def gradients(self, g, out):
        x, y = self.x
        return g @ y.swapaxes(-1, -2), x.swapaxes(-1, -2) @ g


@register("exp")
class ExpOp(Operation):
    def compute(self, x):
        return np.exp(x)

    def gradients(self, g, out):
        return (g * out,)


@register("log")
class LogOp(Operation):
    def compute(self, x):
        return np.log(x)

    def gradients(self, g, out):
        return (g / self.x[0],)


@register("tanh")
class TanhOp(Operation):
    def compute(self, x):
        return np.tanh(x)

    def gradients(self, g, out):
        return (g * (1 - out * out),)


@register("sigmoid")
class SigmoidOp(Operation):
    def compute(self, x):
        return 0.5 + 0.5 * np.tanh(x / 2)

    def gradients(self, g, out):
        return (g * out * (1 - out),)


@register("relu")
class ReLUOp(Operation):
    def compute(self, x):
        return np.maximum(x, 0)

    def gradients(self, g, out):
        return (g * (self.x[0] > 0),)


@register("sum")
class SumOp(Operation):
    def compute(self, x):
        return x.sum(axis=self.attrs.get("axis"), keepdims=self.attrs.get("keepdims", False))

    def gradients(self, g, out):
        axis = self.attrs.get("axis")
        if axis is not None and not self.attrs.get("keepdims", False):
            g = np.expand_dims(g, axis)
        return (g + np.zeros_like(self.x[0]),)


@register("mean")
class MeanOp(Operation):
    def compute(self, x):
        return x.mean(axis=self.attrs.get("axis"), keepdims=self.attrs.get("keepdims", False))

    def gradients(self, g, out):
        axis = self.attrs.get("axis")
        if axis is not None and not self.attrs.get("keepdims", False):
            g = np.expand_dims(g, axis)
        x = self.x[0]
        return ((g + np.zeros_like(x)) * (out.size / x.size),)


@register("softmax")
class SoftmaxOp(Operation):
    def compute(self, x):
        axis = self.attrs.get("axis", -1)
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    def gradients(self, g, out):
        axis = self.attrs.get("axis", -1)
        return (out * (g - (g * out).sum(axis=axis, keepdims=True)),)


@register("reshape")
class ReshapeOp(Operation):
    def compute(self, x):
        return x.reshape(self.attrs["shape"])

    def gradients(self, g, out):
        return (g.reshape(self.x[0].shape),)


@register("transpose")
class TransposeOp(Operation):
    def compute(self, x):
        return x.T

    def gradients(self, g, out):
        return (g.T,)
