# shape: Tensor(data, requires_grad=True); y.backward(); value y.data; gradient x.grad; activation and loss classes have forward(x); matrix products of 2-d arrays only
# mistake: softmax | backward | x | only the diagonal of the Jacobian, p*(1-p)
"""Tiny educational framework, modules 01 (tensor), 02 (activations), 03 (layers), 04 (losses), 05 (autograd) in one file."""
import numpy as np


class Function:
    def __init__(self, *tensors):
        self.saved_tensors = tensors

    def apply(self, grad_output):
        raise NotImplementedError


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._grad_fn = None

    @property
    def shape(self):
        return self.data.shape

    def _result(self, data, fn_class, *others, **attrs):
        tensors = (self,) + others
        out = Tensor(data, requires_grad=any(t.requires_grad for t in tensors))
        if out.requires_grad:
            out._grad_fn = fn_class(*tensors)
            out._grad_fn.__dict__.update(attrs)
        return out

    def __add__(self, other):
        other = ensure(other)
        return self._result(self.data + other.data, AddBackward, other)

    def __sub__(self, other):
        other = ensure(other)
        return self._result(self.data - other.data, SubBackward, other)

    def __mul__(self, other):
        other = ensure(other)
        return self._result(self.data * other.data, MulBackward, other)

    def __truediv__(self, other):
        other = ensure(other)
        return self._result(self.data / other.data, DivBackward, other)

    def matmul(self, other):
        return self._result(self.data @ other.data, MatmulBackward, other)

    __matmul__ = matmul

    def sum(self, axis=None):
        return self._result(self.data.sum(axis=axis), SumBackward, axis=axis)

    def zero_grad(self):
        self.grad = None

    def backward(self, gradient=None):
        if not self.requires_grad:
            return
        g = np.ones_like(self.data) if gradient is None else gradient
        g = unbroadcast(g, self.shape)
        self.grad = g.copy() if self.grad is None else self.grad + g
        if self._grad_fn is not None:
            # simple recursion: every path is followed with its own part
            for t, gt in zip(self._grad_fn.saved_tensors, self._grad_fn.apply(g)):
                t.backward(gt)


def ensure(x):
    return x if isinstance(x, Tensor) else Tensor(x)


def unbroadcast(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, dim in enumerate(shape):
        if dim == 1:
            g = g.sum(axis=i, keepdims=True)
    return g


class AddBackward(Function):
    def apply(self, g): return g, g


class SubBackward(Function):
    def apply(self, g): return g, -g


class MulBackward(Function):
    def apply(self, g):
        a, b = self.saved_tensors
        return g * b.data, g * a.data


class DivBackward(Function):
    def apply(self, g):
        a, b = self.saved_tensors
        return g / b.data, -g * a.data / (b.data ** 2)


class MatmulBackward(Function):
    def apply(self, g):
        a, b = self.saved_tensors
        return g @ b.data.T, a.data.T @ g


class SumBackward(Function):
    def apply(self, g):
        if self.axis is not None:
            g = np.expand_dims(g, self.axis)
        return (np.broadcast_to(g, self.saved_tensors[0].shape),)


class ElementwiseBackward(Function):
    def apply(self, g): return (g * self.slope,)


class ReLU:
    def forward(self, x):
        return x._result(np.maximum(0, x.data), ElementwiseBackward, slope=(x.data > 0) * 1.0)
    __call__ = forward


class Sigmoid:
    def forward(self, x):
        s = 1.0 / (1.0 + np.exp(-x.data))
        return x._result(s, ElementwiseBackward, slope=s * (1 - s))
    __call__ = forward


class Tanh:
    def forward(self, x):
        t = np.tanh(x.data)
        return x._result(t, ElementwiseBackward, slope=1 - t ** 2)
    __call__ = forward


class GELU:
    def forward(self, x):
        s = 1.0 / (1.0 + np.exp(-1.702 * x.data))
        return x._result(x.data * s, ElementwiseBackward, slope=s + 1.702 * x.data * s * (1 - s))
    __call__ = forward


class Softmax:
    def forward(self, x):
        e = np.exp(x.data - x.data.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
        return x._result(p, ElementwiseBackward, slope=p * (1 - p))
    __call__ = forward


class Linear:
    def __init__(self, n_in, n_out):
        self.weight = Tensor(np.random.randn(n_in, n_out) / np.sqrt(n_in), requires_grad=True)
        self.bias = Tensor(np.zeros(n_out), requires_grad=True)

    def __call__(self, x):
        return x @ self.weight + self.bias


class MSEBackward(Function):
    def apply(self, g):
        p, t = self.saved_tensors
        d = 2 * (p.data - t.data) / p.data.size * g
        return d, -d


class MSELoss:
    def __call__(self, p, t):
        return p._result(np.mean((p.data - t.data) ** 2), MSEBackward, t)
