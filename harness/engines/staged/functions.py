"""numpy's functions on values: each noted as the operations of the vocabulary that it is.

A function that is none of those, and does not only move numbers about, is computed and noted as
such; only where a forward pass has need of it, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import OTHER, SAME
from harness.engines.staged.shapes import (
    array,
    broadcast_to,
    column_stack,
    concatenate,
    every,
    expand_dims,
    flip,
    full_like,
    hstack,
    indexed,
    moved,
    pad,
    reshape,
    squeeze,
    stack,
    swapaxes,
    transpose,
    value_of,
    vstack,
)
from harness.engines.staged.tape import Refusal
from harness.engines.staged.values import ACTS, BLANK, Blank, Value, note, plain, raw

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
    if any(isinstance(item, Blank) for item in every((*args, *given.values()))):
        return BLANK
    if name in TABLE:
        return TABLE[name](*args, **given)
    if name in QUESTIONS or name in CONSTANT:
        return function(*plain(tuple(args)), **{key: plain(item) for key, item in given.items()})
    if name in MOVES:
        return moved(function, args[0], *args[1:], **given)
    told = f"np.{name}"
    numbers = function(*_raw(args), **{key: _raw(item) for key, item in given.items()})
    values = [item for item in every((*args, *given.values())) if isinstance(item, Value)]
    if isinstance(numbers, (tuple, list)):
        return type(numbers)(note(OTHER, values, {}, item, told) for item in numbers)
    return note(OTHER, values, {}, numbers, told)


def _raw(item: Any) -> Any:
    if isinstance(item, (list, tuple)):
        return type(item)(map(_raw, item))
    return item.data.astype(int) if isinstance(item, Value) and item.whole else raw(item)


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
    x, y = (reshape(value_of(item), -1) for item in (x, y))
    return note("outer", [x, y], {}, np.outer(x.data, y.data))


def einsum(equation: Any, *operands: Any, **_: Any) -> Any:
    values = [value_of(item) for item in operands]
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
