"""How far an engine has come on the ladder: of each level, how many cases are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.judging.codes import EDGE
from harness.language.levels import LEVELS

COUNTED: Final = ("passed", "failed", "unsupported")
EDGES: Final = "edges"
DONE: Final = "✓"
BY_OPTION: Final = " (--level {} runs it alone)"
IN_PYTHON: Final = " (level={} runs it alone)"

WIDE: Final = max(map(len, LEVELS))


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
    for one in levels:
        judged = one["passed"] + one["failed"]
        if judged:
            lacking = f", {one['unsupported']:,} not judged" if one["unsupported"] else ""
            yield f"{one['level']}: {one['passed']:,} of {judged:,}{lacking}"


def ahead(levels: Sequence[Mapping[str, Any]], alone: str = BY_OPTION) -> Iterator[str]:
    """Where the engine stops: the lowest level with a mistake, and the one that it has not reached
    yet, each with how many cases wait there, and how it is run ``alone``."""

    def how(level: Mapping[str, Any]) -> str:
        return alone.format(LEVELS.index(level["level"]) + 1)

    wrong = [one for one in levels if one["failed"] > one[EDGES]] or levels
    stops = next((one for one in wrong if one["failed"]), None)
    above = next((one for one in levels if not one["passed"] + one["failed"]), None)
    if stops is not None:
        yield f"first to mend: {stops['level']}, {_cases(stops['failed'])} wrong{how(stops)}"
    if above is not None:
        number = _cases(above["unsupported"])
        yield f"next on the ladder: {above['level']}, which opens {number}{how(above)}"


def told(levels: Sequence[Mapping[str, Any]], alone: str = BY_OPTION) -> Iterator[str]:
    """A line for each level that the engine has reached, those that are done marked, and where it
    stops."""
    done = {one["level"] for one in levels if not one["failed"] + one["unsupported"]}
    for line in reached(levels):
        level, _, count = line.partition(": ")
        yield f"{DONE if level in done else ' '} {level + ':':<{WIDE + 1}}  {count}"
    yield from ahead(levels, alone)


def _cases(number: int) -> str:
    return f"{number:,} case{'' if number == 1 else 's'}"
