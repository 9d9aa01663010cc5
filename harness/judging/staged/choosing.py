"""Other subgradients than torch's at a kink or a tie: as right, if what follows agrees."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.staged.bringing import Line
from harness.judging.staged.lines import Judging
from harness.judging.staged.pulling import Edge, Graph, Pulled, Slope, stretched
from harness.judging.verdict import GUILTY
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

MOST_CHOICES: Final = 8
"""At so many kinks somebody may choose otherwise."""

Slopes = Mapping[Edge, Slope]


def chosen(judging: Judging) -> tuple[Line, Slopes] | None:
    """A line that is wrong but for what was chosen at a kink, and all slopes with that; else
    None."""
    for line in judging.lines:
        step = line.event.step
        if line.status != GUILTY or step is None or line.event.node is None:
            continue
        with suppress(Unanswerable):
            for pulled in judging.variants(step, line.sources):
                for edge in pulled.terms:
                    slope = _slope(judging, line, pulled, edge)
                    if slope is not None and edge not in judging.graph.slopes:
                        found = {**judging.graph.slopes, edge: slope}
                        if _agree(judging, pulled, edge, found):
                            return line, found
    return None


def _slope(judging: Judging, line: Line, pulled: Pulled, edge: Edge) -> Slope | None:
    """The slope at a kink with which the line would be right; None where there is none."""
    local, position = _local(judging, pulled, edge)
    choice = local.of_contribution(position)
    right = pulled.total(judging.program.shapes[str(line.event.step)])
    if choice is None or not choice.code or line.brought.shape != right.shape:
        return None
    own = line.brought - (right - pulled.terms[edge])
    there = choice.least < choice.greatest
    slack = judging.atol
    if not judging.same(np.where(there, pulled.terms[edge], own), pulled.terms[edge]):
        return None
    if np.any(there & ((own < choice.least - slack) | (own > choice.greatest + slack))):
        return None
    upstream = stretched(pulled.upstreams[edge[0]], local.step, own.shape)
    if upstream is None:
        return None
    there = there & (upstream != 0)
    return there, np.divide(own, upstream, where=there, out=np.zeros(own.shape))


def _local(judging: Judging, pulled: Pulled, edge: Edge) -> tuple[Choices, int]:
    step = judging.program.by_name[edge[0]]
    values = judging.graph.values
    return Choices(judging.program, step, values, pulled.upstreams[edge[0]]), edge[1]


def _agree(judging: Judging, pulled: Pulled, edge: Edge, slopes: Slopes) -> bool:
    """Whether what is chosen for all operands of a step agrees with each other."""
    name = edge[0]
    local, _ = _local(judging, pulled, edge)
    given = {}
    for (step, position), (there, slope) in slopes.items():
        if step == name:
            number = local.contribution(position)
            upstream = stretched(pulled.upstreams[name], local.step, number.shape)
            given[position] = np.where(there, slope * upstream, number)
    return local.is_whole(given, 1e-6, judging.atol)


def with_slopes(truth: Trace, graph: Graph, seed: Array) -> Trace:
    """The truth with the slopes that were chosen."""
    gradients = dict(truth.gradients)
    output = graph.program.output
    for name, number in truth.gradients.items():
        if name != output:
            with suppress(Unanswerable):
                gradients[name] = graph.pull({output: seed}, name).total(np.shape(number))
    return replace(truth, gradients=gradients)
