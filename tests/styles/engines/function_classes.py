"""Functions with a context, as PyTorch has them: forward saves what backward needs."""

import numpy as np


class Context:
    def __init__(self):
        self.saved_tensors = ()

    def save_for_backward(self, *arrays):
        self.saved_tensors = arrays


class Function:
    @classmethod
    def apply(cls, *args, **kwargs):
        ctx = Context()
        inputs = [a if isinstance(a, Tensor) else Tensor(a) for a in args]
        result = cls.forward(ctx, *(t.data for t in inputs), **kwargs)
        return Tensor(result, creator=(cls, ctx, inputs))


def sum_to(grad, shape):
    """Undo broadcasting."""
    lead = grad.ndim - len(shape)
    if lead > 0:
        grad = grad.sum(axis=tuple(range(lead)))  #: engine unbroadcast
    ones = tuple(i for i, size in enumerate(shape) if size == 1 and grad.shape[i] != 1)
    if ones:
        grad = grad.sum(axis=ones, keepdims=True)  #: engine unbroadcast
    return grad


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.shape, b.shape)
        return a + b  #: add value

    @staticmethod
    def backward(ctx, grad_output):
        a_shape, b_shape = ctx.saved_tensors
        return sum_to(grad_output, a_shape), sum_to(grad_output, b_shape)  #: add x y


class Sub(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a.shape, b.shape)
        return a - b  #: sub value

    @staticmethod
    def backward(ctx, grad_output):
        a_shape, b_shape = ctx.saved_tensors
        return sum_to(grad_output, a_shape), sum_to(-grad_output, b_shape)  #: sub x y


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b  #: mul value

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        grad_a = sum_to(grad_output * b, a.shape)  #: mul x
        grad_b = sum_to(grad_output * a, b.shape)  #: mul y
        return grad_a, grad_b


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b  #: div value

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        grad_a = sum_to(grad_output / b, a.shape)  #: div x
        grad_b = sum_to(-grad_output * a / (b * b), b.shape)  #: div y
        return grad_a, grad_b


class Neg(Function):
    @staticmethod
    def forward(ctx, a):
        return -a  #: neg value

    @staticmethod
    def backward(ctx, grad_output):
        return (-grad_output,)  #: neg x


class MatMul(Function):
    @staticmethod
    def forward(ctx, a, b):
        if a.ndim != 2 or b.ndim != 2:
            raise NotImplementedError("matmul takes two matrices")
        ctx.save_for_backward(a, b)
        return a @ b  #: matmul value

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output @ b.T, a.T @ grad_output  #: matmul x y


class Exp(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.exp(a)  #: exp value
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * result,)  #: exp x


class Log(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.log(a)  #: log value

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (grad_output / a,)  #: log x


class Sqrt(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.sqrt(a)  #: sqrt value
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output / (2.0 * result),)  #: sqrt x


class Sin(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.sin(a)  #: sin value

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (grad_output * np.cos(a),)  #: sin x


class Cos(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.cos(a)  #: cos value

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (-grad_output * np.sin(a),)  #: cos x


class Tanh(Function):
    @staticmethod
    def forward(ctx, a):
        result = np.tanh(a)  #: tanh value
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * (1 - result**2),)  #: tanh x


class Sigmoid(Function):
    @staticmethod
    def forward(ctx, a):
        with np.errstate(over="ignore"):
            result = 1 / (1 + np.exp(-a))  #: sigmoid value
        ctx.save_for_backward(result)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        (result,) = ctx.saved_tensors
        return (grad_output * result * (1 - result),)  #: sigmoid x


class ReLU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.maximum(a, 0)  #: relu value

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        grad_input = np.array(grad_output)
        grad_input[a <= 0] = 0  #: relu x
        return (grad_input,)


class LeakyReLU(Function):
    @staticmethod
    def forward(ctx, a, negative_slope=0.01):
        ctx.save_for_backward(a, negative_slope)
        return np.where(a > 0, a, negative_slope * a)  #: leaky_relu value

    @staticmethod
    def backward(ctx, grad_output):
        a, negative_slope = ctx.saved_tensors
        return (np.where(a > 0, grad_output, negative_slope * grad_output),)  #: leaky_relu x


class Abs(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(np.where(np.isnan(a), 0.0, np.sign(a)))
        return np.abs(a)  #: abs value

    @staticmethod
    def backward(ctx, grad_output):
        (sign,) = ctx.saved_tensors
        return (grad_output * sign,)  #: abs x


class Sum(Function):
    @staticmethod
    def forward(ctx, a, axis=None, keepdims=False):
        ctx.save_for_backward(a.shape, axis, keepdims)
        return a.sum(axis=axis, keepdims=keepdims)  #: sum value

    @staticmethod
    def backward(ctx, grad_output):
        shape, axis, keepdims = ctx.saved_tensors
        if axis is not None and not keepdims:
            grad_output = np.expand_dims(grad_output, axis)  #: sum x
        return (np.broadcast_to(grad_output, shape),)  #: sum x


class Mean(Function):
    @staticmethod
    def forward(ctx, a, axis=None, keepdims=False):
        result = a.mean(axis=axis, keepdims=keepdims)  #: mean value
        ctx.save_for_backward(a.shape, axis, keepdims, a.size // max(result.size, 1))
        return result

    @staticmethod
    def backward(ctx, grad_output):
        shape, axis, keepdims, count = ctx.saved_tensors
        if axis is not None and not keepdims:
            grad_output = np.expand_dims(grad_output, axis)  #: mean x
        return (np.broadcast_to(grad_output / count, shape),)  #: mean x


class Max(Function):
    @staticmethod
    def forward(ctx, a, axis=None, keepdims=False):
        largest = a.max(axis=axis, keepdims=True)  #: max value
        mask = a == largest
        ctx.save_for_backward(mask, axis)
        return largest if keepdims else largest.squeeze(axis)

    @staticmethod
    def backward(ctx, grad_output):
        mask, axis = ctx.saved_tensors
        if axis is None:
            grad_output = np.reshape(grad_output, (1,) * mask.ndim)
        elif grad_output.ndim < mask.ndim:
            grad_output = np.expand_dims(grad_output, axis)  #: max x
        return (grad_output * mask / mask.sum(axis=axis, keepdims=True),)  #: max x


class Reshape(Function):
    @staticmethod
    def forward(ctx, a, shape):
        ctx.save_for_backward(a.shape)
        return a.reshape(shape)  #: reshape value

    @staticmethod
    def backward(ctx, grad_output):
        (shape,) = ctx.saved_tensors
        return (grad_output.reshape(shape),)  #: reshape x


class Permute(Function):
    @staticmethod
    def forward(ctx, a, dims):
        ctx.save_for_backward(tuple(d % a.ndim for d in dims))
        return a.transpose(dims)  #: permute value

    @staticmethod
    def backward(ctx, grad_output):
        (dims,) = ctx.saved_tensors
        return (grad_output.transpose(np.argsort(dims)),)  #: permute x


class Slice(Function):
    @staticmethod
    def forward(ctx, a, index):
        ctx.save_for_backward(a.shape, index)
        return a[index]  #: index value

    @staticmethod
    def backward(ctx, grad_output):
        shape, index = ctx.saved_tensors
        grad_input = np.zeros(shape, dtype=grad_output.dtype)
        np.add.at(grad_input, index, grad_output)  #: index x
        return (grad_input,)


class Softmax(Function):
    @staticmethod
    def forward(ctx, a, axis=-1):
        powers = np.exp(a - a.max(axis=axis, keepdims=True))  #: softmax value
        result = powers / powers.sum(axis=axis, keepdims=True)  #: softmax value
        ctx.save_for_backward(result, axis)
        return result

    @staticmethod
    def backward(ctx, grad_output):
        result, axis = ctx.saved_tensors
        inner = (grad_output * result).sum(axis=axis, keepdims=True)  #: softmax x
        return (result * (grad_output - inner),)  #: softmax x


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, creator=None):
        self.data = np.asarray(data)
        if self.data.dtype.kind != "f":
            self.data = self.data.astype(np.float64)
        self.grad = None
        self.creator = creator

    def numpy(self):
        return self.data

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
        return Slice.apply(self, index=index)

    def sum(self, axis=None, keepdims=False):
        return Sum.apply(self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False):
        return Mean.apply(self, axis=axis, keepdims=keepdims)

    def max(self, axis=None, keepdims=False):
        return Max.apply(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape):
        return Reshape.apply(self, shape=shape)

    def permute(self, *dims):
        return Permute.apply(self, dims=dims)

    def exp(self):
        return Exp.apply(self)

    def log(self):
        return Log.apply(self)

    def sqrt(self):
        return Sqrt.apply(self)

    def sin(self):
        return Sin.apply(self)

    def cos(self):
        return Cos.apply(self)

    def tanh(self):
        return Tanh.apply(self)

    def sigmoid(self):
        return Sigmoid.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def leaky_relu(self, negative_slope=0.01):
        return LeakyReLU.apply(self, negative_slope=negative_slope)

    def abs(self):
        return Abs.apply(self)

    def softmax(self, axis=-1):
        return Softmax.apply(self, axis=axis)

    def backward(self, gradient=None):
        topo = []
        seen = {id(self)}
        stack = [(self, 0)]
        while stack:
            tensor, place = stack.pop()
            inputs = tensor.creator[2] if tensor.creator else ()
            if place == len(inputs):
                topo.append(tensor)
                continue
            stack.append((tensor, place + 1))
            if id(inputs[place]) not in seen:  #: engine order
                seen.add(id(inputs[place]))
                stack.append((inputs[place], 0))
        for tensor in topo:
            tensor.grad = np.zeros_like(tensor.data)  #: engine reset
        self.grad = (
            np.ones_like(self.data) if gradient is None else np.asarray(gradient)
        )  #: engine seed
        for tensor in reversed(topo):  #: engine order
            if tensor.creator is None:
                continue
            function, ctx, inputs = tensor.creator
            for parent, grad in zip(inputs, function.backward(ctx, tensor.grad)):
                parent.grad = parent.grad + grad  #: engine accumulate
