"""A small reverse-mode automatic differentiation library.

The design follows the one of larger frameworks. A :class:`Function` is an operation that knows how
to compute itself (``forward``) and how to pull a gradient back (``backward``). What the second
needs of the first travels in a :class:`Context`. A :class:`Tensor` remembers the function that
created it, and :meth:`Tensor.backward` visits the functions in reverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Axes = int | tuple[int, ...] | None
Gradients = tuple[Array | None, ...]


def reduce_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum out what broadcasting has added.

    Args:
        gradient: The gradient of a broadcast operand.
        shape: The shape that the operand had before.

    Returns:
        The gradient in that shape.
    """
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))  #: engine unbroadcast
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and gradient.shape[i] != 1)
    return gradient.sum(axis=stretched, keepdims=True)  #: engine unbroadcast


def keep_axes(reduced: Array, axis: Axes, ndim: int) -> Array:
    """Give a reduced array its reduced axes back, each of length one."""
    axes = tuple(range(ndim)) if axis is None else axis
    return np.expand_dims(reduced, axes)


class Context:
    """Carries values from a function's forward to its backward."""

    def __init__(self) -> None:
        self.saved: tuple[Any, ...] = ()

    def save(self, *values: Any) -> None:
        """Keep ``values`` for the backward pass."""
        self.saved = values


class Function:
    """Base class of all operations."""

    def __init__(self, ctx: Context, inputs: Sequence[Tensor]) -> None:
        self.ctx = ctx
        self.inputs = inputs

    @staticmethod
    def forward(ctx: Context, *args: Any) -> Array:
        """Compute the operation on plain arrays."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        """Return a gradient for each input, given the output's."""
        raise NotImplementedError

    @classmethod
    def apply(cls, *operands: Any, **options: Any) -> Tensor:
        """Run the function on tensors, and record it in the result."""
        inputs = [Tensor.ensure(operand) for operand in operands]
        ctx = Context()
        with np.errstate(all="ignore"):
            data = cls.forward(ctx, *(tensor.data for tensor in inputs), **options)
        result = Tensor(data, requires_grad=any(tensor.requires_grad for tensor in inputs))
        if result.requires_grad:
            result.creator = cls(ctx, inputs)
        return result


# --- arithmetic ---------------------------------------------------------------------------------


class Add(Function):
    """Elementwise sum of two tensors."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a.shape, b.shape)
        return a + b  #: add value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a_shape, b_shape = ctx.saved
        grad_a = reduce_to(grad, a_shape)  #: add x
        grad_b = reduce_to(grad, b_shape)  #: add y
        return grad_a, grad_b


class Sub(Function):
    """Elementwise difference of two tensors."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a.shape, b.shape)
        return a - b  #: sub value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a_shape, b_shape = ctx.saved
        grad_a = reduce_to(grad, a_shape)  #: sub x
        grad_b = reduce_to(-grad, b_shape)  #: sub y
        return grad_a, grad_b


class Mul(Function):
    """Elementwise product of two tensors."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a, b)
        return a * b  #: mul value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b = ctx.saved
        grad_a = reduce_to(grad * b, a.shape)  #: mul x
        grad_b = reduce_to(grad * a, b.shape)  #: mul y
        return grad_a, grad_b


class Div(Function):
    """Elementwise quotient of two tensors."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a, b)
        return a / b  #: div value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b = ctx.saved
        grad_a = reduce_to(grad / b, a.shape)  #: div x
        grad_b = reduce_to(-grad * a / (b * b), b.shape)  #: div y
        return grad_a, grad_b


class Pow(Function):
    """Elementwise power. The exponent may be a tensor, too."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        out = np.power(a, b)  #: pow value
        ctx.save(a, b, out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b, out = ctx.saved
        slope_a = np.where(b == 0, 0.0, b * np.power(a, b - 1))  #: pow x
        slope_b = np.where((a == 0) & (b >= 0), 0.0, out * np.log(a))  #: pow y
        grad_a = reduce_to(grad * slope_a, a.shape)  #: pow x
        grad_b = reduce_to(grad * slope_b, b.shape)  #: pow y
        return grad_a, grad_b


class Neg(Function):
    """Elementwise negation."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        return -a  #: neg value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        return (-grad,)  #: neg x


class MatMul(Function):
    """Matrix product, for vectors, matrices and stacks of matrices."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a, b)
        return a @ b  #: matmul value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b = ctx.saved
        rows = a[np.newaxis, :] if a.ndim == 1 else a
        columns = b[:, np.newaxis] if b.ndim == 1 else b
        if b.ndim == 1:
            grad = grad[..., np.newaxis]
        if a.ndim == 1:
            grad = grad[..., np.newaxis, :]
        of_rows = grad @ columns.swapaxes(-1, -2)  #: matmul x
        of_columns = rows.swapaxes(-1, -2) @ grad  #: matmul y
        grad_a = reduce_to(of_rows, rows.shape).reshape(a.shape)  #: matmul x
        grad_b = reduce_to(of_columns, columns.shape).reshape(b.shape)  #: matmul y
        return grad_a, grad_b


# --- elementwise functions ----------------------------------------------------------------------


class Exp(Function):
    """Exponential function."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        out = np.exp(a)  #: exp value
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (out,) = ctx.saved
        return (grad * out,)  #: exp x


class Log(Function):
    """Natural logarithm."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return np.log(a)  #: log value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (a,) = ctx.saved
        return (grad / a,)  #: log x


class Sqrt(Function):
    """Square root."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        out = np.sqrt(a)  #: sqrt value
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (out,) = ctx.saved
        return (grad * 0.5 / out,)  #: sqrt x


class Abs(Function):
    """Absolute value; its slope at zero is zero."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return np.abs(a)  #: abs value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (a,) = ctx.saved
        sign = (a > 0).astype(float) - (a < 0)  #: abs x
        return (grad * sign,)  #: abs x


class Sin(Function):
    """Sine."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return np.sin(a)  #: sin value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (a,) = ctx.saved
        return (grad * np.cos(a),)  #: sin x


class Cos(Function):
    """Cosine."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return np.cos(a)  #: cos value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (a,) = ctx.saved
        return (-grad * np.sin(a),)  #: cos x


class Tanh(Function):
    """Hyperbolic tangent."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        out = np.tanh(a)  #: tanh value
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (out,) = ctx.saved
        return (grad * (1 - np.square(out)),)  #: tanh x


class Sigmoid(Function):
    """Logistic function."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        out = 1 / (1 + np.exp(-a))  #: sigmoid value
        ctx.save(out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (out,) = ctx.saved
        return (grad * out * (1 - out),)  #: sigmoid x


class ReLU(Function):
    """Rectified linear unit."""

    @staticmethod
    def forward(ctx: Context, a: Array) -> Array:
        ctx.save(a)
        return np.maximum(a, 0)  #: relu value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (a,) = ctx.saved
        return (np.where(a > 0, grad, 0.0),)  #: relu x


class Maximum(Function):
    """The larger of two tensors, elementwise. Equal elements share the gradient."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a, b)
        return np.maximum(a, b)  #: maximum value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b = ctx.saved
        share_a = np.where(a == b, 0.5, a > b)  #: maximum x
        share_b = np.where(a == b, 0.5, b > a)  #: maximum y
        grad_a = reduce_to(grad * share_a, a.shape)  #: maximum x
        grad_b = reduce_to(grad * share_b, b.shape)  #: maximum y
        return grad_a, grad_b


class Minimum(Function):
    """The smaller of two tensors, elementwise. Equal elements share the gradient."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array) -> Array:
        ctx.save(a, b)
        return np.minimum(a, b)  #: minimum value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, b = ctx.saved
        share_a = np.where(a == b, 0.5, a < b)  #: minimum x
        share_b = np.where(a == b, 0.5, b < a)  #: minimum y
        grad_a = reduce_to(grad * share_a, a.shape)  #: minimum x
        grad_b = reduce_to(grad * share_b, b.shape)  #: minimum y
        return grad_a, grad_b


class Where(Function):
    """Choose from two tensors by a condition, which has no gradient."""

    @staticmethod
    def forward(ctx: Context, a: Array, b: Array, condition: npt.NDArray[np.bool_]) -> Array:
        ctx.save(a.shape, b.shape, condition)
        return np.where(condition, a, b)  #: where value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a_shape, b_shape, condition = ctx.saved
        grad_a = reduce_to(np.where(condition, grad, 0.0), a_shape)  #: where x
        grad_b = reduce_to(np.where(condition, 0.0, grad), b_shape)  #: where y
        return grad_a, grad_b


# --- reductions ---------------------------------------------------------------------------------


class Sum(Function):
    """Sum over some axes, or all."""

    @staticmethod
    def forward(ctx: Context, a: Array, axis: Axes, keepdims: bool) -> Array:
        ctx.save(a.shape, axis, keepdims)
        return np.sum(a, axis=axis, keepdims=keepdims)  #: sum value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        shape, axis, keepdims = ctx.saved
        kept = grad if keepdims else keep_axes(grad, axis, len(shape))  #: sum x
        return (np.broadcast_to(kept, shape),)  #: sum x


class Mean(Function):
    """Mean over some axes, or all."""

    @staticmethod
    def forward(ctx: Context, a: Array, axis: Axes, keepdims: bool) -> Array:
        out = np.mean(a, axis=axis, keepdims=keepdims)  #: mean value
        ctx.save(a.shape, axis, keepdims, a.size / out.size)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        shape, axis, keepdims, count = ctx.saved
        kept = grad if keepdims else keep_axes(grad, axis, len(shape))  #: mean x
        return (np.broadcast_to(kept / count, shape),)  #: mean x


class Max(Function):
    """Maximum over some axes, or all. Equal maxima share the gradient."""

    @staticmethod
    def forward(ctx: Context, a: Array, axis: Axes, keepdims: bool) -> Array:
        out = np.max(a, axis=axis, keepdims=keepdims)  #: max value
        ctx.save(a, axis, keepdims, out)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        a, axis, keepdims, out = ctx.saved
        if not keepdims:
            grad = keep_axes(grad, axis, a.ndim)  #: max x
            out = keep_axes(out, axis, a.ndim)  #: max x
        winners = (a == out).astype(float)  #: max x
        return (grad * winners / winners.sum(axis=axis, keepdims=True),)  #: max x


# --- shapes -------------------------------------------------------------------------------------


class Reshape(Function):
    """The same elements in another shape."""

    @staticmethod
    def forward(ctx: Context, a: Array, shape: tuple[int, ...]) -> Array:
        ctx.save(a.shape)
        return a.reshape(shape)  #: reshape value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (shape,) = ctx.saved
        return (grad.reshape(shape),)  #: reshape x


class Transpose(Function):
    """Two axes exchanged."""

    @staticmethod
    def forward(ctx: Context, a: Array, dim0: int, dim1: int) -> Array:
        ctx.save(dim0, dim1)
        return a.swapaxes(dim0, dim1)  #: transpose value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        dim0, dim1 = ctx.saved
        return (grad.swapaxes(dim0, dim1),)  #: transpose x


class Permute(Function):
    """All axes in another order."""

    @staticmethod
    def forward(ctx: Context, a: Array, dims: tuple[int, ...]) -> Array:
        ctx.save(tuple(dim % a.ndim for dim in dims))
        return a.transpose(dims)  #: permute value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (dims,) = ctx.saved
        return (grad.transpose(np.argsort(dims)),)  #: permute x


class BroadcastTo(Function):
    """Stretched to a larger shape."""

    @staticmethod
    def forward(ctx: Context, a: Array, shape: tuple[int, ...]) -> Array:
        ctx.save(a.shape)
        return np.broadcast_to(a, shape)  #: broadcast_to value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        (shape,) = ctx.saved
        return (reduce_to(grad, shape),)  #: broadcast_to x


class Index(Function):
    """Anything that numpy accepts between brackets."""

    @staticmethod
    def forward(ctx: Context, a: Array, key: Any) -> Array:
        ctx.save(a.shape, key)
        return a[key]  #: index value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        shape, key = ctx.saved
        whole = np.zeros(shape)  #: index x
        np.add.at(whole, key, grad)  #: index x
        return (whole,)


class Concat(Function):
    """Several tensors one after another."""

    @staticmethod
    def forward(ctx: Context, *parts: Array, dim: int) -> Array:
        ctx.save([part.shape[dim] for part in parts], dim)
        return np.concatenate(parts, axis=dim)  #: concat value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        lengths, dim = ctx.saved
        borders = np.cumsum(lengths)[:-1]  #: concat x
        return tuple(np.split(grad, borders, axis=dim))  #: concat x


class Stack(Function):
    """Several tensors along a new axis."""

    @staticmethod
    def forward(ctx: Context, *parts: Array, dim: int) -> Array:
        ctx.save(len(parts), dim)
        return np.stack(parts, axis=dim)  #: stack value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        count, dim = ctx.saved
        return tuple(np.take(grad, i, axis=dim) for i in range(count))  #: stack x


# --- networks -----------------------------------------------------------------------------------


class Softmax(Function):
    """Normalized exponentials along an axis."""

    @staticmethod
    def forward(ctx: Context, a: Array, dim: int) -> Array:
        powers = np.exp(a - a.max(axis=dim, keepdims=True))  #: softmax value
        out = powers / powers.sum(axis=dim, keepdims=True)  #: softmax value
        ctx.save(out, dim)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        out, dim = ctx.saved
        dot = (grad * out).sum(axis=dim, keepdims=True)  #: softmax x
        return (out * (grad - dot),)  #: softmax x


class LogSoftmax(Function):
    """Logarithm of the softmax, computed without overflow."""

    @staticmethod
    def forward(ctx: Context, a: Array, dim: int) -> Array:
        shifted = a - a.max(axis=dim, keepdims=True)  #: log_softmax value
        out = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))  #: log_softmax value
        ctx.save(out, dim)
        return out

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        out, dim = ctx.saved
        total = grad.sum(axis=dim, keepdims=True)  #: log_softmax x
        return (grad - np.exp(out) * total,)  #: log_softmax x


class CrossEntropy(Function):
    """Mean negative log-likelihood of the labels, given rows of scores."""

    @staticmethod
    def forward(ctx: Context, logits: Array, labels: npt.NDArray[np.int_]) -> Array:
        labels = np.asarray(labels)
        shifted = logits - logits.max(axis=-1, keepdims=True)  #: cross_entropy value
        logs = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))  #: cross_entropy value
        ctx.save(np.exp(logs), labels)
        picked = np.take_along_axis(logs, labels[..., np.newaxis], axis=-1)  #: cross_entropy value
        return -picked.mean()  #: cross_entropy value

    @staticmethod
    def backward(ctx: Context, grad: Array) -> Gradients:
        probabilities, labels = ctx.saved
        classes = np.arange(probabilities.shape[-1])
        truth = labels[..., np.newaxis] == classes  #: cross_entropy logits
        return (grad * (probabilities - truth) / labels.size,)  #: cross_entropy logits


# --- tensors ------------------------------------------------------------------------------------


class Tensor:
    """An array, and where it comes from.

    Attributes:
        data: The numbers.
        grad: After :meth:`backward`, the gradient, in the shape of ``data``.
        requires_grad: Whether a gradient is wanted.
        creator: The function that computed this tensor, or None for a leaf.
    """

    __array_priority__: ClassVar[int] = 1000

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        self.data: Array = np.asarray(data, dtype=np.float64)
        self.grad: Array | None = None
        self.requires_grad = requires_grad
        self.creator: Function | None = None

    def __repr__(self) -> str:
        return f"Tensor({self.data}, requires_grad={self.requires_grad})"

    @staticmethod
    def ensure(value: Any) -> Tensor:
        """Make a tensor of anything that is none."""
        return value if isinstance(value, Tensor) else Tensor(value)

    def sorted_graph(self) -> list[Tensor]:
        """Return the tensors that this one depends on and itself, each after its inputs."""
        ordered: list[Tensor] = []
        visited: set[int] = set()
        pending = [(self, False)]
        while pending:
            tensor, expanded = pending.pop()
            if expanded:
                ordered.append(tensor)  #: engine order
            elif id(tensor) not in visited:
                visited.add(id(tensor))
                pending.append((tensor, True))
                if tensor.creator is not None:
                    pending.extend((parent, False) for parent in tensor.creator.inputs)
        return ordered

    def backward(self, gradient: Any = None) -> None:
        """Compute the gradient of this tensor by all that it depends on.

        Args:
            gradient: The gradient to start with; ones, if it is left out.
        """
        graph = self.sorted_graph()
        for tensor in graph:
            tensor.grad = None  #: engine reset
        start = np.ones_like(self.data) if gradient is None else np.asarray(gradient, dtype=float)
        self.grad = np.broadcast_to(start, self.data.shape)  #: engine seed
        for tensor in reversed(graph):  #: engine order
            if tensor.creator is None or tensor.grad is None:
                continue
            with np.errstate(all="ignore"):
                gradients = tensor.creator.backward(tensor.creator.ctx, tensor.grad)
            for parent, term in zip(tensor.creator.inputs, gradients, strict=True):
                if parent.requires_grad:
                    parent.accumulate(term)

    def accumulate(self, term: Array) -> None:
        """Add ``term`` to the gradient."""
        self.grad = term if self.grad is None else self.grad + term  #: engine accumulate

    def __add__(self, other: Any) -> Tensor:
        return Add.apply(self, other)

    def __radd__(self, other: Any) -> Tensor:
        return Add.apply(other, self)

    def __sub__(self, other: Any) -> Tensor:
        return Sub.apply(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return Sub.apply(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return Mul.apply(self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return Mul.apply(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return Div.apply(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return Div.apply(other, self)

    def __pow__(self, other: Any) -> Tensor:
        return Pow.apply(self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return Pow.apply(other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return MatMul.apply(self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return MatMul.apply(other, self)

    def __neg__(self) -> Tensor:
        return Neg.apply(self)

    def __getitem__(self, key: Any) -> Tensor:
        return Index.apply(self, key=key)

    def __gt__(self, other: Any) -> Any:
        return self.data > Tensor.ensure(other).data

    def __ge__(self, other: Any) -> Any:
        return self.data >= Tensor.ensure(other).data

    def __lt__(self, other: Any) -> Any:
        return self.data < Tensor.ensure(other).data

    def __le__(self, other: Any) -> Any:
        return self.data <= Tensor.ensure(other).data

    def exp(self) -> Tensor:
        return Exp.apply(self)

    def log(self) -> Tensor:
        return Log.apply(self)

    def sqrt(self) -> Tensor:
        return Sqrt.apply(self)

    def abs(self) -> Tensor:
        return Abs.apply(self)

    def sin(self) -> Tensor:
        return Sin.apply(self)

    def cos(self) -> Tensor:
        return Cos.apply(self)

    def tanh(self) -> Tensor:
        return Tanh.apply(self)

    def sigmoid(self) -> Tensor:
        return Sigmoid.apply(self)

    def relu(self) -> Tensor:
        return ReLU.apply(self)

    def sum(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        return Sum.apply(self, axis=dim, keepdims=keepdim)

    def mean(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        return Mean.apply(self, axis=dim, keepdims=keepdim)

    def max(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        return Max.apply(self, axis=dim, keepdims=keepdim)

    def reshape(self, *shape: Any) -> Tensor:
        return Reshape.apply(self, shape=shape[0] if isinstance(shape[0], tuple) else shape)

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        return Transpose.apply(self, dim0=dim0, dim1=dim1)

    def permute(self, *dims: Any) -> Tensor:
        return Permute.apply(self, dims=dims[0] if isinstance(dims[0], tuple) else dims)

    def broadcast_to(self, shape: tuple[int, ...]) -> Tensor:
        return BroadcastTo.apply(self, shape=shape)

    def softmax(self, dim: int = -1) -> Tensor:
        return Softmax.apply(self, dim=dim)

    def log_softmax(self, dim: int = -1) -> Tensor:
        return LogSoftmax.apply(self, dim=dim)


def maximum(a: Any, b: Any) -> Tensor:
    """Return the elementwise maximum."""
    return Maximum.apply(a, b)


def minimum(a: Any, b: Any) -> Tensor:
    """Return the elementwise minimum."""
    return Minimum.apply(a, b)


def where(condition: Any, a: Any, b: Any) -> Tensor:
    """Return ``a`` where the condition holds, and ``b`` elsewhere."""
    chosen = condition.data if isinstance(condition, Tensor) else condition
    return Where.apply(a, b, condition=np.asarray(chosen, dtype=bool))


def concat(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Join tensors along an existing axis."""
    return Concat.apply(*tensors, dim=dim)


def stack(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """Join tensors along a new axis."""
    return Stack.apply(*tensors, dim=dim)


def cross_entropy(logits: Any, labels: Any) -> Tensor:
    """Return the mean loss of rows of scores against integer labels."""
    return CrossEntropy.apply(logits, labels=labels)
