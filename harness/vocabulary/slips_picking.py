"""The well-known slips of what picks elements, cuts an axis, or puts it in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.written import Written

_TAKEN: Final[tuple[Written, ...]] = (
    ("left where it is, not given back to its places", "{dout}", "wrong-permutation"),
    (
        "= where an element was taken twice",
        "ungather_last({dout}, {x}, {indices}, {axis})",
        "overwrite",
    ),
)
_CUT: Final[tuple[Written, ...]] = (
    ("left in its own shape", "{dout}", "wrong-shape"),
    (
        "put back at the front, whichever it is",
        "placed({dout}, {x}, {axis}, 0)",
        "wrong-permutation",
    ),
    (
        "the place counted in parts, not in elements",
        "placed({dout}, {x}, {axis}, {piece})",
        "wrong-permutation",
    ),
)

PICKING: Final[Mapping[str, Mapping[str, tuple[Written, ...]]]] = {
    "gather": {"x": _TAKEN},
    "take_along_axis": {"x": _TAKEN},
    "split": {"x": _CUT},
    "chunk": {"x": _CUT},
    "unbind": {
        "x": (
            ("left without its axis", "{dout}", "wrong-shape"),
            (
                "put back at the front, whichever it is",
                "placed(expand_dims({dout}, {axis}), {x}, {axis}, 0)",
                "wrong-permutation",
            ),
        )
    },
    "sort": {
        "x": (
            ("left in the order of the result", "{dout}", "wrong-permutation"),
            (
                "put in order once more, and not back",
                "take_along_axis({dout}, order({x}, {axis}, {descending}), {axis})",
                "wrong-permutation",
            ),
        )
    },
    "topk": {
        "x": (
            (
                "given to the first k, wherever the largest are",
                "placed({dout}, {x}, {axis}, 0)",
                "wrong-permutation",
            ),
            (
                "given to the other end of the order",
                "ungather({dout}, {x}, top({x}, {k}, {axis}, not {largest}), {axis})",
                "wrong-permutation",
            ),
        )
    },
    "median": {
        "x": (
            ("shared by all, as of a mean", "{dout} / {n}"),
            (
                "the largest for the one in the middle",
                "({x} == max({x}, {axis}, keepdims=True)) * {dout}",
            ),
            ("each of several equal ones gets all", "({x} == {out}) * {dout}"),
        )
    },
}
