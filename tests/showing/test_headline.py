"""A case in a few lines."""

from __future__ import annotations

from pathlib import Path

from harness.language.case import decode
from harness.showing.headline import headline


def told(text: str, direction: str = "forward") -> list[str]:
    return headline(decode(f"about: one\n{text}", Path("one.yaml")), direction)


def test_stages_are_one_expression_where_that_is_short() -> None:
    text = "inputs: {x: 3, y: -4}\nsteps: {q: x + y, s: q * q, f: s / x}\n"
    assert told(text) == ["f = (x + y) * (x + y) / x        at x = 3.0, y = -4.0"]


def test_a_stage_that_leads_nowhere_is_told_of() -> None:
    lines = told("inputs: {x: 3}\nsteps: {idle: x + 1, f: x * x}\n")
    assert lines == ["idle = x + 1", "f = x * x", "at x = 3.0"]


def test_a_loop_is_told_with_its_turns() -> None:
    lines = told("inputs: {x: 3}\nsteps: {z: {start: x, repeat: 5, next: tanh(z)}, f: z * 2}\n")
    assert lines == ["z = tanh(z), 5 times from z = x", "f = z * 2", "at x = 3.0"]


def test_doubling_does_not_take_for_ever() -> None:
    stages = ", ".join(f"a{i + 1}: a{i} + a{i}" for i in range(60))
    lines = told(f"inputs: {{a0: 1}}\nsteps: {{{stages}}}\n")
    assert lines[-3:] == ["…", "a60 = a59 + a59", "at a0 = 1.0"] and len(lines) == 9


def test_backward_has_the_upstream_gradient_unless_it_is_1() -> None:
    text = "inputs: {x: 3}\nexpr: x * x\n"
    assert told(text, "backward") == told(text)
    assert told(f"{text}seed: -2\n", "backward")[-1] == "upstream df = -2.0"
    assert told(f"{text}backward: 2\n", "backward")[-1] == "backward is called twice on one graph"
