"""Numbers and shapes as people read them: there is no other writer of them in the house."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from harness.showing.words import say
from harness.vocabulary.program import Array, Value

WHOLE: Final = 12
"""The inputs of a case are told whole up to so many elements."""


def points(number: float) -> str:
    """What something costs: ``1 point``, ``0.333 points``."""
    return say("point" if number == 1 else "points", number=f"{number:.3g}")


def dimensions(shape: Iterable[int]) -> str:
    """A shape as it is said: 3×4."""
    return "×".join(map(str, shape))


# -- where there is little room --------------------------------------------------------------------


def short(array: Array) -> str:
    """A number with three decimals, or the first elements of an array."""
    if not array.shape:
        return brief(array)
    most = 3 if array.size == 3 else 2
    few = " ".join(brief(float(item), ".3g") for item in array.reshape(-1)[:most])
    return f"[{few}{' …' if array.size > most else ''}]"


def brief(number: Any, form: str = "") -> str:
    """A single number with the signs of mathematics, with three decimals where they say something,
    or in another ``form``."""
    if np.asarray(number).dtype.kind in "bi":
        return str(number)
    number = float(number) + 0.0  # no minus before a zero
    size = abs(number)
    usual = ".2e" if 0 < size < 1e-3 or 1e6 <= size < math.inf else ".3f"
    return format(number, form or usual).replace("-", "−").replace("inf", "∞")


def parameter(value: Any) -> str:
    """A literal parameter, or a number among the operands; an equation stays as it is."""
    if isinstance(value, float):
        return brief(value, ".4g" if len(repr(value)) > 8 else "g")
    return value if isinstance(value, str) else str(value).replace("-", "−")


# -- where there is room ---------------------------------------------------------------------------


def full(array: Array, digits: int = 10, most: int = 4) -> str:
    """A number in ``digits`` digits, or the first elements of an array and its shape."""
    if not array.shape:
        return str(array) if array.dtype.kind in "bi" else f"{float(array) + 0.0:.{digits}g}"
    few = ", ".join(full(np.asarray(item), 6) for item in array.reshape(-1)[:most])
    return f"[{few}{', …' if array.size > most else ''}] {dimensions(array.shape)}"


def exact(array: Array, index: tuple[int, ...] = ()) -> str:
    """One element with ten decimals, below one another; an array's shape where none is meant."""
    if array.shape and not index:
        return say("of-shape", shape=array.shape)
    if array.dtype == np.bool_:
        return str(bool(array[index]))
    number = float(array[index]) + 0.0
    if number == 0 or not math.isfinite(number):
        return f"{number:.1f}"
    return f"{number:.10f}" if 1e-4 <= abs(number) < 1e9 else f"{number:.10e}"


def leaf(value: Value) -> str:
    """An input or a constant of a case: as it is given, or the first elements of a large array."""
    array = np.asarray(value)
    if not array.shape:
        return str(array.item())
    return _listed(array.tolist()) if array.size <= WHOLE else full(array, most=3)


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    return str(value) if isinstance(value, int) else f"{value:.6g}"
