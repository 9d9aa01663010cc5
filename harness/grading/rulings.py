"""The instructor's last word: points in place of a mark's, and what is said to a student.

It is kept apart from results, so that no regrade touches it, and is put on a result whenever that
is read: every table, page and export has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any, Final

from harness.assignment.values import EXACT, rounded
from harness.language.levels import LEVELS

WHOLE: Final = ""
"""In the place of a question: the whole mark."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """So many ``points`` for a ``question``, or for the whole, whatever was found."""

    student: str
    question: str
    points: float
    why: str
    made: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What an instructor says to a student."""

    student: str
    text: str
    made: str


class LastWord:
    """All rulings and comments of a gradebook, by student."""

    def __init__(self, rulings: Sequence[Ruling], comments: Sequence[Comment]) -> None:
        self.rulings, self.comments = rulings, comments
        self.students = {one.student for one in rulings} | {one.student for one in comments}

    def of(self, names: Set[str]) -> tuple[list[Ruling], list[Comment]]:
        """Those on a student who is called so."""
        if not names & self.students:
            return [], []
        return (
            [one for one in self.rulings if one.student in names],
            [one for one in self.comments if one.student in names],
        )


def parts(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a mark is made of: the questions of an assignment; without one the levels of its cases,
    the cases of no level, and the hidden ones. Each has ``title``, ``max_score``, its cases and its
    ``score``, as the instructor has set it where that is so."""
    told = {one["question"]: one["points"] for one in result.get("rulings", ())}
    found = _parts(result)
    return [{**part, "score": told.get(part["title"], part["score"])} for part in found]


def _parts(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same, as it was found."""
    cases = result["cases"]
    if "questions" in result:
        numbered = ({"number": place, **one} for place, one in enumerate(result["questions"], 1))
        return [
            {**one, "cases": [case for case in cases if _is_of(case, one["number"])]}
            for one in numbered
        ]
    own: dict[str, list[Any]] = {title: [] for title in (*LEVELS, OTHERS, HIDDEN)}
    for case in cases:
        own[HIDDEN if case["hidden"] else case["level"] or OTHERS].append(case)
    return [
        {"title": title, "cases": several, **_worth(several)}
        for title, several in own.items()
        if several
    ]


OTHERS: Final = "other cases"
HIDDEN: Final = "hidden cases"


def scales(result: Mapping[str, Any]) -> dict[int, float]:
    """By the number of a question, what a point of its cases is worth: more than one where cases
    were dropped, or are not seen."""
    return {
        part["number"]: part["max_score"] / there if (there := _asked(part)) else 0.0
        for part in parts(result)
        if "number" in part
    }


def _asked(part: Mapping[str, Any]) -> float:
    asked = (one for case in part["cases"] for one in case["asked"].values())
    return float(sum(one["max_score"] for one in asked if one["question"] == part["number"]))


def lost(case: Mapping[str, Any], scale: Mapping[int, float]) -> float:
    """The points that a case has lost, by the ``scale`` of the questions, where there are any."""
    if "asked" not in case:
        return float(case["max_score"] - case["score"])
    return float(
        sum(
            (one["max_score"] - one["score"]) * scale.get(one["question"], 0.0)
            for one in case["asked"].values()
        )
    )


def _is_of(case: Mapping[str, Any], number: int) -> bool:
    return any(one["question"] == number for one in case.get("asked", {}).values())


def _worth(cases: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    own = list(cases)
    return {key: round(sum(case[key] for case in own), 9) for key in ("score", "max_score")}


def ruled(
    result: Mapping[str, Any], rulings: Sequence[Ruling], comments: Sequence[Comment]
) -> dict[str, Any]:
    """The result with an instructor's last word: its ``score`` is what that makes it, ``found`` is
    what was found. A ruling on the whole stands above those on its questions."""
    told: dict[str, Any] = dict(result)
    if comments:
        told["comments"] = [{"text": one.text, "made": one.made} for one in comments]
    if not rulings:
        return told
    whole = next((one.points for one in rulings if one.question == WHOLE), None)
    told["found"] = result["score"]
    told["score"] = round(_with_set(result, rulings) if whole is None else whole, 9)
    told["rulings"] = [
        {key: value for key, value in asdict(one).items() if key != "student"} for one in rulings
    ]
    return told


def _with_set(result: Mapping[str, Any], rulings: Sequence[Ruling]) -> float:
    """The mark with the points of questions that are set: rounded at the end, as without."""
    own = {part["title"]: part["score"] for part in parts(result)}
    added = sum(one.points - own[one.question] for one in rulings if one.question in own)
    if "questions" not in result:
        return float(result["score"] + added)
    return rounded(sum(own.values()) + added, result["assignment"].get("rounding", EXACT))
