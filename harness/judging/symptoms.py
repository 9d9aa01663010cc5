"""What is wrong in a failed case: a symptom for each wrong step, with all that would explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.judging.diagnosis import explain
from harness.judging.mistakes import ENGINE, Mistake, mistake
from harness.judging.verdict import GUILTY, INHERITED, MISSING, Explanation, Verdict
from harness.language.levels import LEVELS

PASSES_ON: Final = frozenset(
    {"double-count", "aliasing", "state-leak", "mutates-input", "stale-grad", "seed-ignored"}
)
"""Mistakes after which nothing that follows in the same pass can be trusted."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """A wrong step in one pass of one case, and what would explain it, the likeliest first.

    ``steps`` is how many steps the case has, ``points`` what the pass is worth, and ``worth`` the
    whole case. ``first``: it is what is told of the pass. ``repro`` are lines in the engine's own
    class that show the likeliest; empty where there are none. ``far``: the case is on the last rung
    of the ladder, among extremes.
    """

    case: str
    steps: int
    direction: str
    points: float
    mistakes: tuple[Mistake, ...]
    first: bool = True
    repro: str = ""
    worth: float = 1.0
    far: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Symptom:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**{**data, "mistakes": tuple(map(Mistake.from_json, data["mistakes"]))})


def symptoms(verdict: Verdict, case: str) -> list[Symptom]:
    """The symptoms of all failed passes. A pass that is wrong only because an earlier one is has
    none of its own, but counts with that one's."""
    program = verdict.case.program
    directions = verdict.directions
    found: list[Symptom] = []
    for name in directions:
        explanation = explain(verdict, name)
        worth = verdict.case.points * verdict.case.share(name)
        if explanation is None:
            continue
        if found and any(other.breach for other in directions.values()):
            break
        told = _told(verdict, explanation, bool(found))
        if found and (not told or name == "second"):
            found = [replace(symptom, points=symptom.points + worth) for symptom in found]
            continue
        found += [
            Symptom(
                case,
                len(program.steps),
                name,
                worth,
                each,
                first,
                explanation.repro * first,
                verdict.case.points,
                verdict.case.level == LEVELS[-1],
            )
            for each in told
            for first in [each == explanation.places[0].mistakes]
        ]
    return found


def _told(verdict: Verdict, explanation: Explanation, explained: bool) -> list[tuple[Mistake, ...]]:
    """What would explain each wrong step of a pass; ``explained``: an earlier one is wrong, too."""
    found = []
    for place in explanation.places:
        item = place.judgement
        if item is None and (explanation.breach or explanation.failure_is_own):
            return [] if explained and explanation.breach is None else [place.mistakes]
        if item is None or item.status not in (GUILTY, MISSING):
            continue
        if explained and not place.mistake.experiment:
            continue  # it may be right for the values that it was made from
        found.append(place.mistakes)
        untrusted = place.mistake.code in PASSES_ON or verdict.once is not None
        if untrusted or explanation.direction == "second" or verdict.trace.leaves_only:
            break
    judged = verdict.direction(explanation.direction)
    inherited = any(item.status == INHERITED for item in judged.judgements)
    if not found and inherited and not explained:
        found.append((mistake("precision", ENGINE, "gathered", exact=False),))
    return found
