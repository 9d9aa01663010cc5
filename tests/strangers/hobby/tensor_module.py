"""Module 2: tensors, functions with a context, leaves keep the gradient."""

import numpy as np


class Context:
    def __init__(self):
        self.saved_values = ()

    def save_for_backward(self, *values):
        self.saved_values = values


class History:
    def __init__(self, last_fn=None, ctx=None, inputs=()):
        self.last_fn, self.ctx, self.inputs = last_fn, ctx, inputs


class Function:
    @classmethod
    def apply(cls, *vals):
        vals = [v if isinstance(v, Tensor) else tensor(v) for v in vals]
        ctx = Context()
        c = cls.forward(ctx, *[v.detach() for v in vals])
        return Tensor(c._array, back=History(cls, ctx, vals))

    @classmethod
    def _backward(cls, ctx, grad_out):
        out = cls.backward(ctx, grad_out)
        return out if isinstance(out, tuple) else (out,)


class Neg(Function):
    @staticmethod
    def forward(ctx, t1):
        return Tensor(-t1._array)

    @staticmethod
    def backward(ctx, grad_output):
        return Tensor(-grad_output._array)


class Inv(Function):
    @staticmethod
    def forward(ctx, t1):
        ctx.save_for_backward(t1)
        return Tensor(1.0 / t1._array)

    @staticmethod
    def backward(ctx, grad_output):
        (t1,) = ctx.saved_values
        return Tensor(-grad_output._array / t1._array**2)


class Add(Function):
    @staticmethod
    def forward(ctx, t1, t2):
        return Tensor(t1._array + t2._array)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, grad_output


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(a._array * b._array)

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_values
        return Tensor(grad_output._array * b._array), Tensor(grad_output._array * a._array)


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, t1):
        s = 1 / (1 + np.exp(-t1._array))
        ctx.save_for_backward(s)
        return Tensor(s)

    @staticmethod
    def backward(ctx, grad_output):
        (s,) = ctx.saved_values
        return Tensor(grad_output._array * s * (1 - s))


class ReLU(Function):
    @staticmethod
    def forward(ctx, t1):
        ctx.save_for_backward(t1)
        return Tensor(np.maximum(t1._array, 0))

    @staticmethod
    def backward(ctx, grad_output):
        (t1,) = ctx.saved_values
        return Tensor(grad_output._array * (t1._array > 0))


class Log(Function):
    @staticmethod
    def forward(ctx, t1):
        ctx.save_for_backward(t1)
        return Tensor(np.log(t1._array))

    @staticmethod
    def backward(ctx, grad_output):
        (t1,) = ctx.saved_values
        return Tensor(grad_output._array / t1._array)


class Exp(Function):
    @staticmethod
    def forward(ctx, t1):
        ctx.save_for_backward(t1)
        return Tensor(np.exp(t1._array))

    @staticmethod
    def backward(ctx, grad_output):
        (t1,) = ctx.saved_values
        return Tensor(grad_output._array * t1._array)


class Sum(Function):
    @staticmethod
    def forward(ctx, a, dim):
        axis = int(dim.item())
        ctx.save_for_backward(a.shape, axis)
        return Tensor(a._array.sum(axis=axis, keepdims=True))

    @staticmethod
    def backward(ctx, grad_output):
        shape, _ = ctx.saved_values
        return Tensor(np.broadcast_to(grad_output._array, shape)), 0.0


class Permute(Function):
    @staticmethod
    def forward(ctx, a, order):
        axes = [int(i) for i in order._array]
        ctx.save_for_backward(axes)
        return Tensor(a._array.transpose(axes))

    @staticmethod
    def backward(ctx, grad_output):
        (axes,) = ctx.saved_values
        return Tensor(grad_output._array.transpose(np.argsort(axes))), 0.0


class View(Function):
    @staticmethod
    def forward(ctx, a, shape):
        ctx.save_for_backward(a.shape)
        return Tensor(a._array.reshape([int(n) for n in shape._array]))

    @staticmethod
    def backward(ctx, grad_output):
        (shape,) = ctx.saved_values
        return Tensor(grad_output._array.reshape(shape)), 0.0


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return Tensor(a._array @ b._array)

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_values
        g = grad_output._array
        return Tensor(g @ b._array.swapaxes(-1, -2)), Tensor(a._array.swapaxes(-1, -2) @ g)


class Tensor:
    def __init__(self, v, back=None, name=None):
        self._array = np.asarray(v, dtype=np.float64)
        self.history = back
        self.grad = None
        self.name = name

    def requires_grad_(self, x):
        self.history = History() if x else None

    def requires_grad(self):
        return self.history is not None

    @property
    def shape(self):
        return self._array.shape

    @property
    def size(self):
        return self._array.size

    @property
    def dims(self):
        return self._array.ndim

    def to_numpy(self):
        return self._array

    def item(self):
        assert self.size == 1
        return float(self._array.reshape(()))

    def detach(self):
        return Tensor(self._array)

    def is_leaf(self):
        return self.history is not None and self.history.last_fn is None

    def is_constant(self):
        return self.history is None

    def __add__(self, b):
        return Add.apply(self, b)

    def __sub__(self, b):
        return Add.apply(self, Neg.apply(b))

    def __mul__(self, b):
        return Mul.apply(self, b)

    def __truediv__(self, b):
        return Mul.apply(self, Inv.apply(b))

    def __rtruediv__(self, b):
        return Mul.apply(b, Inv.apply(self))

    def __matmul__(self, b):
        return MatMul.apply(self, b)

    def __neg__(self):
        return Neg.apply(self)

    def __radd__(self, b):
        return self + b

    def __rmul__(self, b):
        return self * b

    def sigmoid(self):
        return Sigmoid.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def log(self):
        return Log.apply(self)

    def exp(self):
        return Exp.apply(self)

    def sum(self, dim=None):
        if dim is None:
            return Sum.apply(self.contiguous().view(self.size), tensor(0)).view(1)
        return Sum.apply(self, tensor(dim))

    def mean(self, dim=None):
        if dim is not None:
            return self.sum(dim) / self.shape[dim]
        return self.sum() / self.size

    def permute(self, *order):
        return Permute.apply(self, tensor(order))

    def view(self, *shape):
        return View.apply(self, tensor(shape))

    def contiguous(self):
        return self

    def expand(self, other):
        """What came back, summed to this tensor's shape."""
        g = other._array
        while g.ndim > self.dims:
            g = g.sum(axis=0)
        for i, n in enumerate(self.shape):
            if n == 1:
                g = g.sum(axis=i, keepdims=True)
        return Tensor(g)

    def accumulate_derivative(self, x):
        if self.grad is None:
            self.grad = Tensor(np.zeros(self.shape))
        self.grad = Tensor(self.grad._array + x._array)

    def backward(self, grad_output=None):
        if grad_output is None:
            assert self.shape == (1,), "Must provide grad_output if non-scalar"
            grad_output = Tensor(np.ones(1))
        backpropagate(self, grad_output)

    def zero_grad_(self):
        self.grad = None


def tensor(ls, requires_grad=False):
    t = Tensor(ls)
    t.requires_grad_(requires_grad)
    return t


def topological_sort(variable):
    order, seen = [], set()

    def visit(v):
        if id(v) in seen or v.is_constant():
            return
        for w in v.history.inputs:
            visit(w)
        seen.add(id(v))
        order.append(v)

    visit(variable)
    return order[::-1]


def backpropagate(variable, deriv):
    derivs = {id(variable): deriv}
    for v in topological_sort(variable):
        d = derivs[id(v)]
        if v.is_leaf():
            v.accumulate_derivative(d)
            continue
        for w, g in zip(v.history.inputs, v.history.last_fn._backward(v.history.ctx, d)):
            if w.is_constant():
                continue
            g = w.expand(g)
            derivs[id(w)] = Tensor(derivs[id(w)]._array + g._array) if id(w) in derivs else g
