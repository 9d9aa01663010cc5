"""How far a command is, in one line of a terminal that is written again and again.

Nothing is said where standard error is no terminal.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Final

from harness.cli.streams import aside
from harness.language.suite import Source

ERASE: Final = "\x1b[K"
"""Clears the rest of a terminal's line."""


class Line:
    """The line, and the time since it was begun."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()
        self.begin, self.last = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self.begin

    def is_due(self) -> bool:
        """Whether a tenth of a second has passed since this was true the last time: for those who
        would tell more often."""
        due = self.terminal and self.seconds - self.last >= 0.1
        self.last = self.seconds if due else self.last
        return due

    def tell(self, text: str) -> None:
        """Shows it in place of what was shown before."""
        if self.terminal:
            aside(f"\r{text[: shutil.get_terminal_size().columns - 1]}{ERASE}", end="")

    def clear(self) -> None:
        """Makes room for a line of text."""
        self.tell("")

    def leave(self) -> None:
        """Leaves on the terminal what was shown last."""
        if self.terminal:
            aside("")


def counted(sources: Sequence[Source]) -> Iterator[Source]:
    """The sources, one after the other, while it is told how far it is, and with which case."""
    line = Line()
    try:
        for number, source in enumerate(sources, 1):
            if len(sources) > 1:
                line.tell(f"{number} of {len(sources)}  {source.id}")
            yield source
    finally:
        line.clear()
