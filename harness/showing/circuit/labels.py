"""What is written in a circuit diagram: at each gate and leaf, and the room that this takes."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.verdict import Verdict
from harness.showing import fonts
from harness.showing.circuit.marks import badges, blamed, shown
from harness.showing.numbers import dimensions, parameter, short
from harness.showing.phrases import stopped
from harness.showing.staging import names_of
from harness.showing.words import say
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.notation import NAMELESS, WITH_NUMBER
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.spelling import index_text

RADIUS: Final = 20.0
ARROW: Final = 9.0
PORTS: Final = 20.0
LONGEST: Final = 20
"""Names and notes are cut to so many letters."""
NOTE: Final = 60
"""So many letters has a line below the picture."""
INSIDE: Final = 8
"""So long is the index that a gate has room for."""

ROUNDING: Final = frozenset({"add", "sub", "sum", "mean", "sin", "cos", "tan"})
"""Operations by which large numbers may leave their rounding alone: 0.1 + 0.2 - 0.3."""

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


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text at (x, y); ``anchor`` is start, middle or end. ``ringed``: it is a wrong number, which
    a ring is drawn around."""

    text: str
    x: float
    y: float
    style: str
    anchor: str = "start"
    ringed: bool = False

    @property
    def width(self) -> float:
        size, face = STYLES[self.style]
        return fonts.width(self.text, size, face)

    @property
    def box(self) -> Box:
        size = STYLES[self.style][0]
        left = self.x - self.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor]
        top, bottom = self.y - fonts.ASCENT * size, self.y + fonts.DESCENT * size
        return Box(left, top, left + self.width, bottom)

    @property
    def ring(self) -> Box:
        box = self.box
        return Box(box.left - 4, box.top - 1.5, box.right + 4, box.bottom + 0.5)

    def moved(self, x: float, y: float) -> Label:
        """The label where (x, y) is the origin."""
        return replace(self, x=x + self.x, y=y + self.y)


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
    """A gate or a leaf before it has its place.

    Labels that are centred are told from its middle, the others from where its numbers begin.
    ``core`` is the width of what stands in the middle, ``left`` and ``right`` how far the whole
    reaches from its middle, ``top`` and ``bottom`` how far from its wire. A gate is ``wide`` and
    ``high``, a leaf is not. ``ports`` are the heights at which wires arrive.
    """

    name: str
    labels: tuple[Label, ...]
    core: float
    left: float = 0.0
    right: float = 0.0
    top: float = 20.0
    bottom: float = 23.0
    ports: tuple[float, ...] = ()
    wide: float = 0.0
    high: float = 0.0

    @property
    def reach(self) -> tuple[float, float]:
        """How far it reaches up and down from its wire, what is said of wrong numbers included."""
        heights = [label.y for label in self.labels if label.style == "badge"]
        above, below = min(heights, default=0) < 0, max(heights, default=0) > 0
        return max(self.top, 37.0 if above else 0.0), max(self.bottom, 41.0 if below else 0.0)

    @property
    def beside(self) -> float:
        """The width of what stands behind it, above and below the wire."""
        return max(label.width for label in self.labels if label.anchor == "start")


class Writing:
    """All that is written in the picture of a program."""

    def __init__(self, program: Program, truth: Trace, verdict: Verdict | None) -> None:
        self.program, self.truth = program, truth
        self.values = {**program.constants, **truth.values}
        self.names = shown(program, verdict)
        self.steps = [step for step in program.steps if step.name in self.names]
        self.fan = fan(self.steps)
        self.badges = badges(verdict)
        self.gates, self.wires = blamed(verdict)
        self.called = names_of(program)
        self.sizes: dict[str, float] = {}
        self.terms = self._terms()
        self.sums = {program.by_name[step].operands[i] for step, i in self.terms}
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

    def _terms(self) -> dict[tuple[str, int], Label]:
        """What each wire adds, by its target and position, where several wires add."""
        several = {name for name, uses in self.fan.items() if uses > 1} & self.program.reaching
        terms = {}
        for step in self.steps:
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
                    name, size = (
                        str(step.operands[position]),
                        float(np.max(np.abs(part), initial=0)),
                    )
                    self.sizes[name] = max(size, self.sizes.get(name, 0.0))
                    label = Label(f"+= {short(part)}", 0, 0, "term", "end")
                    terms[step.name, position] = label
        return terms

    def _numbers(self, name: str) -> list[Label]:
        """The value above the wire and the gradient below it, each with what is wrong about it."""
        gradient = self.truth.gradients.get(name)
        if gradient is not None:
            gradient = _without_noise(gradient, self.sizes.get(name, 0.0))
        sigma = "Σ " if name in self.sums else ""
        labels = []
        for direction, style, text, rise, beyond in (
            ("forward", "value", short(self._value(name)), -6, -24),
            ("backward", "gradient", None if gradient is None else sigma + short(gradient), 18, 36),
        ):
            badge = self.badges.get((name, direction))
            if text is not None:
                ringed = badge is not None and badge.guilty
                labels.append(Label(text, 0, rise, style, ringed=ringed))
            if badge is not None:
                labels.append(Label(badge.text, 0, beyond, "badge"))
        return labels

    def _value(self, name: str) -> Array:
        """A value without what rounding alone has left of it."""
        array, step = np.asarray(self.values[name]), self.program.by_name.get(name)
        if step is None or step.op not in ROUNDING:
            return array
        sizes = (np.max(np.abs(self.values[parent]), initial=0) for parent in step.parents)
        return _without_noise(array, float(max(sizes, default=0.0)))

    def _number(self, name: str) -> str:
        number = self.program.numbers.get(name)
        return "" if number is None else f"({number})"

    def leaf(self, name: str) -> Cell:
        below = f"{self._number(name)} {dimensions(self.program.shapes[name])}".strip()
        style = "leaf" if name in self.program.inputs else "name"
        own = [Label(cut(self.called[name]), -12, 5, style, "end")]
        own += [Label(below, -12, 18, "number", "end")] if below else []
        core = max(label.width for label in own) + 12
        return Cell(name, (*own, *self._numbers(name)), core)

    def gate(self, step: Step) -> Cell:
        (text, note), numbers = symbol(step), self._numbers(step.name)
        inside = Label(text, 0, 5.5, "symbol", "middle")
        count = max(1, len(step.parents))
        wide = max(2 * RADIUS, inside.width + 12)
        high, spread = (PORTS * count + 8, PORTS) if count > 2 else (2 * RADIUS, 16.0)
        shape = dimensions(self.program.shapes[step.name])
        name = cut(self.called[step.name]) + (f" ({shape})" if shape else "")
        above = Label(name, 0, -high / 2 - 6, "name", "middle")
        below = f"{self._number(step.name)} {note}".strip()
        under = Label(below, 0, high / 2 + 12, "number", "middle")
        crowded = any(label.style == "badge" and label.y < 0 for label in numbers)
        core = max(wide, under.width, above.width if crowded else 0)
        terms = [term for (target, _), term in self.terms.items() if target == step.name]
        approach = max((term.width + 2 for term in terms), default=0) + ARROW + 6
        return Cell(
            step.name,
            (inside, above, under, *numbers),
            core,
            left=max(wide / 2 + approach, core / 2, above.width / 2),
            right=above.width / 2,
            top=high / 2 + 20,
            bottom=high / 2 + 16,
            ports=tuple(spread * (i - (count - 1) / 2) for i in range(count)),
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


def _without_noise(array: Array, size: float) -> Array:
    """An array with zeros where it is as small as the rounding of numbers of that size."""
    if array.dtype.kind != "f":
        return array
    return np.where(np.abs(array) <= 4 * np.finfo(array.dtype).eps * size, 0.0, array)


def fan(steps: Iterable[Step]) -> Counter[str]:
    """How often each name is used by these steps."""
    return Counter(name for step in steps for name in step.parents)
