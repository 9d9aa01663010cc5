"""What all commands share: reading cases, writing whole files, and speaking to people."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import chain
from pathlib import Path
from threading import Thread

from harness.cli.streams import aside, say
from harness.engines.engine import Engine
from harness.engines.loading import is_ours, load
from harness.engines.trace import Trace, Undefined
from harness.grading.fence import RESTARTS, TIMEOUT, fenced
from harness.grading.remote import AHEAD
from harness.judging import oracle, snapshot
from harness.judging.oracle import ORACLES, Oracle
from harness.judging.precision import DTYPES
from harness.judging.verdict import contradictions, numbers
from harness.language.case import Case, CaseError
from harness.language.suite import Source
from harness.showing.lines import wrapped
from harness.vocabulary.program import directions

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2

CASES_HELP = (
    "a folder of cases or a single one, in place of the built-in suite; may be repeated, and "
    "'builtin' is the built-in suite: --cases builtin --cases DIR judges on both, where a case of "
    "yours takes the place of the built-in one with the same id"
)

ENGINE_HELP = (
    "a file (my_engine.py, my.ipynb) or a module (my.engine), each with the class's name after a "
    "colon or not (my_engine.py:Tensor), or an engine that is installed, such as peer:micrograd"
)

MOST_NOTES = 5

ERASE = "\x1b[K"
"""Clears the rest of a terminal's line."""


def add_oracle(command: argparse.ArgumentParser) -> None:
    """The option that says where the truth comes from."""
    command.add_argument(
        "--oracle",
        choices=ORACLES,
        help="where the truth comes from: torch itself, or its numbers as recorded beside the "
        "cases. Default: what is recorded, and torch where nothing is",
    )


def add_dtype(command: argparse.ArgumentParser) -> None:
    """The option that says in which precision an engine is judged."""
    command.add_argument(
        "--dtype",
        choices=DTYPES,
        help="judge in this precision. Default: float64, and float32 where the engine is found to "
        "compute in that",
    )


def add_cases(command: argparse.ArgumentParser) -> None:
    """The option that says which cases."""
    command.add_argument("--cases", action="append", metavar="DIR", help=CASES_HELP)


def add_fence(command: argparse.ArgumentParser) -> None:
    """The options that say how an engine is run."""
    command.add_argument(
        "--timeout",
        type=_seconds,
        default=TIMEOUT,
        metavar="SECONDS",
        help="how long an engine may compute on one case (default: %(default)g)",
    )
    command.add_argument(
        "-s",
        "--show-output",
        action="store_true",
        help="show what the engine prints (on stderr) instead of counting it",
    )
    command.add_argument(
        "--in-process",
        action="store_true",
        help="run the engine in this very process, for a debugger: without any limit",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above zero")
    return seconds


def stop(message: str) -> int:
    """Says why nothing was done; the exit status for that."""
    aside(message)
    return COULD_NOT_RUN


def engine_of(given: argparse.Namespace, restarts: float = RESTARTS) -> Engine:
    """The engine that is asked for, as it is to be run; raises EngineError."""
    if given.in_process:
        return load(given.engine)
    return fenced(given.engine, given.timeout, given.show_output, restarts)


def begun(
    given: argparse.Namespace, cases: Iterator[tuple[Case, Trace]]
) -> tuple[Engine, Iterator[tuple[Case, Trace]]]:
    """The engine that is asked for, and the cases, some of which are read while its process starts;
    raises EngineError."""
    if given.in_process or is_ours(given.engine):
        return engine_of(given), cases
    engine, early = Future[Engine](), list[tuple[Case, Trace]]()

    def start() -> None:
        try:
            engine.set_result(engine_of(given))
        except BaseException as error:
            engine.set_exception(error)

    Thread(target=start, daemon=True).start()
    while not engine.done() and (case := next(cases, None)) is not None:
        early.append(case)
    return engine.result(), chain(early, cases)


def loaded(given: argparse.Namespace, restarts: float = RESTARTS) -> Engine:
    """The engine, of which it is said where it was found; raises EngineError."""
    engine = engine_of(given, restarts)
    introduce(engine)
    return engine


def introduce(engine: Engine) -> None:
    """Says where the engine was found, and what is to be known of that."""
    for line in (f"engine: {engine.origin}", *engine.notes):
        say(fitted(line, 2))


def tell_printed(engine: Engine | None) -> None:
    """Says how much the engine has printed."""
    if engine is not None and engine.printed:
        lines = "1 line" if engine.printed == 1 else f"{engine.printed:,} lines"
        aside(f"your engine printed {lines}; -s shows them")


def fitted(text: str, indent: int) -> str:
    """The text as it fits the terminal, what does not fit its line below it and indented; whole
    where the output goes elsewhere and ``COLUMNS`` is not set."""
    columns = shutil.get_terminal_size((len(text), 0)).columns
    return "\n".join(wrapped(text, columns, indent)) if len(text) > columns else text


def read_sources(sources: Sequence[Source], broken: list[str]) -> Iterator[tuple[Source, Case]]:
    """Each case with its file; what is no case is added to ``broken``."""
    for source in counted(sources):
        try:
            yield source, source.load()
        except CaseError as error:
            broken.append(str(error))


def read_cases(
    sources: Sequence[Source], oracle: Oracle, broken: list[str]
) -> Iterator[tuple[Case, Trace]]:
    """Each case with its truth; what is no case, or has no truth, is added to ``broken``."""
    for _, case in read_sources(sources, broken):
        try:
            check_expectations(case, numbers := truth_of(case, oracle))
        except (CaseError, Undefined) as error:
            broken.append(str(error))
        else:
            yield case, numbers


def ahead(
    engine: Engine | None, cases: Iterable[tuple[Case, Trace]]
) -> Iterator[tuple[Case, Trace]]:
    """The cases, each of them when the engine knows the next :data:`AHEAD` already: it runs those
    while this one is judged."""
    waiting = deque[tuple[Case, Trace]]()
    for pair in cases:
        if engine is not None:
            engine.begin(pair[0].program)
        waiting.append(pair)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting


def truth_of(case: Case, oracle: Oracle) -> Trace:
    """The truth of a case; raises Undefined with the case's place."""
    try:
        return oracle.truth(case)
    except Undefined as error:
        raise Undefined(f"{case.id}:1:1: {error}") from None


def note(oracle: Oracle) -> None:
    """Says which truths are not what they might be taken for."""
    for line in oracle.notes[:MOST_NOTES]:
        aside(line)
    if len(oracle.notes) > MOST_NOTES:
        aside(f"… and {len(oracle.notes) - MOST_NOTES} more")


def check_expectations(case: Case, truth: Trace) -> None:
    """Raises CaseError where the truth contradicts what was worked out by hand."""
    if case.expect and (problems := contradictions(case, truth)):
        raise CaseError(case.id, problems)


def counted(sources: Sequence[Source]) -> Iterator[Source]:
    """The sources, one after the other; on a terminal, how far it is, and with which case."""
    terminal = sys.stderr.isatty() and len(sources) > 1
    try:
        for number, source in enumerate(sources, 1):
            if terminal:
                told = f"{number} of {len(sources)}  {source.id}"
                width = shutil.get_terminal_size().columns - 1
                aside(f"\r{told[:width]}{ERASE}", end="")
            yield source
    finally:
        if terminal:
            aside(f"\r{ERASE}", end="")


def write(path: Path, content: bytes) -> None:
    """The whole file or none of it; raises OSError with the file's name. What is no file, such as a
    pipe or a device, is written to and not replaced."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.chmod(name, 0o666 & ~umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from None


def write_case(case: Case, text: str, truth: Trace) -> None:
    """The file of a new case, and its snapshot beside it."""
    folder = case.path.with_suffix("")
    folder.mkdir(parents=True)
    write(case.path, text.encode())
    for direction in directions(case.program):
        snapshot_text = snapshot.render(numbers(truth, direction), oracle.source(case))
        write(folder / f"{direction}.yml", snapshot_text.encode())


def umask() -> int:
    """The bits that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
