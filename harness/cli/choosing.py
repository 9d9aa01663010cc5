"""Which results an export is of: of each student the one that counts."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.cli.command import Stop
from harness.cli.students import student
from harness.grading.attempts import TOO_LATE, Attempt
from harness.grading.gradebook import WITHDRAWN, Gradebook
from harness.grading.standing import Student, standing
from harness.showing.amounts import amount

SHORT: Final = 12
"""So much of a digest is shown."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The students whose results are exported, and who is left out, by the reason."""

    students: Sequence[Student]
    gone: Sequence[str] = ()
    left: Sequence[str] = ()
    unmatched: Sequence[str] = ()
    uncounted: Sequence[str] = ()

    @property
    def submissions(self) -> list[Attempt]:
        """What counts, by name; what a group has handed in once."""
        every = {(one.counts.id, one.counts.key): one.counts for one in self.students if one.counts}
        return [every[key] for key in sorted(every)]


def choose(given: Namespace, book: Gradebook) -> Chosen:
    """Whose results are asked for."""
    if not book.ids():
        raise Stop(f"{book.path}: it is empty")
    if given.submission is not None:
        return Chosen(_only(given, book))
    whole = given.withdrawn or given.format == "class"
    every = standing(book, withdrawn=whole)
    left = [one.label for one in every if one.has_left and not whole]
    there = [one for one in every if whole or not one.has_left]
    unmatched = list[str]()
    if given.format == "canvas" and book.roster.people:  # it takes no row of anybody else
        unmatched = [one.label for one in there if one.person is None]
        there = [one for one in there if one.person is not None]
    gone = [] if whole else sorted(book.withdrawn())
    if not any(one.counts for one in there):
        told = (
            f"all are {WITHDRAWN}; --withdrawn takes them, too"
            if gone
            else f"nothing counts: {TOO_LATE}"
        )
        raise Stop(f"{book.path}: {told}")
    return Chosen(
        _of_one_suite(given, there),
        gone,
        left,
        unmatched,
        [one.label for one in there if one.attempts and one.counts is None],
    )


def _only(given: Namespace, book: Gradebook) -> list[Student]:
    """The one who is asked for by name, whose submission may be withdrawn."""
    for one in standing(book, withdrawn=True):
        for attempt in one.attempts:
            if attempt.id == given.submission and attempt.stands:
                return [Student(one.label, one.person, one.attempts, attempt)]
    return [student(book, given.submission)]


def _of_one_suite(given: Namespace, students: Sequence[Student]) -> list[Student]:
    """Those of the suite that is asked for; of several one must be."""
    suites = Counter(one.counts.suite for one in students if one.counts)
    wanted = [one for one in suites if given.suite is None or one.startswith(given.suite)]
    if len(wanted) == 1:
        return [one for one in students if one.counts is None or one.counts.suite == wanted[0]]
    told = "; ".join(
        f"--suite {suite[:SHORT] or '(unknown)'}: {amount(count, 'student')}"
        for suite, count in suites.most_common()
    )
    if given.suite is not None:
        raise Stop(f"--suite {given.suite}: there are no results of such cases, or several: {told}")
    raise Stop(f"these results are of different cases, which one table must not mix: {told}")
