"""The texts of a circuit diagram: how large each is, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.showing import fonts
from harness.showing.figures import HeatMap, figure
from harness.vocabulary.program import Array

LINE: Final = 1.15
"""How far the rows of a text are apart, in units of its size."""
APART: Final = 3.0
"""What is left free between a heat map and its text."""

STYLES: Final[Mapping[str, tuple[float, str]]] = {
    "value": (13, "-Bold"),
    "gradient": (13, "-Oblique"),
    "term": (12, "-Oblique"),
    "symbol": (16, ""),
    "leaf": (16, "-Bold"),
    "name": (12.5, ""),
    "number": (12, ""),
    "badge": (12, "-Bold"),
}
"""Size and face of each kind of text."""


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text at (x, y), where its first row stands; ``anchor`` is start, middle or end. An array
    may have a heat ``map`` below the text, or ``over`` it. ``ringed``: it is a wrong number, which
    a ring is drawn around. ``direction``: the pass that it is about. ``size``: that of its letters,
    where it is not the usual one."""

    text: str
    x: float
    y: float
    style: str
    anchor: str = "start"
    ringed: bool = False
    map: HeatMap | None = None
    over: bool = False
    direction: str = ""
    size: float = 0.0

    @property
    def rows(self) -> list[str]:
        """The rows of the text."""
        return self.text.split("\n")

    @property
    def line(self) -> float:
        """How far its rows are apart."""
        return round(LINE * self.height)

    @property
    def height(self) -> float:
        """The size of its letters."""
        return self.size or STYLES[self.style][0]

    @property
    def width(self) -> float:
        """How wide it is, its heat map included."""
        rows = max(fonts.width(row, self.height, STYLES[self.style][1]) for row in self.rows)
        return max(rows, self.map.width if self.map is not None else 0.0)

    @property
    def box(self) -> Box:
        """The room that it takes."""
        left = self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        top, bottom = self._ends
        high = 0.0 if self.map is None else self.map.height + APART
        up, down = (high, 0.0) if self.over else (0.0, high)
        return Box(left, top - up, left + self.width, bottom + down)

    def corner(self, drawn: HeatMap) -> tuple[float, float]:
        """Where the upper left corner of its heat map is."""
        left = self.x - (drawn.width if self.anchor == "end" else 0.0)
        return left, self.box.top if self.over else self._ends[1] + APART

    @property
    def _ends(self) -> tuple[float, float]:
        """How far its letters reach up and down."""
        last = self.y + self.line * (len(self.rows) - 1)
        return self.y - fonts.ASCENT * self.height, last + fonts.DESCENT * self.height

    @property
    def ring(self) -> Box:
        """What is drawn around a wrong number."""
        box = self.box
        return Box(box.left - 4, box.top - 1.5, box.right + 4, box.bottom + 0.5)

    def moved(self, x: float, y: float) -> Label:
        """The label where (x, y) is the origin."""
        return replace(self, x=x + self.x, y=y + self.y)

    def of(self, array: Array, mark: str = "") -> Label:
        """The label at its place, of this array."""
        own = figure(array, mark, self.anchor == "end")
        return replace(self, text="\n".join(own.rows), map=own.map)


def number(
    array: Array, y: float, style: str, over: bool, mark: str = "", anchor: str = "start"
) -> Label:
    """What is shown of an array: its last row stands at ``y`` where it reaches up, ``over`` a wire,
    and else its first one."""
    label = Label("", 0, y, style, anchor, over=over).of(array, mark)
    return replace(label, y=y - label.line * (len(label.rows) - 1)) if over else label
