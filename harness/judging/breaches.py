"""Who has changed a value: the operation of the step, or another one that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines import by_formula
from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.comparing import close, quiet
from harness.judging.verdict import Verdict
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program, Step
from harness.vocabulary.signatures import OPERATIONS

OUTER: Final = ("add", "mul")
"""What others are made of, with something else done to their last operand: x - y is x + (-y)."""

SAME: Final = 1e-9


@quiet
def blamed(engine: Engine, verdict: Verdict) -> Trace:
    """The trace, its breach with the operation that makes it alone, where the one that was being
    computed gives what that one and another give together."""
    breach, program = verdict.trace.breach, verdict.case.program
    step = program.by_name.get(str(breach.step)) if breach is not None else None
    if breach is None or step is None or breach.direction != "forward":
        return verdict.trace
    if len(step.operands) == 2 and breach.name == step.operands[1]:
        for inner in _inner(verdict, step):
            answer = engine.answer(inner)
            if answer.breach is not None and answer.breach.direction == "forward":
                return replace(verdict.trace, breach=replace(breach, op=inner.steps[0].op))
    return verdict.trace


def _inner(verdict: Verdict, step: Step) -> Iterator[Program]:
    """Operations on the last operand alone that the step may be made of, each by itself."""
    program, truth = verdict.case.program, verdict.truth
    first, last = step.operands
    if not isinstance(last, str) or last not in truth.values:
        return
    inputs = {name: truth.values[name] for name in step.parents if name in truth.values}
    shape, whole = program.shapes[last], program.shapes[step.name]
    shapes = {**{name: np.shape(value) for name, value in inputs.items()}, "inner": shape}
    alone = {last: float(inputs[last]) if not shape else inputs[last]}
    for op, operation in OPERATIONS.items():
        if len(operation.operands) != 1 or operation.parameters or operation.variadic:
            continue
        inner = Step("inner", op, (last,))
        for outer in OUTER:
            steps = inner, Step("outer", outer, (first, "inner"))
            seed = np.ones(whole)
            both = Program(inputs, {}, steps, {**shapes, "outer": whole}, seed, program.dtype)
            try:
                value = by_formula.evaluate(both).values["outer"]
            except Unanswerable:
                continue
            if close(value, truth.values[step.name], SAME, SAME):
                yield Program(
                    alone, {}, (inner,), {last: shape, "inner": shape}, np.ones(shape)[()]
                )
