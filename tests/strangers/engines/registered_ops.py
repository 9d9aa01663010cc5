"""A tiny framework's first weekend: Function subclasses are register()ed on Tensor under lower-case
names. Tensors are made of numpy arrays only; float32 and float64 both stay as they are.

Operations: add, sub, mul, pow, dot, sum, relu, logsoftmax, reshape, exp, log, sigmoid by
registration; operators + - * for the first three; mean(); all of tensors.
To be said: right. backward(allow_fill=True) starts from ones for outputs of one element and otherwise
from the .grad that was set before (allow_fill=False); it recurs through the sorted list only. The
operands of add, sub and mul have one shape.
"""

from functools import partialmethod

import numpy as np


class Tensor:
    def __init__(self, data):
        if type(data) != np.ndarray:
            raise TypeError("error constructing tensor with %r" % (data,))
        self.data = data
        self.grad = None
        self._ctx = None

    def __repr__(self):
        return "Tensor %r with grad %r" % (self.data, self.grad)

    @property
    def shape(self):
        return self.data.shape

    @staticmethod
    def zeros(*shape):
        return Tensor(np.zeros(shape, dtype=np.float32))

    def deepwalk(self):
        nodes, visited, todo = [], set(), [(self, False)]
        while todo:
            node, expanded = todo.pop()
            if expanded:
                nodes.append(node)
            elif node not in visited:
                visited.add(node)
                todo.append((node, True))
                if node._ctx:
                    todo += [(p, False) for p in node._ctx.parents]
        return nodes

    def backward(self, allow_fill=True):
        if allow_fill:
            assert self.data.size == 1, "only an output of one element is filled with ones"
            self.grad = np.ones_like(self.data)
        nodes = self.deepwalk()
        for t in nodes:
            if t is not self:
                t.grad = None
        for t0 in reversed(nodes):
            if not t0._ctx:
                continue
            grads = t0._ctx.backward(t0._ctx, t0.grad)
            if len(t0._ctx.parents) == 1:
                grads = [grads]
            for t, g in zip(t0._ctx.parents, grads):
                assert g.shape == t.data.shape, "grad shape must match tensor shape"
                t.grad = g if t.grad is None else t.grad + g

    def mean(self):
        div = Tensor(np.array(1 / self.data.size, dtype=self.data.dtype))
        return self.sum().mul(div)


class Function:
    def __init__(self, *tensors):
        self.parents = tensors
        self.saved_tensors = []

    def save_for_backward(self, *x):
        self.saved_tensors.extend(x)

    def apply(self, arg, *x, **kwargs):
        ctx = arg(self, *x)
        ctx.settings = kwargs
        ret = Tensor(np.asarray(arg.forward(ctx, self.data, *[t.data for t in x], **kwargs)))
        ret._ctx = ctx
        return ret


def register(name, fxn):
    setattr(Tensor, name, partialmethod(fxn.apply, fxn))
    if name in ("add", "sub", "mul"):
        setattr(Tensor, f"__{name}__", lambda self, other: getattr(self, name)(other))


class Add(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape
        return x + y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, grad_output


register("add", Add)


class Sub(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape
        return x - y

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, -grad_output


register("sub", Sub)


class Mul(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return y * grad_output, x * grad_output


register("mul", Mul)


class Pow(Function):
    @staticmethod
    def forward(ctx, x, y):
        assert x.shape == y.shape
        ctx.save_for_backward(x, y)
        return x**y

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return (
            y * x ** np.where(y == 0, 1, y - 1) * grad_output,
            x**y * np.log(np.where(x == 0, 1, x)) * grad_output,
        )


register("pow", Pow)


class Dot(Function):
    @staticmethod
    def forward(ctx, x, w):
        assert x.ndim == w.ndim == 2
        ctx.save_for_backward(x, w)
        return x.dot(w)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output.dot(w.T), x.T.dot(grad_output)


register("dot", Dot)


class Sum(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.array(x.sum())

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * np.ones_like(x)


register("sum", Sum)


class ReLU(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.maximum(x, 0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * (x > 0)


register("relu", ReLU)


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, x):
        with np.errstate(over="ignore"):
            ret = 1 / (1 + np.exp(-x))
        ctx.save_for_backward(ret)
        return ret

    @staticmethod
    def backward(ctx, grad_output):
        (ret,) = ctx.saved_tensors
        return grad_output * (ret * (1 - ret))


register("sigmoid", Sigmoid)


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        ret = np.exp(x)
        ctx.save_for_backward(ret)
        return ret

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.saved_tensors[0]


register("exp", Exp)


class Log(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return np.log(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output / ctx.saved_tensors[0]


register("log", Log)


class Reshape(Function):
    @staticmethod
    def forward(ctx, x, shape):
        ctx.save_for_backward(x.shape)
        return x.reshape(shape)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.reshape(ctx.saved_tensors[0])


register("reshape", Reshape)


class LogSoftmax(Function):
    """Of the rows of a matrix."""

    @staticmethod
    def forward(ctx, x):
        assert x.ndim == 2
        c = x.max(axis=1, keepdims=True)
        ret = x - c - np.log(np.exp(x - c).sum(axis=1, keepdims=True))
        ctx.save_for_backward(ret)
        return ret

    @staticmethod
    def backward(ctx, grad_output):
        (ret,) = ctx.saved_tensors
        return grad_output - np.exp(ret) * grad_output.sum(axis=1, keepdims=True)


register("logsoftmax", LogSoftmax)
