"""Why a pass cannot be judged: the engine lacks something, or Python has no such number."""

from __future__ import annotations

import numpy as np

from harness import languages
from harness.engines.trace import Trace
from harness.judging.comparing import numbers
from harness.judging.conventions import are_left_open
from harness.vocabulary.program import DIRECTIONS, Program


def note(program: Program, truth: Trace, trace: Trace, direction: str) -> str | None:
    """Why a pass is unsupported: an operation is missing, or Python has no such number."""
    needed = DIRECTIONS.index(direction) + 1
    lacking = next(filter(None, _lacks(trace)[:needed]), None)
    if lacking is not None:
        return languages.told("truth", "engine-has-no", lacking=languages.lack(lacking))
    if (untold := next(filter(None, _lacks(truth)[:needed]), None)) is not None:
        return languages.lack(untold)
    failure = trace.failure
    if failure is None or not failure.arithmetic:
        return None
    if DIRECTIONS.index(failure.direction) > DIRECTIONS.index(direction):
        return None
    affected = numbers(truth, failure.direction)
    names = [failure.step] if failure.step in affected else list(affected)
    concerned = [affected[str(name)] for name in names]
    if failure.direction == "forward" and (step := program.by_name.get(str(failure.step))):
        # many an engine works its local derivatives out where it makes the value
        concerned += [truth.gradients[name] for name in step.parents if name in truth.gradients]
    raised = failure.message.partition(":")[0]
    if not all(np.isfinite(number).all() for number in concerned):
        return languages.told("truth", "inf-in-torch", raised=raised)
    if are_left_open(program, truth, failure.direction, failure.step):
        return languages.told("truth", "left-open", raised=raised)
    return None


def _lacks(trace: Trace) -> tuple[str | None, ...]:
    """What there is no value, gradient or second gradient for."""
    return trace.unsupported, trace.lacks_backward, trace.lacks_second
