"""Who stands how in a course: of everybody the attempt that counts, and the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.assignment.values import LATEST
from harness.grading.attempts import TOO_LATE, Attempt, counting, who_of
from harness.grading.gradebook import Gradebook
from harness.grading.roster import Person

RULE, DUE = "counts", "due"
"""What a gradebook calls the course's rule of attempts, and when they were due."""


@dataclass(frozen=True, slots=True)
class Student:
    """Somebody: ``person`` as the roster has them, if it does; what they have handed in, and which
    of it ``counts``."""

    label: str
    person: Person | None
    attempts: Sequence[Attempt]
    counts: Attempt | None

    @property
    def uncounted(self) -> str:
        """Why nothing of theirs counts."""
        return f"nothing counts: {TOO_LATE}" if self.attempts else "nothing was handed in"

    @property
    def has_left(self) -> bool:
        """Whether they are in the course no more."""
        return self.person is not None and self.person.left


def standing(book: Gradebook, withdrawn: bool = False) -> list[Student]:
    """Everybody: those of the roster in its order, then whoever else has handed something in, with
    or without what is ``withdrawn``. May raise
    :class:`~harness.grading.gradebook.GradebookError`."""
    rule, due = book.setting(RULE) or LATEST, book.setting(DUE)
    own: dict[Person, list[Attempt]] = {person: [] for person in book.roster.people}
    others: dict[str, list[Attempt]] = {}
    for one in book.attempts(withdrawn):
        told = who_of(one.who)
        people = book.roster.whose(one.id, told)
        for person in people:
            own[person].append(one)
        if not people:
            others.setdefault(one.who if told else one.id, []).append(one)

    def student(label: str, person: Person | None, attempts: list[Attempt]) -> Student:
        return Student(label, person, attempts, counting(attempts, rule, due))

    known = [student(one.name or one.key, one, attempts) for one, attempts in own.items()]
    rest = [student(min(one.id for one in several), None, several) for several in others.values()]
    return known + sorted(rest, key=lambda one: one.label)


def named(book: Gradebook, text: str) -> list[Student]:
    """Whom somebody means by this: a submission's name, or anything that the roster knows of a
    person; nobody where there is no such student."""
    every = standing(book)
    by_id = [one for one in every if any(text == attempt.id for attempt in one.attempts)]
    people = book.roster.named(text)
    by_roster = [one for one in every if one.person in people and one.person is not None]
    words = text.casefold().split()
    return by_id or by_roster or [one for one in every if words and _is_called(one, words)]


def _is_called(one: Student, words: Sequence[str]) -> bool:
    """Whether a name has all of these words."""
    own = one.label.casefold().replace(",", " ").split()
    return all(word in own for word in words)


def names(book: Gradebook) -> Iterator[str]:
    """What students may be called."""
    for one in standing(book):
        yield from dict.fromkeys(attempt.id for attempt in one.attempts)
        if one.person is not None:
            yield from filter(None, (one.person.key, one.person.name))
