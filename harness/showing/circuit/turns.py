"""A recurrence laid out by time step: the steps of each turn of a loop stand together, below the
number of the turn; the turns stand side by side, in as many lines as fill a slide best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.showing.circuit.labels import Writing
from harness.showing.circuit.rows import MARGIN, Row
from harness.showing.circuit.text import Label
from harness.vocabulary.program import Program, Step

HEADING: Final = 28.0
"""So much room has the number of a turn."""
BETWEEN: Final = 36.0
"""What is left free between two turns."""
COUNTER: Final = "t"
"""What counts the turns of a loop that has no name for that."""


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that stand together, and their ``heading``."""

    heading: str
    steps: tuple[Step, ...]


def parts(program: Program, shown: Sequence[Step]) -> list[Part]:
    """The turns of a program's loops, and what stands before, between and after them, as far as it
    is shown; none where there are no two turns."""
    found, steps = list[Part](), list(program.steps)
    for heading, last in _ends(program):
        names = [step.name for step in steps]
        if last not in names:
            return []
        own, steps = steps[: names.index(last) + 1], steps[names.index(last) + 1 :]
        if found and not heading and not found[-1].heading:
            own = [*found.pop().steps, *own]
        found.append(Part(heading, tuple(own)))
    kept = [Part(x.heading, tuple(s for s in x.steps if s in shown)) for x in found]
    kept = [part for part in kept if part.steps]
    return kept if not steps and sum(bool(part.heading) for part in kept) > 1 else []


def _ends(program: Program) -> Iterator[tuple[str, str]]:
    """For each turn of each stage its heading and the name of its last step."""
    for stage in program.stages:
        for turn in range(stage.turns):
            last = turn == stage.turns - 1
            heading = f"{stage.index or COUNTER} = {turn}" if stage.turns > 1 else ""
            yield heading, stage.name if last else f"{stage.name} #{turn + 1}"


def in_turns(
    writing: Writing, pieces: Sequence[Part], shape: float
) -> tuple[list[Row], list[Label]]:
    """The parts at their places on a ground that is so many times as wide as high, and their
    headings."""
    sizes = [(row.right, row.bottom) for row in (Row(writing, x.steps, 0.0) for x in pieces)]
    places = min(
        (list(_places(sizes, count)) for count in range(1, len(sizes) + 1)),
        key=lambda tried: _span(sizes, tried, shape),
    )
    rows = [
        Row(writing, part.steps, top + HEADING, left)
        for part, (left, top) in zip(pieces, places, strict=True)
    ]
    headings = [
        Label(part.heading, left, top + HEADING / 2, "leaf")
        for part, (left, top) in zip(pieces, places, strict=True)
        if part.heading
    ]
    return rows, headings


Pair = tuple[float, float]


def _places(sizes: Sequence[Pair], count: int) -> Iterator[Pair]:
    """The left upper corners of parts, ``count`` in a line, those in a column below one another."""
    wide = [max(width for width, _ in sizes[column::count]) for column in range(count)]
    top = MARGIN
    for begin in range(0, len(sizes), count):
        line = sizes[begin : begin + count]
        for column in range(len(line)):
            yield MARGIN + sum(wide[:column]) + BETWEEN * column, top
        top += HEADING + max(height for _, height in line) + BETWEEN


def _span(sizes: Sequence[Pair], places: Sequence[Pair], shape: float) -> float:
    """The width of the slide that the parts fill at these places."""
    ends = [(x + wide, y + high) for (wide, high), (x, y) in zip(sizes, places, strict=True)]
    return max(max(x for x, _ in ends), shape * max(y for _, y in ends))
