"""Which of several attempts of one person counts: a rule of the course's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from json import loads
from typing import Any, Final

from harness.assignment.values import BEST, LAST_IN_TIME


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody has handed in once: the id and ``key`` that its result is kept by, whose
    ``who`` says it is, in which ``order`` it came where a platform tells, and when it was
    ``handed`` in and ``graded`` (ISO 8601). ``suite`` is what it was asked. The newest of its id
    ``stands``."""

    id: str
    key: str
    status: str
    score: float
    most: float
    suite: str
    handed: str
    graded: str
    late: bool
    order: int
    who: str
    stands: bool

    @property
    def when(self) -> tuple[int, datetime, bool, str]:
        """What orders attempts, the latest greatest."""
        return self.order, moment(self.handed), self.stands, self.graded


def moment(text: str) -> datetime:
    """A time; one without an offset is a local one."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        return datetime.fromtimestamp(0).astimezone()


TOO_LATE: Final = f"all came after the due date, and '{LAST_IN_TIME}' counts"
"""Why nothing of somebody's does."""


def is_late(one: Attempt, due: str) -> bool:
    """Whether an attempt came after its time, by its platform's word or by the clock."""
    return one.late or bool(due and one.handed and moment(one.handed) > moment(due))


def counting(every: Iterable[Attempt], rule: str, due: str) -> Attempt | None:
    """The attempt that counts; None where none does: all came after the due date, and the last
    before that is wanted."""
    attempts: Sequence[Attempt] = list(every)
    if rule == LAST_IN_TIME:
        attempts = [one for one in attempts if not is_late(one, due)]
    if rule == BEST:
        return max(attempts, key=lambda one: (one.score, one.when), default=None)
    return max(attempts, key=lambda one: one.when, default=None)


def who_of(text: str) -> list[dict[str, Any]]:
    """What the platform has told of those who have handed something in; nothing where that is
    damaged."""
    with suppress(ValueError):
        found = loads(text)
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
    return []
