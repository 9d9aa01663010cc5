"""Where an engine is nearer to the truth than torch: the truth in extended precision.

Torch rounds, too, and some of its second derivatives are not those of what it computes (that of
``x ** y`` at y = 0; an epsilon in that of ``binary_cross_entropy``). So what differs from torch is
held against the vocabulary's formulas in numpy's longdouble, where the machine has one of more
digits than float64.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.engines import by_formula
from harness.engines.trace import Trace
from harness.judging.comparing import numbers, quiet, tolerances
from harness.judging.verdict import AGREES, RIGHT, Direction, Judgement, Verdict
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program

IS_EXTENDED: Final = bool(np.finfo(np.longdouble).eps < np.finfo(np.float64).eps)


@quiet
def fair(verdict: Verdict) -> Verdict:
    """The verdict, with what is right by the truth in extended precision, or nearer to it than
    torch is, as agreeing."""
    directions = verdict.directions
    wrong = [name for name, judged in directions.items() if any(map(_may_be, judged.judgements))]
    if not wrong or not IS_EXTENDED or verdict.trace.seed is not None:
        return verdict
    exact = truth(verdict.case.program)
    fairer: dict[str, Any] = {name: _fair(verdict, exact, name) for name in wrong}
    return replace(verdict, **fairer)


def truth(program: Program) -> Trace:
    """Values, gradients and, where the program asks for them, gradients of gradients in extended
    precision; without those that the formulas cannot tell."""
    try:
        found = by_formula.evaluate(program, np.longdouble)
        if program.order < 2:
            return found
        return replace(found, second=by_formula.second(program))
    except Unanswerable:
        return Trace({})


def _fair(verdict: Verdict, exact: Trace, direction: str) -> Direction:
    judged = verdict.direction(direction)
    rtol, atol = tolerances(verdict.case, verdict.truth, direction)
    answers = numbers(exact, direction)

    def again(item: Judgement) -> Judgement:
        answer = answers.get(item.name)
        if answer is None or not _may_be(item) or not _is_right(item, answer, rtol, atol):
            return item
        return replace(item, status=AGREES)

    return replace(judged, judgements=tuple(map(again, judged.judgements)))


def _may_be(item: Judgement) -> bool:
    """Whether a number differs from torch's, and not by its shape or dtype alone."""
    got = item.got
    if item.status in RIGHT or got is None:
        return False
    return got.shape == item.expected.shape and got.dtype == item.expected.dtype


def _is_right(item: Judgement, exact: Array, rtol: float, atol: float) -> bool:
    """Whether every element is within tolerance of the exact one, or no further from it than
    torch's, which has half of its digits right. True and false are near nothing."""
    assert item.got is not None
    nearest = exact.astype(item.expected.dtype)
    if nearest.dtype == bool:
        return bool(np.array_equal(item.got, nearest))
    off, torchs = (np.abs(number - exact) for number in (item.got, item.expected))
    half = float(np.finfo(item.expected.dtype).eps) ** 0.5 * np.abs(exact)
    nearer = (off <= torchs) & (torchs <= half)
    return bool(np.all(np.isclose(item.got, nearest, rtol, atol, equal_nan=True) | nearer))
