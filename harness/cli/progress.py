"""How far a command is, in one line of a terminal that is written again and again.

Nothing is said where standard error is no terminal, or one that cannot write over a line.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from harness.cli.colour import console, is_screen
from harness.cli.streams import aside
from harness.cli.words import said
from harness.grading.marking import GRADED, GRADER_ERROR, REFUSED
from harness.language.suite import Source

BAR: Final = 30

ERASE: Final = "\x1b[K"
"""Clears the rest of a terminal's line."""


class Line:
    """The line, and the time since it was begun."""

    def __init__(self) -> None:
        self.terminal = is_screen(sys.stderr)
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


def counted(sources: Sequence[Source]) -> Iterator[Source]:
    """The sources, one after the other, while it is told how far it is, and with which case."""
    line = Line()
    try:
        for number, source in enumerate(sources, 1):
            if len(sources) > 1:
                line.tell(said("case-at", number=number, count=len(sources), id=source.id))
            yield source
    finally:
        line.clear()


class Progress:
    """On a terminal, how many are done, how fast, and how long it will take."""

    def __init__(self, count: int, kept: int) -> None:
        from rich import progress

        self.count, self.kept = count, kept
        self.statuses, self.begin = Counter[str](), time.monotonic()
        self.bar = progress.Progress(  # drawn by no thread: processes are forked beside it
            progress.BarColumn(BAR, complete_style="default", finished_style="default"),
            progress.MofNCompleteColumn(" of "),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TimeRemainingColumn(),
            console=console(sys.stderr),
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=not is_screen(sys.stderr),
        )
        self.task = self.bar.add_task("", total=count, rate="")

    @property
    def done(self) -> int:
        return self.statuses.total()

    def one(self, status: str) -> None:
        """Counts a submission that is graded, or could not be."""
        self.statuses[status] += 1
        rate = f"{self.done / max(time.monotonic() - self.begin, 1e-9):.1f}/s"
        self.bar.start()
        self.bar.update(self.task, advance=1, rate=rate, refresh=True)

    def end(self) -> None:
        """Leaves the line as it is."""
        self.bar.stop()

    def told(self) -> str:
        """Of all that were found, what has become of each."""
        parts = {
            "graded": self.statuses[GRADED],
            "kept as they were": self.kept,
            "refused": self.statuses[REFUSED],
            "not graded for a fault of the grader's": self.statuses[GRADER_ERROR],
            "left": self.count - self.done,
        }
        told = ", ".join(f"{count:,} {part}" for part, count in parts.items() if count)
        return f"{self.count + self.kept:,} found: {told}."
