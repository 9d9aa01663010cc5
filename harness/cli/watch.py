"""`harness watch`: a file judged whenever it is saved."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from harness.assignment.values import FILE
from harness.cli.colour import is_screen
from harness.cli.command import (
    ASSIGNMENT,
    BY_HAND,
    CASES,
    COULD_NOT_RUN,
    DTYPE,
    ENGINE_HELP,
    FENCE,
    LADDER,
    ORACLE,
    Stop,
    argument,
    command,
)
from harness.cli.configured import which
from harness.cli.noticing import RESIZED, SAVED, Events, single_keys
from harness.cli.streams import columns, flush, say, show
from harness.cli.watched import Mistake, Subject, View, subject_of
from harness.cli.words import said
from harness.engines.engine import EngineError
from harness.engines.loading import is_ours, split
from harness.engines.trace import Undefined
from harness.files import write
from harness.grading.kept import Kept
from harness.grading.packages import PackagesError
from harness.grading.sandbox.children import WorkerError
from harness.grading.suite import SuiteError
from harness.language.case import CaseError
from harness.showing import words
from harness.showing.lines import room, wrapped

NOT_NOW: Final = (
    Stop,
    EngineError,
    CaseError,
    Undefined,
    SuiteError,
    PackagesError,
    WorkerError,
    OSError,
)
"""Why nothing can be judged as it stands; the next time it is saved it may be otherwise."""

NOTHING_MORE: Final = View()
"""Where nothing more is judged."""
NEXT, ALL, PAGE, QUIT = "n", "a", "p", "q"
CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"
"""Clears a terminal, and begins at its top."""


@command(
    "watch",
    help="judge a file whenever it is saved, one mistake at a time",
    description="Judges an engine, a backward pass written by hand, or an assignment whenever its "
    "file, or one beside it, is saved: first what was wrong before, then the cases from easy to "
    "hard, up to the first level that does not hold. It shows one mistake, the cheapest to mend "
    "first, how far you have come, and what to build next. Keys: n the next mistake, a all "
    "mistakes of all levels, p a page with them, q quit. Exit status: as that of harness check, of "
    "what was seen last.",
    arguments=(
        argument(
            "engine",
            nargs="?",
            help=f"{ENGINE_HELP}; or a folder with an {FILE}. Left out: the engine that is set, or "
            f"the {FILE} of this folder",
        ),
        ASSIGNMENT,
        CASES,
        ORACLE,
        *FENCE,
        DTYPE,
        *LADDER,
        *BY_HAND,
    ),
    configured=("engine", "cases", "levels", "assignment"),
    speaks=True,
)
def watch(given: Namespace) -> int:
    folder = _settled(given)
    with Kept(given.timeout, given.show_output) as kept:
        given.kept = None if given.in_process else kept
        keys = sys.stdin.isatty() and is_screen(sys.stdout)
        with (
            single_keys() if keys else nullcontext(),
            Events(folder, keys, kept.interrupt) as events,
        ):
            return Watch(given, events, keys).run()


def _settled(given: Namespace) -> Path:
    """The folder that is watched, when it is clear what is judged; raises Stop."""
    if given.engine is not None and (Path(given.engine) / FILE).is_file():
        given.engine, given.assignment = None, str(Path(given.engine) / FILE)
    elif given.engine is None and given.assignment is None and Path(FILE).is_file():
        given.assignment = FILE
    if given.assignment is not None:
        return Path(given.assignment).parent
    if given.engine is None:
        raise Stop(said("or-in-assignment", which=which(), file=FILE))
    if is_ours(given.engine):
        raise Stop(said("does-not-change", engine=given.engine))
    place = Path(split(given.engine)[0])
    folder = place.parent if place.suffix else Path()  # a module's files are below the current one
    if not folder.is_dir():
        raise Stop(said("no-such-folder", engine=given.engine, folder=folder))
    return folder


class Watch:
    """The watching: what was seen last, and how it is shown."""

    def __init__(self, given: Namespace, events: Events, keys: bool) -> None:
        self.subject: Subject = subject_of(given)
        self.name = Path(given.engine or given.assignment).name
        self.events, self.keys = events, keys
        self.views: Iterator[View | None] = iter(())
        self.view = NOTHING_MORE
        self.every = self.over = self.rests = False
        self.number, self.note, self.at = 0, "", ""
        self.begun = 0.0

    def run(self) -> int:
        """Judges, and judges again, until it is over; the exit status."""
        self._begin()
        try:
            while not self.over:
                if self.rests:
                    self._heed(self.events.next())
                else:
                    self._judge()
        except KeyboardInterrupt:
            self.over = True
        return self.view.status

    def _begin(self) -> None:
        """The file is to be judged anew."""
        self.rests = False
        self.begun, self.number, self.every, self.note = time.monotonic(), 0, False, ""
        self.views = self._told()

    def _told(self) -> Iterator[View | None]:
        """What is seen of the file, also where it cannot be judged."""
        try:
            yield from self.subject.views(lambda: self.every)
        except NOT_NOW as error:
            yield View(str(error), status=COULD_NOT_RUN)

    def _judge(self) -> None:
        """Goes on with what is judged, and heeds what has happened meanwhile. When it is whole,
        it rests until more is wanted."""
        views, view = self.views, next(self.views, NOTHING_MORE)
        self.rests = view is NOTHING_MORE
        while (event := self.events.next(waits=False)) is not None:
            self._heed(event)
        if self.rests or view is None or views is not self.views:
            return
        now, seconds = time.strftime("%H:%M:%S"), time.monotonic() - self.begun
        self.view, self.at = view, words.say("judged-at", time=now, seconds=seconds)
        self._draw()
        self.rests = view.whole and not self.every

    def _heed(self, event: str | None) -> None:
        """Does what an event asks for."""
        if event == SAVED:
            self._begin()
        elif event == QUIT:
            self.over = True
        elif event == RESIZED and self.view is not NOTHING_MORE:
            self._draw()
        elif event in (NEXT, ALL, PAGE):
            self.number += event == NEXT
            self.every = self.every or event == ALL
            self.rests = self.rests and event != ALL
            self.note = self._page() if event == PAGE else ""
            self._draw()

    def _page(self) -> str:
        """Writes the page; what is to be said of that."""
        path = Path(f"{self.name.partition('.')[0]}.report.html")
        try:
            write(path, self.subject.page().encode())
        except (*NOT_NOW, ModuleNotFoundError) as error:
            return words.say("no-written-page", reason=str(error))
        return words.say("written", file=path)

    # -- what is seen ------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        return room(columns())

    def _draw(self) -> None:
        view = self.view
        if self.keys:
            say(CLEAR, end="")
        show([[(f"{self.name}  {self.at}", "faint")]])
        self._draw_block(view.head.splitlines(), "bold")
        if view.whole or self.keys:
            for mistake in self._chosen(view.mistakes):
                show([*mistake(self.width), []])
            self._draw_block(view.below)
        if self.keys:
            self._draw_block([] if view.whole else [words.say("goes-on")], "faint")
            self._draw_keys(len(view.mistakes))
        flush()

    def _chosen(self, mistakes: Sequence[Mistake]) -> Sequence[Mistake]:
        """One of them, or all that there are."""
        first = self.number % len(mistakes) if mistakes else 0
        return mistakes if self.every else mistakes[first : first + 1]

    def _draw_block(self, texts: Sequence[str], style: str = "") -> None:
        """Texts in the width of the terminal, and a line below them, where there are any."""
        if texts:
            lines = (line for text in texts for line in wrapped(text, self.width, 4) or [""])
            show([*([(line, style)] for line in lines), []])

    def _draw_keys(self, count: int) -> None:
        shown = ""
        if count > 1 and not self.every:
            shown = words.say("mistake-of", number=self.number % count + 1, count=count)
        show([[(shown + words.say("keys-of-watch"), "faint")]])
        if self.note:
            say(self.note)
