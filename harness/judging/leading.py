"""Whether a step leads on: gradients reach what its operands were made of, and not these alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.experiments import OTHER, controls, isolated
from harness.judging.mistakes import ABOVE, ENGINE, Mistake, mistake
from harness.judging.verdict import Verdict
from harness.vocabulary.program import Program, Step

Ask = Callable[[Program], Verdict | None]

BELOW: Final = "below"


def above(program: Program, name: str) -> Iterator[Step]:
    """The steps between a name and the output that have a step's result for an operand."""
    below = {name}
    for step in program.steps:
        if step.name in program.reaching and not below.isdisjoint(step.parents):
            below.add(step.name)
            if not program.by_name.keys().isdisjoint(step.parents):
                yield step


def cut_off(ask: Ask, program: Program, trace: Trace, steps: Iterable[Step]) -> list[Mistake]:
    """The steps that are right alone and pass nothing on to what is below their operands; the
    machinery, if most other operations do not either."""
    found = []
    for step in steps:
        for alone in list(isolated(program, trace, step))[:1]:
            judged = ask(alone)
            if judged is None or judged.backward.status != "passed":
                continue
            if any(_is_cut(ask, deeper) for deeper in _deeper(alone)):
                others = [_is_cut(ask, each) for one in controls(alone) for each in _deeper(one)]
                op = ENGINE if 2 * sum(others) > len(others) > 1 else step.op
                facts = {"rule": step.op}
                found.append(mistake("lost-gradient", op, "cut off", experiment=ABOVE, facts=facts))
    return found


def _deeper(alone: Program) -> Iterator[Program]:
    """An isolated step with an operand that is the result of another, which changes nothing."""
    (step,) = alone.steps
    op, neutral = ("add", 0.0) if step.op == "mul" else ("mul", 1.0)
    for leaf, value in alone.inputs.items():
        shape = np.shape(value)
        operands = tuple(BELOW if item == leaf else item for item in step.operands)
        yield replace(
            alone,
            inputs={**alone.inputs, OTHER: np.full(shape, neutral)[()] if shape else neutral},
            steps=(Step(BELOW, op, (leaf, OTHER)), replace(step, operands=operands)),
            shapes={**alone.shapes, OTHER: shape, BELOW: shape},
        )


def _is_cut(ask: Ask, program: Program) -> bool:
    """Whether nothing arrives at the leaf below a step, though something should."""
    judged = ask(program)
    if judged is None or judged.forward.status != "passed" or judged.backward.failure is not None:
        return False
    leaf = str(program.steps[0].operands[0])
    got, expected = judged.trace.gradients.get(leaf), judged.truth.gradients[leaf]
    return bool(np.any(expected)) and (got is None or not np.any(got))
