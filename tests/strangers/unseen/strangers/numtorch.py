import numpy as np
from typing import Optional, Union, List

Arrayable = Union[float, int, list, np.ndarray]


class Tensor:
    def __init__(self, data: Arrayable, requires_grad: bool = True, grad_fn: "Optional[Op]" = None):
        self.data = np.array(data, dtype=np.float64)
        self.requires_grad = requires_grad
        self.grad_fn = grad_fn
        self.grad: Optional[np.ndarray] = None

    def backward(self, grad: Optional[np.ndarray] = None) -> None:
        if grad is None:
            grad = np.ones_like(self.data)
        self.grad = grad if self.grad is None else self.grad + grad
        order: List[Tensor] = []
        _toposort(self, order, set())
        for t in reversed(order):
            if t.grad_fn is None:
                continue
            for parent, g in zip(t.grad_fn.parents, t.grad_fn.backward(t.grad)):
                if not parent.requires_grad:
                    continue
                if parent.grad is None:
                    parent.grad = g
                else:
                    parent.grad = parent.grad + g

    def __add__(self, other): return Add()(self, other)
    def __radd__(self, other): return Add()(other, self)
    def __mul__(self, other): return Mul()(self, other)
    def __rmul__(self, other): return Mul()(other, self)
    def __sub__(self, other): return Add()(self, Neg()(other))
    def __rsub__(self, other): return Add()(other, Neg()(self))
    def __truediv__(self, other): return Mul()(self, Reciprocal()(other))
    def __neg__(self): return Neg()(self)
    def __pow__(self, e): return Power(e)(self)
    def __matmul__(self, other): return MatMul()(self, other)
    def sum(self, axis=None, keepdims=False): return Sum(axis, keepdims)(self)
    def relu(self): return ReLU()(self)
    def tanh(self): return Tanh()(self)
    def exp(self): return Exp()(self)
    def log(self): return Log()(self)
    def reshape(self, *s): return Reshape(s)(self)

    @property
    def shape(self): return self.data.shape

    def __repr__(self):
        return f"Tensor({np.array2string(self.data, precision=4)}, grad_fn={type(self.grad_fn).__name__})"


def _toposort(t, order, seen):
    if id(t) in seen:
        return
    seen.add(id(t))
    if t.grad_fn is not None:
        for p in t.grad_fn.parents:
            _toposort(p, order, seen)
    order.append(t)


def _collapse(g: np.ndarray, to: np.ndarray) -> np.ndarray:
    for _ in range(g.ndim - to.ndim):
        g = g.sum(0)
    for d in range(to.ndim):
        if to.shape[d] == 1:
            g = g.sum(d, keepdims=True)
    return g


class Op:
    parents: List[Tensor]

    def __call__(self, *args):
        self.parents = [a if isinstance(a, Tensor) else Tensor(a, requires_grad=False) for a in args]
        value = self.forward(*[p.data for p in self.parents])
        rg = any(p.requires_grad for p in self.parents)
        return Tensor(value, requires_grad=rg, grad_fn=self if rg else None)

    def forward(self, *a): raise NotImplementedError
    def backward(self, g): raise NotImplementedError


class Add(Op):
    def forward(self, a, b):
        self.a, self.b = a, b
        return a + b

    def backward(self, g):
        return _collapse(g, self.a), _collapse(g, self.b)


class Mul(Op):
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, g):
        return _collapse(g * self.b, self.a), _collapse(g * self.a, self.b)


class Neg(Op):
    def forward(self, a): return -a
    def backward(self, g): return [-g]


class Reciprocal(Op):
    def forward(self, a):
        self.r = 1.0 / a
        return self.r

    def backward(self, g): return [-g * self.r * self.r]


class Power(Op):
    def __init__(self, e): self.e = e

    def forward(self, a):
        self.a = a
        return a ** self.e

    def backward(self, g): return [self.e * g * self.a ** (self.e - 1)]


class MatMul(Op):
    def forward(self, a, b):
        self.a, self.b = a, b
        return a @ b

    def backward(self, g):
        grad_a = g @ self.b.T
        grad_b = g.T @ self.a
        return grad_a, grad_b


class Sum(Op):
    def __init__(self, axis, keepdims): self.axis, self.keepdims = axis, keepdims

    def forward(self, a):
        self.shape = a.shape
        return a.sum(axis=self.axis, keepdims=self.keepdims)

    def backward(self, g):
        if self.axis is not None and not self.keepdims:
            g = np.expand_dims(g, self.axis)
        return [g + np.zeros(self.shape)]


class ReLU(Op):
    def forward(self, a):
        self.on = a > 0
        return np.where(self.on, a, 0.0)

    def backward(self, g): return [np.where(self.on, g, 0.0)]


class Tanh(Op):
    def forward(self, a):
        self.t = np.tanh(a)
        return self.t

    def backward(self, g): return [g * (1 - self.t * self.t)]


class Exp(Op):
    def forward(self, a):
        self.e = np.exp(a)
        return self.e

    def backward(self, g): return [g * self.e]


class Log(Op):
    def forward(self, a):
        self.a = a
        return np.log(a)

    def backward(self, g): return [g / self.a]


class Reshape(Op):
    def __init__(self, s): self.s = s

    def forward(self, a):
        self.old = a.shape
        return a.reshape(self.s)

    def backward(self, g): return [g.reshape(self.old)]
