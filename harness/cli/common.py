"""What all commands share: reading cases, writing whole files, and speaking to people."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from harness.engines.trace import Trace, Undefined
from harness.judging import snapshot
from harness.judging.oracle import ORACLES, truth
from harness.judging.verdict import numbers
from harness.language.case import Case, CaseError, load
from harness.language.program import directions
from harness.showing.terminal import ascii_only

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2


def add_oracle(command: argparse.ArgumentParser) -> None:
    """The option that says where the truth comes from."""
    command.add_argument(
        "--oracle",
        choices=ORACLES,
        default="torch",
        help="where the truth comes from: torch itself (default), or its recorded numbers, which "
        "needs no torch",
    )


def stop(message: str) -> int:
    """Says why nothing was done; the exit status for that."""
    print(message, file=sys.stderr)
    return COULD_NOT_RUN


def say(text: str) -> None:
    """Prints, in ASCII where the terminal has no more."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(text if encoding.startswith("utf") else ascii_only(text))


def one_case(text: str) -> Case:
    """The case in a file; its path below ``cases/``, without .yaml, will do as well."""
    path = Path(text)
    below = Path("cases", f"{text}.yaml")
    path = below if not path.exists() and below.exists() else path
    if not path.exists():
        raise FileNotFoundError(2, f"there is no such case{_like(text)}", text)
    return load(path, path.as_posix(), path.parent)


def _like(text: str) -> str:
    """The nearest name of a case, or what a name would be."""
    known = [file.with_suffix("").as_posix() for file in sorted(Path("cases").rglob("*.yaml"))]
    near = get_close_matches(text, [*known, *(name.removeprefix("cases/") for name in known)], 1)
    return f"; did you mean {near[0]}?" if near else ": name a YAML file, or its path below cases/"


def files_of(name: str, there: bool = False) -> list[str]:
    """A case, which must be ``there``, or all the cases in a folder."""
    if there and not Path(name).exists():
        raise FileNotFoundError(2, "there are no cases here: neither a folder nor a file", name)
    if not Path(name).is_dir():
        return [name]
    found = sorted(path.as_posix() for path in Path(name).rglob("*.yaml"))
    if not found:
        raise FileNotFoundError(2, "there are no cases (*.yaml) below this folder", name)
    return found


def read_cases(
    names: Sequence[str], root: Path, oracle: str, broken: list[str]
) -> Iterator[tuple[str, Case, Trace]]:
    """Each case with its path and its truth; what is no case is added to ``broken``."""
    for name in counted(names):
        try:
            case = load(Path(name), name, root if root.is_dir() else root.parent)
            yield name, case, truth_of(case, oracle)
        except (CaseError, Undefined) as error:
            broken.append(str(error))


def truth_of(case: Case, oracle: str) -> Trace:
    """The truth of a case; raises Undefined with the case's place."""
    try:
        return truth(case, oracle)
    except Undefined as error:
        raise Undefined(f"{case.path.as_posix()}:1:1: {error}") from None


def counted(items: Sequence[str]) -> Iterator[str]:
    """The items, one after the other; on a terminal, how far it is."""
    terminal = sys.stderr.isatty() and len(items) > 1
    for number, item in enumerate(items, 1):
        if terminal:
            print(f"\r{number} of {len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if terminal:
        print("\r", end="", file=sys.stderr)


def write(path: Path, content: bytes) -> None:
    """The whole file or none of it; raises OSError with the file's name."""
    try:
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
        snapshot_text = snapshot.render(numbers(truth, direction))
        write(folder / f"{direction}.yml", snapshot_text.encode())


def umask() -> int:
    """The bits that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
