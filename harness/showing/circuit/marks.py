"""What a verdict does to a picture: which part of a long program is shown, and what is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from harness.engines.trace import Failure
from harness.judging.diagnosis import explain
from harness.judging.mistakes import ENGINE
from harness.judging.verdict import INHERITED, RIGHT, Judgement, Place, Verdict
from harness.showing.numbers import brief, dimensions
from harness.showing.words import say
from harness.vocabulary.program import DIRECTIONS, Array, Program

MOST: Final = 60
"""Programs of more steps are shown in part."""
NEAR: Final = 24
"""So many steps around the first wrong one, or else the last, are that part."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What is said beside a wrong number; ``guilty`` where it is wrong itself."""

    text: str
    guilty: bool


def shown(program: Program, verdict: Verdict | None) -> frozenset[str]:
    """What is shown: all of a program that is not too large; else the steps around the first wrong
    one, or around the last."""
    steps = program.by_name
    if len(steps) <= MOST:
        return frozenset(program.shapes)
    focus = _first_wrong(verdict) or program.output
    reached, queue = {focus} & steps.keys(), [focus]
    for name in queue:  # which grows meanwhile
        parents = steps[name].parents if name in steps else ()
        users = [step.name for step, _ in program.uses.get(name, ())]
        near = [x for x in dict.fromkeys((*parents, *users)) if x in steps and x not in reached]
        near = near[: NEAR - len(reached)]
        reached.update(near)
        queue += near
    return frozenset(reached)


def _first_wrong(verdict: Verdict | None) -> str | None:
    """Where the engine stopped in the first wrong pass, else the first wrong step there."""
    for outcome in verdict.directions.values() if verdict is not None else ():
        if outcome.failure is not None and outcome.failure.step is not None:
            return outcome.failure.step
        if outcome.first is not None:
            return outcome.first.name
    return None


def badges(verdict: Verdict | None) -> Mapping[tuple[str, str], Badge]:
    """What is said of each wrong number, by its step and pass. A picture has no place for the
    gradients of gradients."""
    said: dict[tuple[str, str], Badge] = {}
    if verdict is None:
        return said
    for direction in DIRECTIONS[:2]:
        outcome = verdict.direction(direction)
        for item in outcome.judgements:
            if item.status not in RIGHT:
                said[item.name, direction] = Badge(_yours(item), item.status != INHERITED)
        if outcome.failure is not None and outcome.failure.direction == direction:
            undone = _undone(verdict, outcome.failure)
            said |= {(name, direction): badge for name, badge in undone.items()}
    return said


Wires = frozenset[tuple[str, int]]


def blamed(verdict: Verdict | None) -> tuple[frozenset[str], Wires]:
    """The gates whose rule is wrong, and the wires, by target and position, by which what is wrong
    leaves them: a wrong gradient shows at an operand, and is the mistake of a gate that uses it."""
    gates: set[str] = set()
    wires: set[tuple[str, int]] = set()
    if verdict is None:
        return frozenset(), frozenset()
    for direction in DIRECTIONS[:2]:
        explanation = explain(verdict, direction)
        for place in explanation.places if explanation is not None else ():
            if place.judgement is None:
                continue
            users = _uses_of(verdict.case.program, place) if direction == "backward" else ()
            gates |= {name for name, _ in users} or {place.judgement.name}
            wires |= set(users)
    return frozenset(gates), frozenset(wires)


def _uses_of(program: Program, place: Place) -> Wires:
    """The uses of a step by the operation that has its gradient wrong; none where that is made of
    several, or it is not one operation's mistake."""
    assert place.judgement is not None
    uses = program.uses.get(place.judgement.name, ())
    mistake = place.mistake
    own = [
        (step.name, position)
        for step, position in uses
        if step.op == mistake.op and mistake.operand in ("", step.operand(position))
    ]
    if not own and len(uses) == 1 and mistake.op != ENGINE:
        own = [(step.name, position) for step, position in uses]  # nothing else makes it
    return frozenset(own)


def _undone(verdict: Verdict, failure: Failure) -> dict[str, Badge]:
    """Where a pass stopped, and what it has not come to. An engine's own backward pass does not say
    where: it stops at a step that has its gradient and has not passed all of it on."""
    trace, truth, program = verdict.trace, verdict.truth, verdict.case.program
    backward = failure.direction == "backward"
    own, right = (trace.gradients, truth.gradients) if backward else (trace.values, truth.values)
    kept = program.inputs if backward and trace.leaves_only else right
    undone = {
        name
        for name in kept
        if name not in own or (failure.step is None and not _is_done(own[name], right[name]))
    }
    places = [failure.step] if failure.step is not None else []
    if backward and failure.step is None and not trace.leaves_only:
        places = [
            step.name
            for step in program.steps
            if step.name in right.keys() - undone
            and np.any(right[step.name])
            and undone.intersection(step.parents)
        ]
    sure = len(places) == 1
    here = Badge(say("stops-here" if sure else "may-stop-here"), sure)
    return dict.fromkeys(undone, Badge(say("not-computed"), False)) | dict.fromkeys(places, here)


def _is_done(got: Array, expected: Array) -> bool:
    return got.shape == expected.shape and np.allclose(got, expected, equal_nan=True)


def _yours(item: Judgement) -> str:
    if item.got is None:
        return say("yours-missing")
    if item.got.shape != item.expected.shape:
        return say("yours-is", what=dimensions(item.got.shape) or "a number")
    if item.got.dtype != item.expected.dtype:
        return say("yours-is", what=item.got.dtype)
    if len(item.index) < item.got.ndim:
        return say("yours-differs")
    number = brief(item.got[item.index])
    return say("yours-at" if item.index else "yours", number=number, index=list(item.index))
