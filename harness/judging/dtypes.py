"""Whether an engine of typed arrays keeps the dtype of its inputs in values and gradients."""

from __future__ import annotations

from collections.abc import Mapping

from harness.engines.trace import Trace
from harness.judging.verdict import AGREES, GUILTY, INHERITED
from harness.vocabulary.program import Array, Program


def same_dtype(program: Program, trace: Trace, got: Array) -> bool:
    """An engine of typed arrays that keeps the dtype of an input must keep it in every step."""
    if program.scalar or not trace.typed or got.dtype.kind != "f":
        return True
    kept = all(trace.values[name].dtype == program.dtype for name in program.inputs)
    return not kept or got.dtype == program.dtype


def widened(program: Program, trace: Trace, name: str, above: Mapping[str, str]) -> str:
    """What is said of a gradient that has another dtype than its value, by what is said of those
    ``above``. A plain number has no dtype: what is one, or comes of one, is nobody's mistake."""
    if not program.shapes[name]:
        return AGREES
    steps = {step.name: step for step, _ in program.uses.get(name, ())}
    wide = [
        user
        for user in steps.keys() & trace.gradients.keys()
        if not same_dtype(program, trace, trace.gradients[user])
    ]
    if wide:
        return INHERITED if any(above.get(user) != AGREES for user in wide) else AGREES
    every = program.steps if trace.leaves_only else steps.values()
    plain = any(not isinstance(item, str) for step in every for item in step.operands)
    return AGREES if plain else GUILTY
