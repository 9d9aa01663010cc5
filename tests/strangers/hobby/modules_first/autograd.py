import numpy as np

from .tensor import Tensor


class Function:
    def __init__(self, *tensors, **params):
        self.saved_tensors = tensors
        self.params = params
        self.out = None

    def apply(self, grad_output):
        raise NotImplementedError


def _fit(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1 and grad.shape[i] != 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


class AddBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return _fit(grad_output, a.shape), _fit(grad_output, b.shape)


class SubBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return _fit(grad_output, a.shape), _fit(-grad_output, b.shape)


class MulBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return _fit(grad_output * b.data, a.shape), _fit(grad_output * a.data, b.shape)


class DivBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return _fit(grad_output / b.data, a.shape), _fit(-grad_output * a.data / b.data**2, b.shape)


class MatmulBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return grad_output @ b.data.T, a.data.T @ grad_output


class SumBackward(Function):
    def apply(self, grad_output):
        (a,) = self.saved_tensors
        axis = self.params["axis"]
        if axis is not None and not self.params["keepdims"]:
            grad_output = np.expand_dims(grad_output, axis)
        return (np.broadcast_to(grad_output, a.shape).copy(),)


class ReLUBackward(Function):
    def apply(self, grad_output):
        return (grad_output * (self.saved_tensors[0].data > 0),)


class SigmoidBackward(Function):
    def apply(self, grad_output):
        s = self.out.data
        return (grad_output * s * (1 - s),)


class TanhBackward(Function):
    def apply(self, grad_output):
        return (grad_output * (1 - self.out.data**2),)


def record(data, backward, *tensors, **params):
    out = Tensor(data, requires_grad=any(t.requires_grad for t in tensors))
    if out.requires_grad:
        out._grad_fn = backward(*tensors, **params)
        out._grad_fn.out = out
    return out


def run_backward(root, gradient):
    order, seen = [], set()

    def visit(t):
        if id(t) in seen:
            return
        seen.add(id(t))
        if t._grad_fn:
            for s in t._grad_fn.saved_tensors:
                visit(s)
        order.append(t)

    visit(root)
    flowing = {id(root): gradient}
    for t in reversed(order):
        g = flowing.get(id(t))
        if g is None or not t.requires_grad:
            continue
        t.grad = g if t.grad is None else t.grad + g
        if t._grad_fn:
            for s, more in zip(t._grad_fn.saved_tensors, t._grad_fn.apply(g)):
                if s.requires_grad:
                    flowing[id(s)] = flowing[id(s)] + more if id(s) in flowing else more
