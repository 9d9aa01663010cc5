"""What all commands share: reading cases, writing whole files, and speaking to people."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from harness.engines.loading import load
from harness.engines.objects import ObjectEngine
from harness.engines.trace import Trace, Undefined
from harness.judging import oracle, snapshot
from harness.judging.oracle import ORACLES, Oracle
from harness.judging.precision import DTYPES
from harness.judging.verdict import contradictions, numbers
from harness.language.case import Case, CaseError
from harness.language.program import directions
from harness.language.suite import Source
from harness.showing.terminal import ascii_only

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2

CASES_HELP = (
    "a folder of cases or a single one, in place of the built-in suite; may be repeated, and "
    "'builtin' is the built-in suite: --cases builtin --cases DIR judges on both, where a case of "
    "yours takes the place of the built-in one with the same id"
)

ENGINE_HELP = (
    "a file (my_engine.py), a module (my.engine), either with the class's name after a colon "
    "(my_engine.py:Tensor), or an engine that is installed, such as peer:micrograd"
)

MOST_NOTES = 5

_Item = TypeVar("_Item")


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


def stop(message: str) -> int:
    """Says why nothing was done; the exit status for that."""
    print(message, file=sys.stderr)
    return COULD_NOT_RUN


def loaded(spec: str) -> ObjectEngine:
    """The engine, of which it is said where it was found; raises EngineError."""
    engine = load(spec)
    say(f"engine: {engine.origin}")
    return engine


def say(text: str) -> None:
    """Prints, in ASCII where the terminal has no more."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(text if encoding.startswith("utf") else ascii_only(text))


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


def truth_of(case: Case, oracle: Oracle) -> Trace:
    """The truth of a case; raises Undefined with the case's place."""
    try:
        return oracle.truth(case)
    except Undefined as error:
        raise Undefined(f"{case.id}:1:1: {error}") from None


def note(oracle: Oracle) -> None:
    """Says which truths are not what they might be taken for."""
    for line in oracle.notes[:MOST_NOTES]:
        print(line, file=sys.stderr)
    if len(oracle.notes) > MOST_NOTES:
        print(f"… and {len(oracle.notes) - MOST_NOTES} more", file=sys.stderr)


def check_expectations(case: Case, truth: Trace) -> None:
    """Raises CaseError where the truth contradicts what was worked out by hand."""
    if case.expect and (problems := contradictions(case, truth)):
        raise CaseError(case.id, problems)


def counted(items: Sequence[_Item]) -> Iterator[_Item]:
    """The items, one after the other; on a terminal, how far it is."""
    terminal = sys.stderr.isatty() and len(items) > 1
    for number, item in enumerate(items, 1):
        if terminal:
            print(f"\r{number} of {len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if terminal:
        print("\r", end="", file=sys.stderr)


def write(path: Path, content: bytes) -> None:
    """The whole file or none of it; raises OSError with the file's name. What is there and no file
    (a device such as /dev/null, a pipe) is written to, and never replaced by one."""
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
