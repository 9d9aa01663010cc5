"""An engine of arrays in the style of Function classes: forward and backward with a context,
applied by Name.apply(…). A module-level tape keeps the order."""

import numpy as np

TAPE = []


class Context:
    """What forward saves for backward."""

    def save(self, *values):
        self.saved = values


class Function:
    """A step: subclasses say what it computes, and what it passes back."""

    @classmethod
    def apply(cls, *operands, **parameters):
        tensors = [x if isinstance(x, Tensor) else Tensor(x) for x in operands]
        context = Context()
        out = Tensor(cls.forward(context, *(tensor.data for tensor in tensors), **parameters))
        TAPE.append((out, cls, context, tensors))
        return out


def restore(g, x, axis, keepdims):
    """The axes that a reduction has dropped."""
    if axis is None:
        return np.reshape(g, (1,) * x.ndim)
    return g if keepdims else np.expand_dims(g, axis)


class Add(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x + y

    @staticmethod
    def backward(ctx, g):
        return g, g


class Sub(Function):
    @staticmethod
    def forward(ctx, x, y):
        return x - y

    @staticmethod
    def backward(ctx, g):
        return g, -g


class Mul(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        return g * y, g * x


class Div(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save(x, y)
        return x / y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        return g / y, -g * x / (y * y)


class Neg(Function):
    @staticmethod
    def forward(ctx, x):
        return -x

    @staticmethod
    def backward(ctx, g):
        return (-g,)


class MatMul(Function):
    @staticmethod
    def forward(ctx, x, y):
        if x.ndim < 2 or y.ndim < 2:
            raise NotImplementedError("vectors")
        ctx.save(x, y)
        return np.matmul(x, y)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        return np.matmul(g, y.swapaxes(-1, -2)), np.matmul(x.swapaxes(-1, -2), g)


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        out = np.exp(x)
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx, g):
        (out,) = ctx.saved
        return (g * out,)


class Log(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save(x)
        return np.log(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved
        return (g / x,)


class Tanh(Function):
    @staticmethod
    def forward(ctx, x):
        out = np.tanh(x)
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx, g):
        (out,) = ctx.saved
        return (g * (1.0 - out * out),)


class ReLU(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save(x)
        return np.maximum(x, 0.0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved
        return (np.where(x > 0.0, g, 0.0),)


class Softplus(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save(x)
        return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved
        with np.errstate(over="ignore"):
            return (g / (1.0 + np.exp(-x)),)


class Sum(Function):
    @staticmethod
    def forward(ctx, x, axis=None, keepdims=False):
        ctx.save(x, axis, keepdims)
        return np.sum(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def backward(ctx, g):
        x, axis, keepdims = ctx.saved
        return (np.broadcast_to(restore(g, x, axis, keepdims), x.shape),)


class Mean(Function):
    @staticmethod
    def forward(ctx, x, axis=None, keepdims=False):
        ctx.save(x, axis, keepdims)
        return np.mean(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def backward(ctx, g):
        x, axis, keepdims = ctx.saved
        count = x.size // g.size
        return (np.broadcast_to(restore(g, x, axis, keepdims) / count, x.shape),)


class Max(Function):
    @staticmethod
    def forward(ctx, x, axis=None, keepdims=False):
        out = np.max(x, axis=axis, keepdims=keepdims)
        ctx.save(x, out, axis, keepdims)
        return out

    @staticmethod
    def backward(ctx, g):
        x, out, axis, keepdims = ctx.saved
        winners = x == restore(out, x, axis, keepdims)
        share = winners / np.sum(winners, axis=axis, keepdims=True)
        return (restore(g, x, axis, keepdims) * share,)


class Where(Function):
    @staticmethod
    def forward(ctx, condition, x, y):
        ctx.save(condition)
        return np.where(condition, x, y)

    @staticmethod
    def backward(ctx, g):
        (condition,) = ctx.saved
        return None, np.where(condition, g, 0.0), np.where(condition, 0.0, g)


class Reshape(Function):
    @staticmethod
    def forward(ctx, x, shape):
        ctx.save(x.shape)
        return np.reshape(x, shape)

    @staticmethod
    def backward(ctx, g):
        return (np.reshape(g, ctx.saved[0]),)


class Permute(Function):
    @staticmethod
    def forward(ctx, x, axes):
        axes = [axis % x.ndim for axis in axes]
        ctx.save(axes)
        return np.transpose(x, axes)

    @staticmethod
    def backward(ctx, g):
        return (np.transpose(g, np.argsort(ctx.saved[0])),)


class Concat(Function):
    @staticmethod
    def forward(ctx, *parts, axis=0):
        ctx.save([part.shape[axis] for part in parts], axis)
        return np.concatenate(parts, axis=axis)

    @staticmethod
    def backward(ctx, g):
        sizes, axis = ctx.saved
        return np.split(g, np.cumsum(sizes)[:-1], axis=axis)


class Index(Function):
    @staticmethod
    def forward(ctx, x, index):
        ctx.save(x.shape, index)
        return x[index]

    @staticmethod
    def backward(ctx, g):
        shape, index = ctx.saved
        dx = np.zeros(shape)
        np.add.at(dx, index, g)
        return (dx,)


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x, axis=-1):
        top = np.max(x, axis=axis, keepdims=True)
        out = x - top - np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
        ctx.save(out, axis)
        return out

    @staticmethod
    def backward(ctx, g):
        out, axis = ctx.saved
        return (g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),)


class MseLoss(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save(x, y)
        return np.mean((x - y) ** 2)

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved
        dx = 2.0 * (x - y) / x.size * g
        return dx, -dx


class Tensor:
    __array_ufunc__ = None

    def __init__(self, data):
        self.data = np.array(data, dtype=np.asarray(data).dtype if np.ndim(data) else float)
        self.grad = None

    def backward(self, gradient=None):
        seed = np.ones_like(self.data) if gradient is None else np.asarray(gradient)
        flow = {id(self): seed}
        self._receive(seed)
        for out, function, context, operands in reversed(TAPE):
            g = flow.get(id(out))
            if g is None:
                continue
            for operand, part in zip(operands, function.backward(context, g), strict=True):
                if part is None:
                    continue
                part = _undo(part, operand.data.shape)
                operand._receive(part)
                flow[id(operand)] = flow[id(operand)] + part if id(operand) in flow else part

    def _receive(self, part):
        self.grad = part if self.grad is None else self.grad + part

    def __add__(self, other):
        return Add.apply(self, other)

    def __radd__(self, other):
        return Add.apply(other, self)

    def __sub__(self, other):
        return Sub.apply(self, other)

    def __rsub__(self, other):
        return Sub.apply(other, self)

    def __mul__(self, other):
        return Mul.apply(self, other)

    def __rmul__(self, other):
        return Mul.apply(other, self)

    def __truediv__(self, other):
        return Div.apply(self, other)

    def __rtruediv__(self, other):
        return Div.apply(other, self)

    def __neg__(self):
        return Neg.apply(self)

    def __matmul__(self, other):
        return MatMul.apply(self, other)

    def __getitem__(self, index):
        return Index.apply(self, index=index)


def _undo(part, shape):
    """Broadcasting, undone."""
    part = np.asarray(part)
    while part.ndim > len(shape):
        part = part.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and part.shape[axis] != 1:
            part = part.sum(axis=axis, keepdims=True)
    return part
