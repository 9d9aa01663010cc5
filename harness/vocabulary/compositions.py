"""Operations written out in simpler ones, as engines often make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

SHARE: Final = "1/n"
"""In the place of an operand: one over how many elements become one."""


class Part(NamedTuple):
    """An operation, and its operands: those of the whole by their names, earlier parts as ``#0``,
    …; and parameters that differ from the whole's. What is ``held`` is a number by itself, whose
    gradient goes nowhere."""

    op: str
    operands: tuple[str | float, ...]
    parameters: Mapping[str, Any] = {}
    held: bool = False


Composition = tuple[Part, ...]

_KEPT: Final = {"keepdims": True}
_TOP: Final = (Part("max", ("x",), _KEPT, held=True), Part("sub", ("x", "#0")))

OF_ITSELF: Final[Mapping[str, tuple[Composition, ...]]] = {
    "div": ((Part("div", (1.0, "y")), Part("mul", ("x", "#0"))),),
}
"""Operations written out in a simpler use of themselves."""

COMPOSITIONS: Final[Mapping[str, tuple[Composition, ...]]] = {
    "sub": (
        (Part("neg", ("y",)), Part("add", ("x", "#0"))),
        (Part("mul", ("y", -1.0)), Part("add", ("x", "#0"))),
    ),
    "neg": ((Part("mul", ("x", -1.0)),),),
    "div": ((Part("pow", ("y", -1.0)), Part("mul", ("x", "#0"))),),
    "reciprocal": ((Part("pow", ("x", -1.0)),), (Part("div", (1.0, "x")),)),
    "sqrt": ((Part("pow", ("x", 0.5)),),),
    "square": ((Part("mul", ("x", "x")),), (Part("pow", ("x", 2.0)),)),
    "relu": ((Part("maximum", ("x", 0.0)),),),
    "tan": ((Part("sin", ("x",)), Part("cos", ("x",)), Part("div", ("#0", "#1"))),),
    "sigmoid": (
        (
            Part("neg", ("x",)),
            Part("exp", ("#0",)),
            Part("add", ("#1", 1.0)),
            Part("div", (1.0, "#2")),
        ),
        (
            Part("neg", ("x",)),
            Part("exp", ("#0",)),
            Part("add", ("#1", 1.0)),
            Part("pow", ("#2", -1.0)),
        ),
    ),
    "tanh": (
        (
            Part("mul", ("x", 2.0)),
            Part("exp", ("#0",)),
            Part("sub", ("#1", 1.0)),
            Part("add", ("#1", 1.0)),
            Part("div", ("#2", "#3")),
        ),
        (
            Part("mul", ("x", 2.0)),
            Part("sigmoid", ("#0",)),
            Part("mul", ("#1", 2.0)),
            Part("sub", ("#2", 1.0)),
        ),
    ),
    "silu": ((Part("sigmoid", ("x",)), Part("mul", ("x", "#0"))),),
    "softplus": ((Part("exp", ("x",)), Part("add", ("#0", 1.0)), Part("log", ("#1",))),),
    "std": ((Part("var", ("x",)), Part("sqrt", ("#0",))),),
    "logsumexp": ((Part("exp", ("x",)), Part("sum", ("#0",)), Part("log", ("#1",))),),
    "softmax": (
        (Part("log_softmax", ("x",)), Part("exp", ("#0",))),
        (Part("exp", ("x",)), Part("sum", ("#0",), _KEPT), Part("div", ("#0", "#1"))),
        (
            *_TOP,
            Part("exp", ("#1",)),
            Part("sum", ("#2",), _KEPT),
            Part("div", ("#2", "#3")),
        ),
    ),
    "mean": ((Part("sum", ("x",)), Part("mul", ("#0", SHARE))),),
    "norm": ((Part("mul", ("x", "x")), Part("sum", ("#0",)), Part("sqrt", ("#1",))),),
    "mse_loss": (
        (Part("sub", ("x", "y")), Part("mul", ("#0", "#0")), Part("mean", ("#1",))),
        (Part("sub", ("x", "y")), Part("pow", ("#0", 2.0)), Part("mean", ("#1",))),
    ),
    "log_softmax": (
        (Part("logsumexp", ("x",), _KEPT), Part("sub", ("x", "#0"))),
        (
            Part("exp", ("x",)),
            Part("sum", ("#0",), _KEPT),
            Part("log", ("#1",)),
            Part("sub", ("x", "#2")),
        ),
        (
            *_TOP,
            Part("exp", ("#1",)),
            Part("sum", ("#2",), _KEPT),
            Part("log", ("#3",)),
            Part("sub", ("#1", "#4")),
        ),
        (Part("softmax", ("x",)), Part("log", ("#0",))),
    ),
}
"""By operation, the ways to write it out. A part
takes of the whole's parameters those it has, but for its own."""
