"""A case in a few lines."""

from __future__ import annotations

from pathlib import Path

from harness.language.case import decode
from harness.showing.headline import headline


def told(text: str, direction: str = "forward", about: str = "", width: int = 77) -> list[str]:
    return headline(decode(f"about: one\n{text}", Path("one.yaml")), direction, about, width)


def test_a_case_is_told_as_it_is_written() -> None:
    text = "inputs: {x: 3, y: -4}\nsteps: {q: x + y, s: q * q, f: s / x}\n"
    assert told(text) == ["q = x + y", "s = q * q", "f = s / x", "at x = 3.0, y = -4.0"]
    assert told("inputs: {x: 3}\nexpr: x * x\n") == ["f = x * x        at x = 3.0"]


def test_a_stage_that_leads_nowhere_is_told_of() -> None:
    lines = told("inputs: {x: 3}\nsteps: {idle: x + 1, f: x * x}\n")
    assert lines == ["idle = x + 1    (leads nowhere)", "f = x * x", "at x = 3.0"]


def test_a_condition_leads_on() -> None:
    text = "inputs: {x: 3}\nsteps: {bound: x * 2, f: 'where(bound > 1, x, 0)'}\n"
    assert told(text)[0] == "bound = x * 2"


def test_of_a_long_program_the_stages_around_the_wrong_one_are_told() -> None:
    stages = ", ".join(f"a{i + 1}: a{i} * x" for i in range(60))
    lines = told(f"inputs: {{a0: 1, x: 2}}\nsteps: {{{stages}}}\n", about="a30")
    assert lines == [
        *("a1 = a0 * x", "a2 = a1 * x", "… 27 more", "a30 = a29 * x", "a31 = a30 * x"),
        *("… 28 more", "a60 = a59 * x", "at a0 = 1.0, x = 2.0"),
    ]


def test_what_is_wide_is_wrapped_between_words() -> None:
    text = "inputs: {first: 3, second: 4}\nexpr: first * second + first / second - second\n"
    assert told(text, width=40) == [
        *("f = first * second + first / second -", "    second", "at first = 3.0, second = 4.0"),
    ]


def test_a_loop_is_told_with_its_turns() -> None:
    lines = told("inputs: {x: 3}\nsteps: {z: {start: x, repeat: 5, next: tanh(z)}, f: z * 2}\n")
    assert lines == ["z = tanh(z), 5 times from z = x", "f = z * 2", "at x = 3.0"]


def test_doubling_does_not_take_for_ever() -> None:
    stages = ", ".join(f"a{i + 1}: a{i} + a{i}" for i in range(60))
    lines = told(f"inputs: {{a0: 1}}\nsteps: {{{stages}}}\n")
    assert lines[-3:] == ["… 53 more", "a60 = a59 + a59", "at a0 = 1.0"] and len(lines) == 9


def test_backward_has_the_upstream_gradient_unless_it_is_1() -> None:
    text = "inputs: {x: 3}\nexpr: x * x\n"
    assert told(text, "backward") == told(text)
    assert told(f"{text}seed: -2\n", "backward")[-1] == "upstream df = -2.0"
    assert told(f"{text}backward: 2\n", "backward")[-1] == "backward is called twice on one graph"
