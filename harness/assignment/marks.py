"""Marks by question, from what each pass of each case has earned: plain data in, plain data out.

Of each case of a result, ``asked`` says which question each pass belongs to, what it has earned
there and what it is worth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from harness.assignment.asking import Part
from harness.assignment.values import Question
from harness.engines.trace import not_run

PASSED, FAILED, UNSUPPORTED, NOT_REACHED = STATES = (
    "passed",
    "failed",
    "unsupported",
    "not_reached",
)
"""What can have become of a pass that is asked."""

Result = Mapping[str, Any]
Marks = dict[str, Any]

DIGITS: Final = 9


def asked(parts: Mapping[str, Part], earned: Mapping[str, float]) -> dict[str, Any]:
    """What a case of a result says of its passes; ``earned`` is the share of each one's points."""
    return {
        direction: {
            "question": part.question,
            "score": round(part.points * earned.get(direction, 0.0), DIGITS),
            "max_score": round(part.points, DIGITS),
        }
        for direction, part in parts.items()
    }


def unmarked(questions: Sequence[Question]) -> list[Marks]:
    """The questions as a result names them, before there are marks."""
    return [
        {"title": one.title, "max_score": one.points, "hidden": one.hidden} for one in questions
    ]


def by_question(
    questions: Sequence[Marks], result: Result, without: Collection[str] = ()
) -> list[Marks]:
    """The marks of each question, from a result's cases and what is missing there. ``questions``
    are those of a result, or :func:`unmarked`. Cases that are dropped, ``without``, leave their
    points to the rest of their question."""
    passes: list[list[_Pass]] = [[] for _ in questions]
    for number, one in _passes(result, without):
        passes[number].append(one)
    return [_marks(*pair) for pair in zip(questions, passes, strict=True)]


class _Pass(NamedTuple):
    """One pass of a case that is asked: what became of it, and what is lacking, if anything is."""

    case: str
    state: str
    score: float
    points: float
    lack: str


def _passes(result: Result, without: Collection[str]) -> Iterator[tuple[int, _Pass]]:
    """Every pass that is asked, with the number of its question, from 0."""
    lacking = {id: one["what"] for one in result.get("missing", ()) for id in one["cases"]}
    for case in result["cases"]:
        id, lack = case["id"], lacking.get(case["id"]) or case["reason"] or ""
        for direction, part in case.get("asked", {}).items() if id not in without else ():
            state = state_of(case, direction)
            yield part["question"] - 1, _Pass(id, state, part["score"], part["max_score"], lack)


def state_of(case: Mapping[str, Any], direction: str) -> str:
    """What has become of a pass: one of :data:`STATES`."""
    told = case["passes"].get(direction)
    if told is None or str(told["reason"]).startswith(not_run()):
        return NOT_REACHED
    return str(told["status"])


def _marks(question: Marks, passes: Sequence[_Pass]) -> Marks:
    """The marks of one question."""
    most, there = question["max_score"], sum(one.points for one in passes)
    scale = most / there if there else 0.0

    def total(among: Sequence[_Pass]) -> float:
        return round(scale * sum(one.points for one in among), DIGITS)

    lacks: dict[str, list[_Pass]] = {}
    for one in passes:
        if one.state == UNSUPPORTED:
            lacks.setdefault(one.lack, []).append(one)
    told = [
        {"what": what, "cases": list(dict.fromkeys(one.case for one in own)), "points": total(own)}
        for what, own in lacks.items()
    ]
    return {
        **{key: question[key] for key in ("title", "hidden", "max_score")},
        "score": round(scale * sum(one.score for one in passes), DIGITS),
        "judged": total([one for one in passes if one.state in (PASSED, FAILED)]),
        **{state: sum(one.state == state for one in passes) for state in STATES},
        "lacks": sorted(told, key=lambda one: (-total(lacks[str(one["what"])]), one["what"])),
    }
