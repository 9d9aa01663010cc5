"""Variables that are generic in what they hold; operations are objects with a typed pull-back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
T = TypeVar("T", float, Array)


class SupportsBackward(Protocol):
    def backward(self) -> None: ...


class Operation(ABC, Generic[T]):
    inputs: tuple[Var, ...]

    def __call__(self, *inputs: Var) -> Var:
        self.inputs = inputs
        return Var(self.evaluate(*(v.value for v in inputs)), origin=self)

    @abstractmethod
    def evaluate(self, *values: T) -> T: ...

    @abstractmethod
    def pull(self, out: Var, upstream: T) -> tuple[T, ...]: ...


def fit(g: Array, like: Array) -> Array:
    g = np.asarray(g)
    for _ in range(g.ndim - np.ndim(like)):
        g = g.sum(0)
    for axis, n in enumerate(np.shape(like)):
        if n == 1:
            g = g.sum(axis, keepdims=True)
    return g


class Addition(Operation):
    def evaluate(self, a, b):
        return a + b

    def pull(self, out, upstream):
        return tuple(fit(upstream, v.value) for v in self.inputs)


class Product(Operation):
    def evaluate(self, a, b):
        return a * b

    def pull(self, out, upstream):
        a, b = (v.value for v in self.inputs)
        return fit(upstream * b, a), fit(upstream * a, b)


class Quotient(Operation):
    def evaluate(self, a, b):
        return a / b

    def pull(self, out, upstream):
        a, b = (v.value for v in self.inputs)
        return fit(upstream / b, a), fit(-upstream * out.value / b, b)


class Contraction(Operation):
    def evaluate(self, a, b):
        return a @ b

    def pull(self, out, upstream):
        a, b = (v.value for v in self.inputs)
        return upstream @ b.T, a.T @ upstream


class Exponential(Operation):
    def evaluate(self, a):
        return np.exp(a)

    def pull(self, out, upstream):
        return (upstream * out.value,)


class Logarithm(Operation):
    def evaluate(self, a):
        return np.log(a)

    def pull(self, out, upstream):
        return (upstream / self.inputs[0].value,)


class HyperbolicTangent(Operation):
    def evaluate(self, a):
        return np.tanh(a)

    def pull(self, out, upstream):
        return (upstream * (1 - out.value**2),)


class Total(Operation):
    def evaluate(self, a):
        return np.sum(a)

    def pull(self, out, upstream):
        return (np.full(np.shape(self.inputs[0].value), upstream),)


class Var(Generic[T]):
    def __init__(self, value: T, *, origin: Operation[T] | None = None) -> None:
        self.value: T = value
        self.origin = origin
        self.adjoint: T | None = None

    @overload
    @classmethod
    def make(cls, x: Var) -> Var: ...
    @overload
    @classmethod
    def make(cls, x: float) -> Var: ...
    @classmethod
    def make(cls, x):
        return x if isinstance(x, Var) else Var(x)

    def __add__(self, other: Var | float) -> Var:
        return Addition()(self, Var.make(other))

    def __radd__(self, other: float) -> Var:
        return Addition()(Var.make(other), self)

    def __mul__(self, other: Var | float) -> Var:
        return Product()(self, Var.make(other))

    def __rmul__(self, other: float) -> Var:
        return Product()(Var.make(other), self)

    def __neg__(self) -> Var:
        return self * -1.0

    def __sub__(self, other: Var | float) -> Var:
        return self + -Var.make(other)

    def __rsub__(self, other: float) -> Var:
        return Var.make(other) + -self

    def __truediv__(self, other: Var | float) -> Var:
        return Quotient()(self, Var.make(other))

    def __rtruediv__(self, other: float) -> Var:
        return Quotient()(Var.make(other), self)

    def __matmul__(self, other: Var) -> Var:
        return Contraction()(self, other)

    def exp(self) -> Var:
        return Exponential()(self)

    def log(self) -> Var:
        return Logarithm()(self)

    def tanh(self) -> Var:
        return HyperbolicTangent()(self)

    def sum(self) -> Var:
        return Total()(self)


def backpropagate(root: Var) -> None:
    """Sets `adjoint` of everything that root depends on."""
    order: list[Var] = []
    marked: set[int] = set()

    def visit(v: Var) -> None:
        if id(v) in marked:
            return
        marked.add(id(v))
        v.adjoint = None
        for w in v.origin.inputs if v.origin else ():
            visit(w)
        order.append(v)

    visit(root)
    root.adjoint = np.ones_like(root.value) if isinstance(root.value, np.ndarray) else 1.0
    for v in reversed(order):
        if v.origin is not None:
            for w, more in zip(v.origin.inputs, v.origin.pull(v, v.adjoint)):
                w.adjoint = more if w.adjoint is None else w.adjoint + more
