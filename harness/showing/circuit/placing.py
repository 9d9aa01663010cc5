"""Layers of a graph from left to right, and the height of everything in them.

The layers and the order within each are found by a library (Sugiyama's method); here the cells are
given the room that they need, the library's heights kept as far as possible.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from fast_sugiyama import from_edges

ROW: Final = 86.0
"""What the library takes as the distance of two cells in a layer, in pixels."""
PIECE: Final = 5.0
"""Half the height of a piece of a long wire, and what each further wire beside it adds."""
GAP: Final = 8.0
"""What is left free between two cells, and between two parts that are not joined."""

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Places:
    """``layers`` and ``heights`` of all cells (a height is that of the wire), and for each edge the
    heights at which it crosses the layers between its ends."""

    layers: Mapping[str, int]
    heights: Mapping[str, float]
    crossings: Mapping[Edge, tuple[float, ...]]


@dataclass(slots=True)
class _Item:
    """A cell, or a piece of a long wire: how far it reaches up and down from its height."""

    top: float
    bottom: float
    layer: int = 0
    y: float = 0.0


def place(extents: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> Places:
    """Puts cells that reach ``extents`` (up, down) into layers. An edge may be there twice."""
    names = list(extents)
    codes = {name: code for code, name in enumerate(names)}
    items = {codes[name]: _Item(*reach) for name, reach in extents.items()}
    several = Counter((codes[a], codes[b]) for a, b in edges)
    crossed: dict[tuple[int, int], list[int]] = {edge: [] for edge in several}
    floor = 0.0
    for positions, parts in _laid_out(list(several), len(names)):
        rows = {y: i for i, y in enumerate(sorted({y for _, (_, y) in positions}, reverse=True))}
        for code, (x, y) in positions:
            item = items.setdefault(code, _Item(PIECE, PIECE))
            item.layer, item.y = rows[y], x
        parts.sort(key=lambda part: items[part[0]].layer)
        for edge, pieces in _chains(parts, len(names)):
            crossed[edge] = pieces
            for code in pieces:
                items[code].top = items[code].bottom = PIECE * several[edge]
        own = [items[code] for code, _ in positions]
        for layer in range(len(rows)):
            separate([item for item in own if item.layer == layer])
        floor = _drop(own, floor)
    return Places(
        {name: items[code].layer for name, code in codes.items()},
        {name: items[code].y for name, code in codes.items()},
        {
            (names[a], names[b]): tuple(items[code].y for code in pieces)
            for (a, b), pieces in crossed.items()
        },
    )


Position = tuple[int, tuple[float, float]]


def _laid_out(
    edges: list[tuple[int, int]], cells: int
) -> list[tuple[list[Position], list[tuple[int, int]]]]:
    """For each connected part: positions (across a layer, and of the layer), and the edges cut into
    pieces, whose numbers are higher than those of all cells."""
    drawn = from_edges(
        edges,
        vertex_spacing=ROW,
        dummy_vertices=True,
        dummy_size=2 * PIECE,
        ranking_type="minimize",
    )
    joined = {code for edge in edges for code in edge}
    parts = [(list(positions), list(pieces or [])) for positions, _, _, pieces in drawn]
    parts += [([(code, (0.0, 0.0))], []) for code in range(cells) if code not in joined]
    return parts  # type: ignore[return-value]


def _chains(
    parts: Sequence[tuple[int, int]], cells: int
) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Each edge between cells with the pieces that it was cut into; the parts come from left to
    right."""
    begun: dict[int, tuple[int, list[int]]] = {}
    for one, other in parts:
        start, pieces = begun.pop(one, (one, []))
        if other < cells:
            yield (start, other), pieces
        else:
            begun[other] = start, [*pieces, other]


def separate(layer: Sequence[_Item]) -> None:
    """Moves the cells of a layer as little as possible (least squares), so that none overlap:
    isotonic regression by pooling adjacent violators."""
    order = sorted(layer, key=lambda item: item.y)
    stacked = [0.0]
    for one, other in pairwise(order):
        stacked.append(stacked[-1] + one.bottom + GAP + other.top)
    blocks: list[tuple[float, int]] = []
    for item, offset in zip(order, stacked, strict=True):
        mean, count = item.y - offset, 1
        while blocks and blocks[-1][0] >= mean:
            before, size = blocks.pop()
            mean = (before * size + mean * count) / (size + count)
            count += size
        blocks.append((mean, count))
    means = [mean for mean, count in blocks for _ in range(count)]
    for item, mean, offset in zip(order, means, stacked, strict=True):
        item.y = mean + offset


def _drop(items: Sequence[_Item], floor: float) -> float:
    """Moves a part below what is there, to whole pixels; the new floor."""
    top = min(item.y - item.top for item in items)
    for item in items:
        item.y = float(round(item.y - top + floor))
    return max(item.y + item.bottom for item in items) + GAP
