"""What a step costs, there and back, told by its shapes before anything is computed.

A cost is a number of numbers: those that the step is given, those that it makes, and those that it
has on the way, such as all windows of a convolution. What an engine needs in time and in memory
grows with that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from harness.vocabulary.shapes import Shape

MAX_COST: Final = 20_000_000
"""The greatest cost of all steps of a program together."""


def cost(op: str, shapes: Sequence[Shape], parameters: Mapping[str, Any], result: Shape) -> int:
    """The cost of a step: of the operation, its operands' shapes, its parameters with the defaults
    filled in, and its result's shape. An empty axis costs as much as one of size 1."""
    on_the_way = ON_THE_WAY.get(op)
    there = sum(map(_count, (*shapes, result)))
    return there + (on_the_way(shapes, parameters, result) if on_the_way is not None else 0)


def _count(shape: Shape) -> int:
    return math.prod(max(size, 1) for size in shape)


def _products(shapes: Sequence[Shape], _parameters: Mapping[str, Any], result: Shape) -> int:
    """Those that ``@`` adds up."""
    return _count(result) * shapes[0][-1]


def _letters(shapes: Sequence[Shape], parameters: Mapping[str, Any], _result: Shape) -> int:
    """The products of an einsum: one for each choice of an index for each letter."""
    left = parameters["equation"].replace(" ", "").partition("->")[0]
    letters = zip(left.replace(",", ""), (size for shape in shapes for size in shape), strict=True)
    return _count(tuple(dict(letters).values()))


def _convolution(shapes: Sequence[Shape], parameters: Mapping[str, Any], result: Shape) -> int:
    """The products of a convolution, and the images with their borders."""
    x, weight = shapes[:2]
    border = 2 * parameters["padding"]
    return _count(result) * _count(weight[1:]) + _count((*x[:2], *(n + border for n in x[2:])))


def _spread(shapes: Sequence[Shape], _parameters: Mapping[str, Any], _result: Shape) -> int:
    """The products of a transposed convolution: each element, with its part of the kernel."""
    x, weight = shapes[:2]
    return _count(x) * _count(weight[1:])


def _windows(_shapes: Sequence[Shape], parameters: Mapping[str, Any], result: Shape) -> int:
    """The elements of all windows."""
    return int(_count(result) * parameters["kernel_size"] ** 2)


def _running(shapes: Sequence[Shape], parameters: Mapping[str, Any], _result: Shape) -> int:
    """A row for each element along the axis, as in the derivative of a product with zeros in it,
    and wherever elements are taken one after the other."""
    (shape,), axis = shapes, parameters["axis"]
    return _count(shape) * (_count(shape) if axis is None or not shape else shape[axis])


ON_THE_WAY: Final[Mapping[str, Callable[[Sequence[Shape], Mapping[str, Any], Shape], int]]] = {
    "matmul": _products,
    "einsum": _letters,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "conv_transpose2d": _spread,
    "max_pool2d": _windows,
    "avg_pool2d": _windows,
    "prod": _running,
    "cumsum": _running,
    "cumprod": _running,
}
"""What operations have on the way that is neither an operand nor the result."""
