"""Axes, and shapes that fit together or do not: what all rules of shape are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from harness import languages

Shape = tuple[int, ...]
Rule = Callable[[Sequence[Shape], Mapping[str, Any]], Shape]
"""The result's shape, of the operands' shapes and the complete parameters."""


class ShapeError(ValueError):
    """Operands that do not fit together, told with their shapes."""


said: Final = partial(languages.told, "shape")
"""What is said of operands that do not fit: the messages of the catalogue's section ``shape``."""


def broadcast(shapes: Sequence[Shape], _parameters: Mapping[str, Any]) -> Shape:
    """The common shape by numpy's rule: aligned at the right, 1 stretches."""
    rank = max((len(shape) for shape in shapes), default=0)
    result = []
    for axis in range(-rank, 0):
        sizes = {shape[axis] for shape in shapes if len(shape) >= -axis} - {1}
        if len(sizes) > 1:
            text = " and ".join(str(shape) for shape in shapes)
            raise ShapeError(said("no-broadcast", text=text, axis=axis))
        result.append(sizes.pop() if sizes else 1)
    return tuple(result)


def axis_of(axis: int, rank: int, name: str = "axis") -> int:
    """``axis`` as a number from 0 to rank - 1."""
    if not rank:
        raise ShapeError(said("axis-of-number", name=name, axis=axis))
    if not -rank <= axis < rank:
        raise ShapeError(
            said("axis-range", name=name, axis=axis, rank=rank, value=-rank, rank2=rank - 1)
        )
    return axis % rank
