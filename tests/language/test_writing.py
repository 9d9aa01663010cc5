"""A program is written as a case that has the same program again."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from harness.judging.snapshot import digest
from harness.language.case import Case, decode, load
from harness.language.writing import case_text, plain_text, stages, value_text
from harness.vocabulary.program import Program, Value

ROOT = Path(__file__).resolve().parents[2] / "cases"
PATH = Path("case.yaml")


@cache
def cases() -> list[Case]:
    return [load(path, root=ROOT) for path in sorted(ROOT.rglob("*.yaml"))]


def program(body: str, inputs: str = "{x: 2, y: 3}") -> Program:
    return decode(f"about: a\ninputs: {inputs}\n{body}", PATH).program


def test_every_case_is_written_with_its_own_texts_and_comes_back() -> None:
    for case in cases():
        about = case.words.get("about", case.about)
        again = decode(case_text(about, case.program, case.tags), PATH)
        assert again.said("about") == case.said("about")
        assert (again.about, again.tags) == (case.about, case.tags), case.path
        assert again.program.stages == case.program.stages, case.path
        assert digest(again.program) == digest(case.program), case.path


def test_a_program_that_was_made_from_no_text_comes_back_too() -> None:
    for case in cases():
        loops = any(stage.start is not None for stage in case.program.stages)
        spelt = [step.name.endswith(".T") or step.name[0] == "[" for step in case.program.steps]
        if loops or any(spelt):
            continue  # their names tell how they were written
        bare = replace(case.program, stages=())
        assert digest(decode(case_text("a", bare), PATH).program) == digest(bare), case.path


def test_steps_without_a_name_of_their_own_are_written_where_they_are_used() -> None:
    made = program("steps:\n  p: (x + y) ** 2 * -x\n  f: where(p > 1, p, exp(-(x - y)))\n")
    assert [str(stage) for stage in stages(made)] == [
        "p = (x + y) ** 2 * -x",
        "f = where(p > 1, p, exp(-(x - y)))",
    ]


def test_a_loop_is_written_as_one() -> None:
    text = "steps:\n  z: {start: x, repeat: 3, next: z * y}\n"
    made = program(text)
    assert str(made.stages[0]) == "z = z * y, 3 times from z = x"
    assert '  z: {start: "x", repeat: 3, next: "z * y"}\n' in case_text("a", made)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1e22, "1e+22"),
        (float("nan"), "nan"),
        (np.array([[1.0, -np.inf], [20.0, 1.05]]), "[[1, -inf], [20, 1.05]]"),
        (np.array([0.1], np.float32), "[0.1]"),
        (np.array([True, False]), "[true, false]"),
        (np.zeros((2, 0)), "{uniform: [0, 1], shape: [2, 0], seed: 0}"),
        (np.zeros(0), "[]"),
    ],
)
def test_numbers_are_written_as_people_do(value: Value, text: str) -> None:
    assert value_text(value) == text


def test_a_float_among_the_constants_stays_one() -> None:
    assert value_text(np.array([2.0, 3.0]), whole=False) == "[2.0, 3.0]"


@pytest.mark.parametrize("text", ["x * y", "-x", "(x + y)"])
def test_text_that_is_plain_to_yaml_is_written_plainly(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize("text", ["a: b", "x #2", "null", "- x", "[x]", "x:", " x", ""])
def test_other_text_is_quoted(text: str) -> None:
    assert plain_text(text) == f'"{text}"'
