"""The whole of a circuit diagram: its rows, one below the other, and what is said below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.showing.circuit.labels import Label, Writing
from harness.showing.circuit.rows import MARGIN, Node, Row, Wire
from harness.vocabulary.program import Program, Step

WIDEST: Final = 2400.0
"""What is wider is folded into rows, as long as each takes a tenth off the slide that it fills."""
SLIDE: Final = 16 / 9
"""How many times as wide as high a slide is."""
BETWEEN: Final = 36.0
"""What is left free between two rows."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The drawing: ``notes`` are texts that belong to no node.

    In several ``rows``, what a row takes from another is a leaf of it: a node of the same name.
    """

    width: float
    height: float
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    notes: tuple[Label, ...] = ()
    rows: int = 1


def arrange(program: Program, truth: Trace, verdict: Verdict | None = None) -> Circuit:
    """The circuit of a program with the numbers of ``truth``; what ``verdict`` found wrong is
    marked. A long one is folded into rows, and what a row takes from another stands at its left."""
    writing = Writing(program, truth, verdict)
    rows = _rows(Row(writing, writing.steps, MARGIN))
    notes = writing.notes(MARGIN, rows[-1].bottom)
    right = max([*(row.right for row in rows), *(note.box.right for note in notes)])
    height = max([rows[-1].bottom, *(note.box.bottom for note in notes)])
    nodes = tuple(node for row in rows for node in row.nodes)
    wires = tuple(wire for row in rows for wire in row.wires)
    return Circuit(right + MARGIN, height + MARGIN, nodes, wires, tuple(notes), len(rows))


def _rows(whole: Row) -> list[Row]:
    """The row itself, or as many rows as make it fit."""
    rows = [whole]
    while max(row.right for row in rows) > WIDEST:
        more = _folded(whole, len(rows) + 1)
        if _span(more) > 0.9 * _span(rows):
            break
        rows = more
    return rows


def _folded(whole: Row, count: int) -> list[Row]:
    """The same steps in about ``count`` rows of like width, one below the other."""
    parts: dict[int, list[Step]] = {}
    for step in whole.steps:
        begin = whole.column(step.name).begin
        parts.setdefault(int(count * begin / whole.right), []).append(step)
    rows: list[Row] = []
    for _, steps in sorted(parts.items()):
        rows.append(Row(whole.writing, steps, rows[-1].bottom + BETWEEN if rows else MARGIN))
    return rows


def _span(rows: Sequence[Row]) -> float:
    """The width of the slide that these rows fill."""
    return max(SLIDE * rows[-1].bottom, *(row.right for row in rows))
