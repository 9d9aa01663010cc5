"""What is written in a circuit diagram whose wires go from top to bottom: values at their left,
gradients at their right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Final

from harness.showing.circuit.labels import (
    ARROW,
    CLEAR,
    NEIGHBOURS,
    PORTS,
    RADIUS,
    Cell,
    Writing,
    ports,
    symbol,
    width_of,
)
from harness.showing.circuit.text import Label, number
from harness.vocabulary.program import Array, Step

BESIDE: Final = 8.0
"""How far a number is from its wire, and the name of a gate from that."""
FIRST: Final = 11.0
"""Where the first row of a number stands, told from where numbers begin."""
NEAR: Final = 5.0
"""How far a term is from its wire."""


class Downward(Writing):
    """All that is written in the picture of a program whose wires go from top to bottom."""

    down: ClassVar = True

    def term(self, target: str, position: int, over: bool) -> Label | None:
        """What a wire adds, at its left (``over``) or at its right."""
        part = self.terms.get((target, position))
        if part is None:
            return None
        label = number(part, -2, "term", True, "+= ", "end" if over else "start")
        return replace(label, x=-NEAR if over else NEAR)

    def value(self, array: Array) -> Label:
        """A value at the left of the wire."""
        return replace(number(array, FIRST, "value", False, anchor="end"), x=-BESIDE)

    def gradient(self, array: Array, mark: str) -> Label:
        """A gradient at the right of the wire."""
        return replace(number(array, FIRST, "gradient", False, mark), x=BESIDE)

    def badge(self, text: str, direction: str, label: Label | None) -> Label:
        """What is wrong about a number, below it."""
        side, anchor = (-BESIDE, "end") if direction == "forward" else (BESIDE, "start")
        y = FIRST if label is None else label.box.bottom + 15
        return Label(text, side, y, "badge", anchor)

    def leaf(self, name: str) -> Cell:
        """A leaf: its name stands above the wire."""
        text, style, below = self.leaf_texts(name)
        own = [Label(text, 0, -25 if below else -12, style, "middle")]
        own += [Label(below, 0, -12, "number", "middle")] if below else []
        behind = [*own, *self.numbers(name)]
        return Cell(
            name,
            (),
            tuple(behind),
            core=-own[0].box.top,
            beyond=_low(behind),
            reach=self._wide(name, behind, RADIUS),
        )

    def gate(self, step: Step) -> Cell:
        """A gate: its name stands at its left, its parameters stand at its right."""
        (text, note), numbers, terms = symbol(step), self.numbers(step.name), self.terms_of(step)
        inside = Label(text, 0, 5.5, "symbol", "middle")
        count, widest = max(1, len(step.parents)), max((x.width for x in terms), default=0.0)
        spread = max(PORTS, widest + NEAR + 2 * CLEAR) if count > 2 else NEIGHBOURS
        wide = max(width_of(inside), spread * count + 8 if count > 2 else 0)
        side = wide / 2 + BESIDE
        beside = [Label(self.named(step), -side, 4, "name", "end")]
        if told := self.numbered(step.name, note):
            beside.append(Label(told, side, 4, "number", "start"))
        high = 2 * RADIUS
        approach = max((x.box.bottom - x.box.top for x in terms), default=0) + ARROW + 6
        least = spread * (count - 1) / 2 + NEAR + widest + CLEAR
        return Cell(
            step.name,
            (inside, *beside),
            tuple(numbers),
            core=high,
            beyond=_low(numbers),
            reach=self._wide(step.name, [*beside, *numbers], max(least, wide / 2)),
            before=high / 2 + approach,
            ports=ports(count, spread),
            wide=wide,
            high=high,
        )

    def _wide(self, name: str, labels: Sequence[Label], least: float) -> tuple[float, float]:
        """How far labels reach to the left and to the right of the wire, and what will be written
        there in one picture of several."""
        boxes = [label.box for label in labels]
        left = max(-min(box.left for box in boxes), least)
        right = max(max(box.right for box in boxes), BESIDE + self.sums_of(name), least)
        return left + 2 * CLEAR, right + 2 * CLEAR


def _low(labels: Sequence[Label]) -> float:
    """How far labels reach down."""
    return max((label.box.bottom for label in labels), default=0.0) + CLEAR
