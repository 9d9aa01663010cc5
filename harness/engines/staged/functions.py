"""numpy's functions on values: each noted as the operations of the vocabulary that it is.

What only moves numbers about (``np.tile``, ``np.roll``, ``np.diag`` …) is noted as an index: where
each number comes from is found by moving their places. A function that is none of all these is
computed and noted as such; only where a forward pass has need of it, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import OTHER, SAME
from harness.engines.staged.values import (
    ACTS,
    BLANK,
    Blank,
    Refusal,
    Value,
    note,
    operand,
    plain,
    raw,
)

REDUCTIONS: Final[Mapping[str, str]] = {
    **{name: name for name in ("sum", "mean", "max", "min", "prod")},
    **{"amax": "max", "amin": "min", "nansum": "sum", "product": "prod"},
}
SPREADS: Final = ("var", "std")
MOVES: Final = frozenset(
    {"tile", "repeat", "roll", "diag", "diagonal", "take", "rot90", "rollaxis", "flipud", "fliplr"}
    | {"split", "array_split", "hsplit", "vsplit", "delete", "resize", "take_along_axis", "ravel"}
    | {"triu_indices", "compress", "atleast_1d", "atleast_2d", "moveaxis", "expand_dims"}
    | {"squeeze", "unstack", "extract", "sliding_window_view"}
)
"""What only moves the numbers of its first operand."""
CONSTANT: Final = frozenset({"zeros_like", "ones_like", "empty_like", "eye"})
"""What looks at the shape of an array alone."""
QUESTIONS: Final = frozenset(
    {"shape", "ndim", "size", "allclose", "array_equal", "isclose", "argmax", "argmin", "argsort"}
    | {"nonzero", "any", "all", "iscomplexobj", "isrealobj", "may_share_memory", "shares_memory"}
    | {"array_equiv", "count_nonzero", "array2string", "array_repr", "array_str", "result_type"}
    | {"searchsorted", "argwhere", "flatnonzero", "unravel_index", "save", "savetxt", "savez"}
)
"""What is answered with plain numbers."""

IN_PLACE: Final = frozenset({"sort", "partition", "put", "resize"})
"""Methods that write to their array, where numpy's functions do not."""

Function = Callable[..., Any]


def called(function: Any, args: Sequence[Any], given: Mapping[str, Any]) -> Any:
    """A function of numpy's, called with values among its arguments."""
    name = function.__name__
    if any(isinstance(item, Blank) for item in _every((*args, *given.values()))):
        return BLANK
    if name in TABLE:
        return TABLE[name](*args, **given)
    if name in QUESTIONS or name in CONSTANT:
        return function(*plain(tuple(args)), **{key: plain(item) for key, item in given.items()})
    if name in MOVES:
        return moved(function, args[0], *args[1:], **given)
    told = f"np.{name}"
    numbers = function(*_raw(args), **{key: _raw(item) for key, item in given.items()})
    values = [item for item in _every((*args, *given.values())) if isinstance(item, Value)]
    if isinstance(numbers, (tuple, list)):
        return type(numbers)(note(OTHER, values, {}, item, told) for item in numbers)
    return note(OTHER, values, {}, numbers, told)


def _raw(item: Any) -> Any:
    if isinstance(item, (list, tuple)):
        return type(item)(map(_raw, item))
    return item.data.astype(int) if isinstance(item, Value) and item.whole else raw(item)


def _every(items: Any) -> Any:
    for item in items:
        if isinstance(item, (list, tuple)):
            yield from _every(item)
        else:
            yield item


# -- what moves numbers ----------------------------------------------------------------------------


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
    if any(isinstance(item, Blank) for item in _every((index,))):
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
    return note("broadcast_to", [_value(x)], {"shape": numbers}, np.broadcast_to(raw(x), numbers))


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
    arrays = [_value(item) for item in arrays]
    if axis is None:
        arrays, axis = [reshape(item, -1) for item in arrays], 0
    value = np.concatenate([item.data for item in arrays], axis)
    return note("concat", arrays, {"axis": axis} if axis else {}, value)


def stack(arrays: Any, axis: Any = 0, **_: Any) -> Any:
    arrays = [_value(item) for item in arrays]
    value = np.stack([item.data for item in arrays], axis)
    return note("stack", arrays, {"axis": axis} if axis else {}, value)


def vstack(arrays: Any, **_: Any) -> Any:
    return concatenate([item if np.ndim(raw(item)) > 1 else _row(item) for item in arrays], 0)


def hstack(arrays: Any, **_: Any) -> Any:
    arrays = [item if np.ndim(raw(item)) else reshape(_value(item), 1) for item in arrays]
    return concatenate(arrays, 0 if np.ndim(raw(arrays[0])) == 1 else 1)


def column_stack(arrays: Any, **_: Any) -> Any:
    return concatenate(
        [item if np.ndim(raw(item)) > 1 else reshape(_value(item), -1, 1) for item in arrays], 1
    )


def _row(item: Any) -> Any:
    return reshape(_value(item), 1, -1)


def _value(item: Any) -> Value:
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
    if isinstance(item, (list, tuple)) and any(isinstance(one, Value) for one in _every(item)):
        return stack([array(one) for one in item])
    return np.array(item, *_, **given)


# -- reductions ------------------------------------------------------------------------------------


def reduced(op: str) -> Function:
    def reduce(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, **given: Any) -> Any:
        if isinstance(x, (list, tuple)):
            x = array(x)
        kept = bool(given.get("keepdims", False) is True)
        axis = plain(axis) if axis is not None else None
        axis = tuple(axis) if isinstance(axis, list) else axis
        numbers = x.data if x.data.dtype.kind == "f" else x.data.astype(float)
        value = getattr(np, op)(numbers, axis=axis, keepdims=kept)
        parameters: dict[str, Any] = {} if axis is None else {"axis": axis}
        if isinstance(axis, tuple) and op == "prod":
            raise Refusal(languages.told("staged", "product-over-axes"))
        return note(op, [x], {**parameters, **({"keepdims": True} if kept else {})}, value)

    return reduce


def spread(op: str) -> Function:
    def reduce(x: Any, axis: Any = None, *_: Any, ddof: Any = 0, **given: Any) -> Any:
        kept = given.get("keepdims", False) is True
        correction = int(plain(given.get("correction", ddof)))
        axis = plain(axis) if axis is not None else None
        value = getattr(np, op)(x.data, axis=axis, ddof=correction, keepdims=kept)
        parameters: dict[str, Any] = {} if axis is None else {"axis": axis}
        parameters |= {"keepdims": True} if kept else {}
        return note(op, [x], {**parameters, "correction": correction}, value)

    return reduce


def accumulated(op: str) -> Function:
    def accumulate(x: Any, axis: Any = None, *_: Any, **__: Any) -> Any:
        if axis is None:
            x, axis = reshape(x, -1), 0
        return note(op, [x], {"axis": axis}, getattr(np, op)(x.data, axis))

    return accumulate


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    two = ord in (None, 2) if axis is not None or x.ndim == 1 else ord in (None, "fro")
    if not two:
        raise Refusal(languages.told("staged", "second-order-alone"))
    value = np.linalg.norm(x.data, ord, axis, keepdims)
    parameters: dict[str, Any] = {} if axis is None else {"axis": axis}
    return note("norm", [x], {**parameters, **({"keepdims": True} if keepdims else {})}, value)


# -- products --------------------------------------------------------------------------------------


def dot(x: Any, y: Any, out: Any = None) -> Any:
    if not np.ndim(raw(x)) or not np.ndim(raw(y)):
        return np.multiply(x, y)
    if np.ndim(raw(y)) > 2:
        raise Refusal(languages.told("staged", "dot-of-axes"))
    return np.matmul(x, y)


def outer(x: Any, y: Any, out: Any = None) -> Any:
    x, y = (reshape(_value(item), -1) for item in (x, y))
    return note("outer", [x, y], {}, np.outer(x.data, y.data))


def einsum(equation: Any, *operands: Any, **_: Any) -> Any:
    values = [_value(item) for item in operands]
    value = np.einsum(equation, *(item.data for item in values))
    return note("einsum", values, {"equation": equation.replace(" ", "")}, value)


def inner(x: Any, y: Any) -> Any:
    return np.matmul(x, np.swapaxes(y, -1, -2) if np.ndim(raw(y)) > 1 else y)


# -- elementwise -----------------------------------------------------------------------------------


def where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return np.nonzero(raw(condition))
    value = np.where(raw(condition), *map(raw, choices))
    chosen = condition if isinstance(condition, Value) else np.asarray(condition)
    return note("where", [chosen, *choices], {}, value)


def clip(x: Any, low: Any = None, high: Any = None, *_: Any, **given: Any) -> Any:
    low = given.get("a_min", given.get("min", low))
    high = given.get("a_max", given.get("max", high))
    bounds = {"min": low, "max": high}
    if any(isinstance(bound, Value) and not bound.whole for bound in bounds.values()):
        made = x if low is None else np.maximum(x, low)
        return made if high is None else np.minimum(made, high)
    numbers = {key: float(plain(bound)) for key, bound in bounds.items() if bound is not None}
    numbers = {key: bound for key, bound in numbers.items() if np.isfinite(bound)}
    value = np.clip(x.data, numbers.get("min"), numbers.get("max"))
    return note("clamp", [x], numbers, value)


def same(x: Any, *_: Any, **__: Any) -> Any:
    return note(SAME, [x], {}, np.array(x.data))


def trace(x: Any, *_: Any, **__: Any) -> Any:
    return np.sum(moved(np.diagonal, x))


def triangle(function: Any) -> Function:
    def cut(x: Any, k: int = 0) -> Any:
        return np.multiply(x, function(np.ones(x.shape), k))

    return cut


TABLE: Final[Mapping[str, Function]] = {
    **{name: reduced(op) for name, op in REDUCTIONS.items()},
    **{name: spread(name) for name in SPREADS},
    **{name: accumulated(name) for name in ("cumsum", "cumprod")},
    **{"tril": triangle(np.tril), "triu": triangle(np.triu)},
    **{"reshape": reshape, "transpose": transpose, "swapaxes": swapaxes, "permute_dims": transpose},
    **{"broadcast_to": broadcast_to, "expand_dims": expand_dims, "squeeze": squeeze, "flip": flip},
    **{
        "full_like": full_like,
        "pad": pad,
        "concatenate": concatenate,
        "concat": concatenate,
        "stack": stack,
    },
    **{"vstack": vstack, "hstack": hstack, "column_stack": column_stack},
    **{"dot": dot, "vdot": dot, "inner": inner, "outer": outer, "einsum": einsum, "norm": norm},
    **{"where": where, "clip": clip, "copy": same, "asarray": same, "array": array, "trace": trace},
    **{"ascontiguousarray": same, "squeeze": squeeze},
}
"""The functions that are operations, or made of them, by their names."""


# -- methods ---------------------------------------------------------------------------------------

METHODS: Final[Mapping[str, Function]] = {
    **{name: TABLE[name] for name in ("sum", "mean", "max", "min", "prod", "var", "std", "dot")},
    **{name: TABLE[name] for name in ("cumsum", "cumprod", "reshape", "transpose", "swapaxes")},
    **{name: TABLE[name] for name in ("squeeze", "clip", "trace")},
    "flatten": lambda x, *_: reshape(x, -1),
    "ravel": lambda x, *_: reshape(x, -1),
    "conj": same,
}
"""The methods of arrays."""


def method(x: Value, name: str) -> Function:
    """A method of numpy's arrays, for ``x``."""
    if name in METHODS:
        return lambda *args, **given: METHODS[name](x, *args, **given)
    if name in MOVES:
        return lambda *args, **given: moved(getattr(np, name), x, *args, **given)
    if name in QUESTIONS or name == "nonzero":
        return lambda *args, **given: getattr(np, name)(x.data, *args, **given)
    if name == "fill":
        return lambda number: x.__setitem__(Ellipsis, number)
    if hasattr(np.ndarray, name) and name not in IN_PLACE and callable(getattr(np, name, None)):
        return lambda *args, **given: called(getattr(np, name), (x, *args), given)
    raise AttributeError(f"'numpy.ndarray' object has no attribute '{name}'")


ACTS.update(called=called, indexed=indexed, method=method)
