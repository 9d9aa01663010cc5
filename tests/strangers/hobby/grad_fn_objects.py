"""grad_fn objects, as repr() of torch's tensors shows them: AddBackward0, AccumulateGrad, ..."""

import numpy as np


class Backward0:
    def __init__(self, *inputs):
        self.next_functions = [t.grad_fn if t.grad_fn else AccumulateGrad(t) for t in inputs]
        self.inputs = inputs

    def name(self):
        return type(self).__name__


class AccumulateGrad:
    def __init__(self, variable):
        self.variable = variable

    def __call__(self, grad):
        v = self.variable
        if v.requires_grad:
            v.grad = grad if v.grad is None else v.grad + grad


class AddBackward0(Backward0):
    def __call__(self, grad):
        return grad, grad


class SubBackward0(Backward0):
    def __call__(self, grad):
        return grad, -grad


class MulBackward0(Backward0):
    def __call__(self, grad):
        a, b = self.inputs
        return grad * b._data, grad * a._data


class DivBackward0(Backward0):
    def __call__(self, grad):
        a, b = self.inputs
        return grad / b._data, -grad * a._data / b._data


class PowBackward0(Backward0):
    def __call__(self, grad):
        (a,) = self.inputs
        return (grad * self.exponent * a._data ** (self.exponent - 1),)


class ExpBackward0(Backward0):
    def __call__(self, grad):
        return (grad * self.result,)


class LogBackward0(Backward0):
    def __call__(self, grad):
        return (grad / self.inputs[0]._data,)


class SumBackward0(Backward0):
    def __call__(self, grad):
        return (np.ones_like(self.inputs[0]._data) * grad,)


class MmBackward0(Backward0):
    def __call__(self, grad):
        a, b = self.inputs
        return grad @ b._data.T, a._data.T @ grad


class Tensor:
    def __init__(self, data, requires_grad=True, grad_fn=None):
        self._data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad_fn = grad_fn
        self.grad = None

    @property
    def data(self):
        return self._data

    @property
    def is_leaf(self):
        return self.grad_fn is None

    def _wrap(self, x):
        return x if isinstance(x, Tensor) else Tensor(x, requires_grad=False)

    def __add__(self, other):
        other = self._wrap(other)
        return Tensor(self._data + other._data, grad_fn=AddBackward0(self, other))

    def __sub__(self, other):
        other = self._wrap(other)
        return Tensor(self._data - other._data, grad_fn=SubBackward0(self, other))

    def __mul__(self, other):
        other = self._wrap(other)
        return Tensor(self._data * other._data, grad_fn=MulBackward0(self, other))

    def __truediv__(self, other):
        other = self._wrap(other)
        return Tensor(self._data / other._data, grad_fn=DivBackward0(self, other))

    def __pow__(self, k):
        fn = PowBackward0(self)
        fn.exponent = k
        return Tensor(self._data**k, grad_fn=fn)

    def __neg__(self):
        return self * -1.0

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self._wrap(other) - self

    def __rtruediv__(self, other):
        return self._wrap(other) / self

    def __matmul__(self, other):
        return Tensor(self._data @ other._data, grad_fn=MmBackward0(self, other))

    def exp(self):
        fn = ExpBackward0(self)
        fn.result = np.exp(self._data)
        return Tensor(fn.result, grad_fn=fn)

    def log(self):
        return Tensor(np.log(self._data), grad_fn=LogBackward0(self))

    def sum(self):
        return Tensor(self._data.sum(), grad_fn=SumBackward0(self))

    def backward(self, gradient=None):
        gradient = np.ones_like(self._data) if gradient is None else gradient
        if self.is_leaf:
            return AccumulateGrad(self)(gradient)
        waiting = {}
        stack = [self.grad_fn]
        seen = set()
        while stack:
            fn = stack.pop()
            if id(fn) in seen:
                continue
            seen.add(id(fn))
            for nxt in getattr(fn, "next_functions", ()):
                waiting[id(nxt)] = waiting.get(id(nxt), 0) + 1
                stack.append(nxt)
        buffers = {id(self.grad_fn): np.asarray(gradient, dtype=np.float64)}
        ready = [self.grad_fn]
        while ready:
            fn = ready.pop()
            grads = fn(buffers.pop(id(fn)))
            for t, nxt, g in zip(getattr(fn, "inputs", ()), getattr(fn, "next_functions", ()), grads or ()):
                g = _sum_to(g, t._data.shape)
                buffers[id(nxt)] = buffers[id(nxt)] + g if id(nxt) in buffers else g
                waiting[id(nxt)] -= 1
                if waiting[id(nxt)] == 0:
                    ready.append(nxt)


def _sum_to(g, shape):
    g = np.asarray(g)
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1 and g.shape[i] != 1:
            g = g.sum(i, keepdims=True)
    return g
