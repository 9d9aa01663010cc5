"""Staged code in a notebook: its code cells as one text, and from a line back to its cell."""

from __future__ import annotations

import re
from typing import Final

from harness import languages
from harness.engines.notebook import TEXTS, cells_of, without_magic

MARK: Final = re.compile(r"# cell (\d+) of a notebook")


def joined(content: bytes) -> str:
    """All code cells, each below a comment with its number; raises
    :class:`~harness.engines.loading.EngineError`."""
    rows: list[str] = []
    for number, cell in enumerate(cells_of(content), 1):
        rows.append(f"# cell {number} of a notebook")
        rows += [] if cell.startswith(TEXTS) else map(without_magic, cell.splitlines())
    return "\n".join(rows) + "\n"


def place(file: str, text: str, line: int) -> str:
    """``backprop.py:12``, or ``my.ipynb cell 3, line 2``."""
    return f"{file} {_cell(text, line)}" if is_joined(text) else f"{file}:{line}"


def where(text: str, line: int) -> str:
    """``line 12``, or ``cell 3, line 2``."""
    return _cell(text, line) if is_joined(text) else languages.told("staged", "line", line=line)


def is_joined(text: str) -> bool:
    """Whether a text is that of a notebook."""
    return MARK.match(text) is not None


def _cell(text: str, line: int) -> str:
    rows = text.splitlines()[:line]
    for back, row in enumerate(reversed(rows)):
        if found := MARK.fullmatch(row):
            return languages.told("staged", "cell", number=found[1], line=back)
    return languages.told("staged", "line", line=line)
