"""One row of a circuit diagram: its steps in columns from left to right, or in layers from top to
bottom, and the wires between.

Where the two do not differ, a place is told along the wires and across them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from harness.showing.circuit.labels import ARROW, RADIUS, Cell, Writing, fan
from harness.showing.circuit.placing import PIECE, place
from harness.showing.circuit.text import Box, Label
from harness.vocabulary.notation import COMMUTATIVE
from harness.vocabulary.program import Step

CHANNEL: Final = 30.0
MARGIN: Final = 14.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wire:
    """From ``source`` to the operand at ``position`` of ``target``.

    ``points`` are the ends of its straight pieces: between each second one and the next it bends.
    ``term`` is what it adds to the gradient of its source, where several wires do. ``guilty``: what
    passes back along it is wrong. ``down``: it goes from top to bottom.
    """

    source: str
    target: str
    position: int
    points: tuple[Point, ...]
    term: Label | None = None
    guilty: bool = False
    down: bool = False

    @property
    def bends(self) -> Iterable[tuple[Point, Point]]:
        """The pairs of points between which it bends."""
        return zip(self.points[:-1:2], self.points[1::2], strict=True)


@dataclass(frozen=True, slots=True)
class Node:
    """A gate, or a leaf (``gate`` is None). ``stub`` is the straight piece of wire behind it, with
    a ``dot`` where several wires begin. ``guilty``: its rule is wrong, though that may show
    elsewhere. ``acting``: it is at work, in one picture of several.
    """

    name: str
    gate: Box | None
    stub: tuple[Point, Point]
    labels: tuple[Label, ...]
    dot: bool = False
    guilty: bool = False
    acting: bool = False

    @property
    def wrong(self) -> bool:
        """Whether one of its numbers is itself wrong."""
        return any(label.ringed for label in self.labels)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a layer begins along the wires, the middle of its gates, where its labels begin, where
    it ends."""

    begin: float
    middle: float
    labels: float
    end: float


class Row:
    """Steps of a program with their wires, with its left upper corner at ``left`` and ``top``."""

    def __init__(
        self, writing: Writing, steps: Sequence[Step], top: float, left: float = MARGIN
    ) -> None:
        self.writing, self.steps = writing, steps
        self.top, self.left = top, left
        self.cells = {name: writing.leaf(name) for name in writing.leaves(steps)}
        self.cells |= {step.name: writing.gate(step) for step in steps}
        reaches = {name: cell.reach for name, cell in self.cells.items()}
        places = place(reaches, [(name, step.name) for step in steps for name in step.parents])
        self.layers, side = places.layers, left if writing.down else top
        self.heights = {name: y + side for name, y in places.heights.items()}
        self.crossings = {edge: [y + side for y in ys] for edge, ys in places.crossings.items()}
        self.columns = self._columns(top if writing.down else left)
        self.fan = fan(steps)
        self.nodes = [self._node(cell) for cell in self.cells.values()]
        self.wires = [wire for step in steps for wire in self._wires(step)]
        across = [self._at(*point)[1] for wire in self.wires for point in wire.points]
        across += [self.heights[name] + far for name, (_, far) in reaches.items()]
        self.right, self.bottom = self._at(self.columns[-1].end, max(across))

    def _at(self, along: float, across: float) -> Point:
        """A place, told from left to right and from top to bottom; and the other way round."""
        return (across, along) if self.writing.down else (along, across)

    def column(self, name: str) -> _Column:
        """The column of a gate or leaf."""
        return self.columns[self.layers[name]]

    def _climbs(self) -> dict[int, float]:
        """How far the wires behind each layer climb at most, before the next one."""
        climbs = dict.fromkeys(self.layers.values(), 0.0)
        for (source, target), between in self.crossings.items():
            heights = [self.heights[source], *between, self.heights[target]]
            for layer, (one, other) in enumerate(pairwise(heights), self.layers[source]):
                climbs[layer] = max(climbs[layer], abs(one - other))
        return climbs

    def _columns(self, x: float) -> list[_Column]:
        """The columns one after the other, at whole pixels; a channel is wider where a wire climbs
        far."""
        columns: list[_Column] = []
        for layer, climb in sorted(self._climbs().items()):
            cells = [cell for name, cell in self.cells.items() if self.layers[name] == layer]
            half = math.ceil(max(cell.core / 2 for cell in cells))
            left = max(cell.before if cell.high else cell.core - half for cell in cells)
            middle = x + math.ceil(left)
            labels = middle + half + 6
            ends = [labels + cell.beyond for cell in cells] + [middle + c.after for c in cells]
            columns.append(_Column(x, middle, labels, math.ceil(max(ends)) + 8))
            x = columns[-1].end + CHANNEL + min(50, int(climb / 6))
        return columns

    def _node(self, cell: Cell) -> Node:
        across, column = self.heights[cell.name], self.column(cell.name)
        gate, start = None, column.labels - 6
        if cell.high:
            x, y = self._at(column.middle, across)
            half, high = cell.wide / 2, cell.high / 2
            gate = Box(x - half, y - high, x + half, y + high)
            start = column.middle + (high if self.writing.down else half)
        labels = tuple(
            label.moved(*self._at(origin, across))
            for origin, those in ((column.middle, cell.on), (column.labels, cell.behind))
            for label in those
        )
        return Node(
            cell.name,
            gate,
            (self._at(start, across), self._at(column.end, across)),
            labels,
            self.fan[cell.name] > 1,
            self._is_guilty(cell.name, labels),
        )

    def _is_guilty(self, name: str, labels: Iterable[Label]) -> bool:
        """Whether it is known to be, or a number of it is wrong and nothing more is known."""
        known = self.writing.gates
        return name in known or (not known and any(label.ringed for label in labels))

    def _wires(self, step: Step) -> Iterator[Wire]:
        gate, middle = self.cells[step.name], self.column(step.name).middle
        taken: Counter[str] = Counter()
        for (name, position), port in zip(self._in_order(step), gate.ports, strict=False):
            beside = 2 * PIECE * (taken[name] - (step.parents.count(name) - 1) / 2)
            taken[name] += 1
            points = [(self.column(name).end, self.heights[name])]
            between = self.columns[self.layers[name] + 1 : self.layers[step.name]]
            for column, y in zip(between, self.crossings[name, step.name], strict=True):
                points += [(column.begin, y + beside), (column.end, y + beside)]
            y, edge = self.heights[step.name] + port, middle - self._half(gate, port)
            points += [(self.column(step.name).begin, y), (edge, y)]
            over = len(gate.ports) > 2 or port < 0  # of two wires the lower one has it below
            term = self.writing.term(step.name, position, over)
            if term is not None:
                term = term.moved(*self._at(edge - ARROW - 4, y))
            guilty = (step.name, position) in self.writing.wires
            places = tuple(self._at(*point) for point in points)
            yield Wire(name, step.name, position, places, term, guilty, self.writing.down)

    def _in_order(self, step: Step) -> list[tuple[str, int]]:
        """The operands from top to bottom: as they are written, or as their wires come in where
        their order does not matter."""

        def arriving(pair: tuple[str, int]) -> float:
            return [self.heights[pair[0]], *self.crossings[pair[0], step.name]][-1]

        pairs = [(x, i) for i, x in enumerate(step.operands) if isinstance(x, str)]
        return sorted(pairs, key=arriving) if step.op in COMMUTATIVE else pairs

    def _half(self, gate: Cell, port: float) -> float:
        """How far a gate reaches along the wires where one arrives, in whole pixels: its corners
        are round."""
        along, across = self._at(gate.wide / 2, gate.high / 2)
        beyond = max(0.0, abs(port) - (across - RADIUS))
        return along - RADIUS + math.floor(math.sqrt(RADIUS**2 - beyond**2))
