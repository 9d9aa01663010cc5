"""What is wrong in a failed case: a symptom for each wrong step, with all that would explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.judging.diagnosis import suspects, suspects_of_breach, suspects_of_failure
from harness.judging.suspects import ENGINE, Suspect
from harness.judging.verdict import GUILTY, INHERITED, MISSING, Direction, Verdict

PASSES_ON: Final = frozenset(
    {"double-count", "aliasing", "state-leak", "mutates-input", "stale-grad", "seed-ignored"}
)
"""Mistakes after which nothing that follows in the same pass can be trusted."""

MAX_SYMPTOMS: Final = 6
"""So many wrong steps of one pass are looked into."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A suspect as plain data."""

    code: str
    op: str
    operand: str
    message: str
    exact: bool
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Symptom:
    """A wrong step in one pass of one case, and what would explain it, the likeliest first.

    ``steps`` is how many steps the case has, ``points`` what the pass is worth, and ``worth`` the
    whole case.
    """

    case: str
    steps: int
    direction: str
    points: float
    suspicions: tuple[Suspicion, ...]
    worth: float = 1.0

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Symptom:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**{**data, "suspicions": tuple(Suspicion(**s) for s in data["suspicions"])})


def symptoms(verdict: Verdict, case: str) -> list[Symptom]:
    """The symptoms of all failed passes. A pass that is wrong only because an earlier one is has
    none of its own, but counts with that one's."""
    program = verdict.case.program
    directions = verdict.directions
    worth = verdict.case.points / len(directions)
    found: list[Symptom] = []
    failed = [(name, judged) for name, judged in directions.items() if judged.status == "failed"]
    for name, judged in failed:
        if found and any(other.breach for other in directions.values()):
            break
        told = _told(verdict, judged, name, bool(found))
        if found and (not told or name == "second"):
            found = [replace(symptom, points=symptom.points + worth) for symptom in found]
            continue
        found += [
            Symptom(
                case,
                len(program.steps),
                name,
                worth,
                tuple(map(_plain_suspect, suspects_)),
                verdict.case.points,
            )
            for suspects_ in told
        ]
    return found


def _told(verdict: Verdict, judged: Direction, name: str, explained: bool) -> list[list[Suspect]]:
    """The suspects of every wrong step of a pass; ``explained``: an earlier pass is wrong, too."""
    program = verdict.case.program
    if judged.breach is not None and not verdict.alone:
        return [suspects_of_breach(program, judged.breach)]
    wrong = [item for item in judged.judgements if item.status in (GUILTY, MISSING)]
    found = []
    for item in wrong[:MAX_SYMPTOMS]:
        told = suspects(verdict, name, item)
        found.append(told)
        untrusted = told[0].code in PASSES_ON or verdict.once is not None
        if untrusted or name == "second" or verdict.trace.leaves_only:
            break
    if not found and judged.failure is not None and judged.failure.direction == name:
        if verdict.alone:
            return [[Suspect("state-leak", ENGINE, judged.failure.message)]]
        return [suspects_of_failure(verdict, judged.failure)]
    inherited = [item for item in judged.judgements if item.status == INHERITED]
    if not found and inherited and not explained:
        message = "small errors add up: right to a few digits only"
        found.append([Suspect("precision", ENGINE, message, exact=False)])
    return found


def _plain_suspect(suspect: Suspect) -> Suspicion:
    return Suspicion(
        suspect.code, suspect.op, suspect.operand, suspect.message, suspect.exact, suspect.shown
    )
