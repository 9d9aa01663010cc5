"""Other subgradients than torch's at a kink or a tie: as right, if what follows agrees."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from harness.engines.trace import Trace
from harness.judging.staged.bringing import Line
from harness.judging.staged.events import Event, Reading
from harness.judging.staged.lines import Judging
from harness.judging.staged.pulling import Edge, Graph, Pulled, Slope, stretched
from harness.judging.verdict import GUILTY
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

MOST_CHOICES: Final = 8
"""At so many kinks somebody may choose otherwise."""

Slopes = Mapping[Edge, Slope]
IsKnown = Callable[[Any, Line], bool]


class Choosing(NamedTuple):
    """All lines judged, and those in which another subgradient than torch's was chosen."""

    judging: Judging
    choices: list[Event]


def judged(reading: Reading, truth: Trace, is_known: IsKnown) -> Choosing:
    """The lines judged, with whatever was chosen at kinks."""
    never: set[Edge] = set()
    judging = Judging(reading, truth, is_known)
    judging.judged()
    events: list[Event] = []
    for _ in range(MOST_CHOICES):
        found = _chosen(judging, never)
        slopes = judging.graph.slopes
        if found is not None:
            line, slopes = found
            events.append(line.event)
        elif odd := _contradictions(judging):
            never |= odd
            slopes = {edge: slope for edge, slope in slopes.items() if edge not in odd}
            events = events if slopes else []
        else:
            break
        graph = Graph(judging.program, judging.graph.values, slopes=slopes)
        truth_so = _with_slopes(truth, graph, np.asarray(judging.program.seed, float))
        judging = Judging(again(reading), truth_so, is_known, slopes=slopes)
        judging.judged()
    return Choosing(judging, events)


def again(reading: Reading) -> Reading:
    """The reading with nothing placed."""
    for event in reading.events:
        event.step = None
    return reading


def _contradictions(judging: Judging) -> set[Edge]:
    """Uses at which was chosen what does not agree with what the other operands are rightly given:
    the shares of a tie must add up."""
    guilty = {line.event.step for line in judging.lines if line.status == GUILTY}
    written = {line.event.step for line in judging.lines if line.event.node is not None}
    found: set[Edge] = set()
    for name in {step for step, _ in judging.graph.slopes}:
        step = judging.program.by_name[name]
        shared = {str(x) for x in step.operands if x in judging.program.differentiable}
        if not shared <= written:
            continue  # the rest may be given to what is still to be written
        upstream = np.asarray(judging.truth.gradients[name], float)
        graph = judging.graph
        local = Choices(judging.program, step, graph.values, upstream)
        given = {
            place: graph.contribution(local, place, upstream)
            for place, operand in enumerate(step.operands)
            if operand in judging.program.differentiable
        }
        whole = local.is_whole(given, 1e-6, judging.atol)
        if not whole and not guilty & set(step.operands):
            found |= {edge for edge in graph.slopes if edge[0] == name}
    return found


def _chosen(judging: Judging, never: Collection[Edge]) -> tuple[Line, Slopes] | None:
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
                    if slope is not None and edge not in {*judging.graph.slopes, *never}:
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


def _with_slopes(truth: Trace, graph: Graph, seed: Array) -> Trace:
    """The truth with the slopes that were chosen."""
    gradients = dict(truth.gradients)
    output = graph.program.output
    for name, number in truth.gradients.items():
        if name != output:
            with suppress(Unanswerable):
                gradients[name] = graph.pull({output: seed}, name).total(np.shape(number))
    return replace(truth, gradients=gradients)
