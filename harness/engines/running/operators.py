"""Python's operators on an engine's objects; one sees where neither operand takes the other."""

from __future__ import annotations

from collections.abc import Callable
from traceback import walk_tb
from typing import Any, Final

from harness.engines.engine import Unsupported
from harness.engines.sources import NUMPY


def operate(function: Callable[..., Any], operands: list[Any]) -> Any:
    """What an operator of Python's gives. Where neither operand takes the other, the engine lacks
    it."""
    try:
        return function(*operands)
    except TypeError as error:
        if _is_refusal(error):
            raise Unsupported(str(error)) from None
        raise


REFUSED: Final = (
    "unsupported operand",
    "bad operand type for unary",
    "returned NotImplemented from",
)
"""What Python and numpy say where no operand takes part in an operation."""


def _is_refusal(error: TypeError) -> bool:
    """Whether Python or numpy asked both operands and neither wanted to; no code of the engine's
    has raised it."""
    asked = any(words in str(error) for words in REFUSED)
    _, *inner = walk_tb(error.__traceback__)
    return asked and all(frame.f_code.co_filename.startswith(NUMPY) for frame, _ in inner)
