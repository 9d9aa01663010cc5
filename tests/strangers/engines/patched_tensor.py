"""A course's Tensor that cannot differentiate until enable_autograd() has patched it (as it does at
the end of this file): arithmetic first, Backward classes later.

Operations: + - * / (number or tensor) @, methods matmul, sum(axis, keepdims), mean, reshape,
transpose(), relu, sigmoid, tanh, exp, log, softmax(dim).
To be said: right. Tensor(data, requires_grad=False); backward(gradient=None) recurs once per use only
when all uses have arrived; .grad is an array, and gradients add up until zero_grad().
"""

import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.shape = self.data.shape
        self.requires_grad = requires_grad
        self.grad = None

    def __repr__(self):
        return f"Tensor(data={self.data.tolist()}, requires_grad={self.requires_grad})"

    def __add__(self, other):
        return Tensor(self.data + _raw(other))

    def __sub__(self, other):
        return Tensor(self.data - _raw(other))

    def __mul__(self, other):
        return Tensor(self.data * _raw(other))

    def __truediv__(self, other):
        return Tensor(self.data / _raw(other))

    def matmul(self, other):
        if self.data.ndim != 2 or other.data.ndim != 2:
            raise ValueError(f"matmul expects 2-D tensors, got {self.shape} and {other.shape}")
        return Tensor(self.data @ other.data)

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))

    def reshape(self, *shape):
        if len(shape) == 1 and isinstance(shape[0], (list, tuple)):
            shape = tuple(shape[0])
        return Tensor(self.data.reshape(shape))

    def transpose(self):
        return Tensor(self.data.T)

    def relu(self):
        return Tensor(np.maximum(0, self.data))

    def sigmoid(self):
        return Tensor(np.where(self.data >= 0, 1.0, np.exp(-np.abs(self.data))) / (1.0 + np.exp(-np.abs(self.data))))

    def tanh(self):
        return Tensor(np.tanh(self.data))

    def exp(self):
        return Tensor(np.exp(self.data))

    def log(self):
        return Tensor(np.log(self.data))

    def softmax(self, dim=-1):
        e = np.exp(self.data - self.data.max(axis=dim, keepdims=True))
        return Tensor(e / e.sum(axis=dim, keepdims=True))

    def __matmul__(self, other):
        return self.matmul(other)

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        return total / (self.data.size / total.data.size)

    def __neg__(self):
        return self * -1.0

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self * -1.0 + other


def _raw(x):
    return x.data if isinstance(x, Tensor) else x


class Backward:
    """What a result remembers: its operands, the extra arguments, and its own value."""

    def __init__(self, out, *operands, **settings):
        self.out, self.operands, self.settings = out.data, operands, settings

    def apply(self, g):
        raise NotImplementedError

    def fit(self, g, operand):
        shape = np.shape(_raw(operand))
        while g.ndim > len(shape):
            g = g.sum(axis=0)
        for i, n in enumerate(shape):
            if n == 1:
                g = g.sum(axis=i, keepdims=True)
        return g


class AddBackward(Backward):
    def apply(self, g):
        return [self.fit(g, one) for one in self.operands]


class SubBackward(Backward):
    def apply(self, g):
        a, b = self.operands
        return [self.fit(g, a), self.fit(-g, b)]


class MulBackward(Backward):
    def apply(self, g):
        a, b = self.operands
        return [self.fit(g * _raw(b), a), self.fit(g * _raw(a), b)]


class DivBackward(Backward):
    def apply(self, g):
        a, b = self.operands
        return [self.fit(g / _raw(b), a), self.fit(-g * _raw(a) / _raw(b) ** 2, b)]


class MatmulBackward(Backward):
    def apply(self, g):
        a, b = self.operands
        return [g @ b.data.T, a.data.T @ g]


class SumBackward(Backward):
    def apply(self, g):
        axis = self.settings.get("axis")
        if axis is not None and not self.settings.get("keepdims"):
            g = np.expand_dims(g, axis)
        return [np.broadcast_to(g, self.operands[0].shape)]


class ReshapeBackward(Backward):
    def apply(self, g):
        return [g.reshape(self.operands[0].shape)]


class TransposeBackward(Backward):
    def apply(self, g):
        return [g.T]


class ReLUBackward(Backward):
    def apply(self, g):
        return [g * (self.operands[0].data > 0)]


class SigmoidBackward(Backward):
    def apply(self, g):
        return [g * self.out * (1 - self.out)]


class TanhBackward(Backward):
    def apply(self, g):
        return [g * (1 - self.out**2)]


class ExpBackward(Backward):
    def apply(self, g):
        return [g * self.out]


class LogBackward(Backward):
    def apply(self, g):
        return [g / self.operands[0].data]


class SoftmaxBackward(Backward):
    def apply(self, g):
        dim = self.settings["dim"]
        return [self.out * (g - (g * self.out).sum(axis=dim, keepdims=True))]


def enable_autograd():
    """Replaces Tensor's operations by ones that remember how they came about."""
    if hasattr(Tensor, "_autograd_enabled"):
        return

    def tracked(plain, backward_class, names=()):
        def operation(self, *args, **kwargs):
            out = plain(self, *args, **kwargs)
            operands = (self, *(a for a in args if isinstance(a, Tensor)))
            if backward_class in (AddBackward, SubBackward, MulBackward, DivBackward):
                operands = (self, *args)
            settings = dict(zip(names, args)) | kwargs
            if names == ("dim",):
                settings.setdefault("dim", -1)
            out.requires_grad = any(isinstance(t, Tensor) and t.requires_grad for t in operands)
            if out.requires_grad:
                out._grad_fn = backward_class(out, *operands, **settings)
            return out

        return operation

    for name, backward_class, names in [
        ("__add__", AddBackward, ()),
        ("__sub__", SubBackward, ()),
        ("__mul__", MulBackward, ()),
        ("__truediv__", DivBackward, ()),
        ("matmul", MatmulBackward, ()),
        ("sum", SumBackward, ("axis", "keepdims")),
        ("reshape", ReshapeBackward, ()),
        ("transpose", TransposeBackward, ()),
        ("relu", ReLUBackward, ()),
        ("sigmoid", SigmoidBackward, ()),
        ("tanh", TanhBackward, ()),
        ("exp", ExpBackward, ()),
        ("log", LogBackward, ()),
        ("softmax", SoftmaxBackward, ("dim",)),
    ]:
        setattr(Tensor, name, tracked(getattr(Tensor, name), backward_class, names))

    def backward(self, gradient=None):
        if gradient is None:
            if self.data.size > 1:
                raise ValueError("backward() of a tensor with several elements needs a gradient")
            gradient = np.ones_like(self.data)
        uses, stack = {}, [self]
        while stack:
            for one in _operands(stack.pop()):
                uses[id(one)] = uses.get(id(one), 0) + 1
                if uses[id(one)] == 1:
                    stack.append(one)
        arrived = {id(self): np.asarray(gradient, dtype=np.float64)}
        ready = [self]
        while ready:
            tensor = ready.pop()
            g = arrived.pop(id(tensor))
            tensor.grad = g.copy() if tensor.grad is None else tensor.grad + g
            if not hasattr(tensor, "_grad_fn"):
                continue
            for one, more in zip(tensor._grad_fn.operands, tensor._grad_fn.apply(g)):
                if not (isinstance(one, Tensor) and one.requires_grad):
                    continue
                arrived[id(one)] = arrived[id(one)] + more if id(one) in arrived else more
                uses[id(one)] -= 1
                if uses[id(one)] == 0:
                    ready.append(one)

    def _operands(tensor):
        if not hasattr(tensor, "_grad_fn"):
            return []
        return [t for t in tensor._grad_fn.operands if isinstance(t, Tensor) and t.requires_grad]

    Tensor.backward = backward
    Tensor.zero_grad = lambda self: setattr(self, "grad", None)
    Tensor._autograd_enabled = True


enable_autograd()
