"""How far the roundings of float32 may move what one step computes.

However a step is computed, its operands are rounded, and so is what it is made of in between: the
result is that of operands which are a little off (it is *backward stable*), and is rounded itself.
So what it may be off by is what comes of moving each operand by a few roundings, found by moving
them. Where a formula jumps (at a kink, a tie, a condition) there is nothing to be found by that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final

import numpy as np

from harness.vocabulary.local import Local
from harness.vocabulary.program import Array, Program, Step

ROUNDING: Final = 2.0**-24
"""The relative error of rounding to float32."""

FINER: Final = 16
"""A move so many times smaller tells a slope, which is the same then, from a jump."""

GOLDEN: Final = 0.6180339887498949
"""Its multiples are spread evenly between the integers."""

PATTERNS: Final = (1, 2, 0)
"""In which directions operands move: about half of their elements up, other ones, or all."""

BEYOND: Final = 64.0
"""An error so many times as large as one pattern explains is explained by none."""

Values = Mapping[str, Array]


def explains(
    error: Array, rtol: float, atol: float, parts: Sequence[Callable[[int], Array]]
) -> bool:
    """Whether the error of a sum is ``rtol`` of what its ``parts`` may be moved by, or less."""
    size = np.zeros_like(error)
    for pattern in PATTERNS:
        with np.errstate(all="ignore"):
            size = np.maximum(size, sum((part(pattern) for part in parts), np.zeros_like(error)))
        if (error <= atol + rtol * size).all():
            return True
        if (error > BEYOND * (atol + rtol * size)).any():
            return False
    return False


def of_value(program: Program, step: Step, values: Values, pattern: int) -> Array:
    """The size of the step's value, and by how many units of relative error it moves for one in
    each operand."""

    def value(moved: Step, numbers: Values, _: Array | None) -> Array:
        return Local(program, moved, numbers, precision=np.longdouble).value()

    return _size(value, step, values, None, pattern)


def of_contribution(
    program: Program, step: Step, position: int, values: Values, upstream: Array, pattern: int
) -> Array:
    """The same of what the step adds to the gradient of its operand at ``position``; the step's own
    value and ``upstream`` are moved as well."""

    def contribution(moved: Step, numbers: Values, above: Array | None) -> Array:
        local = Local(program, moved, numbers, above, True, np.longdouble)
        return local.contribution(position)

    return _size(contribution, step, values, upstream, pattern)


def _size(
    compute: Callable[[Step, Values, Array | None], Array],
    step: Step,
    values: Values,
    upstream: Array | None,
    pattern: int,
) -> Array:
    exact = compute(step, values, upstream)
    with np.errstate(all="ignore"):
        slope, finer = (
            np.abs(compute(*_moved(step, values, upstream, pattern, size)) - exact) / size
            for size in (ROUNDING, ROUNDING / FINER)
        )
        usable = np.isfinite(slope) & (finer < FINER / 4 * slope)
    return np.asarray(np.abs(exact) + np.where(usable, slope, 0.0), np.float64)


def _moved(
    step: Step, values: Values, upstream: Array | None, pattern: int, size: float
) -> tuple[Step, Values, Array | None]:
    """The step with all numbers that it is computed from a little off."""
    numbers_moved = count()

    def off(number: Any) -> Any:
        return number * (1.0 + size * _signs(np.shape(number), next(numbers_moved), pattern))

    names = [name for name in dict.fromkeys((*step.parents, step.name)) if name in values]
    floats = [name for name in names if values[name].dtype.kind == "f"]
    operands = tuple(off(item) if isinstance(item, float) else item for item in step.operands)
    numbers = {**values, **{name: off(values[name].astype(np.longdouble)) for name in floats}}
    above = None if upstream is None else off(upstream.astype(np.longdouble))
    return replace(step, operands=operands), numbers, above


def _signs(shape: tuple[int, ...], number: int, pattern: int) -> Array:
    """Which elements of an operand grow: all, or about half of them in no regular order."""
    places = np.arange(1 + number, 1 + number + math.prod(shape))
    signs: Array = np.where(GOLDEN * pattern * places % 1.0 < 0.5, 1.0, -1.0)
    return signs.reshape(shape)
