"""
babytorch
=========
Tries to look like torch from the outside *and* inside: tensors have a
``grad_fn``, grad_fns have ``next_functions``, and leaves end in
``AccumulateGrad``.
"""
import numpy as np


def _reduce(g, shape):
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    keep = tuple(i for i in range(len(shape)) if shape[i] == 1 and g.shape[i] != 1)
    return g.sum(axis=keep, keepdims=True) if keep else g


class AccumulateGrad:
    next_functions = ()

    def __init__(self, variable):
        self.variable = variable

    def __call__(self, g):
        v = self.variable
        v.grad = Tensor(g) if v.grad is None else Tensor(v.grad.data + g)
        return ()


class BackwardNode:
    def __init__(self, *inputs):
        self.next_functions = tuple(self._edge(i) for i in inputs)
        self.inputs = [i.data for i in inputs]

    @staticmethod
    def _edge(t):
        if t.grad_fn is not None:
            return t.grad_fn
        return t._acc if t.requires_grad else None

    def __call__(self, g):
        raise NotImplementedError

    def __repr__(self):
        return f"<{type(self).__name__}>"


class AddBackward0(BackwardNode):
    def __call__(self, g):
        a, b = self.inputs
        return _reduce(g, a.shape), _reduce(g, b.shape)

class SubBackward0(BackwardNode):
    def __call__(self, g):
        a, b = self.inputs
        return _reduce(g, a.shape), _reduce(-g, b.shape)

class MulBackward0(BackwardNode):
    def __call__(self, g):
        a, b = self.inputs
        return _reduce(g * b, a.shape), _reduce(g * a, b.shape)

class DivBackward0(BackwardNode):
    def __call__(self, g):
        a, b = self.inputs
        return _reduce(g / b, a.shape), _reduce(-g * a / b ** 2, b.shape)

class NegBackward0(BackwardNode):
    def __call__(self, g):
        return (-g,)

class PowBackward0(BackwardNode):
    exponent = None
    def __call__(self, g):
        return (g * self.exponent * self.inputs[0] ** (self.exponent - 1),)

class MmBackward0(BackwardNode):
    def __call__(self, g):
        a, b = self.inputs
        return g @ b.T, a.T @ g

class ExpBackward0(BackwardNode):
    def __call__(self, g):
        return (g * np.exp(self.inputs[0]),)

class LogBackward0(BackwardNode):
    def __call__(self, g):
        return (g / self.inputs[0],)

class SinBackward0(BackwardNode):
    def __call__(self, g):
        return (g * np.cos(self.inputs[0]),)

class CosBackward0(BackwardNode):
    def __call__(self, g):
        return (-g * np.sin(self.inputs[0]),)

class ReluBackward0(BackwardNode):
    def __call__(self, g):
        return (g * (self.inputs[0] > 0),)

class ClampBackward0(BackwardNode):
    lo = hi = None
    def __call__(self, g):
        x = self.inputs[0]
        return (g * ((x >= self.lo) & (x <= self.hi)),)

class SumBackward1(BackwardNode):
    dim, keepdim = None, False
    def __call__(self, g):
        if self.dim is not None and not self.keepdim:
            g = np.expand_dims(g, self.dim)
        return (np.broadcast_to(g, self.inputs[0].shape),)

class ViewBackward0(BackwardNode):
    def __call__(self, g):
        return (g.reshape(self.inputs[0].shape),)

class TransposeBackward0(BackwardNode):
    d0 = d1 = 0
    def __call__(self, g):
        return (g.swapaxes(self.d0, self.d1),)

class CatBackward0(BackwardNode):
    dim = 0
    def __call__(self, g):
        cuts = np.cumsum([x.shape[self.dim] for x in self.inputs])[:-1]
        return tuple(np.split(g, cuts, axis=self.dim))


class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad=False, grad_fn=None):
        if isinstance(data, Tensor):
            data = data.data
        self.data = np.asarray(data, dtype=float)
        self.grad = None
        self.grad_fn = grad_fn
        self.requires_grad = requires_grad or grad_fn is not None
        if requires_grad and grad_fn is None:
            self._acc = AccumulateGrad(self)

    @property
    def is_leaf(self):
        return self.grad_fn is None

    @staticmethod
    def _make(value, node_cls, *inputs, **attrs):
        inputs = [i if isinstance(i, Tensor) else Tensor(i) for i in inputs]
        if not any(i.requires_grad for i in inputs):
            return Tensor(value)
        node = node_cls(*inputs)
        for k, v in attrs.items():
            setattr(node, k, v)
        return Tensor(value, grad_fn=node)

    def __add__(self, o): return Tensor._make(self.data + _raw(o), AddBackward0, self, o)
    __radd__ = __add__
    def __sub__(self, o): return Tensor._make(self.data - _raw(o), SubBackward0, self, o)
    def __rsub__(self, o): return Tensor._make(_raw(o) - self.data, SubBackward0, o, self)
    def __mul__(self, o): return Tensor._make(self.data * _raw(o), MulBackward0, self, o)
    __rmul__ = __mul__
    def __truediv__(self, o): return Tensor._make(self.data / _raw(o), DivBackward0, self, o)
    def __rtruediv__(self, o): return Tensor._make(_raw(o) / self.data, DivBackward0, o, self)
    def __neg__(self): return Tensor._make(-self.data, NegBackward0, self)
    def __pow__(self, k): return Tensor._make(self.data ** k, PowBackward0, self, exponent=k)
    def __matmul__(self, o): return Tensor._make(self.data @ _raw(o), MmBackward0, self, o)
    mm = __matmul__
    def sum(self, dim=None, keepdim=False):
        return Tensor._make(self.data.sum(axis=dim, keepdims=keepdim), SumBackward1, self, dim=dim, keepdim=keepdim)
    def view(self, *shape): return Tensor._make(self.data.reshape(*shape), ViewBackward0, self)
    def transpose(self, d0, d1): return Tensor._make(self.data.swapaxes(d0, d1), TransposeBackward0, self, d0=d0, d1=d1)
    def clamp(self, lo, hi): return Tensor._make(np.clip(self.data, lo, hi), ClampBackward0, self, lo=lo, hi=hi)
    def detach(self): return Tensor(self.data)
    def item(self): return float(self.data)

    def backward(self, gradient=None):
        if self.grad_fn is None:
            raise RuntimeError("element 0 of tensors does not require grad and does not have a grad_fn")
        if gradient is None:
            if self.data.size != 1:
                raise RuntimeError("grad can be implicitly created only for scalar outputs")
            gradient = np.ones_like(self.data)
        # count how often every node is reached, then release when all have arrived
        pending, stack, seen = {}, [self.grad_fn], {self.grad_fn}
        while stack:
            for nf in stack.pop().next_functions:
                if nf is None:
                    continue
                pending[nf] = pending.get(nf, 0) + 1
                if nf not in seen:
                    seen.add(nf)
                    stack.append(nf)
        buf, ready = {self.grad_fn: _raw(gradient)}, [self.grad_fn]
        while ready:
            fn = ready.pop()
            for nf, g in zip(fn.next_functions, fn(buf.pop(fn))):
                if nf is None:
                    continue
                buf[nf] = buf[nf] + g if nf in buf else g
                pending[nf] -= 1
                if pending[nf] == 0:
                    ready.append(nf)

    def __repr__(self):
        tail = f", grad_fn={self.grad_fn}" if self.grad_fn else (", requires_grad=True" if self.requires_grad else "")
        return f"tensor({self.data}{tail})"


def _raw(x): return x.data if isinstance(x, Tensor) else np.asarray(x, dtype=float)
def tensor(data, requires_grad=False): return Tensor(data, requires_grad)
def exp(x): return Tensor._make(np.exp(x.data), ExpBackward0, x)
def log(x): return Tensor._make(np.log(x.data), LogBackward0, x)
def sin(x): return Tensor._make(np.sin(x.data), SinBackward0, x)
def cos(x): return Tensor._make(np.cos(x.data), CosBackward0, x)
def relu(x): return Tensor._make(np.maximum(x.data, 0.), ReluBackward0, x)
def cat(ts, dim=0): return Tensor._make(np.concatenate([t.data for t in ts], axis=dim), CatBackward0, *ts, dim=dim)
