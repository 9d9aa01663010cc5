"""How many, and which: amounts and lists of names as sentences have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.judging.codes import EDGE


def amount(number: int, word: str) -> str:
    """So many of something: ``1 case``, ``2,000 cases``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def are(number: int, word: str) -> str:
    """So many of something, of which something is to be said: ``1 case is``, ``2 cases are``."""
    return f"{amount(number, word)} {'is' if number == 1 else 'are'}"


def some(names: Sequence[str], most: int) -> str:
    """Names in a line, ``most`` of them, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f", and {more:,} more" if more > 0 else "")


def explaining(findings: Sequence[Mapping[str, Any]]) -> str:
    """What explains something, mistakes and edges apart: ``1 mistake and 2 edges explain``."""
    edges = sum(one["weight"] == EDGE for one in findings)
    mistakes = len(findings) - edges
    told = [amount(mistakes, "mistake")] * (mistakes > 0) + [amount(edges, "edge")] * (edges > 0)
    return f"{' and '.join(told)} explain{'s' if len(findings) == 1 else ''}"


def printed(lines: int, what: str = "engine") -> str:
    """How much an engine has printed that was not shown."""
    return f"your {what} printed {amount(lines, 'line')}; -s shows them"
