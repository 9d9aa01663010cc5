"""How far the roundings of float32 may move what one step computes.

However a step is computed, its operands are rounded, and so is what it is made of in between: the
result is that of operands which are a little off (it is *backward stable*), and is rounded itself.
So what it may be off by is what comes of moving each operand by a few roundings, found by moving
them. Where a formula jumps (at a kink, a tie, a condition) there is nothing to be found by that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

import numpy as np

from harness.engines.local import Local
from harness.language.program import Array, Program, Step

ROUNDING: Final = 2.0**-24
"""The relative error of rounding to float32."""

FINER: Final = 16
"""A move so many times smaller tells a slope, which is the same then, from a jump."""

PATTERNS: Final = 4
"""So many patterns of directions, in which operands move, are tried."""

Values = Mapping[str, Array]


def of_value(program: Program, step: Step, values: Values) -> Array:
    """By how many units of relative error the step's value may move for one in each operand."""

    def value(moved: Step, numbers: Values, _: Array | None) -> Array:
        return Local(program, moved, numbers, precision=np.longdouble).value()

    return _moves(value, step, values, None)


def of_contribution(
    program: Program, step: Step, position: int, values: Values, upstream: Array
) -> Array:
    """The same of what the step adds to the gradient of its operand at ``position``; the step's own
    value and ``upstream`` are moved as well."""

    def contribution(moved: Step, numbers: Values, above: Array | None) -> Array:
        local = Local(program, moved, numbers, above, True, np.longdouble)
        return local.contribution(position)

    return _moves(contribution, step, values, upstream)


def _moves(
    compute: Callable[[Step, Values, Array | None], Array],
    step: Step,
    values: Values,
    upstream: Array | None,
) -> Array:
    exact = compute(step, values, upstream)
    found = np.abs(exact)
    for pattern in range(PATTERNS):
        slopes = []
        for size in (ROUNDING, ROUNDING / FINER):
            moved = _moved(step, values, upstream, pattern, size)
            with np.errstate(all="ignore"):
                slopes.append(np.abs(compute(*moved) - exact) / size)
        slope, finer = slopes
        usable = np.isfinite(slope) & (finer < FINER / 4 * slope)
        found = np.maximum(found, np.abs(exact) + np.where(usable, slope, 0.0))
    return found.astype(np.float64)


def _moved(
    step: Step, values: Values, upstream: Array | None, pattern: int, size: float
) -> tuple[Step, Values, Array | None]:
    """The step with all numbers that it is computed from a little off."""
    random = Random(pattern)

    def off(number: Any) -> Any:
        signs = [random.choice((-1.0, 1.0)) for _ in range(np.size(number))]
        return number * (1.0 + size * np.reshape(signs, np.shape(number)))

    names = [name for name in dict.fromkeys((*step.parents, step.name)) if name in values]
    floats = [name for name in names if values[name].dtype.kind == "f"]
    operands = tuple(off(item) if isinstance(item, float) else item for item in step.operands)
    numbers = {**values, **{name: off(values[name].astype(np.longdouble)) for name in floats}}
    above = None if upstream is None else off(upstream.astype(np.longdouble))
    return replace(step, operands=operands), numbers, above
