"""@differentiable turns a numpy function and the derivatives by its arguments into one that records."""
from __future__ import annotations

from functools import wraps
from typing import Callable, Optional, Sequence, Union

import numpy as np
from numpy.typing import NDArray

ArrayLike = Union[float, NDArray[np.float64], "Box"]
Vjp = Callable[..., NDArray[np.float64]]


class Box:
    def __init__(self, unboxed: ArrayLike) -> None:
        self.unboxed: NDArray[np.float64] = np.asarray(unboxed, dtype=np.float64)
        self.cotangent: Optional[NDArray[np.float64]] = None
        self._parents: Sequence[tuple[Box, Callable[[NDArray], NDArray]]] = ()

    def pullback(self, cotangent: Optional[NDArray[np.float64]] = None) -> None:
        ordered: list[Box] = []
        visited: set[int] = set()

        def visit(box: Box) -> None:
            if id(box) in visited:
                return
            visited.add(id(box))
            for parent, _ in box._parents:
                visit(parent)
            ordered.append(box)

        visit(self)
        for box in ordered:
            box.cotangent = np.zeros_like(box.unboxed)
        self.cotangent = np.ones_like(self.unboxed) if cotangent is None else np.asarray(cotangent)
        for box in reversed(ordered):
            for parent, vjp in box._parents:
                parent.cotangent = parent.cotangent + vjp(box.cotangent)


def _sum_to(g: NDArray, shape: tuple[int, ...]) -> NDArray:
    g = np.asarray(g)
    if g.shape == shape:
        return g
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True).reshape(shape)


def differentiable(*vjps: Vjp) -> Callable:
    def decorate(function: Callable) -> Callable:
        @wraps(function)
        def wrapped(*args: ArrayLike, **kwargs) -> Box:
            boxes = [a if isinstance(a, Box) else Box(a) for a in args]
            raw = [b.unboxed for b in boxes]
            out = Box(function(*raw, **kwargs))
            out._parents = [
                (b, lambda g, v=v, b=b: _sum_to(v(g, out.unboxed, *raw, **kwargs), b.unboxed.shape))
                for b, v in zip(boxes, vjps)
            ]
            return out
        return wrapped
    return decorate


@differentiable(lambda g, y, a, b: g, lambda g, y, a, b: g)
def add(a: ArrayLike, b: ArrayLike) -> Box:
    return a + b


@differentiable(lambda g, y, a, b: g, lambda g, y, a, b: -g)
def subtract(a: ArrayLike, b: ArrayLike) -> Box:
    return a - b


@differentiable(lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
def multiply(a: ArrayLike, b: ArrayLike) -> Box:
    return a * b


@differentiable(lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
def divide(a: ArrayLike, b: ArrayLike) -> Box:
    return a / b


@differentiable(lambda g, y, a: -g)
def negative(a: ArrayLike) -> Box:
    return -a


@differentiable(lambda g, y, a: g * y)
def exp(a: ArrayLike) -> Box:
    return np.exp(a)


@differentiable(lambda g, y, a: g / a)
def log(a: ArrayLike) -> Box:
    return np.log(a)


@differentiable(lambda g, y, a: g * (1 - y ** 2))
def tanh(a: ArrayLike) -> Box:
    return np.tanh(a)


@differentiable(lambda g, y, a: g * (a > 0))
def relu(a: ArrayLike) -> Box:
    return np.maximum(a, 0)


@differentiable(lambda g, y, a, b: g @ b.T, lambda g, y, a, b: a.T @ g)
def matmul(a: ArrayLike, b: ArrayLike) -> Box:
    if a.ndim != 2 or b.ndim != 2:
        raise ValueError("matmul wants two matrices")
    return a @ b


@differentiable(lambda g, y, a, axis=None: np.broadcast_to(g if axis is None else np.expand_dims(g, axis), a.shape))
def sum(a: ArrayLike, axis: Optional[int] = None) -> Box:
    return np.sum(a, axis=axis)
