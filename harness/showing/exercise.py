"""A case as an exercise: its forward pass as it runs, and its backward pass with blanks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from harness import languages
from harness.showing.listing import Line, Listing, comment

BLANK: Final = "..."
CASE: Final = "# harness exercise: {case}"

Choice = Callable[[Line], bool]


class ChoiceError(ValueError):
    """What is to be left blank is none of the lines."""


def exercise(listing: Listing, case: str, file: str, blank: str = "backward") -> str:
    """The text of an exercise of a ``case``; raises :class:`ChoiceError`."""
    chosen = _choice(blank, listing)
    lines = tuple(
        _blank(line) if line.kind == "backward" and chosen(line) else line for line in listing.lines
    )
    if lines == listing.lines:
        raise ChoiceError(languages.told("truth", "no-such-line", blank=blank))
    head = f"{CASE.format(case=case)}\n{comment('code-task', file=file)}"
    return f"{head}\n{replace(listing, lines=lines, plain=False).text()}"


def solution(listing: Listing, case: str) -> str:
    """The exercise with nothing left blank, for who sets it."""
    return f"{CASE.format(case=case)}\n{replace(listing, plain=False).text()}"


def _choice(blank: str, listing: Listing) -> Choice:
    if blank == "backward":
        return lambda line: True
    if lines := re.fullmatch(r"lines? *(\d+(?: *, *\d+)*)", blank):
        numbers = {int(number) for number in lines[1].split(",")}
        return lambda line: line.number in numbers
    return lambda line: listing.gradient(line.name) == blank


def _blank(line: Line) -> Line:
    target, sign, _ = re.split(r" (\+?=) ", line.code, maxsplit=1)
    return replace(line, code=f"{target} {sign} {BLANK}")
