"""Symptoms of one cause, told as one: what stops in the same line, and what the machinery does to
all rules alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from harness.judging.callers import stands_in
from harness.judging.mistakes import ENGINE, OF_STEPS, Mistake
from harness.judging.symptoms import Symptom

ORDERING: Final = ("overwrite", "double-count", "missing-term")
"""What the machinery does wrong where gradients meet, the first one explaining most."""

LOOKS_LIKE: Final = frozenset({*ORDERING, "lost-gradient"})
"""What that may look like further below."""

ENDLESS: Final = frozenset({"every-path", "too-slow"})
"""What comes of it where a step passes on more than once."""

RAISED: Final = "raised"
"""In the place of an operation: a crash is told by what was raised, wherever it shows."""


def of_one_cause(found: Iterable[Symptom]) -> list[Symptom]:
    """The symptoms, a crash told as the mistake that an experiment has shown where the very same is
    raised, or anything in the same line of the same rule; and that as the machinery's, where
    several operations come to it. The same exception in one line of a rule is one crash, whatever
    its message, also where it seems to be for stretching, if a step that stretches nothing stops
    there as well."""
    every = list(found)
    causes: dict[object, list[Mistake]] = {}
    crashes: dict[object, Mistake] = {}
    for one in (one for symptom in every for one in symptom.mistakes):
        if one.experiment in OF_STEPS and one.fact(RAISED):
            if one.code == "crash":
                crashes.setdefault(_line(one), one)
                continue
            for key in (one.fact(RAISED), _line(one)):
                causes.setdefault(key, []).append(one)

    def told(one: Mistake) -> Mistake:
        crash = crashes.get(_line(one))
        every = (*causes.get(_line(one), ()), *causes.get(one.fact(RAISED), ()))
        if crash is not None and _is_of_crash(one, crash, every):
            return _told_as(one, crash)
        known = causes.get(one.fact(RAISED)) or causes.get(_line(one), [])
        if not known or one.code not in ("crash", known[0].code):
            return one
        ops = {cause.op for cause in known}
        own = {op for op in ops if stands_in(op, one.fact("within"))} if len(ops) > 1 else ops
        return replace(one, code=known[0].code, op=own.pop() if len(own) == 1 else ENGINE)

    return [replace(one, mistakes=tuple(map(told, one.mistakes))) for one in every]


def _is_of_crash(one: Mistake, crash: Mistake, causes: Sequence[Mistake]) -> bool:
    """Whether what was raised in a line is the same exception as the crash that stops it without
    any stretching, and nothing else is told of that rule by its ``causes`` but stretching."""
    own = (one.op, "missing-unbroadcast")
    if not one.fact(RAISED) or any((cause.op, cause.code) != own for cause in causes):
        return False
    return len({each.fact(RAISED).partition(":")[0] for each in (one, crash)}) == 1


def _told_as(one: Mistake, crash: Mistake) -> Mistake:
    """The same in the place of a crash."""
    raised = (RAISED, crash.fact(RAISED))
    facts = (raised if name == RAISED else (name, value) for name, value in one.facts)
    return replace(one, code="crash", facts=tuple(facts))


def _line(one: Mistake) -> tuple[str, str]:
    """The rule that an exception was raised in, and the engine's own line."""
    return one.op, one.fact("place")


def of_the_machinery(found: Sequence[Symptom]) -> list[Symptom]:
    """The symptoms; where experiments have shown that the machinery assigns in place of adding, or
    passes on too early or too often, what the number alone tells of lost terms, or of such as are
    passed on twice, is told as that. What is shown of the machinery is not told of a rule again."""
    shown = [
        one
        for symptom in found
        for one in symptom.mistakes
        if symptom.direction == "backward" and one.op == ENGINE and one.experiment in OF_STEPS
    ]
    of_all = {_same(one): one for one in reversed(shown) if one.about != "rule"}
    first = min(
        (one for one in shown if one.code in ORDERING),
        key=lambda one: ORDERING.index(one.code),
        default=None,
    )

    def told(one: Mistake) -> Mistake:
        if one.experiment in OF_STEPS:
            return of_all.get(_same(one), one)
        vague = one.op == ENGINE and one.code in LOOKS_LIKE
        endless = one.code in ENDLESS and first is not None and first.code == "double-count"
        return first if first is not None and (vague or endless) else one

    return [
        replace(one, mistakes=tuple(map(told, one.mistakes)))
        if one.direction == "backward"
        else one
        for one in found
    ]


def _same(one: Mistake) -> tuple[str, str, str]:
    """What a mistake is, whoever makes it."""
    return one.code, one.about, one.fact("slip")
