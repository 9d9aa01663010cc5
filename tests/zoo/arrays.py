"""A correct engine of arrays: each operation leaves behind a closure that goes backward.

Its mistakes stand in ``arrays_mistakes.py``.
"""

import math

import numpy as np


def _unbroadcast(grad, shape):
    """The gradient summed over the axes along which an operand of this shape was stretched."""
    extra = grad.ndim - len(shape)
    if extra > 0:
        grad = grad.sum(axis=tuple(range(extra)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and grad.shape[i] != 1)
    if stretched:
        grad = grad.sum(axis=stretched, keepdims=True)
    return grad


def _kept(array, shape, axis):
    """What a reduction of this shape gave, with the reduced axes as axes of size 1."""
    if axis is None:
        return np.reshape(array, (1,) * len(shape))
    axes = axis if isinstance(axis, tuple) else (axis,)
    lost = [i % len(shape) for i in axes]
    return np.reshape(array, tuple(1 if i in lost else n for i, n in enumerate(shape)))


def _reduced_size(shape, axis):
    if axis is None:
        return math.prod(shape)
    axes = axis if isinstance(axis, tuple) else (axis,)
    return math.prod(shape[i] for i in axes)


def _logistic(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


_erf = np.vectorize(math.erf, otypes=[np.float64])


class Tensor:
    """An array that remembers the arrays it was computed from."""

    __array_ufunc__ = None

    def __init__(self, data, parents=()):
        data = np.asarray(data)
        self.data = data if data.dtype.kind == "f" else data.astype(np.float64)
        self.grad = None
        self._parents = parents
        self._backward = None

    def __repr__(self):
        return f"Tensor({self.data!r})"

    @property
    def shape(self):
        return self.data.shape

    @property
    def ndim(self):
        return self.data.ndim

    # -- the two passes ------------------------------------------------------------------------

    def _lift(self, other):
        return other if isinstance(other, Tensor) else Tensor(np.asarray(other, self.data.dtype))

    def _receive(self, grad):
        """One more term of this tensor's gradient."""
        grad = np.asarray(grad, dtype=self.data.dtype)
        self.grad = grad if self.grad is None else self.grad + grad

    def _topological(self):
        """All tensors below this one, each after those it was computed from."""
        order = []
        seen = {id(self)}
        stack = [(self, iter(self._parents))]
        while stack:
            tensor, parents = stack[-1]
            for parent in parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append((parent, iter(parent._parents)))
                    break
            else:
                order.append(tensor)
                stack.pop()
        return order

    def backward(self, seed=None):
        """Fills in ``grad`` of every tensor that this one was computed from."""
        order = self._topological()
        for tensor in order:
            tensor.grad = None
        if seed is None:
            seed = np.ones_like(self.data)
        self._receive(seed)
        for tensor in reversed(order):
            if tensor._backward is not None and tensor.grad is not None:
                tensor._backward()

    # -- arithmetic ----------------------------------------------------------------------------

    def __add__(self, other):
        other = self._lift(other)
        out = Tensor(self.data + other.data, (self, other))

        def backward():
            self._receive(_unbroadcast(out.grad, self.shape))
            other._receive(_unbroadcast(out.grad, other.shape))

        out._backward = backward
        return out

    def __radd__(self, other):
        return self._lift(other) + self

    def __sub__(self, other):
        other = self._lift(other)
        out = Tensor(self.data - other.data, (self, other))

        def backward():
            self._receive(_unbroadcast(out.grad, self.shape))
            other._receive(_unbroadcast(-out.grad, other.shape))

        out._backward = backward
        return out

    def __rsub__(self, other):
        return self._lift(other) - self

    def __mul__(self, other):
        other = self._lift(other)
        out = Tensor(self.data * other.data, (self, other))

        def backward():
            self._receive(_unbroadcast(out.grad * other.data, self.shape))
            other._receive(_unbroadcast(out.grad * self.data, other.shape))

        out._backward = backward
        return out

    def __rmul__(self, other):
        return self._lift(other) * self

    def __truediv__(self, other):
        other = self._lift(other)
        out = Tensor(self.data / other.data, (self, other))

        def backward():
            self._receive(_unbroadcast(out.grad / other.data, self.shape))
            slope = -self.data / other.data**2
            other._receive(_unbroadcast(out.grad * slope, other.shape))

        out._backward = backward
        return out

    def __rtruediv__(self, other):
        return self._lift(other) / self

    def __pow__(self, other):
        other = self._lift(other)
        out = Tensor(self.data**other.data, (self, other))

        def backward():
            x, y = self.data, other.data
            by_base = np.where(y == 0, 0.0, y * x ** (y - 1))
            by_exponent = np.where((x == 0) & (y >= 0), 0.0, out.data * np.log(x))
            self._receive(_unbroadcast(out.grad * by_base, self.shape))
            other._receive(_unbroadcast(out.grad * by_exponent, other.shape))

        out._backward = backward
        return out

    def __rpow__(self, other):
        return self._lift(other) ** self

    def __neg__(self):
        out = Tensor(-self.data, (self,))

        def backward():
            self._receive(-out.grad)

        out._backward = backward
        return out

    def __matmul__(self, other):
        other = self._lift(other)
        out = Tensor(self.data @ other.data, (self, other))

        def backward():
            # A vector is a matrix of one row on the left, of one column on the right.
            a = self.data if self.ndim > 1 else self.data[None, :]
            b = other.data if other.ndim > 1 else other.data[:, None]
            g = out.grad
            if other.ndim == 1:
                g = g[..., None]
            if self.ndim == 1:
                g = np.expand_dims(g, -2)
            da = g @ np.swapaxes(b, -1, -2)
            db = np.swapaxes(a, -1, -2) @ g
            self._receive(_unbroadcast(da, a.shape).reshape(self.shape))
            other._receive(_unbroadcast(db, b.shape).reshape(other.shape))

        out._backward = backward
        return out

    def __rmatmul__(self, other):
        return self._lift(other) @ self

    # -- elementwise ---------------------------------------------------------------------------

    def exp(self):
        out = Tensor(np.exp(self.data), (self,))

        def backward():
            self._receive(out.grad * out.data)

        out._backward = backward
        return out

    def expm1(self):
        out = Tensor(np.expm1(self.data), (self,))

        def backward():
            self._receive(out.grad * (out.data + 1.0))

        out._backward = backward
        return out

    def log(self):
        out = Tensor(np.log(self.data), (self,))

        def backward():
            self._receive(out.grad / self.data)

        out._backward = backward
        return out

    def log1p(self):
        out = Tensor(np.log1p(self.data), (self,))

        def backward():
            self._receive(out.grad / (1.0 + self.data))

        out._backward = backward
        return out

    def sqrt(self):
        out = Tensor(np.sqrt(self.data), (self,))

        def backward():
            self._receive(out.grad / (2.0 * out.data))

        out._backward = backward
        return out

    def square(self):
        out = Tensor(np.square(self.data), (self,))

        def backward():
            self._receive(out.grad * 2.0 * self.data)

        out._backward = backward
        return out

    def reciprocal(self):
        out = Tensor(1.0 / self.data, (self,))

        def backward():
            self._receive(-out.grad * out.data**2)

        out._backward = backward
        return out

    def sin(self):
        out = Tensor(np.sin(self.data), (self,))

        def backward():
            self._receive(out.grad * np.cos(self.data))

        out._backward = backward
        return out

    def cos(self):
        out = Tensor(np.cos(self.data), (self,))

        def backward():
            self._receive(out.grad * -np.sin(self.data))

        out._backward = backward
        return out

    def tanh(self):
        out = Tensor(np.tanh(self.data), (self,))

        def backward():
            self._receive(out.grad * (1.0 - out.data**2))

        out._backward = backward
        return out

    def sigmoid(self):
        out = Tensor(_logistic(self.data), (self,))

        def backward():
            self._receive(out.grad * out.data * (1.0 - out.data))

        out._backward = backward
        return out

    def relu(self):
        out = Tensor(np.maximum(self.data, 0.0), (self,))

        def backward():
            self._receive(np.where(self.data <= 0.0, 0.0, out.grad))

        out._backward = backward
        return out

    def leaky_relu(self, negative_slope=0.01):
        slope = np.where(self.data > 0.0, 1.0, negative_slope)
        out = Tensor(self.data * slope.astype(self.data.dtype), (self,))

        def backward():
            self._receive(out.grad * slope)

        out._backward = backward
        return out

    def abs(self):
        out = Tensor(np.abs(self.data), (self,))

        def backward():
            self._receive(out.grad * np.nan_to_num(np.sign(self.data)))

        out._backward = backward
        return out

    def softplus(self):
        x = self.data
        out = Tensor(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))), (self,))

        def backward():
            self._receive(out.grad * _logistic(x))

        out._backward = backward
        return out

    def silu(self):
        gate = _logistic(self.data)
        out = Tensor(self.data * gate, (self,))

        def backward():
            self._receive(out.grad * (gate + out.data * (1.0 - gate)))

        out._backward = backward
        return out

    def erf(self):
        out = Tensor(_erf(self.data).astype(self.data.dtype), (self,))

        def backward():
            self._receive(out.grad * 2.0 / np.sqrt(np.pi) * np.exp(-(self.data**2)))

        out._backward = backward
        return out

    def clamp(self, min=None, max=None):
        out = Tensor(np.clip(self.data, min, max), (self,))

        def backward():
            inside = np.ones(self.shape, dtype=bool)
            if min is not None:
                inside &= self.data >= min
            if max is not None:
                inside &= self.data <= max
            self._receive(out.grad * inside)

        out._backward = backward
        return out

    def maximum(self, other):
        other = self._lift(other)
        out = Tensor(np.maximum(self.data, other.data), (self, other))

        def backward():
            tie = self.data == other.data
            mine = np.where(tie, 0.5, self.data > other.data)
            theirs = np.where(tie, 0.5, self.data < other.data)
            self._receive(_unbroadcast(out.grad * mine, self.shape))
            other._receive(_unbroadcast(out.grad * theirs, other.shape))

        out._backward = backward
        return out

    def minimum(self, other):
        other = self._lift(other)
        out = Tensor(np.minimum(self.data, other.data), (self, other))

        def backward():
            share = (self.data < other.data) + 0.5 * (self.data == other.data)
            self._receive(_unbroadcast(share * out.grad, self.shape))
            other._receive(_unbroadcast((1.0 - share) * out.grad, other.shape))

        out._backward = backward
        return out

    # -- reductions ----------------------------------------------------------------------------

    def sum(self, axis=None, keepdims=False):
        out = Tensor(np.sum(self.data, axis=axis, keepdims=keepdims), (self,))

        def backward():
            self._receive(np.ones_like(self.data) * _kept(out.grad, self.shape, axis))

        out._backward = backward
        return out

    def mean(self, axis=None, keepdims=False):
        out = Tensor(np.mean(self.data, axis=axis, keepdims=keepdims), (self,))

        def backward():
            n = _reduced_size(self.shape, axis)
            g = _kept(out.grad, self.shape, axis)
            self._receive(np.ones_like(self.data) * g / max(n, 1))

        out._backward = backward
        return out

    def max(self, axis=None, keepdims=False):
        out = Tensor(np.max(self.data, axis=axis, keepdims=keepdims), (self,))

        def backward():
            largest = self.data == _kept(out.data, self.shape, axis)
            among = largest.sum(axis=axis, keepdims=True)
            self._receive(_kept(out.grad, self.shape, axis) * largest / among)

        out._backward = backward
        return out

    def min(self, axis=None, keepdims=False):
        out = Tensor(np.min(self.data, axis=axis, keepdims=keepdims), (self,))

        def backward():
            smallest = self.data == _kept(out.data, self.shape, axis)
            share = smallest / smallest.sum(axis=axis, keepdims=True)
            self._receive(_kept(out.grad, self.shape, axis) * share)

        out._backward = backward
        return out

    def prod(self, axis=None, keepdims=False):
        out = Tensor(np.prod(self.data, axis=axis, keepdims=keepdims), (self,))

        def backward():
            # Products before and after each factor: a division would fail at a zero.
            rows = self.data.reshape(-1) if axis is None else np.moveaxis(self.data, axis, -1)
            others = np.ones_like(rows)
            others[..., 1:] = np.cumprod(rows, axis=-1)[..., :-1]
            reverse = np.cumprod(rows[..., ::-1], axis=-1)[..., ::-1]
            others[..., :-1] *= reverse[..., 1:]
            others = others if axis is None else np.moveaxis(others, -1, axis)
            others = others.reshape(self.shape)
            self._receive(_kept(out.grad, self.shape, axis) * others)

        out._backward = backward
        return out

    def var(self, axis=None, keepdims=False, correction=1):
        centred = self.data - np.mean(self.data, axis=axis, keepdims=True)
        n = _reduced_size(self.shape, axis) - correction
        out = Tensor(np.sum(centred**2, axis=axis, keepdims=keepdims) / n, (self,))

        def backward():
            self._receive(_kept(out.grad, self.shape, axis) * 2.0 * centred / n)

        out._backward = backward
        return out

    def std(self, axis=None, keepdims=False, correction=1):
        deviation = self.data - np.mean(self.data, axis=axis, keepdims=True)
        freedom = _reduced_size(self.shape, axis) - correction
        variance = np.sum(deviation**2, axis=axis, keepdims=keepdims) / freedom
        out = Tensor(np.sqrt(variance), (self,))

        def backward():
            root = _kept(out.data, self.shape, axis)
            slope = np.where(root == 0.0, 0.0, deviation / (freedom * root))
            self._receive(_kept(out.grad, self.shape, axis) * slope)

        out._backward = backward
        return out

    def norm(self, axis=None, keepdims=False):
        length = np.sqrt(np.sum(self.data**2, axis=axis, keepdims=keepdims))
        out = Tensor(length, (self,))

        def backward():
            kept = _kept(length, self.shape, axis)
            direction = np.where(kept == 0.0, 0.0, self.data / kept)
            self._receive(_kept(out.grad, self.shape, axis) * direction)

        out._backward = backward
        return out

    def logsumexp(self, axis=None, keepdims=False):
        top = np.max(self.data, axis=axis, keepdims=True)
        top = np.where(np.isfinite(top), top, 0.0)
        total = np.sum(np.exp(self.data - top), axis=axis, keepdims=True)
        whole = np.log(total) + top
        out = Tensor(whole if keepdims else np.squeeze(whole, axis=axis), (self,))

        def backward():
            weights = np.exp(self.data - whole)
            self._receive(_kept(out.grad, self.shape, axis) * weights)

        out._backward = backward
        return out

    def cumsum(self, axis):
        out = Tensor(np.cumsum(self.data, axis=axis), (self,))

        def backward():
            self._receive(np.flip(np.cumsum(np.flip(out.grad, axis), axis), axis))

        out._backward = backward
        return out

    # -- shapes --------------------------------------------------------------------------------

    def reshape(self, *shape):
        shape = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        out = Tensor(self.data.reshape(shape), (self,))

        def backward():
            self._receive(out.grad.reshape(self.shape))

        out._backward = backward
        return out

    def transpose(self, axis0, axis1):
        out = Tensor(np.swapaxes(self.data, axis0, axis1), (self,))

        def backward():
            self._receive(np.swapaxes(out.grad, axis0, axis1))

        out._backward = backward
        return out

    @property
    def T(self):
        return self.transpose(-2, -1)

    def permute(self, *axes):
        axes = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple) else axes
        axes = [i % self.ndim for i in axes]
        out = Tensor(np.transpose(self.data, axes), (self,))

        def backward():
            self._receive(np.transpose(out.grad, np.argsort(axes)))

        out._backward = backward
        return out

    def broadcast_to(self, shape):
        out = Tensor(np.broadcast_to(self.data, shape), (self,))

        def backward():
            back = _unbroadcast(out.grad, self.shape)
            self._receive(back)

        out._backward = backward
        return out

    def unsqueeze(self, axis):
        out = Tensor(np.expand_dims(self.data, axis), (self,))

        def backward():
            self._receive(np.squeeze(out.grad, axis))

        out._backward = backward
        return out

    def squeeze(self, axis):
        out = Tensor(np.squeeze(self.data, axis), (self,))

        def backward():
            self._receive(np.expand_dims(out.grad, axis))

        out._backward = backward
        return out

    def flip(self, axis):
        out = Tensor(np.flip(self.data, axis), (self,))

        def backward():
            self._receive(np.flip(out.grad, axis))

        out._backward = backward
        return out

    def __getitem__(self, index):
        out = Tensor(self.data[index], (self,))

        def backward():
            scattered = np.zeros_like(self.data)
            np.add.at(scattered, index, out.grad)
            self._receive(scattered)

        out._backward = backward
        return out

    # -- networks ------------------------------------------------------------------------------

    def softmax(self, axis=-1):
        weights = np.exp(self.data - np.max(self.data, axis=axis, keepdims=True))
        out = Tensor(weights / np.sum(weights, axis=axis, keepdims=True), (self,))

        def backward():
            inner = np.sum(out.grad * out.data, axis=axis, keepdims=True)
            self._receive(out.data * (out.grad - inner))

        out._backward = backward
        return out

    def log_softmax(self, axis=-1):
        shifted = self.data - np.max(self.data, axis=axis, keepdims=True)
        normalizer = np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
        out = Tensor(shifted - normalizer, (self,))

        def backward():
            total = np.sum(out.grad, axis=axis, keepdims=True)
            self._receive(out.grad - np.exp(out.data) * total)

        out._backward = backward
        return out

    def mse_loss(self, target):
        target = self._lift(target)
        error = self.data - target.data
        out = Tensor(np.mean(error**2), (self, target))

        def backward():
            slope = 2.0 * error / error.size
            self._receive(out.grad * slope)
            target._receive(-out.grad * slope)

        out._backward = backward
        return out

    def cross_entropy(self, labels):
        logits = np.atleast_2d(self.data)
        rows, labels = np.arange(len(logits)), np.atleast_1d(labels)
        logits = logits - np.max(logits, axis=1, keepdims=True)
        odds = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
        out = Tensor(-np.mean(odds[rows, labels]), (self,))

        def backward():
            slope = np.exp(odds)
            slope[rows, labels] -= 1.0
            slope /= len(rows)
            self._receive(out.grad * slope.reshape(self.shape))

        out._backward = backward
        return out


def where(condition, x, y):
    """The elements of ``x`` where the condition holds, elsewhere those of ``y``."""
    out = Tensor(np.where(condition, x.data, y.data), (x, y))

    def backward():
        x._receive(_unbroadcast(np.where(condition, out.grad, 0.0), x.shape))
        y._receive(_unbroadcast(np.where(condition, 0.0, out.grad), y.shape))

    out._backward = backward
    return out


def concat(tensors, axis=0):
    """Tensors one after the other along an axis."""
    tensors = list(tensors)
    out = Tensor(np.concatenate([tensor.data for tensor in tensors], axis), tuple(tensors))

    def backward():
        start = 0
        for tensor in tensors:
            stop = start + tensor.shape[axis]
            part = [slice(None)] * out.ndim
            part[axis] = slice(start, stop)
            tensor._receive(out.grad[tuple(part)])
            start = stop

    out._backward = backward
    return out


def stack(tensors, axis=0):
    """Tensors of one shape along a new axis."""
    tensors = list(tensors)
    out = Tensor(np.stack([tensor.data for tensor in tensors], axis), tuple(tensors))

    def backward():
        for k, tensor in enumerate(tensors):
            tensor._receive(np.take(out.grad, k, axis))

    out._backward = backward
    return out


def outer(x, y):
    """Every element of one vector times every element of another."""
    out = Tensor(np.outer(x.data, y.data), (x, y))

    def backward():
        x._receive(out.grad @ y.data)
        y._receive(x.data @ out.grad)

    out._backward = backward
    return out
