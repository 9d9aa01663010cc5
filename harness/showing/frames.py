"""A picture step by step: what of it is there after each line of the staged code, as in the
player."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.judging.verdict import Verdict
from harness.showing.circuit.layout import Circuit
from harness.showing.circuit.marks import shown
from harness.showing.circuit.rows import Node, Wire
from harness.showing.listing import Line
from harness.showing.staging import stage
from harness.vocabulary.program import Array, Program

UNPLAYED: Final = frozenset({"input", "constant", "comment"})
"""Kinds of lines that change nothing in a picture."""


def frames(program: Program, circuit: Circuit, verdict: Verdict | None) -> Iterator[Circuit]:
    """The circuit with the inputs alone, and then after each line of both passes. Nothing moves:
    what has not been reached is left out, and the gate that acts has a bold rim."""
    names = shown(program, verdict)
    lines = [
        line
        for line in stage(program).lines
        if line.kind not in UNPLAYED
        and (line.name if line.step is None else line.step.name) in names
    ]
    for count in range(len(lines) + 1):
        moment = _moment(program, lines, count)
        nodes = tuple(moment.node(node) for node in circuit.nodes)
        yield replace(circuit, nodes=nodes, wires=tuple(map(moment.wire, circuit.wires)))


@dataclass(frozen=True, slots=True)
class _Moment:
    """What has been reached: the values that are ``unknown`` yet, the ``totals`` of gradients so
    far, those that are ``open``, as something will still be added, the ``used`` operands, and the
    step that is ``acting``."""

    unknown: frozenset[str]
    totals: Mapping[str, Array]
    open: frozenset[str]
    used: frozenset[tuple[str, int]]
    acting: str

    def node(self, node: Node) -> Node:
        """A gate or leaf with the numbers that it has by now."""
        labels = []
        for label in node.labels:
            if label.style == "gradient" and node.name in self.open & self.totals.keys():
                labels.append(replace(label.of(self.totals[node.name]), ringed=False))
            elif label.style not in ("value", "gradient", "badge") or (
                node.name not in (self.unknown if label.direction == "forward" else self.open)
            ):
                labels.append(label)
        guilty = node.guilty and node.name not in self.open
        acting = node.gate is not None and node.name == self.acting
        return replace(node, labels=tuple(labels), guilty=guilty, acting=acting)

    def wire(self, wire: Wire) -> Wire:
        """A wire with its term, where that has passed along it."""
        if (wire.target, wire.position) in self.used:
            return wire
        return replace(wire, term=None, guilty=False)


def _moment(program: Program, lines: Sequence[Line], count: int) -> _Moment:
    done, later = lines[:count], lines[count:]
    backward = [line for line in done if line.kind != "forward"]
    totals = {line.name: line.value for line in backward if line.value is not None}
    last = done[-1] if done else None
    return _Moment(
        frozenset(line.name for line in later if line.kind == "forward"),
        totals,
        frozenset(line.name for line in later if line.kind != "forward")
        | (program.shapes.keys() - totals.keys() if later else frozenset()),
        frozenset((line.step.name, line.position) for line in backward if line.step is not None),
        "" if last is None else last.name if last.step is None else last.step.name,
    )
