"""What only moves numbers about, or puts arrays together: noted as an index, or as what it is.

Where each number comes from is found by moving their places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from harness.engines.staged.nodes import SAME
from harness.engines.staged.values import BLANK, Blank, Value, note, operand, plain, raw

Function = Callable[..., Any]


def every(items: Any) -> Any:
    """All items, those of lists and tuples too."""
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from every(item)
        else:
            yield item


def gathered(x: Any, places: Any) -> Any:
    """The numbers of ``x`` at the places given, counted row by row; of a -1 none, but zero."""
    places = np.asarray(places)
    if places.shape == x.shape and np.array_equal(places.ravel(), np.arange(places.size)):
        return note(SAME, [x], {}, x.data)
    row = note("reshape", [x], {"shape": (-1,)}, x.data.reshape(-1)) if x.ndim != 1 else x
    flat = places.ravel().tolist()
    taken = note("index", [row], {"index": (flat,)}, row.data[flat] if flat else row.data[:0])
    if places.ndim == 1:
        return taken
    return note("reshape", [taken], {"shape": places.shape}, taken.data.reshape(places.shape))


def moved(function: Any, x: Any, *args: Any, **given: Any) -> Any:
    """What a function makes of ``x`` that only moves its numbers about."""
    places = np.arange(x.data.size).reshape(x.shape)
    found = function(places, *plain(args), **{key: plain(item) for key, item in given.items()})
    if isinstance(found, (tuple, list)):
        return type(found)(gathered(x, item) for item in found)
    return gathered(x, found)


def indexed(x: Value, index: Any) -> Any:
    """``x[index]``, a view where numpy gives one."""
    if any(isinstance(item, Blank) for item in every((index,))):
        return BLANK
    key = plain(index)
    value = x.data[key]
    items = key if isinstance(key, tuple) else (key,)
    literal: list[Any] = []
    for item in items:
        if isinstance(item, (np.ndarray, list)) and np.asarray(item).dtype.kind == "b":
            literal += [places.tolist() for places in np.nonzero(item)]
        elif isinstance(item, np.ndarray):
            literal.append(item.tolist())
        elif isinstance(item, np.integer):
            literal.append(int(item))
        else:
            literal.append(item)
    if any(isinstance(item, list) and np.ndim(item) != 1 for item in literal):
        made = moved(lambda places: places[key], x)
        return type(x)(value, made.node)
    noted = note("index", [x], {"index": tuple(literal)}, value)
    return type(x)(value, noted.node, x.whole and noted.ndim == 0)


_padded: Final[Function] = np.pad

# -- shapes ----------------------------------------------------------------------------------------


def reshape(x: Any, *shape: Any, order: str = "C", **given: Any) -> Any:
    wanted = given.get("newshape", given.get("shape", shape[0] if len(shape) == 1 else shape))
    numbers = tuple(plain(wanted)) if isinstance(wanted, (tuple, list)) else (plain(wanted),)
    value = x.data.reshape(numbers, order=order)
    if order != "C":
        return moved(lambda places: places.reshape(numbers, order=order), x)
    noted = note("reshape", [x], {"shape": value.shape}, value)
    return type(x)(value, noted.node)


def transpose(x: Any, *axes: Any, **given: Any) -> Any:
    order = given.get("axes", axes[0] if len(axes) == 1 else axes or None)
    rank = x.ndim
    order = tuple(range(rank))[::-1] if order is None else tuple(i % rank for i in plain(order))
    value = np.transpose(x.data, order)
    if order == tuple(range(rank)):
        return type(x)(value, note(SAME, [x], {}, value).node)
    if rank == 2:
        noted = note("transpose", [x], {"axis0": 0, "axis1": 1}, value)
    else:
        noted = note("permute", [x], {"axes": order}, value)
    return type(x)(value, noted.node)


def swapaxes(x: Any, one: int, other: int) -> Any:
    value = np.swapaxes(x.data, one, other)
    return type(x)(value, note("transpose", [x], {"axis0": one, "axis1": other}, value).node)


def broadcast_to(x: Any, shape: Any, **_: Any) -> Any:
    numbers = tuple(plain(shape)) if isinstance(shape, (tuple, list)) else (plain(shape),)
    return note("broadcast_to", [value_of(x)], {"shape": numbers}, np.broadcast_to(raw(x), numbers))


def full(shape: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    """``np.full``: every element is the value, which keeps its history."""
    if isinstance(fill_value, Value) and not fill_value.whole:
        return broadcast_to(fill_value, shape)
    return np.full(plain(shape), plain(fill_value), dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    return full(np.shape(raw(x)), fill_value, raw(x).dtype if dtype is None else dtype)


def expand_dims(x: Any, axis: Any) -> Any:
    axis = plain(axis)
    value = np.expand_dims(x.data, axis)
    if isinstance(axis, int):
        return type(x)(value, note("unsqueeze", [x], {"axis": axis}, value).node)
    return type(x)(value, note("reshape", [x], {"shape": value.shape}, value).node)


def squeeze(x: Any, axis: Any = None) -> Any:
    value = np.squeeze(x.data, axis if axis is None else plain(axis))
    return type(x)(value, note("reshape", [x], {"shape": value.shape}, value).node)


def flip(x: Any, axis: Any = None) -> Any:
    axes = tuple(range(x.ndim)) if axis is None else plain(axis)
    return note("flip", [x], {"axis": axes}, np.flip(x.data, axis))


def pad(x: Any, pad_width: Any, mode: str = "constant", **given: Any) -> Any:
    if mode != "constant":
        return moved(lambda places: _padded(places, plain(pad_width), mode), x)
    widths = np.broadcast_to(np.asarray(plain(pad_width)), (x.ndim, 2))
    number = float(raw(given.get("constant_values", 0.0)))
    value = np.pad(x.data, widths, constant_values=number)
    flat = tuple(int(item) for pair in widths[::-1] for item in pair)
    return note("pad", [x], {"pad": flat, **({"value": number} if number else {})}, value)


def concatenate(arrays: Any, axis: Any = 0, **_: Any) -> Any:
    arrays = [value_of(item) for item in arrays]
    if axis is None:
        arrays, axis = [reshape(item, -1) for item in arrays], 0
    value = np.concatenate([item.data for item in arrays], axis)
    return note("concat", arrays, {"axis": axis} if axis else {}, value)


def stack(arrays: Any, axis: Any = 0, **_: Any) -> Any:
    arrays = [value_of(item) for item in arrays]
    value = np.stack([item.data for item in arrays], axis)
    return note("stack", arrays, {"axis": axis} if axis else {}, value)


def vstack(arrays: Any, **_: Any) -> Any:
    return concatenate([item if np.ndim(raw(item)) > 1 else _row(item) for item in arrays], 0)


def hstack(arrays: Any, **_: Any) -> Any:
    arrays = [item if np.ndim(raw(item)) else reshape(value_of(item), 1) for item in arrays]
    return concatenate(arrays, 0 if np.ndim(raw(arrays[0])) == 1 else 1)


def column_stack(arrays: Any, **_: Any) -> Any:
    return concatenate(
        [item if np.ndim(raw(item)) > 1 else reshape(value_of(item), -1, 1) for item in arrays], 1
    )


def _row(item: Any) -> Any:
    return reshape(value_of(item), 1, -1)


def value_of(item: Any) -> Value:
    """A value of what may be a plain number or array."""
    if isinstance(item, Value):
        return item
    array = np.asarray(item)
    node = operand(array if array.ndim else array.reshape(()))
    if isinstance(node, (int, float)):
        return note(SAME, [node], {}, array)  # type: ignore[no-any-return]
    return Value(array, node)


def array(item: Any, *_: Any, **given: Any) -> Any:
    """``np.array`` of what may hold values, nested."""
    if isinstance(item, Value):
        return item.copy()
    if isinstance(item, (list, tuple)) and any(isinstance(one, Value) for one in every(item)):
        return stack([array(one) for one in item])
    return np.array(item, *_, **given)
