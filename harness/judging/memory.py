"""Gradients that are one array, though they hold different numbers: which operation passes on the
very array of its own gradient, so that what is added to the one is added to the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from harness.judging.asking import Asking
from harness.judging.experiments import RESULT, controls, isolated
from harness.judging.mistakes import ALONE, ENGINE, Mistake, Same, mistake
from harness.judging.parts import written_out
from harness.vocabulary.program import Program


def in_one_place(asking: Asking, same: Same, name: str) -> list[Mistake]:
    """The operation at the gradient of ``name``, or at one that is the same array, that does so
    alone; the machinery, if another one does so as well. Nothing where the array may hold what is
    right for all of them."""
    right, program = asking.verdict.truth.gradients, asking.program
    together = (name, *asking.trace.shared.get(name, ()))
    other = next((one for one in together if not same(right[one], right[name])), None)
    for step in program.steps if other is not None else ():
        if {step.name, *step.parents}.isdisjoint(together):
            continue
        for alone in islice(isolated(program, asking.trace, step), 1):
            ops = set(_passing_on(asking, alone))
            if ops:
                ops.update(*(_passing_on(asking, one) for one in controls(alone)))
                op, facts = ops.pop() if len(ops) == 1 else ENGINE, {"name": name, "other": other}
                return [mistake("aliasing", op, "same memory", experiment=ALONE, facts=facts)]
    return []


def _passing_on(asking: Asking, alone: Program) -> Iterator[str]:
    """The operation of a step alone, or those that it is made of, if it passes on its array."""
    if not _is_passed_on(asking, alone):
        return
    parts = [
        part.op
        for other in written_out(alone)
        if (answer := asking.asked(other)) is not None
        for part in other.steps
        for one in islice(isolated(other, answer.trace, part), 1)
        if _is_passed_on(asking, one)
    ]
    yield from parts or [alone.steps[0].op]


def _is_passed_on(asking: Asking, alone: Program) -> bool:
    answer = asking.asked(alone)
    return answer is not None and bool(answer.trace.shared.get(RESULT))
