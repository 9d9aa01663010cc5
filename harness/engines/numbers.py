"""Reading the numbers that an engine answers with, whatever their form."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from harness.vocabulary.program import Array


class Unreadable(Exception):
    """The engine answered with something that is no array of real numbers."""


class Complex(Unreadable):
    """The answer is a complex number: a fractional power of a negative one, to Python."""


def as_array(answer: Any) -> Array:
    """A copy of an engine's answer as an array of float64 or float32; Unreadable if it is none."""
    if type(answer) is float:
        return np.asarray(answer)
    if answer is None:
        raise Unreadable("the answer is None, not a number")
    if isinstance(answer, Fraction | Decimal):
        return np.asarray(float(answer))
    if isinstance(answer, str | bytes):
        raise Unreadable(f"the answer is text, {str(answer)[:40]!r}, not a number")
    try:
        array = np.array(answer)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the answer, a {type(answer).__name__}, is no array: {error}") from None
    if array.dtype.kind == "c":
        raise Complex(f"complex number: the answer is {str(answer)[:40]}")
    if array.dtype.kind == "O" and array.ndim == 0:
        raise Unreadable(f"the answer is a {type(answer).__name__}, not a number or an array")
    if array.dtype.kind not in "fiub":
        raise Unreadable(f"the answer is an array of {array.dtype}, not of numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def number_in(item: Any) -> Array | None:
    """What is read as a number or an array of numbers; None if it is none, or of no numbers."""
    if isinstance(item, Fraction | Decimal):
        return np.asarray(float(item))
    listed = isinstance(item, list | tuple) and len(item) > 0
    plain = isinstance(item, int | float | np.generic | np.ndarray) and not isinstance(item, bool)
    if not (listed or plain or hasattr(type(item), "__array__")):
        return None
    try:
        array = np.asarray(item)
    except Exception:
        return None
    return array if array.dtype.kind in "fiu" else None
