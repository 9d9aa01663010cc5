"""Whose fault a difference is: the engine's, or that of mathematics that magnifies rounding.

What follows from an infinity or a nan depends on the order of the operations (inf - inf, 0 * inf),
and is nobody's fault either; only where one comes from can be right or wrong. For the rest, the
reference runs the program again with errors of rounding put in everywhere. Numbers that then
move by more than the tolerance are not determined by float arithmetic, and no engine can be held to
them. (Stewart & Sun, *Matrix Perturbation Theory*, ch. III: forward error = condition × backward
error; an engine that is backward stable makes errors of the size that is put in here.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from harness.engines import reference
from harness.engines.trace import Trace, Undefined
from harness.judging.verdict import AGREES, GUILTY, Judgement, Verdict, numbers, quiet, tolerances
from harness.language.program import Array, Program

SIZES: Final = {"float64": 64 * 2.0**-53, "float32": 4 * 2.0**-24}
"""The relative error that is put into every operand, by dtype. float32's tolerance is eleven of its
roundings wide, and cannot be asked more of."""

TRIALS: Final = 4


@quiet
def is_ill_conditioned(verdict: Verdict) -> bool:
    """Whether what the engine has wrong is nothing but rounding, magnified, or what comes of an
    infinity.

    An engine that stopped, or has no number, is not excused.
    """
    program, truth = verdict.case.program, verdict.truth
    passes = ("forward", "backward", "second")
    wrong: list[tuple[str, Judgement]] = [
        (name, item)
        for name in passes
        for item in verdict.direction(name).judgements
        if item.status != AGREES and item.got is not None and item.got.shape == item.expected.shape
    ]
    stopped = any(
        verdict.direction(name).failure or verdict.direction(name).breach for name in passes
    )
    if stopped or not wrong:
        return False
    if not any(item.status == GUILTY for _, item in wrong):
        return True  # every step is right, given what it is made from
    if any(not _comes_of_numbers(program, truth, name, item.name) for name, item in wrong):
        return True
    for trial in range(TRIALS):
        noise = reference.Noise(SIZES[program.dtype], trial)
        try:
            moved = reference.evaluate(program, noise)
        except Undefined:
            return True
        for name, item in wrong:
            rtol, atol = tolerances(verdict.case, truth, name)
            other = numbers(moved, name)[item.name]
            if not np.allclose(other, item.expected, rtol, atol, equal_nan=True):
                return True
    return False


def _comes_of_numbers(program: Program, truth: Trace, direction: str, name: str) -> bool:
    """Whether all that a value, or a gradient, is computed from is finite."""
    if direction == "second":
        return all(np.isfinite(array).all() for array in _all_numbers(truth))
    if direction == "forward":
        steps = [step for step in program.steps if step.name == name]
        made_of = [truth.values.get(parent) for step in steps for parent in step.parents]
    else:
        users = [step for step, _ in program.uses.get(name, ()) if step.name in program.reaching]
        made_of = [truth.gradients.get(step.name) for step in users]
        made_of += [truth.values.get(parent) for step in users for parent in step.parents]
    return all(array is None or np.isfinite(array).all() for array in made_of)


def _all_numbers(truth: Trace) -> Iterator[Array]:
    yield from truth.values.values()
    yield from truth.gradients.values()
