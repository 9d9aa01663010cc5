"""The vocabulary's formulas as an engine: a whole program by numpy, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.trace import Trace
from harness.vocabulary.local import Local, Unanswerable, backpropagated
from harness.vocabulary.program import Array, Program, default_seed

COMPLEX: Final = {np.float64: np.complex128, np.longdouble: np.clongdouble}

TINY: Final = 1e-100
"""What a direction is multiplied with: its square is lost beside anything."""

QUOTIENT: Final = 1e-4
"""The step, by the smallest input, of the difference quotient of fourth order that confirms a
second derivative: (machine epsilon)^(1/5), where truncation and rounding are of one magnitude."""

CONFIRMED: Final = 1e-6
"""Up to so much, relative to the largest, the two may differ. At a kink they differ grossly."""


def evaluate(program: Program, precision: Any = np.float64) -> Trace:
    """Values and gradients of the whole program by the vocabulary's formulas, of order 1, computed
    in ``precision``. Raises :class:`Unanswerable` where a formula does not fit."""
    leaves = {name: np.asarray(value, precision) for name, value in program.inputs.items()}
    values, gradients = _evaluated(program, leaves, precision)
    if precision is np.float64:
        gradients = {name: array.astype(program.dtype) for name, array in gradients.items()}
    return Trace(values, gradients)


def second(program: Program, precision: Any = np.longdouble) -> dict[str, Array]:
    """For each input, the gradient by it of the sum over the inputs of sum(dx * default_seed), in
    ``precision``: the derivative of the gradient along these seeds, as second derivatives are
    symmetric. Raises :class:`Unanswerable` where a formula does not fit, where something that it is
    made of is no number, and at a kink, where it depends on the side."""
    own = COMPLEX[precision]
    point = {name: np.asarray(value, precision) for name, value in program.inputs.items()}
    along = {name: np.asarray(default_seed(program.shapes[name])) for name in program.inputs}

    def gradients(step: Any, dtype: Any) -> Mapping[str, Array]:
        moved = {name: np.asarray(point[name] + step * along[name], dtype) for name in point}
        return _evaluated(program, moved, dtype)[1]

    here = _evaluated(program, point, precision)
    if not all(np.isfinite(array).all() for numbers in here for array in numbers.values()):
        raise Unanswerable(languages.told("engine", "infinite-or-nan"))
    found = {name: array.imag / TINY for name, array in gradients(1j * TINY, own).items()}
    step = QUOTIENT * min(1.0, *(np.abs(x[x != 0]).min(initial=1.0) for x in point.values()))
    near = {factor: gradients(factor * step, precision) for factor in (-2, -1, 1, 2)}
    for name in program.inputs:
        ends, middle = near[2][name] - near[-2][name], near[1][name] - near[-1][name]
        quotient = (8 * middle - ends) / (12 * step)
        size = max(np.max(np.abs(array), initial=0.0) for array in (quotient, here[1][name]))
        if not np.allclose(found[name], quotient, CONFIRMED, CONFIRMED * size):
            raise Unanswerable(languages.told("engine", "has-kink", name=name))
    return {name: found[name] for name in program.inputs}


def _evaluated(
    program: Program, leaves: Mapping[str, Array], precision: Any
) -> tuple[dict[str, Array], dict[str, Array]]:
    values = dict(leaves)
    for step in program.steps:
        values[step.name] = Local(program, step, values, precision=precision).value()
    return values, backpropagated(program, values, precision)
