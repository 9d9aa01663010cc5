"""A small copy of a big framework: Tensor, Parameter, Module, functional; grads are tensors."""
from __future__ import annotations

from typing import Callable, Iterable, Optional, Tuple, Union

import numpy as np

Number = Union[int, float]


class Node:
    __slots__ = ("next_functions", "rule")

    def __init__(self, next_functions: Tuple["Tensor", ...], rule: Callable) -> None:
        self.next_functions, self.rule = next_functions, rule


class Tensor:
    def __init__(self, data, dtype=np.float64, requires_grad: bool = True) -> None:
        self._data = np.array(data, dtype=dtype)
        self.requires_grad = requires_grad
        self.grad: Optional["Tensor"] = None
        self.grad_fn: Optional[Node] = None

    def numpy(self) -> np.ndarray:
        return self._data

    def item(self) -> float:
        return self._data.item()

    def size(self, dim: Optional[int] = None):
        return self._data.shape if dim is None else self._data.shape[dim]

    def dim(self) -> int:
        return self._data.ndim

    def zero_(self) -> "Tensor":
        self._data[...] = 0
        return self

    def backward(self, gradient: Optional["Tensor"] = None) -> None:
        g = np.ones_like(self._data) if gradient is None else gradient.numpy()
        order: list[Tensor] = []
        marks: set[int] = set()

        def visit(t: "Tensor") -> None:
            if id(t) in marks:
                return
            marks.add(id(t))
            if t.grad_fn:
                for n in t.grad_fn.next_functions:
                    visit(n)
            order.append(t)

        visit(self)
        incoming = {id(self): g}
        for t in reversed(order):
            g = incoming[id(t)]
            t.grad = Tensor(g, requires_grad=False) if t.grad is None else Tensor(t.grad._data + g, requires_grad=False)
            if t.grad_fn is None:
                continue
            for n, part in zip(t.grad_fn.next_functions, t.grad_fn.rule(g)):
                incoming[id(n)] = incoming.get(id(n), 0.0) + _match(np.asarray(part), n._data.shape)

    def __add__(self, o): return _binary(np.add, self, o, lambda g, a, b: (g, g))
    def __mul__(self, o): return _binary(np.multiply, self, o, lambda g, a, b: (g * b, g * a))
    def __sub__(self, o): return _binary(np.subtract, self, o, lambda g, a, b: (g, -g))
    def __truediv__(self, o): return _binary(np.divide, self, o, lambda g, a, b: (g / b, -g * a / b ** 2))
    def __matmul__(self, o): return _binary(np.matmul, self, o, lambda g, a, b: (g @ b.T, a.T @ g))
    def __radd__(self, o): return as_tensor(o) + self
    def __rmul__(self, o): return as_tensor(o) * self
    def __rsub__(self, o): return as_tensor(o) - self
    def __rtruediv__(self, o): return as_tensor(o) / self
    def __neg__(self): return self * -1.0
    def t(self): return _unary(self, self._data.T, lambda g: g.T)
    def exp(self): y = np.exp(self._data); return _unary(self, y, lambda g: g * y)
    def log(self): return _unary(self, np.log(self._data), lambda g: g / self._data)
    def sum(self): return _unary(self, self._data.sum(), lambda g: np.full(self._data.shape, g))


def as_tensor(x: Union["Tensor", Number, np.ndarray]) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(x, requires_grad=False)


def _match(g: np.ndarray, shape: Tuple[int, ...]) -> np.ndarray:
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True) if g.shape != shape else g


def _binary(f, a, b, rule) -> Tensor:
    a, b = as_tensor(a), as_tensor(b)
    out = Tensor(f(a._data, b._data))
    out.grad_fn = Node((a, b), lambda g: rule(g, a._data, b._data))
    return out


def _unary(a, data, rule) -> Tensor:
    out = Tensor(data)
    out.grad_fn = Node((a,), lambda g: (rule(g),))
    return out


class Parameter(Tensor):
    pass


class Module:
    def parameters(self) -> Iterable[Parameter]:
        for v in vars(self).values():
            if isinstance(v, Parameter):
                yield v
            elif isinstance(v, Module):
                yield from v.parameters()

    def __call__(self, *args):
        return self.forward(*args)


class functional:
    @staticmethod
    def relu(x): return _unary(x, np.maximum(x._data, 0), lambda g: g * (x._data > 0))

    @staticmethod
    def sigmoid(x):
        y = 1 / (1 + np.exp(-x._data))
        return _unary(x, y, lambda g: g * y * (1 - y))

    @staticmethod
    def softmax(x, dim=-1):
        e = np.exp(x._data - x._data.max(axis=dim, keepdims=True))
        y = e / e.sum(axis=dim, keepdims=True)
        return _unary(x, y, lambda g: g * y * (1 - y))


class Sigmoid(Module):
    def forward(self, x): return functional.sigmoid(x)


class Linear(Module):
    def __init__(self, n_in, n_out):
        self.weight, self.bias = Parameter(np.zeros((n_in, n_out))), Parameter(np.zeros(n_out))

    def forward(self, x): return x @ self.weight + self.bias
