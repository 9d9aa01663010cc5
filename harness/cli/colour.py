"""Whether a stream shows colours, and how a style is written in them.

rich knows them: consoles of Windows, ``NO_COLOR``, ``FORCE_COLOR``, ``TERM``. It is imported where
there is a terminal, or one is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TextIO

from harness.showing.lines import Line

if TYPE_CHECKING:
    from rich.console import Console

STYLES: Final = {
    "bold": "bold",
    "wrong": "bold magenta",
    "value": "green",
    "gradient": "red",
    "faint": "dim",
}
"""As pytest shows the same lines: what is wrong is purple, never green or red."""


def console(stream: TextIO) -> Console:
    """The stream as rich writes to it."""
    from rich.console import Console

    return Console(file=stream, force_jupyter=False)


def has_colour(stream: TextIO) -> bool:
    """Whether what is written to the stream may have colours."""
    if not stream.isatty() and not os.environ.get("FORCE_COLOR"):
        return False
    seen = console(stream)
    return seen.color_system is not None and not (seen.no_color or seen.legacy_windows)


def is_screen(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands escape sequences."""
    if not stream.isatty():
        return False
    seen = console(stream)
    return not (seen.is_dumb_terminal or seen.legacy_windows)


def coloured(lines: Iterable[Line]) -> str:
    """The lines as text, each style as a terminal writes it."""
    return "\n".join("".join(_styled(text, style) for text, style in line) for line in lines)


def _styled(text: str, style: str) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    if style not in STYLES or not text.strip():
        return text
    return Style.parse(STYLES[style]).render(text, color_system=ColorSystem.STANDARD)
