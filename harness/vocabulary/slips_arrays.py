"""The well-known slips of what works on whole arrays: reductions, sums, shapes, products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.written import Written

_WHOLE: Final = "every element is passed all of the upstream gradient"

ARRAYS: Final[Mapping[str, Mapping[str, tuple[Written, ...]]]] = {
    "sum": {"x": (("divided by n, as a mean", "{dout} / {n}", "wrong-scale"),)},
    "mean": {
        "x": (
            (f"n forgotten: {_WHOLE}", "{dout}", "wrong-scale"),
            ("divided by the number of all elements", "{dout} / size({x})", "wrong-scale"),
        )
    },
    "prod": {
        "x": (
            ("divided by the element, which may be zero", "{out} / {x} * {dout}"),
            ("the product itself", "{out} * {dout}"),
        )
    },
    "var": {
        "x": (
            (
                "n for n - correction",
                "2 * ({x} - mean({x}, {axis}, keepdims=True)) / {n} * {dout}",
                "wrong-scale",
            ),
        )
    },
    "std": {
        "x": (
            ("the root forgotten", "2 * ({x} - mean({x}, {axis}, keepdims=True)) / {n} * {dout}"),
        )
    },
    "norm": {
        "x": (
            ("not divided by the norm", "{x} * {dout}"),
            ("the square of the norm, not the norm", "(2 * {x}) * {dout}"),
        )
    },
    "max": {
        "x": (
            ("each of several largest gets all", "({x} == {out}) * {dout}"),
            ("the largest of all elements, not along the axis", "({x} == max({x})) * {dout}"),
        )
    },
    "min": {
        "x": (
            ("each of several smallest gets all", "({x} == {out}) * {dout}"),
            ("the smallest of all elements, not along the axis", "({x} == min({x})) * {dout}"),
        )
    },
    "logsumexp": {"x": (("not divided by the sum", "exp({x}) * {dout}"),)},
    "cumsum": {"x": (("not turned about", "cumsum({dout}, {axis})"),)},
    "cumprod": {
        "x": (
            ("not turned about", "cumsum({out} * {dout}, {axis}) / {x}"),
            (
                "divided by the element, which may be zero",
                "flip(cumsum(flip({out} * {dout}, {axis}), {axis}), {axis}) / {x}",
            ),
        )
    },
    "reshape": {
        "x": (("column by column", "reshape({dout}, shape({x}), order='F')", "wrong-permutation"),)
    },
    "transpose": {"x": (("not exchanged back", "{dout}", "wrong-permutation"),)},
    "permute": {"x": (("forward, not back", "transpose({dout}, {axes})", "wrong-permutation"),)},
    "broadcast_to": {
        "x": (("not summed over what was stretched", "{dout}", "missing-unbroadcast"),)
    },
    "unsqueeze": {"x": (("left with its new axis", "{dout}", "wrong-shape"),)},
    "squeeze": {"x": (("the axis not put back", "{dout}", "wrong-shape"),)},
    "flip": {"x": (("not turned back", "{dout}", "wrong-permutation"),)},
    "pad": {
        "x": (
            (
                "the border of the last axis cut off the first",
                "unpad({dout}, {pad}[::-1])",
                "wrong-axis",
            ),
        )
    },
    "concat": {
        "x": (
            ("everybody is given the first part", "part({dout}, {operands}, 0, {axis})"),
            (
                "parts given out in the wrong order",
                "part({dout}, {operands}[::-1], -1 - {k}, {axis})",
                "swapped-operands",
            ),
        )
    },
    "stack": {
        "x": (
            ("everybody is given the first slice", "take({dout}, 0, {axis})"),
            (
                "slices given out in the wrong order",
                "take({dout}, -1 - {k}, {axis})",
                "swapped-operands",
            ),
        )
    },
    "index": {
        "x": (
            (
                "= where an element was taken twice",
                "assigned({dout}, shape({x}), {index})",
                "overwrite",
            ),
        )
    },
    "outer": {
        "x": (("contracted with itself", "{x} @ {dout}"),),
        "y": (("contracted with itself", "{dout} @ {y}"),),
    },
    "einsum": {"x": (("spread over every letter", "sum({dout}) + 0 * {x}"),)},
}
