"""The shapes of what has several results, of which each is a step of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.vocabulary.axes import Rule, Shape, ShapeError, axis_of, said


def _split(shape: Shape, axis: int, parameters: Mapping[str, Any]) -> list[int]:
    size, whole = parameters["size"], shape[axis]
    if not isinstance(size, tuple):
        return [min(size, whole - start) for start in range(0, whole, size)] or [0]
    if sum(size) != whole:
        told = said("sizes-together", size=sum(size)) if size else said("no-sizes")
        raise ShapeError(said("cannot-split", axis=axis, shape=shape, size=size, told=told))
    return list(size)


def _chunk(shape: Shape, axis: int, parameters: Mapping[str, Any]) -> list[int]:
    chunks, whole = parameters["chunks"], shape[axis]
    return _split(shape, axis, {"size": -(-whole // chunks)}) if whole else [0] * chunks


def _unbind(shape: Shape, axis: int, _parameters: Mapping[str, Any]) -> list[int]:
    return [1] * shape[axis]


SIZES: dict[str, Callable[[Shape, int, Mapping[str, Any]], list[int]]] = {
    "split": _split,
    "chunk": _chunk,
    "unbind": _unbind,
}
"""How long the results are along the axis that is cut, where there are several."""


def results(rule: str, shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> int:
    """How many results there are by the named rule; raises :class:`ShapeError`."""
    (shape,) = shapes
    return len(SIZES[rule](shape, axis_of(parameters["axis"], len(shape)), parameters))


def piece_of(rule: str, keeps: bool = True) -> Rule:
    """The rule of shape of one of several results; where it ``keeps`` the axis that is cut."""

    def one(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
        (shape,), piece = shapes, parameters["piece"]
        axis = axis_of(parameters["axis"], len(shape))
        sizes = SIZES[rule](shape, axis, parameters)
        if not 0 <= piece < len(sizes):
            have = (
                said("first-to-last", last=len(sizes) - 1)
                if len(sizes) > 1
                else "[0]" * len(sizes) or said("none")
            )
            raise ShapeError(said("no-result", piece=piece, have=have))
        return (*shape[:axis], *([sizes[piece]] if keeps else []), *shape[axis + 1 :])

    return one
