"""The shapes of what picks elements: by an index in brackets, or by an array of places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from harness.vocabulary.axes import Shape, ShapeError, axis_of, broadcast, said
from harness.vocabulary.program import Array


def index(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    """The shape of ``x[items]``, without looking at a single element of x.

    Lists and arrays are broadcast together; their axes stand where the first of them stood, or in
    front if something stands between them. numpy counts integers among them, torch does not; an
    index for which that makes a difference is refused.
    """
    (shape,) = shapes
    items = [_picked(item) for item in parameters["index"]]
    if sum(item is Ellipsis for item in items) > 1:
        raise ShapeError(said("one-ellipsis"))
    consumed = sum(
        item.ndim if isinstance(item, np.ndarray) and item.dtype == np.bool_ else 1
        for item in items
        if item is not None and item is not Ellipsis
    )
    if consumed > len(shape):
        raise ShapeError(said("index-too-long", consumed=consumed, shape=shape))
    if not any(item is Ellipsis for item in items):
        items.append(Ellipsis)
    result: list[int] = []
    places: list[tuple[int, int, bool]] = []
    picks: list[Shape] = []
    axis = 0
    for number, item in enumerate(items):
        if item is Ellipsis:
            result += shape[axis : axis + len(shape) - consumed]
            axis += len(shape) - consumed
        elif item is None:
            result.append(1)
        elif isinstance(item, slice):
            result.append(len(range(*item.indices(shape[axis]))))
            axis += 1
        else:
            array = isinstance(item, np.ndarray)
            places.append((number, len(result), array))
            if array:
                picks.append(_picks(item, shape, axis))
            elif not -shape[axis] <= item < shape[axis]:
                raise ShapeError(said("item-range", item=item, axis=axis, shape=shape))
            axis += item.ndim if array and item.dtype == np.bool_ else 1
    if not picks:
        return tuple(result)
    at = _insertion(places)
    lists = [place for place in places if place[2]]
    # To torch, an integer or a ... that stands for no axis does not stand between two lists.
    taken = [place[0] for place in places if not place[2]]
    if consumed == len(shape):
        taken += [number for number, item in enumerate(items) if item is Ellipsis]
    if at != _insertion([(n - sum(t < n for t in taken), where, True) for n, where, _ in lists]):
        raise ShapeError(said("index-twice"))
    return (*result[:at], *broadcast(picks, {}), *result[at:])


def _insertion(places: Sequence[tuple[int, int, bool]]) -> int:
    """Before which axis of the result the broadcast lists go."""
    together = places[-1][0] - places[0][0] == len(places) - 1
    return places[0][1] if together else 0


def _picked(item: Any) -> Any:
    """An item of an index: lists as arrays, arrays of one number as that number."""
    if isinstance(item, slice) and item.step == 0:
        raise ShapeError(said("slice-step"))
    if isinstance(item, list):
        try:
            item = np.array(item)
        except ValueError:
            raise ShapeError(said("index-ragged")) from None
    if isinstance(item, np.ndarray) and not item.ndim:
        if item.dtype == np.bool_:
            raise ShapeError(said("single-boolean"))
        return int(item)
    return item


def _picks(array: Array, shape: Shape, axis: int) -> Shape:
    """The shape of what an array takes from ``axis`` on."""
    if array.dtype == np.bool_:
        if array.shape != shape[axis : axis + array.ndim]:
            raise ShapeError(said("boolean-index", shape=array.shape, shape2=shape, axis=axis))
        return (int(np.count_nonzero(array)),)
    size = shape[axis]
    outside = array[(array < -size) | (array >= size)]
    if outside.size:
        raise ShapeError(said("flat-range", flat=outside.flat[0], axis=axis, shape=shape))
    return tuple(array.shape)


def gather(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, indices = shapes
    axis = axis_of(parameters["axis"], len(x))
    others = [i for i in range(len(x)) if i != axis]
    if len(indices) != len(x) or any(indices[i] > x[i] for i in others):
        raise ShapeError(said("gather-needs", axis=axis, x=x, indices=indices))
    return indices


def take_along_axis(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, indices = shapes
    axis = axis_of(parameters["axis"], len(x))
    if len(indices) != len(x):
        raise ShapeError(said("take-along-axis-needs", x=x, indices=indices))
    rest = broadcast([(*shape[:axis], 1, *shape[axis + 1 :]) for shape in shapes], {})
    return (*rest[:axis], indices[axis], *rest[axis + 1 :])
