"""Two runs or terms held against each other: whose mark is another, and which mistakes are more or
less common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from harness.grading.marking import GRADED
from harness.showing.phrases import title_of


@dataclass(slots=True)
class Side:
    """What a comparison needs of a class: a class may be large."""

    marks: dict[str, tuple[str, float, float]] = field(default_factory=dict)
    mistakes: Counter[str] = field(default_factory=Counter)
    suites: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float:
        """The mean share of the points of those that were graded, in percent."""
        shares = [
            score / most for status, score, most in self.marks.values() if _counts(status, most)
        ]
        return 100 * fmean(shares) if shares else 0.0

    @property
    def graded(self) -> int:
        """How many were graded."""
        return sum(_counts(status, most) for status, _, most in self.marks.values())


def _counts(status: str, most: float) -> bool:
    return status == GRADED and most > 0


def side(results: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Side:
    """A class, of which each result comes with its student and what was asked of it."""
    told = Side()
    for student, suite, result in results:
        told.marks[student] = (result["status"], result["score"], result["max_score"])
        told.mistakes.update({title_of(one) for one in result["findings"]})
        told.suites[suite] += 1
    return told
