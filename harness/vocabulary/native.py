"""What Python has an operator for: the function, and the methods that an object offers it by."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.vocabulary.signatures import COMPARISONS


@dataclass(frozen=True, slots=True)
class Native:
    """An operator of Python's: ``function(x, y)`` calls ``method`` of x, or ``reflected`` of y,
    which in many engines has to be ``plain``, a number."""

    function: Callable[..., Any]
    method: str
    reflected: str
    plain: bool = False


def _native(name: str, reflects: bool = True, plain: bool = False) -> Native:
    method = f"__{name}__"
    reflected = f"__r{name}__" if reflects else method
    return Native(getattr(operator, name), method, reflected, plain)


NATIVE: Final[Mapping[str, Native]] = {
    "add": _native("add"),
    "sub": _native("sub"),
    "mul": _native("mul"),
    "div": _native("truediv"),
    "pow": _native("pow", plain=True),
    "matmul": _native("matmul"),
    "neg": _native("neg", reflects=False),
    "index": _native("getitem", reflects=False),
    **{name: _native(name, reflects=False) for name in COMPARISONS},
}
"""The operations that are written with an operator in any engine."""
