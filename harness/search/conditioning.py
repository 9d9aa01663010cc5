"""Whose fault a difference is: the engine's, or that of mathematics that magnifies rounding.

What follows from an infinity or a nan depends on the order of the operations (inf - inf, 0 * inf),
and is nobody's fault; only where one comes from can be right or wrong. For the rest there are two
questions. Is the engine right by the vocabulary's formulas, evaluated in extended precision? Then
the rounding is torch's. And does the reference, run again with errors of rounding put in all over,
move by a good part of the tolerance? Then float arithmetic does not determine the number, and no
engine can be held to it. (Stewart & Sun, *Matrix Perturbation Theory*, ch. III: forward error =
condition × backward error; a backward stable engine makes errors of the size that is put in here.)
"""

from __future__ import annotations

from typing import Final

import numpy as np

from harness.engines import by_formula, reference
from harness.engines.trace import Trace, Undefined
from harness.judging.comparing import largest, numbers, quiet, tolerances
from harness.judging.verdict import GUILTY, MISSING, RIGHT, Judgement, Verdict
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program

SIZES: Final = {"float64": 64 * 2.0**-53, "float32": 4 * 2.0**-24}
"""The relative error that is put into every operand, by dtype. float32's tolerance is eleven of its
roundings wide, and cannot be asked more of."""

TRIALS: Final = 6

SLACK: Final = 1e-9
"""How far torch's second derivatives may be off, by the largest of them. (That of
binary_cross_entropy has an epsilon of 1e-12 in a denominator.)"""

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
    exact = _extended(program)
    if all(_is_right(verdict, exact, name, item) for name, item in wrong):
        return True
    for trial in range(TRIALS):
        noise = reference.Noise(SIZES[program.dtype], trial, alike=trial % 2 == 0)
        try:
            moved = reference.evaluate(program, noise)
        except Undefined:
            return True
        for name, item in wrong:
            rtol, atol = tolerances(verdict.case, truth, name)
            other = numbers(moved, name)[item.name]
            if not np.allclose(other, item.expected, rtol / MARGIN, atol / MARGIN, equal_nan=True):
                return True
    return False


def _is_shapeless(item: Judgement) -> bool:
    return item.got is None or item.got.shape != item.expected.shape


def _is_no_number(item: Judgement) -> bool:
    """Whether the engine lacks a number, or one of the right shape, and itself is to blame."""
    return item.status in (GUILTY, MISSING) and _is_shapeless(item)


def _is_right(verdict: Verdict, exact: Trace, direction: str, item: Judgement) -> bool:
    """Whether an engine's number is right by ``exact``; of second order, whether it is as near to
    torch's as torch's own formulas are to the truth, and as the rounding of the first derivatives
    allows that they are made of."""
    rtol, atol = tolerances(verdict.case, verdict.truth, direction)
    expected = numbers(exact, direction).get(item.name)
    if direction == "second":
        rounding = SIZES[verdict.case.program.dtype] * largest(verdict.truth.gradients)
        expected, atol = item.expected, max(SLACK * largest(verdict.truth.second), rounding)
    if expected is None or item.got is None:
        return False
    return bool(np.allclose(item.got, expected, rtol, atol, equal_nan=True))


def _extended(program: Program) -> Trace:
    """Values and gradients as numpy's longdouble (of 64 binary digits on x86, float64 where the
    machine has no more); none where a formula does not fit."""
    try:
        return by_formula.evaluate(program, np.longdouble)
    except Unanswerable:
        return Trace({})


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
