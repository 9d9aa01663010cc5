"""
Live-coded autograd, cleaned up afterwards. Gradients are Tensors too
(not differentiable ones though).
"""
from typing import Callable, List, NamedTuple, Optional, Union
import numpy as np


class Dependency(NamedTuple):
    tensor: 'Tensor'
    grad_fn: Callable[[np.ndarray], np.ndarray]


Arrayable = Union[float, list, np.ndarray]
Tensorable = Union['Tensor', float, np.ndarray]


def ensure_array(x: Arrayable) -> np.ndarray:
    return x if isinstance(x, np.ndarray) else np.array(x)


def ensure_tensor(x: Tensorable) -> 'Tensor':
    return x if isinstance(x, Tensor) else Tensor(x)


class Tensor:
    def __init__(self, data: Arrayable, requires_grad: bool = False,
                 depends_on: Optional[List[Dependency]] = None) -> None:
        self._data = ensure_array(data)
        self.requires_grad = requires_grad
        self.depends_on = depends_on or []
        self.grad: Optional['Tensor'] = None
        if self.requires_grad:
            self.zero_grad()

    @property
    def data(self):
        return self._data

    @data.setter
    def data(self, new):
        # setting the data by hand invalidates the gradient
        self._data = new
        self.grad = None

    @property
    def shape(self):
        return self._data.shape

    def zero_grad(self) -> None:
        self.grad = Tensor(np.zeros(self.shape, dtype=np.float64))

    def __repr__(self) -> str:
        return f"Tensor({self.data}, requires_grad={self.requires_grad})"

    def __add__(self, other): return _add(self, ensure_tensor(other))
    def __radd__(self, other): return _add(ensure_tensor(other), self)
    def __mul__(self, other): return _mul(self, ensure_tensor(other))
    def __rmul__(self, other): return _mul(ensure_tensor(other), self)
    def __sub__(self, other): return _sub(self, ensure_tensor(other))
    def __rsub__(self, other): return _sub(ensure_tensor(other), self)
    def __neg__(self): return _neg(self)
    def __matmul__(self, other): return _matmul(self, other)
    def __getitem__(self, idxs): return _slice(self, idxs)

    def __iadd__(self, other):
        self.data = self.data + ensure_tensor(other).data
        return self

    def __isub__(self, other):
        self.data = self.data - ensure_tensor(other).data
        return self

    def __imul__(self, other):
        self.data = self.data * ensure_tensor(other).data
        return self

    def sum(self) -> 'Tensor':
        return tensor_sum(self)

    def backward(self, grad: Optional['Tensor'] = None) -> None:
        assert self.requires_grad, "called backward on non-requires-grad tensor"
        if grad is None:
            if self.shape == ():
                grad = Tensor(1.0)
            else:
                raise RuntimeError("grad must be specified for non-0-tensor")
        if self.grad is None:
            self.zero_grad()
        self.grad = Tensor(self.grad.data + grad.data)
        for dep in self.depends_on:
            dep.tensor.backward(Tensor(dep.grad_fn(grad.data)))


def _unbroadcast(grad, t):
    ndims_added = grad.ndim - t.data.ndim
    for _ in range(ndims_added):
        grad = grad.sum(axis=0)
    for i, dim in enumerate(t.shape):
        if dim == 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


def _build(data, *pairs) -> 'Tensor':
    deps = [Dependency(t, f) for t, f in pairs if t.requires_grad]
    return Tensor(data, bool(deps), deps)


def tensor_sum(t: Tensor) -> Tensor:
    """0-tensor that's the sum of all elements"""
    return _build(t.data.sum(), (t, lambda g: g * np.ones_like(t.data, dtype=np.float64)))


def _add(t1, t2):
    return _build(t1.data + t2.data,
                  (t1, lambda g: _unbroadcast(g, t1)),
                  (t2, lambda g: _unbroadcast(g, t2)))


def _mul(t1, t2):
    return _build(t1.data * t2.data,
                  (t1, lambda g: _unbroadcast(g * t2.data, t1)),
                  (t2, lambda g: _unbroadcast(g * t1.data, t2)))


def _neg(t):
    return _build(-t.data, (t, lambda g: -g))


def _sub(t1, t2):
    return t1 + -t2


def _matmul(t1, t2):
    """(n1, m1) @ (m1, m2)"""
    return _build(t1.data @ t2.data,
                  (t1, lambda g: g @ t2.data.T),
                  (t2, lambda g: t1.data.T @ g))


def _slice(t, idxs):
    def grad_fn(g):
        bigger = np.zeros_like(t.data, dtype=np.float64)
        np.add.at(bigger, idxs, g)
        return bigger
    return _build(t.data[idxs], (t, grad_fn))


def tanh(t: Tensor) -> Tensor:
    data = np.tanh(t.data)
    return _build(data, (t, lambda g: g * (1 - data * data)))


def exp(t: Tensor) -> Tensor:
    data = np.exp(t.data)
    return _build(data, (t, lambda g: g * data))


def log(t: Tensor) -> Tensor:
    return _build(np.log(t.data), (t, lambda g: g / t.data))
