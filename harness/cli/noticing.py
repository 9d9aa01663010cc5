"""What happens while a file is watched: it is saved, a key is pressed, or the terminal is resized.

The first two are waited for in threads of their own, and all come in one queue.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final, Self

WATCHED: Final = (".py", ".ipynb", ".yaml")
SAVED: Final = "saved"
"""The event of a file."""
RESIZED: Final = "resized"
"""The event of a terminal that has another size now; any other is the key that was pressed."""
STILL: Final = 20
"""Milliseconds in which nothing more is written, so that a file is taken to be whole."""
LOOKING: Final = 1000
"""Milliseconds after which it is looked whether the folder is still there."""
ABSENT: Final = 0.5
"""Seconds after which a folder that is gone is looked for again."""
ENDING: Final = 2.0
"""Seconds that there are to end."""
MOST_FOLDERS: Final = 50


class Events:
    """The events of a folder and, where ``keys`` are wanted, of the keyboard. To ``interrupt`` what
    is judged comes before the word that a file was saved."""

    def __init__(self, folder: Path, keys: bool, interrupt: Callable[[], None]) -> None:
        self.queue, self.interrupt, self.over = SimpleQueue[str](), interrupt, Event()
        self.files = Thread(target=self._files, args=(folder,), daemon=True)
        self.files.start()
        if keys:
            Thread(target=self._keys, daemon=True).start()
            _when_resized(lambda: self.queue.put(RESIZED))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.files.join(ENDING)  # no thread is to be cut off in the middle of foreign code

    def next(self, waits: bool = True) -> str | None:
        """The next event, when there is one; None where there is none now, and nobody ``waits``."""
        try:
            return self.queue.get(waits)
        except Empty:
            return None

    def _files(self, folder: Path) -> None:
        """Puts an event wherever a file that is watched was written, or has gone."""
        while not self.over.is_set():
            with suppress(OSError):  # there is no such folder any more
                for _ in _changes(folder, self.over):
                    self.interrupt()
                    self.queue.put(SAVED)
            self.queue.put(SAVED)
            while not folder.is_dir() and not self.over.wait(ABSENT):
                pass
            self.queue.put(SAVED)

    def _keys(self) -> None:
        for key in _pressed():
            self.queue.put(key)


def _when_resized(tell: Callable[[], None]) -> None:
    """Lets it be told where the system knows of that."""
    if sys.platform != "win32":
        signal.signal(signal.SIGWINCH, lambda *_: tell())


def _changes(folder: Path, over: Event) -> Iterator[object]:
    """What has changed in the folder, until another one lies in its place, or it is ``over``.
    Raises OSError."""
    from watchfiles import watch

    own = os.stat(folder).st_ino
    for changes in watch(
        *_places(folder),
        watch_filter=_is_watched,
        step=STILL,
        stop_event=over,
        rust_timeout=LOOKING,
        yield_on_timeout=True,
        raise_interrupt=False,
        recursive=False,
        ignore_permission_denied=True,
    ):
        if changes:
            yield changes
        if not folder.is_dir() or os.stat(folder).st_ino != own:
            return


def _places(folder: Path) -> list[Path]:
    """The folder, and those in it that have modules: an engine may have parts there. What lies
    deeper is not watched, lest a home be searched through."""
    inner = (one.parent for one in folder.glob("*/*.py") if not one.parent.name.startswith("."))
    return [folder, *islice(dict.fromkeys(inner), MOST_FOLDERS)]


def _is_watched(_: object, path: str) -> bool:
    return path.endswith(WATCHED) and not Path(path).name.startswith(".")


def _pressed() -> Iterator[str]:
    """Each key as it is pressed, until there is no more keyboard."""
    if sys.platform == "win32":
        import msvcrt

        while True:
            yield msvcrt.getwch()
    while key := os.read(sys.stdin.fileno(), 1):
        yield key.decode("ascii", "replace")


@contextmanager
def single_keys() -> Iterator[None]:
    """Where keys come one by one and are not shown; the terminal is left as it was."""
    if sys.platform == "win32":
        yield
        return
    import termios
    import tty

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    try:
        tty.setcbreak(keyboard)
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
