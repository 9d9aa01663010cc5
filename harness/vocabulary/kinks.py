"""Where a derivative is not one number: an operation's edges and kinks, and what is right there.

The texts are lines of numpy like the vocabulary's derivatives, with the same names in braces;
``{dx}`` is what the operand x has been given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from harness.vocabulary.signatures import COMPARISONS

_LOST: Final = "(isfinite({dout}) == 0)"
"""Where a mask of zeros would not stop the upstream gradient, as 0 * inf is no number."""

EDGES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "abs": {"x": ("{x} != {x}", "0 * {dout}")},
    "relu": {"x": (f"({{x}} <= 0) & {_LOST}", "0")},
    "clamp": {"x": (f"(({{x}} < {{min}}) | ({{x}} > {{max}})) & {_LOST}", "0")},
    "clamp_min": {
        "x": (f"({{x}} < {{min}}) & {_LOST}", "0"),
        "min": (f"({{x}} >= {{min}}) & {_LOST}", "0"),
    },
    "clamp_max": {
        "x": (f"({{x}} > {{max}}) & {_LOST}", "0"),
        "max": (f"({{x}} <= {{max}}) & {_LOST}", "0"),
    },
    "clamp_between": {
        "x": (f"(({{x}} < {{min}}) | ({{x}} > {{max}})) & {_LOST}", "0"),
        "min": (f"(({{x}} >= {{min}}) | ({{min}} >= {{max}})) & {_LOST}", "0"),
        "max": (f"({{x}} <= {{max}}) & ({{min}} <= {{max}}) & {_LOST}", "0"),
    },
    "where": {
        "x": (f"({{condition}} == 0) & {_LOST}", "0"),
        "y": (f"({{condition}} != 0) & {_LOST}", "0"),
    },
    "maximum": {"x": (f"({{x}} < {{y}}) & {_LOST}", "0"), "y": (f"({{y}} < {{x}}) & {_LOST}", "0")},
    "minimum": {"x": (f"({{x}} > {{y}}) & {_LOST}", "0"), "y": (f"({{y}} > {{x}}) & {_LOST}", "0")},
    "pow": {"x": ("{y} == 0", "0"), "y": ("({x} == 0) & ({y} >= 0)", "0")},
    "norm": {"x": ("{out} == 0", "0")},
    "atan2": {"y": ("{x}**2 + {y}**2 == 0", "0"), "x": ("{x}**2 + {y}**2 == 0", "0")},
    "cross_entropy": {"logits": ("expand_dims({labels} == {ignore_index}, -1)", "0")},
    "std": {"x": ("{out} == 0", "0")},
}
"""Torch's answer where a derivative's formula has none, or another: (condition, answer)."""

INDETERMINATE: Final[Mapping[str, str]] = {
    "pow": "({x} == 0) & ({y} == 0)",
    "binary_cross_entropy": "({p} == 0) | ({p} == 1)",
}
"""Where mathematics leaves a value open that the formula gives one for, and its derivatives too:
0 ** 0, and 0 * log(0), of which torch cuts the logarithm off."""


class Kink(NamedTuple):
    """Where more than one derivative is right, and the least and the greatest contribution that is,
    in either order; ``code`` is what another choice than torch's is called, empty where mathematics
    leaves open whether there is a derivative at all."""

    where: str
    one: str
    other: str
    code: str = "kink-convention"


class Whole(NamedTuple):
    """What the contributions at a kink must come to together: from ``least`` to ``greatest``."""

    what: str
    least: str
    greatest: str


def _slope(where: str, one: str, other: str) -> Mapping[str, Kink]:
    return {"x": Kink(where, f"{one} * {{dout}}", f"{other} * {{dout}}")}


def _share(where: str) -> Kink:
    return Kink(where, "0 * {dout}", "1 * {dout}", "tie-convention")


_TIE: Final = {name: _share("{x} == {y}") for name in ("x", "y")}
_AT_MIN: Final = _share("{x} == {min}")
_AT_MAX: Final = _share("{x} == {max}")
_TIES: Final = {"x": _share("({x} == {out}) & (sum({x} == {out}, {axis}, keepdims=True) > 1)")}
_POOL: Final = "{x}, {kernel_size}, {stride}, {padding}, {ceil_mode}"
_SPREAD: Final = "sqrt({n} - {correction})"


def _ranked(places: str) -> Mapping[str, Kink]:
    """Elements that are equal may change their places, and gradients."""
    passed_on = f"ungather({{dout}}, {{x}}, {places}, {{axis}})"
    least, greatest = (f"among_equals({{x}}, {passed_on}, {{axis}}, {end})" for end in (0, 1))
    return {"x": Kink("equals({x}, {axis}) > 1", least, greatest, "tie-convention")}


KINKS: Final[Mapping[str, Mapping[str, Kink]]] = {
    "abs": _slope("{x} == 0", "-1", "1"),
    "relu": _slope("{x} == 0", "0", "1"),
    "leaky_relu": _slope("{x} == 0", "{negative_slope}", "1"),
    "elu": _slope("{x} == 0", "{alpha}", "1"),
    "clamp": _slope("({x} == {min}) | ({x} == {max})", "0", "1"),
    "clamp_min": {"x": _AT_MIN, "min": _AT_MIN},
    "clamp_max": {"x": _AT_MAX, "max": _AT_MAX},
    "clamp_between": {
        "x": _share("({x} == {min}) | ({x} == {max})"),
        "min": _share("({x} == {min}) | ({min} == {max})"),
        "max": _share("({x} == {max}) | ({min} == {max})"),
    },
    "pow": {"y": Kink("({x} < 0) & isfinite({out})", "0", "0", "")},
    "norm": _slope("{out} == 0", "-1", "1"),
    "std": _slope("{out} == 0", f"(-1 / {_SPREAD})", f"(1 / {_SPREAD})"),
    "maximum": _TIE,
    "minimum": _TIE,
    "max": _TIES,
    "min": _TIES,
    "median": _TIES,
    "sort": _ranked("order({x}, {axis}, {descending})"),
    "topk": _ranked("top({x}, {k}, {axis}, {largest})"),
    "max_pool2d": {
        "x": Kink(
            f"max_pool2d_tied({_POOL})",
            f"max_pool2d_end({_POOL}, {{dout}}, minimum)",
            f"max_pool2d_end({_POOL}, {{dout}}, maximum)",
            "tie-convention",
        )
    },
}
"""The subdifferential of each operation and operand, element by element: the slopes between those
on either side of a kink, and of equal elements any share of the gradient. A power of a negative
base is there at whole exponents only: it has no slope by its exponent, or 0 as its slope."""

_SPLIT: Final = (Whole("surplus({dx}, {dy}, {dout})", "0", "0"),)
_SHARED: Final = (Whole("sum({dx}, {axis}, keepdims=True) - {dout}", "0", "0"),)
_MOVED: Final = (Whole("sum({dx}, {axis}) - sum({dout}, {axis})", "0", "0"),)
_LENGTH: Final = "norm({dx}, {axis}, keepdims=True)"

WHOLES: Final[Mapping[str, tuple[Whole, ...]]] = {
    "maximum": _SPLIT,
    "minimum": _SPLIT,
    "max": _SHARED,
    "min": _SHARED,
    "median": _SHARED,
    "sort": _MOVED,
    "topk": _MOVED,
    "max_pool2d": (Whole(f"max_pool2d_surplus({_POOL}, {{dx}}, {{dout}})", "0", "0"),),
    "norm": (Whole(_LENGTH, "0", "where({out} == 0, abs({dout}), inf)"),),
    "std": (
        Whole(_LENGTH, "0", f"where({{out}} == 0, abs({{dout}}) / {_SPREAD}, inf)"),
        Whole("sum({dx}, {axis}, keepdims=True)", "0", "0"),
    ),
}
"""What the choices at a kink have to do with each other: shares add up to the whole, and a
subgradient of a norm at 0 lies in the unit ball (Boyd, Vandenberghe, *Subgradients*)."""

CORNERS: Final = frozenset(COMPARISONS) | frozenset(
    {"clamp", "clamp_min", "clamp_max", "clamp_between", "maximum", "minimum", "pow", "asin"}
    | {"acos", "log1p", "binary_cross_entropy"}
)
"""Operations with a corner, or an end of their domain, at numbers that are not 0."""
