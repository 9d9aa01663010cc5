"""Reading what an engine answers: its numbers, whatever their form, and its exceptions."""

from __future__ import annotations

import os
import re
import traceback
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.bundled import bundled
from harness.engines.clock import OutOfTime
from harness.engines.paths import EveryPath
from harness.engines.trace import Failure
from harness.vocabulary.program import Array

HARNESS, MODEL, NUMPY = (
    f"{folder}{os.sep}"
    for folder in (Path(__file__).parents[1], bundled("minigrad"), Path(np.__file__).parent)
)


CI_COMMAND: Final = re.compile(r":(?=:[A-Za-z][\w-]*(\s.*?)?::)|#(?=#[A-Za-z]*\[)")
"""Where a line in a log would be a command: ``::error file=x::…`` to GitHub, ``##[group]…`` and
``##vso[…]`` to Azure, and to GitHub anywhere in a line, ``##teamcity[…]`` to TeamCity."""


class Unreadable(Exception):
    """The engine answered with something that is no array of real numbers."""


class Complex(Unreadable):
    """The answer is a complex number: a fractional power of a negative one, to Python."""


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


def as_array(answer: Any) -> Array:
    """A copy of an engine's answer as an array of float64 or float32; Unreadable if it is none."""
    if type(answer) is float:
        return np.asarray(answer)
    if answer is None:
        raise Unreadable("the answer is None, not a number")
    if isinstance(answer, Fraction | Decimal):
        return np.asarray(float(answer))
    if isinstance(answer, str | bytes):
        raise Unreadable(f"the answer is text, {str(answer)[:40]!r}, not a number")
    try:
        array = np.array(answer)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"the answer, a {type(answer).__name__}, is no array: {error}") from None
    if array.dtype.kind == "c":
        raise Complex(f"complex number: the answer is {str(answer)[:40]}")
    if array.dtype.kind == "O" and array.ndim == 0:
        raise Unreadable(f"the answer is a {type(answer).__name__}, not a number or an array")
    if array.dtype.kind not in "fiub":
        raise Unreadable(f"the answer is an array of {array.dtype}, not of numbers")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def failure(place: Place, error: BaseException) -> Failure:
    """The engine's exception in one line, with its own traceback lines and none of ours."""
    if isinstance(error, Unreadable):
        arithmetic = isinstance(error, Complex)
        return Failure(place.direction, place.step, printable(str(error)), (), arithmetic)
    return Failure(
        place.direction,
        place.step,
        describe(error),
        own_lines(error),
        isinstance(error, ZeroDivisionError | OverflowError)
        or (isinstance(error, ValueError) and "math domain error" in str(error)),
        own_functions(error),
        error.code if isinstance(error, EveryPath) else "",
    )


def describe(error: BaseException) -> str:
    """``ValueError: message``, in one line of bounded length, even if ``str(error)`` raises."""
    text = says(error)
    if isinstance(error, OutOfTime | LeftIn | NotRun | EveryPath):
        return printable(text)
    name = type(error).__name__
    return printable(f"{name}: {text[:300]}" if text else name)


def says(error: BaseException) -> str:
    """An exception's own message, in one line."""
    try:
        return " ".join(str(error).split())
    except Exception:
        return "(its message cannot be read)"


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


def is_ours(file: str) -> bool:
    """Whether code is the harness's or the import system's, and not an engine's."""
    return file.startswith((HARNESS, "<frozen")) and not file.startswith(MODEL)


def is_own(file: str) -> bool:
    """Whether code is an engine's: not the harness's, numpy's or the import system's."""
    return not is_ours(file) and not file.startswith(NUMPY)


def own_functions(error: BaseException, keep: int = 20) -> tuple[str, ...]:
    """The qualified names of the functions that were running, the harness's own left out."""
    names = []
    place = error.__traceback__
    while place is not None:
        code = place.tb_frame.f_code
        if not is_ours(code.co_filename):
            names.append(printable(code.co_qualname))
        place = place.tb_next
    return tuple(names[-keep:])


def own_lines(error: BaseException, keep: int = 6) -> tuple[str, ...]:
    """The traceback's lines outside the harness, numpy and the import system; the last ``keep``."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if is_own(frame.filename)
    ]
    lines = [
        f"{at_line(frame.filename, frame.lineno)}: in {frame.name}: {frame.line or ''}"
        for frame in frames[-keep:]
    ]
    if isinstance(error, SyntaxError) and error.filename:
        lines = [f"{at_line(error.filename, error.lineno)}: {(error.text or '').strip()}"]
    return tuple(map(printable, lines))


def at_line(file: str, line: int | None) -> str:
    """``engine.py:12``, or ``my.ipynb cell 3, line 12``."""
    name = from_here(file)
    return f"{name}, line {line}" if ".ipynb cell " in name else f"{name}:{line}"


def from_here(file: str) -> str:
    """The name of a file; of one below the current folder from there."""
    return file.removeprefix(str(Path.cwd()) + os.sep)
