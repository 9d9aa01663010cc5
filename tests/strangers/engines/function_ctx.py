"""Function classes with ctx, the way a well-known framework lets people extend it.

Each operation is a subclass of Function with static forward(ctx, ...) and backward(ctx, grad_output);
Function.apply records. Tensor(data, requires_grad=False); backward(gradient=None) wants a gradient
for outputs that are no number. Gradients add up over calls; those of intermediate results are kept
only after retain_grad().
Operations: operators + - * / ** (number) @ and unary minus, classes Exp, Log, Tanh, Sigmoid, ReLU,
Sum(dim, keepdim), Mean, Reshape, Transpose, Pow, LogSoftmax; methods exp, log, tanh, sigmoid, relu,
sum, mean, view, t, log_softmax.
To be said: right; judged on its inputs, or on all steps where retain_grad is called.
"""

import numpy as np


class Context:
    def __init__(self):
        self._saved = ()
        self.needs_input_grad = ()

    def save_for_backward(self, *arrays):
        self._saved = arrays

    @property
    def saved_tensors(self):
        return self._saved


class Function:
    @staticmethod
    def forward(ctx, *args):
        raise NotImplementedError

    @staticmethod
    def backward(ctx, grad_output):
        raise NotImplementedError

    @classmethod
    def apply(cls, *args):
        ctx = Context()
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        raw = [a.data if isinstance(a, Tensor) else a for a in args]
        out = Tensor(cls.forward(ctx, *raw), requires_grad=any(ctx.needs_input_grad))
        if out.requires_grad:
            out.grad_fn = (cls, ctx, [a if isinstance(a, Tensor) else None for a in args])
        return out


def _reduce(grad, shape):
    if grad.shape == shape:
        return grad
    grad = grad.sum(tuple(range(grad.ndim - len(shape))))
    narrow = tuple(i for i, n in enumerate(shape) if n == 1 and grad.shape[i] > 1)
    return grad.sum(narrow, keepdims=True)


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.shapes = np.shape(a), np.shape(b)
        return a + b

    @staticmethod
    def backward(ctx, grad_output):
        return tuple(_reduce(grad_output, s) for s in ctx.shapes)


class Sub(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.shapes = np.shape(a), np.shape(b)
        return a - b

    @staticmethod
    def backward(ctx, grad_output):
        return _reduce(grad_output, ctx.shapes[0]), _reduce(-grad_output, ctx.shapes[1])


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return _reduce(grad_output * b, np.shape(a)), _reduce(grad_output * a, np.shape(b))


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return _reduce(grad_output / b, np.shape(a)), _reduce(
            -grad_output * a / (b * b), np.shape(b)
        )


class Neg(Function):
    @staticmethod
    def forward(ctx, a):
        return -a

    @staticmethod
    def backward(ctx, grad_output):
        return (-grad_output,)


class Pow(Function):
    @staticmethod
    def forward(ctx, a, exponent):
        ctx.save_for_backward(a)
        ctx.exponent = exponent
        return a**exponent

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        if ctx.exponent == 0:
            return np.zeros_like(a), None
        return grad_output * ctx.exponent * a ** (ctx.exponent - 1), None


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        if a.ndim != 2 or b.ndim != 2:
            raise RuntimeError("matmul: only 2D tensors are supported")
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output @ b.T, a.T @ grad_output


class Exp(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.exp(a)
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * result,)


class Log(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.log(a)

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (grad_output / a,)


class Tanh(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.tanh(a)
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * (1 - result * result),)


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.where(a < 0, np.exp(np.minimum(a, 0)), 1.0) / (1 + np.exp(-np.abs(a)))
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * result * (1 - result),)


class ReLU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.clip(a, 0, None)

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        grad_input = np.array(grad_output)
        grad_input[a <= 0] = 0
        return (grad_input,)


class Sum(Function):
    @staticmethod
    def forward(ctx, a, dim, keepdim):
        ctx.shape, ctx.dim, ctx.keepdim = a.shape, dim, keepdim
        return a.sum(axis=dim, keepdims=keepdim)

    @staticmethod
    def backward(ctx, grad_output):
        if ctx.dim is not None and not ctx.keepdim:
            grad_output = np.expand_dims(grad_output, ctx.dim)
        return np.broadcast_to(grad_output, ctx.shape), None, None


class Reshape(Function):
    @staticmethod
    def forward(ctx, a, shape):
        ctx.shape = a.shape
        return a.reshape(shape)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.reshape(ctx.shape), None


class Transpose(Function):
    @staticmethod
    def forward(ctx, a, dim0, dim1):
        ctx.dims = dim0, dim1
        return a.swapaxes(dim0, dim1)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.swapaxes(*ctx.dims), None, None


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, a, dim):
        shifted = a - a.max(axis=dim, keepdims=True)
        result = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))
        ctx.save_for_backward(result)
        ctx.dim = dim
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        total = grad_output.sum(axis=ctx.dim, keepdims=True)
        return grad_output - np.exp(result) * total, None


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self.grad_fn = None
        self._retains = False

    @property
    def shape(self):
        return self.data.shape

    @property
    def is_leaf(self):
        return self.grad_fn is None

    def retain_grad(self):
        self._retains = True

    def item(self):
        return self.data.item()

    def detach(self):
        return Tensor(self.data)

    def backward(self, gradient=None):
        if not self.requires_grad:
            raise RuntimeError("element 0 does not require grad and does not have a grad_fn")
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            gradient = np.ones_like(self.data)
        if isinstance(gradient, Tensor):
            gradient = gradient.data
        pending = {id(self): np.asarray(gradient, dtype=np.float64)}
        for tensor in reversed(self._sorted()):
            grad = pending.pop(id(tensor), None)
            if grad is None:
                continue
            if tensor.is_leaf or tensor._retains:
                tensor.grad = Tensor(grad if tensor.grad is None else tensor.grad.data + grad)
            if tensor.grad_fn is None:
                continue
            function, ctx, inputs = tensor.grad_fn
            for one, more in zip(inputs, function.backward(ctx, grad)):
                if one is not None and one.requires_grad and more is not None:
                    pending[id(one)] = pending[id(one)] + more if id(one) in pending else more

    def _sorted(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            tensor, leaving = stack.pop()
            if leaving:
                order.append(tensor)
                continue
            if id(tensor) in seen:
                continue
            seen.add(id(tensor))
            stack.append((tensor, True))
            if tensor.grad_fn is not None:
                stack.extend((t, False) for t in tensor.grad_fn[2] if t is not None)
        return order

    def __repr__(self):
        return f"tensor({self.data}, requires_grad={self.requires_grad})"

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

    def __pow__(self, exponent):
        if isinstance(exponent, Tensor):
            raise NotImplementedError("the exponent must be a number")
        return Pow.apply(self, exponent)

    def __matmul__(self, other):
        return MatMul.apply(self, other)

    def exp(self):
        return Exp.apply(self)

    def log(self):
        return Log.apply(self)

    def tanh(self):
        return Tanh.apply(self)

    def sigmoid(self):
        return Sigmoid.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def sum(self, dim=None, keepdim=False):
        return Sum.apply(self, dim, keepdim)

    def mean(self, dim=None, keepdim=False):
        total = self.sum(dim, keepdim)
        return total / (self.data.size / total.data.size)

    def view(self, *shape):
        return Reshape.apply(self, shape)

    def t(self):
        return Transpose.apply(self, 0, 1)

    def transpose(self, dim0, dim1):
        return Transpose.apply(self, dim0, dim1)

    def log_softmax(self, dim):
        return LogSoftmax.apply(self, dim)
