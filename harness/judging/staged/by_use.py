"""Gradients whose names do not say so, known by what is made of them: ``coeff`` in
``dW = X.T @ coeff`` is the gradient of the scores ``X @ W``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.judging.comparing import quiet
from harness.judging.staged.bringing import UNPLACED, Line
from harness.judging.staged.events import Event
from harness.judging.staged.lines import Judging
from harness.judging.verdict import GUILTY


@quiet
def by_use(judging: Judging) -> dict[str, str]:
    """Names that hold gradients, each with the step that it is the gradient of: with that, all
    wrong lines that use it are right about what they are made of."""
    found: dict[str, str] = {}
    guilty = [line for line in judging.lines if line.status == GUILTY and line.event.node]
    lost = [line.event for line in judging.lines if line.status == UNPLACED and not line.event.idle]
    for helper in (*judging.reading.helpers, *lost):
        users = [x for x in guilty if helper.node in x.event.used or helper in x.event.sources]
        if users and helper.name not in found and helper.value.dtype.kind == "f":
            for step in _steps(judging, helper):
                if all(_explains(judging, helper, step, line) for line in users):
                    found[helper.name] = step
                    break
    return found


def _steps(judging: Judging, helper: Event) -> Iterator[str]:
    """The names of steps without a gradient that have the shape of a value, if that tells."""
    taken = {line.event.step for line in judging.lines}
    shapes = judging.program.shapes
    if not np.any(helper.value) or helper.value.size < 2:
        return
    for name, labels in judging.reading.forward.names.items():
        label = labels[-1]
        free = label in judging.program.by_name and label not in taken
        if free and shapes[label] == helper.value.shape:
            yield name


def _explains(judging: Judging, helper: Event, name: str, line: Line) -> bool:
    """Whether a line is right about what it is made of, if a helper is the gradient of a step."""
    step = judging.reading.forward.names[name][-1]
    if step not in judging.graph.below(str(line.event.step)):
        return False
    if judging.same(line.brought, helper.value):
        return False  # another name for it, and no more
    shape = judging.program.shapes[str(line.event.step)]
    return any(
        judging.same(line.brought, pulled.total(shape))
        for pulled in judging.variants(str(line.event.step), {step: helper.value})
    )
