"""What commands judge, and on what: the engine that is asked for, and cases with their truths."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import chain
from threading import Thread
from typing import Any

from harness.api.questions import Cases, Question
from harness.cli.progress import Line, counted
from harness.cli.streams import aside, say
from harness.cli.words import said
from harness.engines.engine import Engine
from harness.engines.loading import is_ours, load
from harness.grading.fence import RESTARTS, fenced
from harness.judging.oracle import Oracle
from harness.language.suite import Source
from harness.showing.amounts import printed


def cases_of(sources: Sequence[Source], oracle: Oracle | None = None, **wishes: Any) -> Cases:
    """The cases of some files, whose reading is followed on a terminal."""
    return Cases(sources, oracle or Oracle(), following=counted, **wishes)


def tell_notes(cases: Cases) -> None:
    """Says which truths are not what they might be taken for."""
    for line in cases.notes():
        aside(line)


def engine_of(given: Namespace, restarts: float = RESTARTS) -> Engine:
    """The engine that is asked for, as it is to be run: in the fence that is ``kept``, where there
    is one. Raises EngineError."""
    engine: Engine
    if (kept := vars(given).get("kept")) is not None:
        engine = kept.loaded(given.engine)
    elif given.in_process:
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
    line.tell(said("tried-out", engine=given.engine))
    try:
        return engine.result(), chain(early, cases)
    finally:
        line.clear()


def introduced(engine: Engine) -> Engine:
    """The engine, of which it is said where it was found, and what is to be known of that."""
    Line().clear()  # of the cases, of which the first is read before
    for line in (said("engine", origin=engine.origin), *engine.notes):
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


def tell_printed(engine: Engine | None) -> None:
    """Says how much the engine has printed."""
    if engine is not None and engine.printed:
        aside(printed(engine.printed))
