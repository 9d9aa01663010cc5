"""Lines for a terminal of 80 columns: pieces of text with a style each, and how text is folded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from harness.languages.width import folded, padded, wide

Piece = tuple[str, str]
"""Text and its style: ``""``, ``bold``, ``wrong``, ``value``, ``gradient`` or ``faint``."""
Line = list[Piece]

WIDTH: Final = 79
"""What is shown fits a terminal of 80 columns; commands are not broken, and neither are names."""
NARROWEST, WIDEST = 40, 120
"""Between these columns what is shown fits the terminal."""
MOST_ROWS: Final = 8
"""At most this many rows are shown of a table, or of the stages of a case."""
ASCII: Final = str.maketrans(
    {"✓": "ok", "✗": "x", "…": "...", "×": "*", "−": "-", "½": "1/2", "·": "*", "σ": "sigmoid"}
)


def plain(lines: Iterable[Line]) -> str:
    """The lines as text without styles."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in lines)


def ascii_only(text: str) -> str:
    """The text for a terminal whose encoding has no signs beyond ASCII."""
    return text.translate(ASCII).encode("ascii", "backslashreplace").decode("ascii")


def wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    """The text in lines, those after the first indented. Words longer than a line stay whole."""
    return folded(text, width, indent)


def room(columns: int) -> int:
    """How wide lines may be in a terminal with these columns."""
    return min(max(columns, NARROWEST), WIDEST) - 1


def paragraph(
    text: str, style: str = "", indent: int = 2, hanging: int = 6, width: int = WIDTH
) -> list[Line]:
    """The text in lines of one style, indented, and those after the first by ``hanging`` more."""
    folded = wrapped(text, width - indent, hanging)
    return [[(" " * indent + line, style)] for line in folded]


def cut(text: str, width: int) -> str:
    """A text of that width, its middle left out where it is longer: its end may tell which of
    several steps it is."""
    end = 2 * width // 5
    short = text if wide(text) <= width else f"{text[: width - 1 - end]}…{text[-end:]}"
    return padded(short, width)
