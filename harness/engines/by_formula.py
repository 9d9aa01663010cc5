"""The vocabulary's formulas as an engine: a whole program by numpy, without torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.engines.trace import Trace
from harness.vocabulary.local import Local, backpropagated
from harness.vocabulary.program import Array, Program


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
