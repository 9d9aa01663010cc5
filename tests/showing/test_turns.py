"""Recurrences are laid out by time step: each turn of a loop stands by itself, below its number."""

from __future__ import annotations

from pathlib import Path

import pytest
from showing.test_picture import all_wrong, clashes
from truths import ROOT

from harness.judging.oracle import Oracle
from harness.language.case import Case, decode, load
from harness.showing.circuit.layout import Circuit, arrange
from harness.showing.circuit.turns import parts
from harness.showing.frames import frames


def the_case(name: str) -> Case:
    return load(ROOT / f"cases/{name}.yaml", name, ROOT / "cases")


def headings(circuit: Circuit) -> list[str]:
    return [note.text for note in circuit.notes if note.style == "leaf"]


@pytest.mark.parametrize(
    ("name", "counter", "turns"),
    [
        ("networks/recurrent_network", "t", 6),
        ("networks/recurrent_rows", "t", 3),
        ("scalars/shared_weight", "t", 12),
    ],
)
def test_every_turn_has_its_steps_below_its_number(name: str, counter: str, turns: int) -> None:
    one = the_case(name)
    circuit = arrange(one.program, Oracle("recorded").truth(one))
    assert headings(circuit) == [f"{counter} = {turn}" for turn in range(turns)]
    found = [part for part in parts(one.program, one.program.steps) if part.heading]
    gates = {node.name: node.gate for node in circuit.nodes if node.gate is not None}
    assert sorted(gates) == sorted(step.name for step in one.program.steps)
    notes = [note for note in circuit.notes if note.style == "leaf"]
    for part, note in zip(found, notes, strict=True):
        others = [x for x in notes if x is not note and x.x >= note.x and x.y >= note.y]
        for step in part.steps:
            gate = gates[step.name]
            assert gate.left > note.x and gate.top > note.y
            assert all(gate.right < x.x or gate.bottom < x.y for x in others)


def test_a_turn_takes_what_the_one_before_it_has_made() -> None:
    one = the_case("scalars/shared_weight")
    circuit = arrange(one.program, Oracle("recorded").truth(one))
    leaves = [node.name for node in circuit.nodes if node.gate is None]
    assert leaves.count("w") == leaves.count("b") == 12 and leaves.count("z #5") == 1
    uses = [(wire.source, wire.target, wire.position) for wire in circuit.wires]
    assert len(uses) == len(set(uses)) == sum(len(x.parents) for x in one.program.steps)


@pytest.mark.parametrize("ratio", [None, 16 / 9, 0.5, 4.0])
def test_nothing_covers_anything_else_at_any_shape(ratio: float | None) -> None:
    one = the_case("networks/recurrent_network")
    right = Oracle("recorded").truth(one)
    verdict = all_wrong(one, right)
    assert list(clashes(arrange(one.program, right, verdict, "six turns", ratio))) == []
    whole = arrange(one.program, right, None, "six turns", ratio)
    *_, last = frames(one.program, whole, None)
    assert list(clashes(last)) == [] and headings(last) == headings(whole)


def test_two_loops_and_what_stands_between_them() -> None:
    text = (
        "about: two loops\ninputs: {x: 0.5}\nsteps:\n"
        "  a: {start: x, repeat: 2, index: i, next: a * (x + i)}\n  b: a + x\n  c: sin(b)\n"
        "  d: {start: c, repeat: 2, next: d * x}\n  f: d + a\n"
    )
    one = decode(text, Path("two.yaml"), "two")
    found = parts(one.program, one.program.steps)
    assert [part.heading for part in found] == ["i = 0", "i = 1", "", "t = 0", "t = 1", ""]
    assert [step.name for step in found[2].steps] == ["b", "c"]
    assert list(clashes(arrange(one.program, Oracle(None).truth(one)))) == []


def test_of_a_long_loop_the_turns_around_the_last_step_are_shown() -> None:
    one = the_case("scalars/chain_of_200")
    circuit = arrange(one.program, Oracle("recorded").truth(one))
    assert headings(circuit)[-1] == "t = 199" and len(headings(circuit)) < 30


def test_without_a_loop_there_are_no_turns() -> None:
    one = the_case("lecture/staged")
    assert parts(one.program, one.program.steps) == []
