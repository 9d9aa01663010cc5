"""Whether a stream shows colours, and how a style is written in them.

``NO_COLOR`` and ``FORCE_COLOR`` (see no-color.org and force-color.org) decide where they are set;
otherwise a terminal has colours that says it is more than dumb. Consoles of Windows have to be told
that escape sequences are none of the text, which old ones do not know.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Final, TextIO

from harness.showing.lines import Line

STYLES: Final = {"bold": "1", "wrong": "1;35", "value": "32", "gradient": "31", "faint": "2"}
"""As pytest shows the same lines: what is wrong is purple, never green or red."""
RESET: Final = "\x1b[0m"
SEQUENCES: Final = 0x0004
"""Windows' ENABLE_VIRTUAL_TERMINAL_PROCESSING."""


def has_colour(stream: TextIO) -> bool:
    """Whether what is written to the stream may have colours."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return is_screen(stream)


def is_screen(stream: TextIO) -> bool:
    """Whether the stream is a terminal that understands escape sequences."""
    if os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or _understands(stream)


def coloured(lines: Iterable[Line]) -> str:
    """The lines as text, each style as a terminal writes it."""
    return "\n".join("".join(_styled(text, style) for text, style in line) for line in lines)


def _styled(text: str, style: str) -> str:
    code = STYLES.get(style)
    return text if code is None or not text.strip() else f"\x1b[{code}m{text}{RESET}"


def _understands(stream: TextIO) -> bool:
    """Makes a console of Windows understand escape sequences; False where it cannot."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        kernel, mode = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = msvcrt.get_osfhandle(stream.fileno())
        if not kernel.GetConsoleMode(handle, ctypes.byref(mode)):
            return False
        return bool(kernel.SetConsoleMode(handle, mode.value | SEQUENCES))
    return True
