"""The vocabulary's formulas as an engine: a whole program by numpy, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.engines.trace import Trace
from harness.vocabulary.local import Local, Unanswerable, backpropagated
from harness.vocabulary.program import Array, Program, default_seed

NUDGE: Final = 1e-4
"""So far a number is moved on either side to see how a gradient changes."""


def evaluate(program: Program, precision: Any = np.float64) -> Trace:
    """Values and gradients of the whole program by the vocabulary's formulas, of order 1, computed
    in ``precision``. Raises :class:`Unanswerable` where a formula does not fit."""
    values: dict[str, Array] = {
        name: np.asarray(value, precision) for name, value in program.inputs.items()
    }
    for step in program.steps:
        values[step.name] = Local(program, step, values, precision=precision).value()
    gradients = backpropagated(program, values, precision)
    if precision is np.float64:
        gradients = {name: array.astype(program.dtype) for name, array in gradients.items()}
    return Trace(values, gradients)


def second_order(program: Program) -> Mapping[str, Array]:
    """The gradients of the gradients by central differences, to some seven digits: what the sum of
    each input's gradient times :func:`default_seed` has for a gradient. Raises
    :class:`Unanswerable` at a kink, where differences on two scales do not agree."""
    found = {}
    for name, value in program.inputs.items():
        array = np.array(value, np.float64)
        scales = [np.empty_like(array) for _ in range(2)]
        for index in np.ndindex(array.shape):
            for scale, nudge in zip(scales, (NUDGE, NUDGE / 2), strict=True):
                sides = [
                    _contracted(program, name, array, index, sign * nudge) for sign in (1.0, -1.0)
                ]
                scale[index] = (sides[0] - sides[1]) / (2 * nudge)
        if not np.allclose(scales[0], scales[1], 1e-5, 1e-6):
            raise Unanswerable(f"the gradient has a kink at {name}")
        found[name] = scales[1]
    return found


def _contracted(
    program: Program, name: str, array: Array, index: tuple[int, ...], nudge: float
) -> float:
    """The inputs' gradients, each times its seed, added up, where one number is moved."""
    moved = array.copy()
    moved[index] += nudge
    value = float(moved) if moved.ndim == 0 else moved
    gradients = evaluate(replace(program, inputs={**program.inputs, name: value})).gradients
    terms = (
        np.sum(gradients[each] * default_seed(np.shape(gradients[each]))) for each in program.inputs
    )
    return float(sum(terms))
