"""Operations written out in simpler ones, as engines often make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Part = tuple[str, tuple[str | float, ...]]
"""An operation, and its operands: those of the whole by their names, earlier parts as ``#0``, …"""

Composition = tuple[Part, ...]

COMPOSITIONS: Final[Mapping[str, tuple[Composition, ...]]] = {
    "sub": (
        (("neg", ("y",)), ("add", ("x", "#0"))),
        (("mul", ("y", -1.0)), ("add", ("x", "#0"))),
    ),
    "neg": ((("mul", ("x", -1.0)),),),
    "div": ((("pow", ("y", -1.0)), ("mul", ("x", "#0"))),),
    "reciprocal": ((("pow", ("x", -1.0)),), (("div", (1.0, "x")),)),
    "sqrt": ((("pow", ("x", 0.5)),),),
    "square": ((("mul", ("x", "x")),), (("pow", ("x", 2.0)),)),
    "relu": ((("maximum", ("x", 0.0)),),),
    "tan": ((("sin", ("x",)), ("cos", ("x",)), ("div", ("#0", "#1"))),),
    "sigmoid": (
        (("neg", ("x",)), ("exp", ("#0",)), ("add", ("#1", 1.0)), ("div", (1.0, "#2"))),
        (("neg", ("x",)), ("exp", ("#0",)), ("add", ("#1", 1.0)), ("pow", ("#2", -1.0))),
    ),
    "tanh": (
        (
            ("mul", ("x", 2.0)),
            ("exp", ("#0",)),
            ("sub", ("#1", 1.0)),
            ("add", ("#1", 1.0)),
            ("div", ("#2", "#3")),
        ),
    ),
    "silu": ((("sigmoid", ("x",)), ("mul", ("x", "#0"))),),
    "softplus": ((("exp", ("x",)), ("add", ("#0", 1.0)), ("log", ("#1",))),),
    "std": ((("var", ("x",)), ("sqrt", ("#0",))),),
    "log_softmax": ((("softmax", ("x",)), ("log", ("#0",))),),
}
"""By operation, the ways to write it out, none of them in what is itself written out in it. A part
takes of the whole's parameters those it has."""
