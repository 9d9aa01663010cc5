"""What an engine's exceptions tell people: one line, its own traceback lines and none of ours."""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path
from typing import Final

from harness import languages
from harness.engines.clock import OutOfTime
from harness.engines.numbers import Complex, Unreadable
from harness.engines.paths import EveryPath
from harness.engines.sources import is_engines, is_ours
from harness.engines.trace import SLOW, Failure

CI_COMMAND: Final = re.compile(r":(?=:[A-Za-z][\w-]*(\s.*?)?::)|#(?=#[A-Za-z]*\[)")
"""Where a line in a log would be a command: ``::error file=x::…`` to GitHub, ``##[group]…`` and
``##vso[…]`` to Azure, and to GitHub anywhere in a line, ``##teamcity[…]`` to TeamCity."""


class LeftIn(RuntimeError):
    """Something that waits for a person, such as a breakpoint, was left in the engine."""


class NotRun(RuntimeError):
    """Something is not run, because it has not come to an end before."""


class Place:
    """Where a run has got to, for what goes wrong there."""

    def __init__(self) -> None:
        self.direction = "forward"
        self.step: str | None = None

    def move(self, direction: str, step: str | None) -> None:
        self.direction, self.step = direction, step


def failure(place: Place, error: BaseException) -> Failure:
    """The engine's exception in one line, with its own traceback lines and none of ours."""
    return Failure(
        place.direction,
        place.step,
        describe(error),
        own_lines(error),
        isinstance(error, ZeroDivisionError | OverflowError | Complex)
        or (isinstance(error, ValueError) and "math domain error" in str(error)),
        own_functions(error),
        _code(error),
    )


def _code(error: BaseException) -> str:
    """That of the mistake, where the exception itself tells it."""
    if isinstance(error, EveryPath):
        return error.code
    return SLOW if isinstance(error, OutOfTime) else ""


IN_CELL: Final = re.compile(r"\.ipynb\b.*\d")
"""What the name of a notebook's cell is recognised by."""
EXCEPTION: Final = re.compile(r"[A-Za-z_][\w.]*(: |$)")
NAMES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
NUMBERS: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|\b(inf|nan)\b", re.IGNORECASE)
GROUPS: Final = re.compile(r"([(\[][…,\s]*[)\]]\s*)+")
"""What differs from case to case in the message of one exception."""


def raised(failure: Failure) -> str:
    """What was raised, alike for all cases in which it is the same: the exception with its message,
    names and numbers left out, and the engine's own line. Empty where it is no exception of the
    engine's, such as that its time was up."""
    if not EXCEPTION.match(failure.message):
        return ""
    text = GROUPS.sub("…", NUMBERS.sub("…", NAMES.sub("…", failure.message)))
    return f"{' '.join(text.split())} at {place(failure).partition(': in ')[0]}"


def place(failure: Failure) -> str:
    """The engine's own line that has raised it, with its file and number; empty where there is
    none."""
    return failure.lines[-1] if failure.lines else ""


def describe(error: BaseException) -> str:
    """``ValueError: message``, in one line of bounded length, even if ``str(error)`` raises."""
    text = says(error)
    if isinstance(error, OutOfTime | LeftIn | NotRun | EveryPath | Unreadable):
        return printable(text)
    name = type(error).__name__
    return printable(f"{name}: {text[:300]}" if text else name)


def says(error: BaseException) -> str:
    """An exception's own message, in one line."""
    try:
        return " ".join(str(error).split())
    except Exception:
        return languages.told("engine", "no-message")


def printable(text: str) -> str:
    """A text of an engine's for people and logs to read: signs that no terminal or file should be
    given (control characters, escape sequences, half surrogates, changes of direction) as escapes,
    and so the first sign of what a CI system would take for a command of its own."""
    if not text.isprintable():
        text = "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
        )
    if "::" in text or "##" in text:
        text = CI_COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return text


def own_functions(error: BaseException, keep: int = 20) -> tuple[str, ...]:
    """The qualified names of the functions that were running, the harness's own left out."""
    codes = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = [printable(code.co_qualname) for code in codes if not is_ours(code.co_filename)]
    return tuple(names[-keep:])


def own_lines(error: BaseException, keep: int = 6) -> tuple[str, ...]:
    """The traceback's lines outside the harness, numpy and the import system; the last ``keep``."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if is_engines(frame.filename)
    ]
    lines = [
        f"{at_line(frame.filename, frame.lineno)}: in {frame.name}: {frame.line or ''}"
        for frame in frames[-keep:]
    ]
    if isinstance(error, SyntaxError):
        place = [at_line(error.filename, error.lineno)] if error.filename else []
        lines = [f"{line}: {(error.text or '').strip()}" for line in place]
    return tuple(map(printable, lines))


def at_line(file: str, line: int | None) -> str:
    """``engine.py:12``, or ``my.ipynb cell 3, line 12``."""
    name = from_here(file)
    if IN_CELL.search(name):
        return languages.told("engine", "line-of-cell", name=name, line=line)
    return f"{name}:{line}"


def from_here(file: str) -> str:
    """The name of a file; of one below the current folder from there."""
    return file.removeprefix(str(Path.cwd()) + os.sep)
