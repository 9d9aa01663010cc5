"""What commands judge, and on what: the engine that is asked for, and cases with their truths."""

from __future__ import annotations

from argparse import Namespace
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import chain
from threading import Thread
from typing import Final

from harness.cli.progress import Line, counted
from harness.cli.streams import aside, say
from harness.engines.engine import Engine
from harness.engines.loading import is_ours, load
from harness.engines.trace import Trace, Undefined
from harness.grading.fence import RESTARTS, fenced
from harness.grading.remote import AHEAD
from harness.judging.oracle import Oracle, check_expectations
from harness.judging.precision import examined
from harness.judging.repro import reproduced
from harness.judging.verdict import Verdict
from harness.language.case import Case, CaseError
from harness.language.levels import LEVELS
from harness.language.suite import Source
from harness.showing.amounts import printed

Question = tuple[Case, Trace]
"""A case and its truth."""

MOST_NOTES: Final = 5


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

    def read(self) -> Iterator[tuple[Source, Case]]:
        """The cases with their files, and without their truths."""
        found = dict(self._loaded())
        self.count = len(found)
        order = sorted(found, key=lambda source: (*found[source].rung, source.id))
        for source in counted(order):
            yield source, found[source]

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

    def note(self) -> None:
        """Says which truths are not what they might be taken for."""
        notes = self.oracle.notes
        more = len(notes) - MOST_NOTES
        for line in [*notes[:MOST_NOTES], *([f"… and {more} more"] if more > 0 else [])]:
            aside(line)


def engine_of(given: Namespace, restarts: float = RESTARTS) -> Engine:
    """The engine that is asked for, as it is to be run; raises EngineError."""
    engine: Engine
    if given.in_process:
        engine = load(given.engine)
    else:
        engine = fenced(given.engine, given.timeout, given.show_output, restarts)
    engine.dtype = vars(given).get("dtype")
    return engine


def begun(given: Namespace, cases: Iterator[Question]) -> tuple[Engine, Iterator[Question]]:
    """The engine that is asked for, and the cases, some of which are read while its process starts;
    raises EngineError."""
    if given.in_process or is_ours(given.engine):
        return engine_of(given), cases
    engine, early = Future[Engine](), list[Question]()

    def start() -> None:
        try:
            engine.set_result(engine_of(given))
        except BaseException as error:
            engine.set_exception(error)

    Thread(target=start, daemon=True).start()
    while not engine.done() and (case := next(cases, None)) is not None:
        early.append(case)
    line = Line()
    line.tell(f"{given.engine} is imported and tried out")
    try:
        return engine.result(), chain(early, cases)
    finally:
        line.clear()


def introduced(engine: Engine) -> Engine:
    """The engine, of which it is said where it was found, and what is to be known of that."""
    Line().clear()  # of the cases, of which the first is read before
    for line in (f"engine: {engine.origin}", *engine.notes):
        say(line, indent=2)
    return engine


def begun_if_asked(
    given: Namespace, cases: Iterator[Question]
) -> tuple[Engine | None, Iterator[Question]]:
    """As :func:`begun`, the engine introduced, where one is asked for."""
    if given.engine is None:
        return None, cases
    engine, read = begun(given, cases)
    return introduced(engine), read


def judged(
    engine: Engine, cases: Iterable[Question], by: str | None
) -> Iterator[tuple[Case, Trace, Verdict]]:
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


def tell_printed(engine: Engine | None) -> None:
    """Says how much the engine has printed."""
    if engine is not None and engine.printed:
        aside(printed(engine.printed))
