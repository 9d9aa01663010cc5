"""What a result is added up of: cases that were judged, cases that were not run, and questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.assignment import marks
from harness.grading.suite import Question, Suite

UNREACHED: Final = "not reached: "
"""How the reason begins of a case that was not run, since nothing could be asked any more."""

GRADED: Final = "graded"


def with_marks(result: Mapping[str, Any], asked: Suite) -> dict[str, Any]:
    """A result with the marks of each question of the assignment, where it is one's."""
    assignment = asked.assignment
    if assignment is None:
        return dict(result)
    questions = marks.by_question(marks.unmarked(assignment.questions), result)
    own = {
        "title": assignment.title,
        "digest": asked.digest,
        "rounding": assignment.rounding,
    }
    score = assignment.rounded(sum(one["score"] for one in questions))
    return {
        **result,
        "assignment": own,
        "questions": questions,
        "score": score,
        "max_score": assignment.points,
    }


def joined(result: Mapping[str, Any], parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A result with the exercises that were done beside it. It is graded where any of them is."""
    whole = dict(result)
    for part in parts:
        for key in ("cases", "findings", "student", "remarks"):
            whole[key] = [*whole[key], *part[key]]
        whole["notes"] = [*whole.get("notes", ()), *part.get("notes", ())]
        if part["status"] == GRADED:
            whole |= {key: part[key] for key in ("status", "marking")}
    return whole


def reached(
    result: Mapping[str, Any], rest: Sequence[Question], why: str | None, slow: Mapping[str, float]
) -> dict[str, Any]:
    """A result with the cases that were not reached, and ``why`` not; and with the seconds that
    those took which have not come to their end in time."""
    cases = [*result["cases"], *unrun(rest, f"{UNREACHED}{why}")]
    told = [{"case": id, "seconds": round(seconds, 3)} for id, seconds in slow.items()]
    points = added_up(cases)
    return {**result, **points, "cases": cases, "slow": told}


def unrun(questions: Iterable[Question], reason: str) -> list[dict[str, Any]]:
    """The cases of a result that were not run at all, and why."""
    return [
        {
            "id": question.id,
            "level": question.case.level,
            "status": "error",
            "weight": None,
            "score": 0.0,
            "max_score": question.case.points,
            "reason": reason,
            "remarks": [],
            "passes": {},
            "steps": [],
            "hidden": question.hidden,
            **({"asked": marks.asked(question.parts, {})} if question.parts else {}),
        }
        for question in questions
    ]


def added_up(cases: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """What cases are worth together."""
    own = list(cases)
    return {key: round(sum(case[key] for case in own), 9) for key in ("score", "max_score")}
