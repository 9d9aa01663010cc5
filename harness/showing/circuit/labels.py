"""What is written in a circuit diagram: at each gate and leaf, and the room that this takes."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, ClassVar, Final

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.showing.circuit.marks import badges, blamed, shown
from harness.showing.circuit.text import Label, number
from harness.showing.numbers import dimensions, parameter
from harness.showing.phrases import stopped
from harness.showing.rounding import Rounding
from harness.showing.staging import names_of
from harness.showing.words import say
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.notation import NAMELESS, WITH_NUMBER
from harness.vocabulary.program import DIRECTIONS, Array, Program, Step
from harness.vocabulary.spelling import index_text

RADIUS: Final = 20.0
ARROW: Final = 9.0
PORTS: Final = 20.0
"""So far apart are the wires into a gate with more than two, at least."""
NEIGHBOURS: Final = 16.0
"""So far apart are two."""
LONGEST: Final = 20
"""Names and notes are cut to so many letters."""
NOTE: Final = 60
"""So many letters has a line below the picture."""
INSIDE: Final = 8
"""So long is the index that a gate has room for."""
CLEAR: Final = 3.0
"""What is left free above and below what is written at a gate or leaf."""


def cut(text: str) -> str:
    """The text, its end left out where it is too long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


def symbol(step: Step) -> tuple[str, str]:
    """What stands on a gate, a number it takes included; and below it, its parameters."""
    operation, gate = step.operation, step.operation.gate
    numbers = {i: parameter(x) for i, x in enumerate(step.operands) if not isinstance(x, str)}
    kinds = {name: operation.parameters[name].kind for name in step.parameters}
    notes = [_note(name, kinds[name], value) for name, value in step.parameters.items()]
    if list(kinds.values()) == ["index"] and len(notes[0]) <= INSIDE:
        return notes[0], ""
    if numbers and len(step.operands) == 2:
        (position, number), *_ = numbers.items()
        beside = f"{gate} {number}" if position else f"{number} {gate}"
        gate = WITH_NUMBER.get((step.op, position), beside).format(number)
    else:
        notes += [f"{step.operand(position)}={number}" for position, number in numbers.items()]
    return gate, cut(" ".join(notes))


def _note(name: str, kind: str, value: Any) -> str:
    text = index_text(value, str) if kind == "index" else parameter(value)
    return NAMELESS[kind].format(text) if kind in NAMELESS else f"{name}={text}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A gate or a leaf before it has its place, along its wire and across it.

    What is written ``on`` it is told from its middle, what stands ``behind`` it from where its
    numbers begin. Along the wire ``core`` is the length of what stands in the middle, ``before``
    and ``after`` are how far the whole reaches from there, and ``beyond`` is the length of what
    stands behind it. Across, ``reach`` is how far it goes to both sides of the wire, and ``ports``
    are where wires arrive. A gate is ``wide`` and ``high``, a leaf is not.
    """

    name: str
    on: tuple[Label, ...]
    behind: tuple[Label, ...]
    core: float
    beyond: float
    reach: tuple[float, float]
    before: float = 0.0
    after: float = 0.0
    ports: tuple[float, ...] = ()
    wide: float = 0.0
    high: float = 0.0


class Writing:
    """All that is written in the picture of a program whose wires go from left to right: values
    above them, gradients below."""

    down: ClassVar = False
    """Whether the wires go from top to bottom."""

    def __init__(self, program: Program, truth: Trace, verdict: Verdict | None) -> None:
        self.program, self.truth = program, truth
        self.rounding = Rounding(program, truth.values)
        self.names = shown(program, verdict)
        self.steps = [step for step in program.steps if step.name in self.names]
        self.fan = fan(self.steps)
        self.badges = badges(verdict)
        self.gates, self.wires = blamed(verdict)
        self.called = names_of(program)
        self.terms = self._terms()
        self.sums = {self._operand(*use) for use in self.terms}
        told = "" if verdict is None else stopped(verdict)
        if not told and verdict is not None and verdict.note is not None:
            told = say("not-judged-for", reason=verdict.note)
        self.stop = textwrap.wrap(told, NOTE, max_lines=4, placeholder=" …")

    def leaves(self, steps: Sequence[Step]) -> list[str]:
        """What stands at the left of these steps: what they take from elsewhere. What no step takes
        stands with the first."""
        used = fan(steps)
        idle = self.names - self.fan.keys() if steps[0] is self.steps[0] else frozenset()
        leaves = (*self.program.inputs, *self.program.constants)
        own = [name for name in leaves if name in used or name in idle]
        made = {step.name for step in steps}
        return list(dict.fromkeys([*own, *(name for name in used if name not in made)]))

    def _terms(self) -> dict[tuple[str, int], Array]:
        """What each wire adds, by its target and position, where several wires add; in the order in
        which they do."""
        several = {name for name, uses in self.fan.items() if uses > 1} & self.program.reaching
        terms = {}
        for step in reversed(self.steps):
            upstream = self.truth.gradients.get(step.name)
            if upstream is None or not several & set(step.parents):
                continue
            try:
                parts = local.contributions(
                    self.program, step, self.truth.values, upstream, own_result=True
                )
            except Unanswerable:
                continue
            for position, part in enumerate(parts):
                if part is not None and step.operands[position] in several:
                    terms[step.name, position] = self.rounding.term(step, position, part)
        return terms

    def term(self, target: str, position: int, over: bool) -> Label | None:
        """What a wire adds, written over it or below it."""
        part = self.terms.get((target, position))
        if part is None:
            return None
        return number(part, -4 if over else 13, "term", over, "+= ", "end")

    def terms_of(self, step: Step) -> list[Label]:
        """What all wires into a gate add, each over its wire."""
        return [x for i in range(len(step.operands)) if (x := self.term(step.name, i, True))]

    def sums_of(self, name: str) -> float:
        """How wide the sums of a gradient are before the last of its terms has come."""
        own = [x for (step, i), x in self.terms.items() if self._operand(step, i) == name]
        sums = accumulate(own[:-1])
        return max((number(x, 0, "gradient", False).width for x in sums), default=0.0)

    def _operand(self, step: str, position: int) -> str:
        return str(self.program.by_name[step].operands[position])

    def numbers(self, name: str) -> list[Label]:
        """The value and the gradient, each with what is wrong about it."""
        labels = []
        for direction in DIRECTIONS[:2]:
            label, badge = self._shown(name, direction), self.badges.get((name, direction))
            if label is not None:
                label = replace(label, ringed=badge is not None and badge.guilty)
                labels.append(replace(label, direction=direction))
            if badge is not None:
                marked = self.badge(badge.text, direction, label)
                labels.append(replace(marked, direction=direction))
        return labels

    def _shown(self, name: str, direction: str) -> Label | None:
        """The value of a step or leaf, or its gradient, where it has one."""
        if direction == "forward":
            return self.value(self.rounding.value(name))
        if name not in self.truth.gradients:
            return None
        array = self.rounding.gradient(name, self.truth.gradients[name])
        return self.gradient(array, "Σ " if name in self.sums else "")

    def value(self, array: Array) -> Label:
        """A value at its place beside the wire."""
        return number(array, -6, "value", True)

    def gradient(self, array: Array, mark: str) -> Label:
        """A gradient at its place beside the wire."""
        return number(array, 18, "gradient", False, mark)

    def badge(self, text: str, direction: str, label: Label | None) -> Label:
        """What is wrong about a number, at its place beyond it."""
        if direction == "forward":
            return Label(text, 0, -24.0 if label is None else label.box.top - 8, "badge")
        return Label(text, 0, 36.0 if label is None else label.box.bottom + 15, "badge")

    def numbered(self, name: str, note: str) -> str:
        """The number of a step in the code, where it has one, and a note."""
        number = self.program.numbers.get(name)
        return note if number is None else f"({number}) {note}".strip()

    def named(self, step: Step) -> str:
        """The name of a step, and its shape where it is an array."""
        shape = dimensions(self.program.shapes[step.name])
        return cut(self.called[step.name]) + (f" ({shape})" if shape else "")

    def leaf_texts(self, name: str) -> tuple[str, str, str]:
        """The name of a leaf, its style, and what stands below it."""
        style = "leaf" if name in self.program.inputs else "name"
        below = self.numbered(name, dimensions(self.program.shapes[name]))
        return cut(self.called[name]), style, below

    def leaf(self, name: str) -> Cell:
        """A leaf: its name stands before the wire."""
        text, style, below = self.leaf_texts(name)
        own = [Label(text, -12, 5, style, "end")]
        own += [Label(below, -12, 18, "number", "end")] if below else []
        numbers = self.numbers(name)
        core = max(label.width for label in own) + 12
        beyond = max([self.sums_of(name), *(label.width for label in numbers)])
        return Cell(name, (), (*own, *numbers), core, beyond, _high([*own, *numbers], 20, 23))

    def gate(self, step: Step) -> Cell:
        """A gate: its name stands above it, its parameters stand below."""
        (text, note), numbers, terms = symbol(step), self.numbers(step.name), self.terms_of(step)
        inside = Label(text, 0, 5.5, "symbol", "middle")
        count, wide = max(1, len(step.parents)), width_of(inside)
        tall = max((-term.box.top for term in terms), default=0.0)
        spread = max(PORTS, tall + CLEAR) if count > 2 else NEIGHBOURS
        high = spread * count + 8 if count > 2 else 2 * RADIUS
        beyond = max(high / 2, spread * (count - 1) / 2 + tall)
        above, under = (
            replace(
                x, y=x.y + math.copysign(beyond if x.width > wide + 2 * ARROW else high / 2, x.y)
            )
            for x in (
                Label(self.named(step), 0, -6, "name", "middle"),
                Label(self.numbered(step.name, note), 0, 12, "number", "middle"),
            )
        )
        crowded = any(label.box.top < above.box.bottom for label in numbers)
        core = max(wide, under.width, above.width if crowded else 0)
        approach = max((term.width + 2 for term in terms), default=0) + ARROW + 6
        own = (inside, above, under)
        return Cell(
            step.name,
            own,
            tuple(numbers),
            core,
            max([self.sums_of(step.name), *(label.width for label in numbers)]),
            _high([*own, *numbers], beyond + 20, beyond + 16),
            before=max(wide / 2 + approach, core / 2, above.width / 2),
            after=above.width / 2,
            ports=ports(count, spread),
            wide=wide,
            high=high,
        )

    def notes(self, x: float, bottom: float) -> list[Label]:
        """What is said below the picture: what has stopped the engine, and of a part that it is
        one."""
        lines = [(line, "badge") for line in self.stop]
        if len(self.steps) < len(self.program.steps):
            told = say("in-part", shown=len(self.steps), count=len(self.program.steps))
            lines.append((told, "name"))
        return [
            Label(text, x, bottom + 20 * number, style)
            for number, (text, style) in enumerate(lines, 1)
        ]


def width_of(inside: Label) -> float:
    """How wide a gate is for what stands in it."""
    return max(2 * RADIUS, 2.0 * math.ceil(inside.width / 2 + 6))


def ports(count: int, spread: float) -> tuple[float, ...]:
    """Where so many wires arrive at a gate, told from its middle."""
    return tuple(spread * (i - (count - 1) / 2) for i in range(count))


def _high(labels: Iterable[Label], least_up: float, least_down: float) -> tuple[float, float]:
    """How far up and down labels reach from the wire, what is left free included."""
    boxes = [label.box for label in labels]
    up, down = CLEAR - min(box.top for box in boxes), CLEAR + max(box.bottom for box in boxes)
    return max(least_up, up), max(least_down, down)


def fan(steps: Iterable[Step]) -> Counter[str]:
    """How often each name is used by these steps."""
    return Counter(name for step in steps for name in step.parents)
