"""Small programs that decide between two explanations of a failure, run on the engine itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.engine import Engine
from harness.judging.suspects import ENGINE
from harness.judging.verdict import GUILTY, Verdict, close, quiet
from harness.vocabulary.program import Array, Program, Step, default_seed

ENOUGH: Final = 1e-7
"""To within this, relatively, two numbers of an engine's are the same."""

CONTROLS: Final = (("add", 1.5), ("add", 2.5), ("mul", 1.5))
"""What shows whether gradients are added up at all: a sum, another one, and a product."""


@quiet
def overwriting(engine: Engine, verdict: Verdict) -> frozenset[str]:
    """The operations whose rule writes its term over what a gradient holds already: of two uses
    that are the same only one counts. If it is so of sums and products, too, it is not for the
    rules to add up: then it is the machinery, ``ENGINE``, that overwrites."""
    uses = verdict.case.program.uses
    judged = verdict.backward.judgements
    wrong = [j.name for j in judged if j.status == GUILTY and len(uses.get(j.name, ())) > 1]
    if not wrong:
        return frozenset()
    once: dict[tuple[str, int], bool | None] = {}
    for name in wrong:
        for step, position in uses[name]:
            if (step.op, position) not in once:
                once[step.op, position] = _counts_once(engine, verdict, name, step, step)
    add, more, mul = (Step("", op, (wrong[0], by)) for op, by in CONTROLS)
    controls = [_counts_once(engine, verdict, wrong[0], step, step) for step in (add, mul)]
    if controls[0] and not _counts_once(engine, verdict, wrong[0], add, more):
        return frozenset()  # equal numbers are taken for the same node
    told = [*once.values(), *controls]
    if False not in told and len(told) - told.count(None) > 1:
        return frozenset({ENGINE})
    return frozenset(op for (op, _), only_once in once.items() if only_once)


def _counts_once(
    engine: Engine, verdict: Verdict, name: str, one: Step, other: Step
) -> bool | None:
    """Whether two steps, added up, give ``name`` the gradient that the one gives alone; None if
    that cannot be told."""
    alone = _gradient(engine, verdict, name, one)
    both = _gradient(engine, verdict, name, one, other)
    if alone is None or both is None or not np.any(alone):
        return None
    return close(both, alone, ENOUGH, 0.0)


def _gradient(engine: Engine, verdict: Verdict, name: str, *steps: Step) -> Array | None:
    """The gradient of ``name`` where such steps are added up, at the engine's own numbers."""
    program, values = verdict.case.program, verdict.trace.values
    parents = [
        parent for step in steps for parent in step.parents if parent not in program.constants
    ]
    if any(parent not in values or values[parent].dtype.kind != "f" for parent in parents):
        return None
    shape = program.shapes.get(steps[0].name, program.shapes[name])
    aliased = [replace(step, name=f"part {i}") for i, step in enumerate(steps)]
    if len(steps) > 1:
        aliased.append(Step("both", "add", ("part 0", "part 1")))
    shapes = {other: program.shapes[other] for other in (*parents, *program.constants)}
    asked = Program(
        {parent: values[parent] if shapes[parent] else float(values[parent]) for parent in parents},
        program.constants,
        tuple(aliased),
        shapes | {step.name: shape for step in aliased},
        default_seed(shape),
        program.dtype,
    )
    return engine.answer(asked).gradients.get(name)
