"""Reading the numbers that an engine answers with, whatever their form."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from harness import languages
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
        raise Unreadable(languages.told("engine", "answer-none"))
    if isinstance(answer, Fraction | Decimal):
        return np.asarray(float(answer))
    if isinstance(answer, str | bytes):
        raise Unreadable(languages.told("engine", "answer-text", answer=str(answer)[:40]))
    try:
        array = np.array(answer)
    except (TypeError, ValueError) as error:
        raise Unreadable(
            languages.told("engine", "no-array", name=type(answer).__name__, error=error)
        ) from None
    if array.dtype.kind == "c":
        raise Complex(languages.told("engine", "complex-number", answer=str(answer)[:40]))
    if array.dtype.kind == "O" and array.ndim == 0:
        raise Unreadable(languages.told("engine", "answer-is", name=type(answer).__name__))
    if array.dtype.kind not in "fiub":
        raise Unreadable(languages.told("engine", "array-of-dtype", dtype=array.dtype))
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
