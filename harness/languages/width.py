"""How wide text is in a terminal, where signs of Chinese, Japanese and Korean take two columns, and
how it is folded: between words, and beside any such sign."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final
from unicodedata import combining, east_asian_width

CLOSING: Final = "，。；：！？、）》」』”’…"
"""Signs with which no line begins."""
OPENING: Final = "（《「『“‘"
"""Signs with which no line ends."""
_UNBROKEN: Final = re.compile(
    rf"[{OPENING}]*(?:[^ \u2e80-\uffef]+|[\u2e80-\uffef])[{CLOSING}]*|[{OPENING}{CLOSING}]+| +"
)


def is_wide(sign: str) -> bool:
    """Whether a sign takes two columns."""
    return east_asian_width(sign) in "WF"


def wide(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(sign) else 1 + is_wide(sign) for sign in text)


def padded(text: str, width: int) -> str:
    """The text with spaces behind it, up to that width."""
    return text + " " * (width - wide(text))


def behind(text: str, width: int) -> str:
    """The text with spaces before it, up to that width."""
    return " " * (width - wide(text)) + text


def folded(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines, those after the first indented. Words longer than a line stay whole."""
    margin = " " * indent
    if any(map(is_wide, text)):
        return list(_lines(text, width, margin))
    return textwrap.wrap(
        text, width, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def _lines(text: str, width: int, margin: str) -> Iterator[str]:
    line, start = "", ""
    for piece in _UNBROKEN.findall(re.sub(r"[\t\n\r]", " ", text.rstrip())):
        if line.strip() and not piece.isspace() and wide(line + piece) > width:
            yield line.rstrip()
            line, start = margin, margin
        if line != start or not piece.isspace() or not start:
            line += piece
    if line.strip():
        yield line.rstrip()
