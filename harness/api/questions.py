"""Cases with their truths, and an engine's answers to them, judged."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from harness.api.words import said
from harness.engines.engine import Engine
from harness.engines.trace import Trace, Undefined
from harness.grading.remote import AHEAD
from harness.judging.oracle import Oracle, check_expectations
from harness.judging.precision import examined
from harness.judging.repro import reproduced
from harness.judging.verdict import Verdict
from harness.language.case import Case, CaseError
from harness.language.levels import LEVELS
from harness.language.suite import Source

Question = tuple[Case, Trace]
"""A case and its truth."""

Judged = tuple[Case, Trace, Verdict]
"""A case, its truth, and an engine's answer."""

MOST_NOTES: Final = 5

Following = Callable[[Sequence[Source]], Iterator[Source]]


@dataclass
class Cases:
    """The cases of some files, of these ``levels``, in the order of the ladder, with their truths
    by ``oracle``. What is no case, or has no truth, is added to ``broken``, a line for each thing
    that is wrong with it."""

    sources: Sequence[Source]
    oracle: Oracle = field(default_factory=Oracle)
    broken: list[str] = field(default_factory=list)
    levels: Collection[str] = LEVELS
    count: int = 0
    """How many cases there are, once they are read."""
    following: Following = iter
    """What follows the reading, to tell how far it is."""

    def read(self) -> Iterator[tuple[Source, Case]]:
        """The cases with their files, and without their truths."""
        loaded = dict(self._loaded())
        self.count = len(loaded)
        order = sorted(loaded, key=lambda source: (*loaded[source].rung, source.id))
        for source in self.following(order):
            yield source, loaded[source]

    def _loaded(self) -> Iterator[tuple[Source, Case]]:
        for source in self.sources:
            try:
                case = source.load()
            except CaseError as error:
                self.broken.append(str(error))
            else:
                if case.level in self.levels:
                    yield source, case

    def __iter__(self) -> Iterator[tuple[Case, Trace]]:
        for _, case in self.read():
            try:
                truth = self.oracle.truth(case)
                check_expectations(case, truth)
            except CaseError as error:
                self.broken.append(str(error))
            except Undefined as error:
                self.broken.append(f"{case.id}:1:1: {error}")
            else:
                yield case, truth

    def notes(self) -> list[str]:
        """Which truths are not what they might be taken for; of many the first ones."""
        notes = self.oracle.notes
        more = len(notes) - MOST_NOTES
        return [
            *notes[:MOST_NOTES],
            *([said("and-more", more=more)] if more > 0 else []),
        ]


def judged(engine: Engine, cases: Iterable[Question], by: str | None) -> Iterator[Judged]:
    """The cases with their truths ``by`` an oracle, and the engine's answers, judged."""
    for case, truth in _ahead(engine, cases):
        yield case, truth, reproduced(engine, examined(engine, case, truth, by))


def _ahead(engine: Engine, cases: Iterable[Question]) -> Iterator[Question]:
    """The cases, each of them when the engine knows the next :data:`AHEAD` already: it runs those
    while this one is judged."""
    waiting = deque[Question]()
    for question in cases:
        engine.begin(question[0].program)
        waiting.append(question)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting
