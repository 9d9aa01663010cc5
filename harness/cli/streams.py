"""Standard output and standard error, as a command finds them: a terminal, a pipe, closed, full.

What cannot be written to standard output is lost, and raises :class:`Lost`; on standard error only
remarks are lost, and whoever closed it does not want them.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

from harness.cli.colour import coloured, has_colour
from harness.cli.words import said
from harness.languages.width import wide
from harness.showing.lines import ASCII, Line, ascii_only, plain, wrapped

NAMES: Final = ("stdin", "stdout", "stderr")
"""By the numbers of their descriptors."""


class Lost(Exception):
    """Standard output cannot be written to. The message says why; there is none where whoever was
    reading has seen enough."""


def settle() -> None:
    """Puts something in the place of each stream that was closed when the process began, so that no
    file takes its number: output to the one that stands for standard output fails."""
    for name in NAMES:
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_WRONLY if name == "stderr" else os.O_RDONLY)
            os.set_inheritable(opened, True)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(opened, mode, encoding="utf-8"))  # noqa: SIM115


def say(text: str, end: str = "\n", indent: int | None = None) -> None:
    """Prints, with as much of ASCII as the terminal's encoding asks for, and as escapes what is no
    text at all. With an ``indent`` it fits the terminal: what does not fit its line stands below
    it, indented so far. May raise :class:`Lost`."""
    text = text if indent is None else _fitted(text, indent)
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8")
    with losing():
        print(_encodable(shown), end=end)


def _encodable(text: str) -> str:
    """The text as the encoding of standard output can have it."""
    encoding = sys.stdout.encoding or "ascii"
    for shown in (text, text.translate(ASCII)):
        with suppress(UnicodeEncodeError):
            shown.encode(encoding)
            return shown
    return ascii_only(text)


def show(lines: Iterable[Line]) -> None:
    """Prints lines with their styles, in colour where there is any. May raise :class:`Lost`."""
    every = list(lines)
    say(coloured(every) if has_colour(sys.stdout) else plain(every))


def _fitted(text: str, indent: int) -> str:
    """The text as it fits the terminal; whole where the output goes elsewhere and ``COLUMNS`` is
    not set."""
    columns = shutil.get_terminal_size((wide(text), 0)).columns
    return "\n".join(wrapped(text, columns, indent)) if wide(text) > columns else text


def columns() -> int:
    """How wide the terminal is; 80 where the output goes elsewhere and ``COLUMNS`` is not set."""
    return shutil.get_terminal_size().columns


def flush() -> None:
    """Writes what has been said. May raise :class:`Lost`."""
    with losing():
        sys.stdout.flush()


def aside(text: str, end: str = "\n") -> None:
    """Prints on standard error, if anybody listens there."""
    try:
        print(text, end=end, file=sys.stderr, flush=True)
    except OSError:
        _forget(sys.stderr)


@contextmanager
def losing() -> Iterator[None]:
    """Makes an error of standard output a :class:`Lost`, and is not asked to write there again."""
    try:
        yield
    except OSError as error:
        _forget(sys.stdout)
        told = "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
        raise Lost(told and said("stdout-lost", told=told)) from None


def _forget(stream: TextIO) -> None:
    """What is written to a stream from now on goes nowhere, nor what it has kept till now."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
