"""Whose fault a difference is: the engine's, or that of mathematics that magnifies rounding.

What follows from an infinity or a nan depends on the order of the operations (inf - inf, 0 * inf),
and is nobody's fault; only where one comes from can be right or wrong. For the rest the question
is: does the reference, run again with errors of rounding put in all over, move by a good part of
the tolerance? Then float arithmetic does not determine the number, and no engine can be held to it.
An engine that is nearer to the truth than torch is right by its verdict. (Stewart & Sun, *Matrix
Perturbation Theory*, ch. III: forward error = condition × backward error; a backward stable engine
makes errors of the size that is put in here.)
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from harness.engines import reference
from harness.engines.trace import Trace, Undefined
from harness.judging import exact
from harness.judging.comparing import ROUNDINGS, largest, numbers, quiet, tolerances
from harness.judging.verdict import GUILTY, MISSING, RIGHT, Judgement, Verdict
from harness.vocabulary.program import Array, Program

SIZES: Final = {"float64": ROUNDINGS, "float32": 4 * 2.0**-24}
"""The relative error that is put into every operand, by dtype. float32's tolerance is eleven of its
roundings wide, and cannot be asked more of."""

TRIALS: Final = 6

MARGIN: Final = 8
"""So many times further than in a few trials may rounding move a number."""


@quiet
def is_ill_conditioned(verdict: Verdict) -> bool:
    """Whether what the engine has wrong is nothing but rounding, magnified, or what comes of an
    infinity.

    An engine that stopped, or has no number, is not excused.
    """
    program, truth = verdict.case.program, verdict.truth
    directions = verdict.directions
    every = [(name, item) for name, judged in directions.items() for item in judged.judgements]
    wrong = [(name, item) for name, item in every if item.status not in RIGHT]
    stopped = any(judged.failure or judged.breach for judged in directions.values())
    if stopped or not wrong or any(_is_no_number(item) for _, item in wrong):
        return False
    wrong = [(name, item) for name, item in wrong if not _is_shapeless(item)]
    if not any(item.status == GUILTY for _, item in wrong):
        return True  # every step is right, given what it is made from
    if any(not _comes_of_numbers(program, truth, name, item.name) for name, item in wrong):
        return True
    if any(name == "second" for name, _ in wrong) and not exact.truth(program).second:
        return True  # at a kink: it depends on the side
    size, off = SIZES[program.dtype], 0.0
    if all(name == "second" for name, _ in wrong):  # which is made of gradients
        off = size * largest(truth.gradients)
    for trial, back in product(range(TRIALS), {0.0, off}):
        noise = reference.Noise(size, trial, alike=trial % 2 == 0, back=back)
        try:
            moved = reference.evaluate(program, noise)
        except Undefined:
            return True
        for name, item in wrong:
            rtol, atol = tolerances(verdict.case, truth, name)
            other = numbers(moved, name)[item.name]
            if np.allclose(other, item.expected, rtol / MARGIN, atol / MARGIN, equal_nan=True):
                continue
            if not back or _accounts_for(other, item):
                return True
    return False


def _accounts_for(moved: Array, item: Judgement) -> bool:
    """Whether rounding moves a number about as far as the engine's lies from it."""
    got = item.expected if item.got is None else item.got
    off, size = np.abs(got - item.expected), np.abs(moved - item.expected)
    return bool(np.max(off, initial=0.0) <= MARGIN * np.max(size, initial=0.0))


def _is_shapeless(item: Judgement) -> bool:
    return item.got is None or item.got.shape != item.expected.shape


def _is_no_number(item: Judgement) -> bool:
    """Whether the engine lacks a number, or one of the right shape, and itself is to blame."""
    return item.status in (GUILTY, MISSING) and _is_shapeless(item)


def _comes_of_numbers(program: Program, truth: Trace, direction: str, name: str) -> bool:
    """Whether all that a value, or a gradient, is computed from is finite."""
    if direction == "second":
        made_of: list[Array | None] = [*truth.values.values(), *truth.gradients.values()]
    elif direction == "forward":
        parents = program.by_name[name].parents if name in program.by_name else ()
        made_of = [truth.values.get(parent) for parent in parents]
    else:
        users = [step for step, _ in program.uses.get(name, ()) if step.name in program.reaching]
        made_of = [truth.gradients.get(step.name) for step in users]
        made_of += [truth.values.get(parent) for step in users for parent in step.parents]
    return all(array is None or np.isfinite(array).all() for array in made_of)
