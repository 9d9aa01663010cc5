"""The parts of a circuit diagram as SVG: gates, wires, numbers, heat maps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import Final

from harness.showing.circuit.labels import ARROW, RADIUS
from harness.showing.circuit.rows import Node, Point, Wire
from harness.showing.circuit.text import Box, Label
from harness.showing.figures import LEVELS, NOTHING, UNKNOWN, HeatMap

CLASSES: Final = {
    "value": "v",
    "gradient": "d",
    "term": "c",
    "symbol": "o",
    "leaf": "l",
    "name": "n",
    "number": "m",
    "badge": "b",
}
ANCHORS: Final = {"symbol": "middle", "name": "middle", "number": "middle", "term": "end"}
"""Where texts of a kind are held, unless they say otherwise."""


def wire_of(wire: Wire, numbers: Mapping[str, int]) -> str:
    edge = f"{numbers[wire.target]}-{wire.position}"
    term = label_of(wire.term) if wire.term is not None else ""
    x, y = wire.points[-1]
    head = f"l-4,{-ARROW:g}h8z" if wire.down else f"l{-ARROW:g},-4v8z"
    arrow = f"M{text_of(x)},{text_of(y)}{head}"
    return (
        f'<g class="edge{" x" * wire.guilty}" data-e="{edge}"><path class="w" d="{_path(wire)}"/>'
        f'<path class="a" d="{arrow}"/>{term}</g>'
    )


def _path(wire: Wire) -> str:
    path, (last_x, last_y) = "", wire.points[-1]
    for one, other in wire.bends:
        path += f"{'L' if path else 'M'}{_place(one)}{_bend(one, other, wire.down)}"
    if wire.down:
        return f"{path}V{text_of(last_y - ARROW + 1)}"
    return f"{path}H{text_of(last_x - ARROW + 1)}"


def _bend(one: Point, other: Point, down: bool) -> str:
    """From a place to another: it leaves and arrives in the direction of the wires."""
    (x, y), (to_x, to_y) = one, other
    if down:
        middle = (y + to_y) / 2
        straight, bent = f"V{text_of(to_y)}", ((x, middle), (to_x, middle))
    else:
        middle = (x + to_x) / 2
        straight, bent = f"H{text_of(to_x)}", ((middle, y), (middle, to_y))
    return (
        straight
        if (x == to_x if down else y == to_y)
        else f"C{' '.join(map(_place, (*bent, other)))}"
    )


def _place(point: Point) -> str:
    return f"{text_of(point[0])},{text_of(point[1])}"


def node_of(node: Node, numbers: Mapping[str, int]) -> str:
    (x, y), (to_x, to_y) = node.stub
    end = f"V{text_of(to_y)}" if x == to_x else f"H{text_of(to_x)}"
    parts = [f'<path class="w" d="M{text_of(x)},{text_of(y)}{end}"/>']
    if node.gate is not None:
        parts.append(_gate(node.gate))
    if node.dot:
        parts.append(f'<circle class="a" cx="{text_of(to_x)}" cy="{text_of(to_y)}" r="3.2"/>')
    for label in node.labels:
        own = " f" if label.direction == "forward" else " k"
        parts.append(label_of(label, own if label.style == "badge" else ""))
        parts += [_rectangle(label.ring, f"r{own}", 4)] if label.ringed else []
    kind = f"node{' x' * node.guilty}{' act' * node.acting}"
    key = numbers.get(node.name, node.name)
    return f'<g class="{kind}" data-n="{escape(str(key))}">{"".join(parts)}</g>'


def _gate(box: Box) -> str:
    wide, high = box.right - box.left, box.bottom - box.top
    if wide == high == 2 * RADIUS:
        x, y = box.left + RADIUS, box.top + RADIUS
        return f'<circle class="g" cx="{text_of(x)}" cy="{text_of(y)}" r="{RADIUS:g}"/>'
    return _rectangle(box, "g", min(RADIUS, wide / 2))


def _rectangle(box: Box, kind: str, corner: float) -> str:
    return (
        f'<rect class="{kind}" x="{text_of(box.left)}" y="{text_of(box.top)}" '
        f'width="{text_of(box.right - box.left)}" height="{text_of(box.bottom - box.top)}" '
        f'rx="{corner:g}"/>'
    )


def label_of(label: Label, also: str = "") -> str:
    usual = label.anchor == ANCHORS.get(label.style, "start")
    kind = f"{CLASSES[label.style]}{also}{'' if usual else f' {label.anchor}'}"
    x, y = text_of(label.x), text_of(label.y)
    kind += f'" style="font-size:{text_of(label.size)}px' if label.size else ""
    if is_plain(label):
        return f'<text class="{kind}" x="{x}" y="{y}">{inner(label)}</text>'
    return f'<g class="{kind}" transform="translate({x} {y})">{inner(label)}</g>'


def is_plain(label: Label) -> bool:
    """Whether a label is a single text."""
    return label.map is None and len(label.rows) == 1


def inner(label: Label) -> str:
    """What is in the element of a label, told from where its first row begins."""
    first, *others = map(escape, label.rows)
    if is_plain(label):
        return first
    rows = [f'<text y="{text_of(label.line * i)}">{row}</text>' for i, row in enumerate(others, 1)]
    drawn = label.map and _heat_map(label.map, *replace(label, x=0, y=0).corner(label.map))
    return "".join([f"<text>{first}</text>", *rows, drawn or ""])


# -- heat maps -------------------------------------------------------------------------------------


def _heat_map(drawn: HeatMap, x: float, y: float) -> str:
    """A path for each shade: its cells are dashes of a thick line. Those of negative numbers have a
    small line in them, so that the sign is told without colour."""
    paths = [f'<path class="hf" d="{_frames(drawn)}"/>']
    for shade in range(-LEVELS, UNKNOWN + 1):
        runs = "".join(_runs(drawn, shade)) if shade else ""
        paths += [f'<path class="{_kind(shade)}" d="{runs}"/>'] if runs else []
    cells = list(_cells(drawn))
    marks = "".join(f"M{x}.3 {y}.5h.4" for x, y, shade in cells if shade < 0)
    marks += "".join(f"M{x}.3 {y}.3l.4 .4m0-.4l-.4 .4" for x, y, shade in cells if shade == UNKNOWN)
    paths += [f'<path class="hm" d="{marks}"/>'] if marks else []
    place = f"translate({text_of(x)} {text_of(y)})scale({text_of(drawn.side)})"
    return f'<g class="h" transform="{place}">{"".join(paths)}</g>'


def _kind(shade: int) -> str:
    """The class of a shade, positive, negative or unknown."""
    return "hu" if shade == UNKNOWN else f"{'hn' if shade < 0 else 'hp'} h{abs(shade)}"


def _cells(drawn: HeatMap) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(drawn.shades):
        yield from ((x, y, shade) for x, shade in enumerate(row))


def _runs(drawn: HeatMap, shade: int) -> Iterator[str]:
    """Neighbouring cells of one shade, as one line each."""
    for y, row in enumerate(drawn.shades):
        x = 0
        for one, run in groupby(row):
            length = len(list(run))
            if one == shade:
                yield f"M{x} {y}.5h{length}"
            x += length


def _frames(drawn: HeatMap) -> str:
    """A rectangle around each part."""
    columns = [all(row[x] == NOTHING for row in drawn.shades) for x in range(len(drawn.shades[0]))]
    rows = [all(shade == NOTHING for shade in row) for row in drawn.shades]
    return "".join(
        f"M{x} {y}h{wide}v{high}h-{wide}z"
        for y, high in _filled(rows)
        for x, wide in _filled(columns)
    )


def _filled(empty: Iterable[bool]) -> Iterator[tuple[int, int]]:
    """Where the stretches begin that are not empty, and how long they are."""
    at = 0
    for is_empty, stretch in groupby(empty):
        length = len(list(stretch))
        if not is_empty:
            yield at, length
        at += length


def text_of(number: float) -> str:
    return f"{number:z.1f}".removesuffix(".0")
