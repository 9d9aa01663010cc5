"""How far an engine has come on the ladder: of each level, how many cases are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.judging.codes import EDGE
from harness.language.levels import LEVELS
from harness.languages import amount, name, text
from harness.languages import told as told_as
from harness.languages.width import padded, wide

COUNTED: Final = ("passed", "failed", "unsupported")
EDGES: Final = "edges"
DONE: Final = "✓"
BY_OPTION, IN_PYTHON, UNTOLD = "run-alone", "run-alone-in-python", ""
"""How it is told that a level can be run alone, if it is."""


def standing(cases: Iterable[tuple[str | None, str, str | None]]) -> list[dict[str, Any]]:
    """Of each level that there are cases of, from the lowest up, how many have which status, and
    how many are failed by an edge alone; from the level, the status and the weight of each case."""
    counts: dict[str, Counter[str]] = {}
    for level, status, weight in cases:
        if level is not None:
            counts.setdefault(level, Counter()).update([status, *[EDGES] * (weight == EDGE)])
    return [
        {"level": level, **{status: counts[level][status] for status in (*COUNTED, EDGES)}}
        for level in LEVELS
        if level in counts
    ]


def reached(levels: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each level that the engine has reached, with how many of its cases are right. What the engine
    lacks for a case is no fault of what it has, and counts for nothing here."""
    for one in _judged(levels):
        yield f"{name('level', one['level'])}{text('words', 'colon')}{_count(one)}"


def ahead(levels: Sequence[Mapping[str, Any]], alone: str = BY_OPTION) -> Iterator[str]:
    """Where the engine stops: the lowest level with a mistake, and the one that it has not reached
    yet, each with how many cases wait there, and how it is run ``alone``."""
    wrong = [one for one in levels if one["failed"] > one[EDGES]] or levels
    stops = next((one for one in wrong if one["failed"]), None)
    above = next((one for one in levels if not one["passed"] + one["failed"]), None)
    if stops is not None:
        yield _told("first-to-mend", stops, stops["failed"], alone)
    if above is not None:
        yield _told("next-level", above, above["unsupported"], alone)


def told(levels: Sequence[Mapping[str, Any]], alone: str = BY_OPTION) -> Iterator[str]:
    """A line for each level that the engine has reached, those that are done marked, and where it
    stops."""
    colon = text("words", "colon").rstrip()
    width = wide(colon) + max(wide(name("level", level)) for level in LEVELS)
    for one in _judged(levels):
        sign = " " if one["failed"] + one["unsupported"] else DONE
        yield f"{sign} {padded(name('level', one['level']) + colon, width)}  {_count(one)}"
    yield from ahead(levels, alone)


def _judged(levels: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (one for one in levels if one["passed"] + one["failed"])


def _count(level: Mapping[str, Any]) -> str:
    """How many cases of a level are right."""
    judged = level["passed"] + level["failed"]
    about = "right-of-some" if level["unsupported"] else "right-of"
    return told_as("words", about, **{**level, "judged": judged})


def _told(about: str, level: Mapping[str, Any], count: int, alone: str) -> str:
    how = told_as("words", alone, number=LEVELS.index(level["level"]) + 1) if alone else ""
    return told_as("words", about, level=level["level"], cases=amount(count, "case"), how=how)
