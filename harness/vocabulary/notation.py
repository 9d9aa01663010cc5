"""How operations are written down, beyond their signatures: on a gate, as Python, as a formula.

Each table holds the exceptions: an operation that is in none of them is written by its name, and by
the lines in ``formulas.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from harness.vocabulary import spelling

COMMUTATIVE: Final = frozenset({"add", "mul", "maximum", "minimum", "logaddexp"})
"""Operations whose operands may be drawn in any order."""

WITH_NUMBER: Final[Mapping[tuple[str, int], str]] = {
    ("pow", 0): "{}^",
    ("pow", 1): "^{}",
    ("div", 0): "{}/x",
}
"""A gate with the number that it takes for its operand at a position; else they stand side by
side."""

NAMELESS: Final[Mapping[str, str]] = {"index": "[{}]", "piece": "[{}]", "equation": "{}"}
"""Kinds of parameters that speak for themselves, without their name before them."""


def _power(exponent: float) -> str:
    power = "" if exponent == 2 else f"**{literal(exponent - 1)}"
    return f"({literal(exponent)} * {{x}}{power}) * {{dout}}"


BY_NUMBER: Final[Mapping[tuple[str, str], Callable[[float], str]]] = {("pow", "x"): _power}
"""A derivative as people write it where the other operand is a number: an exponent is brought down
and lowered by one."""

RANKS: Final = 3
"""Operands of this many axes or more are alike to :data:`BY_RANK`."""

BY_RANK: Final[Mapping[str, Mapping[tuple[int, ...], tuple[str, ...]]]] = {
    "matmul": {
        (1, 1): ("{dout} * {y}", "{x} * {dout}"),
        (1, 2): ("{y} @ {dout}", "outer({x}, {dout})"),
        (2, 1): ("outer({dout}, {y})", "{x}.T @ {dout}"),
        (2, 2): ("{dout} @ {y}.T", "{x}.T @ {dout}"),
        (1, 3): (
            "({dout}[..., None, :] @ {y}.mT)[..., 0, :]",
            "{x}[:, None] @ {dout}[..., None, :]",
        ),
        (3, 1): ("{dout}[..., None] @ {y}[None, :]", "({x}.mT @ {dout}[..., None])[..., 0]"),
    }
}
"""The derivatives as people write them where the operands have these ranks."""

UNBOUNDED: Final[Mapping[str, str]] = {"min": "-inf", "max": "inf"}
"""What a bound is that is not given, by its parameter's name."""

MATH: Final[Mapping[str, str]] = {
    "arcsin": "math.asin({0})",
    "arccos": "math.acos({0})",
    "arctan": "math.atan({0})",
    "arctan2": "math.atan2({0}, {1})",
    "logaddexp": "(max({0}, {1}) + math.log1p(math.exp(-abs({0} - {1}))))",
    "abs": "abs({0})",
    "copy": "{0}",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "clip": "min(max({0}, {1}), {2})",
    "where": "({1} if {0} else {2})",
    "sign": "(({0} > 0) - ({0} < 0))",
    "sigmoid": "(1 / (1 + math.exp(-{0})))",
}
"""What the functions of the formulas are for plain numbers, but for those of the same name in
Python's ``math``."""

LATEX: Final[Mapping[str, str]] = {
    "exp": "e^{{{0}}}",
    "sqrt": r"\sqrt{{{0}}}",
    "where": (r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}"),
}
"""Functions that are no name before parentheses in a formula."""

NAMES: Final[Mapping[str, str]] = {
    "abs": "",
    "log": r"\text{ln}",
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min")},
}
"""Functions whose name in a formula is another than in code."""

FENCES: Final[Mapping[str, tuple[str, str]]] = {"abs": ("|", "|")}
"""What stands around the arguments where it is no parentheses."""

UNSEEN: Final = frozenset({"broadcast_to", "copy"})
"""Functions and methods that a formula does not show."""


def literal(number: float) -> str:
    """A number as it stands within an expression."""
    return spelling.number(number).within(spelling.ATOM)


def plain(function: str) -> str | None:
    """A function of the formulas for plain numbers, its arguments to be filled in; None where it
    has no meaning for them."""
    usual = f"math.{function}({{0}})" if hasattr(math, function) else None
    return MATH.get(function, usual)
