"""Where everything of a circuit diagram goes: a program and its numbers become boxes and wires.

Layers and the order within them are a library's. Each layer is a column: an approach, in which the
wires run level and carry the terms that are added up; the gates; and a level piece of wire with
the value above and the gradient below it. Wires bend in the channels between columns only, where
there is no text, so that nothing can cover anything else. A long program is folded into rows.

Lengths are in pixels, y points down, and a label's y is the line that its letters stand on.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from harness.engines.trace import Failure, Trace
from harness.judging.verdict import AGREES, INHERITED, Judgement, Verdict
from harness.showing import fonts
from harness.showing.code import index_text
from harness.showing.layers import PIECE, Places, place
from harness.showing.terminal import stopped
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import PASSES, Array, Program, Step

MOST: Final = 60
"""Programs of more steps are shown in part."""
NEAR: Final = 24
"""So many steps around the first wrong one, or else the last, are that part."""

WIDEST: Final = 2400.0
"""What is wider is folded into rows, as long as each takes a tenth off the slide that it fills."""
SLIDE: Final = 16 / 9
"""How many times as wide as high a slide is."""
BETWEEN: Final = 36.0
"""What is left free between two rows."""

RADIUS: Final = 20.0
CHANNEL: Final = 30.0
ARROW: Final = 9.0
PORTS: Final = 20.0
MARGIN: Final = 14.0
LONGEST: Final = 20
"""Names and notes are cut to so many letters."""
NOTE: Final = 60
"""So many letters has a line below the picture."""

STYLES: Final[Mapping[str, tuple[float, str]]] = {
    "value": (13, "-Bold"),
    "gradient": (13, "-Oblique"),
    "term": (10.5, "-Oblique"),
    "symbol": (16, ""),
    "leaf": (16, "-Bold"),
    "name": (12.5, ""),
    "number": (10, ""),
    "badge": (12, "-Bold"),
}
"""Size and face of each kind of text."""

BESIDE: Final[Mapping[str, str]] = {
    "value": "value",
    "forward badge": "badge",
    "gradient": "gradient",
    "backward badge": "badge",
}
"""What stands behind a gate, and its style."""
RISE: Final[Mapping[str, float]] = {
    "value": -6,
    "forward badge": -24,
    "gradient": 18,
    "backward badge": 36,
}
"""Where it stands above or below the wire."""

COMMUTATIVE: Final = frozenset({"add", "mul", "maximum", "minimum"})


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text at (x, y); ``anchor`` is start, middle or end."""

    text: str
    x: float
    y: float
    style: str
    anchor: str = "start"

    @property
    def width(self) -> float:
        return measured(self.text, self.style)

    @property
    def box(self) -> Box:
        size = STYLES[self.style][0]
        left = self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        top, bottom = self.y - fonts.ASCENT * size, self.y + fonts.DESCENT * size
        return Box(left, top, left + self.width, bottom)


@dataclass(frozen=True, slots=True)
class Wire:
    """From ``source`` to the operand at ``position`` of ``target``.

    ``points`` are the ends of its level pieces: between each second one and the next it bends.
    ``term`` is what it adds to the gradient of its source, where several wires do.
    """

    source: str
    target: str
    position: int
    points: tuple[tuple[float, float], ...]
    term: Label | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A gate, or a leaf (``gate`` is None). ``stub`` is the level piece of wire behind it.

    ``dot`` is true where several wires begin. ``rings`` are drawn around wrong numbers, ``wrong``
    is true of a gate or leaf that is itself wrong.
    """

    name: str
    gate: Box | None
    stub: tuple[tuple[float, float], tuple[float, float]]
    labels: tuple[Label, ...]
    dot: bool = False
    rings: tuple[Box, ...] = ()
    wrong: bool = False


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


def measured(text: str, style: str) -> float:
    """The width of a text of a style."""
    size, face = STYLES[style]
    return fonts.width(text, size, face)


# -- numbers as they are shown ---------------------------------------------------------------------


def short(array: Array) -> str:
    """A number with three decimals, or the first elements of an array."""
    if not array.shape:
        return _number(array)
    most = 3 if array.size == 3 else 2
    few = " ".join(_element(item) for item in array.reshape(-1)[:most])
    return f"[{few}{' …' if array.size > most else ''}]"


def _number(number: Any) -> str:
    if np.asarray(number).dtype.kind in "bi":
        return str(number)
    value = float(number)
    if not math.isfinite(value):
        return {"inf": "∞", "-inf": "−∞", "nan": "nan"}[str(value)]
    plain = value == 0 or 1e-3 <= abs(value) < 1e6
    return _minus(f"{value:.3f}" if plain else f"{value:.2e}")


def _element(number: Any) -> str:
    value = float(number)
    if not math.isfinite(value):
        return _number(value)
    return _minus(f"{value:.3g}")


def _minus(text: str) -> str:
    return text.replace("-", "−")


def dimensions(shape: Iterable[int]) -> str:
    """A shape as it is said: 3×4."""
    return "×".join(map(str, shape))


def cut(text: str, most: int = LONGEST) -> str:
    """The text, its end left out where it is too long."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# -- what stands on a gate -------------------------------------------------------------------------


def symbol(step: Step) -> tuple[str, str]:
    """What stands on a gate, a number it takes included; and below it, its parameters."""
    gate = step.operation.gate
    numbers = {i: _plain(x) for i, x in enumerate(step.operands) if not isinstance(x, str)}
    notes = [f"{key}={_plain(value)}" for key, value in step.parameters.items() if key != "index"]
    if step.op == "index":
        index = index_text(step.parameters["index"], str)
        fits = len(index) <= 6
        return (f"[{index}]", "") if fits else ("[ ]", cut(f"[{index}]"))
    if step.op == "einsum":
        notes = [str(step.parameters["equation"])]
    if numbers and len(step.operands) == 2:
        (position, number), *_ = numbers.items()
        return _with_number(step.op, gate, position, number), cut(" ".join(notes))
    operands = list(step.operation.operands)
    notes += [f"{operands[i]}={number}" for i, number in numbers.items() if i < len(operands)]
    return gate, cut(" ".join(notes))


def _with_number(op: str, gate: str, position: int, number: str) -> str:
    if op == "pow":
        return f"^{number}" if position else f"{number}^"
    if op == "div" and not position:
        return f"{number}/x"
    return f"{gate} {number}" if position else f"{number} {gate}"


def _plain(value: Any) -> str:
    if isinstance(value, float) and len(repr(value)) > 8:
        return _minus(f"{value:.4g}")
    return _minus(f"{value:g}" if isinstance(value, float) else str(value))


# -- what is shown ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cell:
    """A node before it has its place.

    ``core`` is the width of what stands in the middle, ``left`` and ``right`` how far the whole
    reaches from its middle, ``top`` and ``bottom`` how far from its wire. A gate is ``wide`` and
    ``high``, a leaf is not. ``ports`` are the heights at which wires arrive.
    """

    name: str
    texts: dict[str, str]
    core: float = 0.0
    left: float = 0.0
    right: float = 0.0
    top: float = 20.0
    bottom: float = 23.0
    ports: tuple[float, ...] = ()
    wide: float = 0.0
    high: float = 0.0
    layer: int = 0
    y: float = 0.0


def arrange(program: Program, truth: Trace, verdict: Verdict | None = None) -> Circuit:
    """The circuit of a program with the numbers of ``truth``; what ``verdict`` found wrong is
    marked. A long one is folded into rows, and what a row takes from another stands at its left."""
    figure = _Figure(program, truth, verdict)
    whole = _Row(figure, figure.steps, MARGIN)
    rows = [whole]
    while max(row.right for row in rows) > WIDEST:
        more = _folded(whole, len(rows) + 1)
        if _span(more) > 0.9 * _span(rows):
            break
        rows = more
    bottom = rows[-1].bottom
    notes = figure.note(bottom)
    right = max([*(row.right for row in rows), *(note.box.right for note in notes)])
    height = max([bottom, *(note.box.bottom for note in notes)])
    nodes = tuple(node for row in rows for node in row.nodes)
    wires = tuple(wire for row in rows for wire in row.wires)
    return Circuit(right + MARGIN, height + MARGIN, nodes, wires, tuple(notes), len(rows))


def neighbourhood(program: Program, focus: str) -> frozenset[str]:
    """The steps around ``focus``: all of a program that is not too large."""
    steps = program.by_name
    if len(steps) <= MOST:
        return frozenset(steps)
    found = {focus} & set(steps)
    edge = [focus]
    while edge and len(found) < NEAR:
        near: list[str] = []
        for name in edge:
            parents = steps[name].parents if name in steps else ()
            users = [step.name for step, _ in program.uses.get(name, ())]
            near += [n for n in (*parents, *users) if n in steps and n not in found]
        edge = list(dict.fromkeys(near))[: NEAR - len(found)]
        found |= set(edge)
    return frozenset(found)


def first_wrong(verdict: Verdict | None) -> str | None:
    """The step to look at, in the first wrong pass: where the engine stopped, else the first wrong
    one."""
    if verdict is None:
        return None
    for direction in verdict.passes.values():
        if direction.failure is not None and direction.failure.step is not None:
            return direction.failure.step
        if direction.first is not None:
            return direction.first.name
    return None


class _Figure:
    """All that is shown of a program, and what is written at each of its gates and leaves."""

    def __init__(self, program: Program, truth: Trace, verdict: Verdict | None) -> None:
        self.program, self.truth = program, truth
        self.values = {**program.constants, **truth.values}
        shown = neighbourhood(program, first_wrong(verdict) or program.output)
        self.steps = [step for step in program.steps if step.name in shown]
        self.number = {step.name: i for i, step in enumerate(program.steps, 1)}
        self.uses = uses_in(self.steps)
        self.fan = Counter(name for name, _, _ in self.uses)
        self.terms = self._terms()
        self.wrong = _wrong(verdict)
        told = "" if verdict is None else stopped(verdict)
        self.stop = textwrap.wrap(told, NOTE, max_lines=4, placeholder=" …")

    @property
    def whole(self) -> bool:
        """Whether all of the program is shown."""
        return len(self.steps) == len(self.program.steps)

    def leaves(self, steps: Sequence[Step]) -> list[str]:
        """What stands at the left of these steps: what they take from elsewhere. What no step takes
        stands with the first."""
        used = [name for name, _, _ in uses_in(steps)]
        found = [
            name
            for name in (*self.program.inputs, *self.program.constants)
            if name in used or (self.whole and name not in self.fan and steps[0] is self.steps[0])
        ]
        own = {step.name for step in steps}
        return list(dict.fromkeys([*found, *(name for name in used if name not in own)]))

    # -- texts and sizes ---------------------------------------------------------------------------

    def _terms(self) -> dict[tuple[str, int], str]:
        """What each wire adds, by its target and position, where several wires add."""
        several = {name for name, count in self.fan.items() if count > 1}
        several &= self.program.reaching
        found = {}
        for step in self.steps:
            if step.operation.compares or not several & set(step.parents):
                continue
            upstream = self.truth.gradients.get(step.name)
            if upstream is None:
                continue
            try:
                parts = local.contributions(
                    self.program, step, self.truth.values, upstream, own_result=True
                )
            except Unanswerable:
                continue
            for position, part in enumerate(parts):
                if part is not None and step.operands[position] in several:
                    found[step.name, position] = f"+= {short(part)}"
        return found

    def _numbers(self, name: str) -> dict[str, str]:
        texts = {"value": short(np.asarray(self.values[name]))}
        gradient = self.truth.gradients.get(name)
        if gradient is not None:
            sigma = "Σ " if any(self._term_of(name)) else ""
            texts["gradient"] = sigma + short(gradient)
        for direction, badge in self.wrong.get(name, {}).items():
            texts[f"{direction} badge"] = badge.text
        return texts

    def _term_of(self, name: str) -> Iterable[bool]:
        return (
            (step.name, position) in self.terms
            for source, step, position in self.uses
            if source == name
        )

    def leaf(self, name: str) -> _Cell:
        cell = _Cell(name, self._numbers(name))
        number = f"({self.number[name]})" if name in self.number else ""
        below = " ".join(filter(None, (number, dimensions(self.program.shapes[name]))))
        style = "leaf" if name in self.program.inputs else "name"
        cell.texts |= {style: cut(name)} | ({"number": below} if below else {})
        cell.core = max(measured(cell.texts[style], style), measured(below, "number")) + 12
        self._finish(cell)
        return cell

    def gate(self, step: Step) -> _Cell:
        cell = _Cell(step.name, self._numbers(step.name))
        text, note = symbol(step)
        count = max(1, len(step.parents))
        cell.wide = max(2 * RADIUS, measured(text, "symbol") + 12)
        cell.high = max(2 * RADIUS, PORTS * count + 8) if count > 2 else 2 * RADIUS
        spread = PORTS if count > 2 else 16.0
        cell.ports = tuple(spread * (i - (count - 1) / 2) for i in range(count))
        shape = dimensions(self.program.shapes[step.name])
        name = cut(step.name) + (f" ({shape})" if shape else "")
        below = f"({self.number[step.name]})" + (f" {note}" if note else "")
        cell.texts |= {"symbol": text, "name": name, "number": below}
        cell.core = max(cell.wide, measured(below, "number"))
        if "forward badge" in cell.texts:
            cell.core = max(cell.core, measured(name, "name"))
        approach = max(
            (
                measured(self.terms[step.name, i], "term") + ARROW + 8
                for i in range(len(step.operands))
                if (step.name, i) in self.terms
            ),
            default=ARROW + 6,
        )
        cell.left = max(cell.wide / 2 + approach, cell.core / 2, measured(name, "name") / 2)
        cell.right = measured(name, "name") / 2
        cell.top, cell.bottom = cell.high / 2 + 20, cell.high / 2 + 16
        self._finish(cell)
        return cell

    def _finish(self, cell: _Cell) -> None:
        if "forward badge" in cell.texts:
            cell.top = max(cell.top, 37.0)
        if "backward badge" in cell.texts:
            cell.bottom = max(cell.bottom, 41.0)

    def note(self, bottom: float) -> list[Label]:
        """What is said below the picture: what has stopped the engine, and of a part that it is
        one."""
        lines = [(line, "badge") for line in self.stop]
        if not self.whole:
            text = f"{len(self.steps)} of {len(self.program.steps):,} steps are shown"
            lines.append((text, "name"))
        return [
            Label(text, MARGIN, bottom + 20 * number, style)
            for number, (text, style) in enumerate(lines, 1)
        ]


# -- where it goes ---------------------------------------------------------------------------------


class _Row:
    """Steps of a figure with their wires, from left to right, below ``top``."""

    def __init__(self, figure: _Figure, steps: Sequence[Step], top: float) -> None:
        self.figure, self.steps, self.top = figure, steps, top
        self.uses = uses_in(steps)
        self.fan = Counter(name for name, _, _ in self.uses)
        self.cells = {name: figure.leaf(name) for name in figure.leaves(steps)}
        self.cells |= {step.name: figure.gate(step) for step in steps}
        extents = {name: (cell.top, cell.bottom) for name, cell in self.cells.items()}
        places = place(extents, [(name, step.name) for name, step, _ in self.uses])
        for name, cell in self.cells.items():
            cell.layer, cell.y = places.layers[name], places.heights[name] + top
        self.columns = self._columns(places)
        self.nodes = [self._node(cell, self.columns[cell.layer]) for cell in self.cells.values()]
        self.wires = self._wires(places, self.columns)
        levels = [y for wire in self.wires for _, y in wire.points]
        self.bottom = max([*(cell.y + cell.bottom for cell in self.cells.values()), *levels])
        self.right = self.columns[-1].end

    def _columns(self, places: Places) -> list[_Column]:
        """The columns from left to right; a channel is wider where a wire climbs far."""
        count = 1 + max(cell.layer for cell in self.cells.values())
        climbs = [0.0] * count
        for name, step, _ in self.uses:
            layer = self.cells[name].layer
            between = [y + self.top for y in places.crossings.get((name, step.name), ())]
            heights = [self.cells[name].y, *between, self.cells[step.name].y]
            for i, (one, other) in enumerate(pairwise(heights)):
                climbs[layer + i] = max(climbs[layer + i], abs(one - other))
        columns: list[_Column] = []
        x = MARGIN
        for layer in range(count):
            cells = [cell for cell in self.cells.values() if cell.layer == layer]
            half = max(cell.core / 2 for cell in cells)
            left = max(cell.core - half if not cell.high else cell.left for cell in cells)
            middle = x + left
            labels = middle + half + 6
            wide = max(self._labels_wide(cell) for cell in cells)
            end = max([labels + wide, *(middle + cell.right for cell in cells)]) + 8
            columns.append(_Column(x, middle, labels, end))
            x = end + CHANNEL + min(50.0, climbs[layer] / 6)
        return columns

    def _labels_wide(self, cell: _Cell) -> float:
        return max(measured(cell.texts[key], s) for key, s in BESIDE.items() if key in cell.texts)

    def _node(self, cell: _Cell, column: _Column) -> Node:
        y, texts = cell.y, cell.texts
        labels = []
        gate = None
        start = column.labels - 6
        if cell.high:
            half, high = cell.wide / 2, cell.high / 2
            gate = Box(column.middle - half, y - high, column.middle + half, y + high)
            start = gate.right
            labels.append(Label(texts["symbol"], column.middle, y + 5.5, "symbol", "middle"))
            labels.append(Label(texts["name"], column.middle, y - high - 6, "name", "middle"))
            labels.append(Label(texts["number"], column.middle, y + high + 12, "number", "middle"))
        else:
            right = column.labels - 12
            style = "leaf" if "leaf" in texts else "name"
            labels.append(Label(texts[style], right, y + 5, style, "end"))
            if "number" in texts:
                labels.append(Label(texts["number"], right, y + 18, "number", "end"))
        rings = []
        for key, style in BESIDE.items():
            if key not in texts:
                continue
            label = Label(texts[key], column.labels, y + RISE[key], style)
            labels.append(label)
            badge = self.figure.wrong.get(cell.name, {}).get(key.removesuffix(" badge"))
            if key.endswith("badge") and badge is not None and badge.guilty:
                rings.append(_around(labels[-2].box))
        guilty = any(badge.guilty for badge in self.figure.wrong.get(cell.name, {}).values())
        stub = ((start, y), (column.end, y))
        return Node(
            cell.name, gate, stub, tuple(labels), self.fan[cell.name] > 1, tuple(rings), guilty
        )

    def _wires(self, places: Places, columns: Sequence[_Column]) -> list[Wire]:
        found = []
        taken: Counter[tuple[str, str]] = Counter()
        several = Counter((name, step.name) for name, step, _ in self.uses)
        for step in self.steps:
            gate = self.cells[step.name]
            for (name, position), port in zip(
                self._in_order(step, places), self._ports(step), strict=True
            ):
                source = self.cells[name]
                beside = 2 * PIECE * (taken[name, step.name] - (several[name, step.name] - 1) / 2)
                taken[name, step.name] += 1
                points = [(columns[source.layer].end, source.y)]
                for i, y in enumerate(places.crossings.get((name, step.name), ()), 1):
                    column = columns[source.layer + i]
                    level = y + self.top + beside
                    points += [(column.begin, level), (column.end, level)]
                column = columns[gate.layer]
                y = gate.y + port
                edge = column.middle - _half_width(gate, port)
                points += [(column.begin, y), (edge, y)]
                term = self.figure.terms.get((step.name, position))
                label = None if term is None else self._label(term, edge, y, port, gate)
                found.append(Wire(name, step.name, position, tuple(points), label))
        return found

    def _label(self, term: str, edge: float, y: float, port: float, gate: _Cell) -> Label:
        """A term stands below a single wire and the lower one of two, above every other one."""
        above = len(gate.ports) > 2 or port < 0
        return Label(term, edge - ARROW - 4, y + (-4 if above else 12), "term", "end")

    def _in_order(self, step: Step, places: Places) -> list[tuple[str, int]]:
        """The operands from top to bottom: as they are written, or as their wires come in where
        their order does not matter."""
        found = [(x, i) for i, x in enumerate(step.operands) if isinstance(x, str)]
        if step.op in COMMUTATIVE:

            def arriving(pair: tuple[str, int]) -> float:
                crossings = places.crossings.get((pair[0], step.name), ())
                return crossings[-1] if crossings else places.heights[pair[0]]

            found.sort(key=arriving)
        return found

    def _ports(self, step: Step) -> tuple[float, ...]:
        return self.cells[step.name].ports[: len(step.parents)]


def _span(rows: Sequence[_Row]) -> float:
    """The width of the slide that these rows fill."""
    return max(SLIDE * rows[-1].bottom, *(row.right for row in rows))


def _folded(whole: _Row, count: int) -> list[_Row]:
    """The same steps in about ``count`` rows of like width, one below the other."""
    parts: dict[int, list[Step]] = {}
    for step in whole.steps:
        begin = whole.columns[whole.cells[step.name].layer].begin
        parts.setdefault(int(count * begin / whole.right), []).append(step)
    rows: list[_Row] = []
    for _, steps in sorted(parts.items()):
        rows.append(_Row(whole.figure, steps, rows[-1].bottom + BETWEEN if rows else MARGIN))
    return rows


def uses_in(steps: Iterable[Step]) -> list[tuple[str, Step, int]]:
    """Every use of a name: that name, the step, and the position among its operands."""
    return [
        (operand, step, position)
        for step in steps
        for position, operand in enumerate(step.operands)
        if isinstance(operand, str)
    ]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a layer begins, the middle of its gates, where its labels begin, where it ends."""

    begin: float
    middle: float
    labels: float
    end: float


@dataclass(frozen=True, slots=True)
class _Badge:
    text: str
    guilty: bool


def _wrong(verdict: Verdict | None) -> dict[str, dict[str, _Badge]]:
    """What is said beside each wrong step, by its name and direction. A picture has no place for
    the gradients of gradients."""
    found: dict[str, dict[str, _Badge]] = {}
    if verdict is None:
        return found
    for name in PASSES[:2]:
        direction = verdict.direction(name)
        for item in direction.judgements:
            if item.status != AGREES:
                text = f"✗ {_got(item)}"
                found.setdefault(item.name, {})[name] = _Badge(text, item.status != INHERITED)
        if direction.failure is not None and direction.failure.direction == name:
            for step, badge in _undone(verdict, direction.failure).items():
                found.setdefault(step, {})[name] = badge
    return found


def _undone(verdict: Verdict, failure: Failure) -> dict[str, _Badge]:
    """Where a pass stopped, and what it has not come to. An engine's own backward pass does not say
    where: it stops at a step that has its gradient and has not passed all of it on."""
    trace, truth = verdict.trace, verdict.truth
    backward = failure.direction == "backward"
    own, right = (trace.gradients, truth.gradients) if backward else (trace.values, truth.values)
    kept = verdict.case.program.inputs if backward and trace.leaves_only else right
    undone = {
        name
        for name in kept
        if name not in own or (failure.step is None and not _is_done(own[name], right[name]))
    }
    places = [failure.step] if failure.step is not None else []
    if backward and failure.step is None and not trace.leaves_only:
        places = [
            step.name
            for step in verdict.case.program.steps
            if step.name in right.keys() - undone
            and np.any(right[step.name])
            and undone.intersection(step.parents)
        ]
    found = {name: _Badge("not computed", False) for name in undone}
    sure = len(places) == 1
    text = "✗ stops here" if sure else "stops here?"
    return found | {name: _Badge(text, sure) for name in places}


def _is_done(got: Array, expected: Array) -> bool:
    return got.shape == expected.shape and np.allclose(got, expected, equal_nan=True)


def _got(item: Judgement) -> str:
    if item.got is None:
        return "missing"
    if item.got.shape != item.expected.shape:
        return f"yours is {dimensions(item.got.shape) or 'a number'}"
    if item.got.dtype != item.expected.dtype:
        return f"yours is {item.got.dtype}"
    if len(item.index) < item.got.ndim:
        return "yours differs"
    place = f" at {list(item.index)}" if item.index else ""
    return f"yours {_number(item.got[item.index])}{place}"


def _around(box: Box) -> Box:
    return Box(box.left - 4, box.top - 1.5, box.right + 4, box.bottom + 0.5)


def _half_width(gate: _Cell, port: float) -> float:
    """How far a gate reaches to the left at the height of a port."""
    if gate.high > 2 * RADIUS:
        return gate.wide / 2
    return gate.wide / 2 - RADIUS + math.sqrt(RADIUS**2 - port**2)


def bends(wire: Wire) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    """The pairs of points between which a wire bends."""
    return zip(wire.points[:-1:2], wire.points[1::2], strict=True)
