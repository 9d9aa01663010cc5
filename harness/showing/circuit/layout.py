"""The whole of a circuit diagram: its rows, one below the other, and what is said below them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.showing.circuit.downward import Downward
from harness.showing.circuit.labels import Writing
from harness.showing.circuit.rows import MARGIN, Node, Row, Wire
from harness.showing.circuit.text import Label
from harness.showing.circuit.turns import in_turns, parts
from harness.vocabulary.program import Program, Step

WIDEST: Final = 2400.0
"""What is wider is folded into rows, as long as each takes a tenth off the slide that it fills."""
SLIDE: Final = 16 / 9
"""How many times as wide as high a slide is."""
LETTER: Final = 10.0
"""About so wide is a letter of a caption."""
CAPTION: Final = 36
"""So many letters has a line of a caption at least."""
BETWEEN: Final = 36.0
"""What is left free between two rows."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The drawing: ``notes`` are texts that belong to no node.

    In several ``rows``, what a row takes from another is a leaf of it: a node of the same name.
    ``down``: its wires go from top to bottom, and its rows are parts that stand side by side.
    """

    width: float
    height: float
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]
    notes: tuple[Label, ...] = ()
    rows: int = 1
    down: bool = False

    @property
    def labels(self) -> Iterator[Label]:
        """All that is written in it."""
        yield from (label for node in self.nodes for label in node.labels if label.text)
        yield from (wire.term for wire in self.wires if wire.term is not None)
        yield from self.notes


def arrange(
    program: Program,
    truth: Trace,
    verdict: Verdict | None = None,
    caption: str = "",
    ratio: float | None = None,
    down: bool = False,
) -> Circuit:
    """The circuit of a program with the numbers of ``truth``; what ``verdict`` found wrong is
    marked. A long one is folded into rows, and each turn of a loop stands by itself; what a part
    takes from another stands at its left. With a ``ratio``, any is folded that becomes larger so
    on a ground of this shape. ``down``: from top to bottom, where a long one is folded into parts
    side by side, and what a part takes from another stands above it."""
    writing = (Downward if down else Writing)(program, truth, verdict)
    turns = parts(program, writing.steps)
    if turns:
        rows, headings = in_turns(writing, turns, ratio or SLIDE)
    else:
        whole = Row(writing, writing.steps, MARGIN)
        rows = _rows(whole, WIDEST, SLIDE) if ratio is None else _rows(whole, 0.0, ratio)
        headings = []
    bottom = max(row.bottom for row in rows)
    below = writing.notes(MARGIN, bottom)
    below += _caption(caption, max(row.right for row in rows), bottom + 20 * len(below))
    notes = [*headings, *below]
    right = max([*(row.right for row in rows), *(note.box.right for note in notes)])
    height = max([bottom, *(note.box.bottom for note in notes)])
    nodes = tuple(node for row in rows for node in row.nodes)
    wires = tuple(wire for row in rows for wire in row.wires)
    lines = len({row.left if down else row.top for row in rows})
    return Circuit(right + MARGIN, height + MARGIN, nodes, wires, tuple(notes), lines, down)


def _caption(text: str, right: float, bottom: float) -> list[Label]:
    """What is said below all, in as many lines as it takes; its letters are those of gates."""
    lines = textwrap.wrap(text, max(CAPTION, int(right / LETTER)))
    return [Label(line, MARGIN, bottom + 26 + 21 * i, "symbol") for i, line in enumerate(lines)]


def _rows(whole: Row, widest: float, shape: float) -> list[Row]:
    """The row itself, or as many rows as make it fit."""
    rows = [whole]
    while max(row.bottom if whole.writing.down else row.right for row in rows) > widest:
        more = _folded(whole, len(rows) + 1)
        if _span(more, shape) > 0.9 * _span(rows, shape):
            break
        rows = more
    return rows


def _folded(whole: Row, count: int) -> list[Row]:
    """The same steps in about ``count`` rows of like length, one below the other; or side by side,
    where they go from top to bottom."""
    parts: dict[int, list[Step]] = {}
    for step in whole.steps:
        begin = whole.column(step.name).begin
        parts.setdefault(int(count * begin / whole.columns[-1].end), []).append(step)
    rows: list[Row] = []
    for _, steps in sorted(parts.items()):
        top = left = MARGIN
        if rows and whole.writing.down:
            left = rows[-1].right + BETWEEN
        elif rows:
            top = rows[-1].bottom + BETWEEN
        rows.append(Row(whole.writing, steps, top, left))
    return rows


def _span(rows: Sequence[Row], shape: float) -> float:
    """The width of the slide that these rows fill."""
    return max(max(shape * row.bottom, row.right) for row in rows)
