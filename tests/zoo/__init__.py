"""Broken engines, each with what must be found, and correct ones of unusual shapes.

An engine of the zoo is correct as it stands; its mistakes are made by exact replacement.
"""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake: which finding names it, and the (old, new) texts that make it."""

    name: str
    op: str
    direction: str
    code: str
    edits: tuple[tuple[str, str], ...]

    def made_in(self, text: str) -> str:
        """The engine's text with the mistake; each old text must occur exactly once."""
        for old, new in self.edits:
            assert text.count(old) == 1, f"{self.name}: {old!r} occurs {text.count(old)} times"
            text = text.replace(old, new)
        return text
