"""How far a check is: in a line of a notebook or of a terminal that is written again and again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from harness.api.words import said
from harness.language.suite import Source

SECONDS: Final = 0.2
"""So often at most the line is written."""


def following(sources: Sequence[Source]) -> Iterator[Source]:
    """The sources, one after the other, while it is told how many there were."""
    tell, last = _line(), time.monotonic()
    try:
        for number, source in enumerate(sources, 1):
            if time.monotonic() - last > SECONDS:
                tell(said("so-many-of", number=number, sources=len(sources)))
                last = time.monotonic()
            yield source
    finally:
        tell("")


def _line() -> Callable[[str], None]:
    """What shows a text in place of the one before."""
    if "ipykernel" in sys.modules and (cell := _Cell()).shell is not None:
        return cell.tell
    if sys.stderr is not None and sys.stderr.isatty():
        return lambda text: print(f"\r{text}\x1b[K", end="", file=sys.stderr, flush=True)
    return lambda text: None


class _Cell:
    """The output of a notebook's cell. Needs no widget."""

    def __init__(self) -> None:
        self.display: Any = sys.modules["IPython"].display
        self.shell = sys.modules["IPython"].get_ipython()
        self.handle: Any = None

    def tell(self, text: str) -> None:
        """Shows the text; an empty one where something was shown takes it away."""
        shown = {"text/plain": text}
        if self.handle is not None:
            self.handle.update(shown, raw=True)
        elif text:
            self.handle = self.display.display(shown, raw=True, display_id=True)
