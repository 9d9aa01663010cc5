"""How many, and which: amounts and lists of names as sentences have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.judging.codes import EDGE
from harness.languages import amount
from harness.showing.words import say

__all__ = ["amount", "are", "explaining", "printed", "some"]


def are(number: int, word: str) -> str:
    """So many of something, of which something is to be said: ``1 case is``, ``2 cases are``."""
    return say("is" if number == 1 else "are", amount=amount(number, word))


def some(names: Sequence[str], most: int) -> str:
    """Names in a line, ``most`` of them, and how many more there are."""
    more = len(names) - most
    shown = say("listed").join(names[:most])
    return say("some", names=shown, more=more) if more > 0 else shown


def explaining(findings: Sequence[Mapping[str, Any]]) -> str:
    """What explains something, mistakes and edges apart: ``1 mistake and 2 edges explain``."""
    edges = sum(one["weight"] == EDGE for one in findings)
    mistakes = len(findings) - edges
    told = [amount(mistakes, "mistake")] * (mistakes > 0) + [amount(edges, "edge")] * (edges > 0)
    both = say("both", one=told[0], other=told[-1]) if len(told) > 1 else told[0]
    return say("explains" if len(findings) == 1 else "explain-both", findings=both)


def printed(lines: int, what: str = "engine") -> str:
    """How much an engine has printed that was not shown."""
    about = "printed-code" if what == "code" else "printed-engine"
    return say(about, lines=amount(lines, "line"))
