"""torch.autograd.Function as we understood it."""

import numpy as np


class Ctx:
    def save_for_backward(self, *tensors):
        self.saved_tensors = tensors


class Function:
    @staticmethod
    def forward(ctx, *args):
        raise NotImplementedError

    @staticmethod
    def backward(ctx, grad_output):
        raise NotImplementedError

    @classmethod
    def apply(cls, *args):
        ctx = Ctx()
        tensors = [a for a in args if isinstance(a, Tensor)]
        raw = [a.data if isinstance(a, Tensor) else a for a in args]
        out = Tensor(cls.forward(ctx, *raw))
        out.requires_grad = any(t.requires_grad for t in tensors)
        if out.requires_grad:
            out.grad_fn = (cls, ctx, args)
        return out


class Add(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, grad_output


class Sub(Function):
    @staticmethod
    def forward(ctx, a, b):
        return a - b

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output, -grad_output


class Mul(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output * b, grad_output * a


class Div(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a / b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output / b, -grad_output * a / b**2


class Exp(Function):
    @staticmethod
    def forward(ctx, a):
        out = np.exp(a)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, grad_output):
        (out,) = ctx.saved_tensors
        return (grad_output * out,)


class Tanh(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return np.tanh(a)

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (grad_output * (1 - a**2),)


class ReLU(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a.clip(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (a,) = ctx.saved_tensors
        return (grad_output * (a > 0),)


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


class MM(Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a @ b

    @staticmethod
    def backward(ctx, grad_output):
        a, b = ctx.saved_tensors
        return grad_output @ b.T, a.T @ grad_output


class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = np.asarray(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad = None
        self.grad_fn = None

    def __add__(self, other):
        return Add.apply(self, other)

    __radd__ = __add__

    def __sub__(self, other):
        return Sub.apply(self, other)

    def __rsub__(self, other):
        return Sub.apply(Tensor(other), self)

    def __mul__(self, other):
        return Mul.apply(self, other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return Div.apply(self, other)

    def __rtruediv__(self, other):
        return Div.apply(Tensor(other), self)

    def __neg__(self):
        return Mul.apply(self, -1.0)

    def __matmul__(self, other):
        return MM.apply(self, other)

    def exp(self):
        return Exp.apply(self)

    def tanh(self):
        return Tanh.apply(self)

    def relu(self):
        return ReLU.apply(self)

    def sum(self, dim=None, keepdim=False):
        return Sum.apply(self, dim, keepdim)

    def backward(self, gradient=None):
        assert self.requires_grad, "element 0 of tensors does not require grad"
        if gradient is None:
            assert self.data.size == 1, "grad can be implicitly created only for scalar outputs"
            gradient = np.ones_like(self.data)
        topo, seen = [], set()

        def build(t):
            if id(t) in seen:
                return
            seen.add(id(t))
            if t.grad_fn:
                for a in t.grad_fn[2]:
                    if isinstance(a, Tensor):
                        build(a)
            topo.append(t)

        build(self)
        grads = {id(self): np.asarray(gradient, dtype=np.float64)}
        for t in reversed(topo):
            if id(t) not in grads or not t.requires_grad:
                continue
            g = grads[id(t)]
            t.grad = g if t.grad is None else t.grad + g
            if t.grad_fn:
                cls, ctx, args = t.grad_fn
                for a, ga in zip(args, cls.backward(ctx, g)):
                    if isinstance(a, Tensor) and ga is not None:
                        ga = _unbroadcast(np.asarray(ga), a.data.shape)
                        grads[id(a)] = grads[id(a)] + ga if id(a) in grads else ga


def _unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape)))) if g.ndim > len(shape) else g
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(axis=i, keepdims=True)
    return g
