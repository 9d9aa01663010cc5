import numpy as np

from . import functional as F
from .autograd import is_recording, run_backward


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad=False, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        self.data = np.array(data, dtype=dtype or np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self._parents, self._vjp = (), None

    @classmethod
    def from_op(cls, data, parents, vjp):
        out = cls(data)
        if is_recording() and any(p.requires_grad for p in parents):
            out.requires_grad = True
            out._parents, out._vjp = parents, vjp
        return out

    @property
    def shape(self):
        return self.data.shape

    @property
    def ndim(self):
        return self.data.ndim

    def numel(self):
        return self.data.size

    def item(self):
        return self.data.item()

    def numpy(self):
        return self.data.copy()

    def accumulate(self, grad):
        self.grad = Tensor(grad if self.grad is None else self.grad.data + grad)

    def zero_grad(self):
        self.grad = None

    def backward(self, grad=None):
        if not self.requires_grad:
            raise RuntimeError("this tensor does not require a gradient")
        if grad is None:
            if self.numel() != 1:
                raise RuntimeError("grad must be given for a tensor of several elements")
            grad = np.ones(self.shape)
        run_backward(self, grad.data if isinstance(grad, Tensor) else np.asarray(grad, float))

    def __add__(self, other):
        return F.add(self, other)

    def __radd__(self, other):
        return F.add(other, self)

    def __sub__(self, other):
        return F.sub(self, other)

    def __rsub__(self, other):
        return F.sub(other, self)

    def __mul__(self, other):
        return F.mul(self, other)

    def __rmul__(self, other):
        return F.mul(other, self)

    def __truediv__(self, other):
        return F.div(self, other)

    def __rtruediv__(self, other):
        return F.div(other, self)

    def __pow__(self, exponent):
        return F.pow(self, exponent)

    def __matmul__(self, other):
        return F.matmul(self, other)

    def __neg__(self):
        return F.neg(self)


def tensor(data, requires_grad=False, dtype=None):
    return Tensor(data, requires_grad, dtype)
