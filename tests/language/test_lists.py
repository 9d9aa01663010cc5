"""Lists in expressions: numbers are a constant, anything else is stacked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.language.case import CaseError, decode
from harness.language.writing import case_text
from harness.vocabulary.program import Program

INPUTS = "about: a\ninputs: {x: [1, 2, 3], y: [0.5, 1, 2], a: 1.5, b: -2}\n"


def program(expression: str, more: str = "") -> Program:
    return decode(f"{INPUTS}{more}expr: '{expression}'\n", Path("x.yaml")).program


@pytest.mark.parametrize(
    ("expression", "numbers"),
    [
        ("x * [1, 2, -3]", [1, 2, -3]),
        ("x * [1 / 2, inf, 3]", [0.5, np.inf, 3.0]),
        ("where([True, False, True], x, y)", [True, False, True]),
        ("cross_entropy([x, y], [2, 0])", [2, 0]),
        ("dropout(x, [1, 0, 1])", [1, 0, 1]),
        ("clamp(x, min=[0.5, 1, 2])", [0.5, 1.0, 2.0]),
        ("concat([x, [1, 2]])", [1, 2]),
    ],
)
def test_a_list_of_numbers_is_a_constant(expression: str, numbers: list[float]) -> None:
    (constant,) = program(expression).constants.values()
    assert constant.dtype == np.array(numbers).dtype
    assert constant.tolist() == numbers


def test_two_lists_that_hold_the_same_are_one_constant_and_a_name_is_never_taken() -> None:
    one = program("(x * [1, 2, 3] + y * [1, 2, 3]) * [4, 5, 6]", "constants: {c1: 0.5}\n")
    assert {name: array.tolist() for name, array in one.constants.items()} == {
        "c1": 0.5,
        "c2": [1, 2, 3],
        "c3": [4, 5, 6],
    }


def test_anything_else_in_a_list_is_stacked() -> None:
    steps = program("[[a, b], [1, 0]] @ [a, 2]").steps
    assert [(step.name, step.op) for step in steps] == [
        ("[a, b]", "stack"),
        ("[[a, b], [1, 0]]", "stack"),
        ("[a, 2]", "stack"),
        ("f", "matmul"),
    ]
    assert steps[2].operands == ("a", 2)


@pytest.mark.parametrize("expression", ["x * [1, 2, 3]", "[a, b] * [0.5, 1]", "sum([x, y])"])
def test_a_case_with_lists_is_written_and_read_again(expression: str) -> None:
    one = program(expression)
    again = decode(case_text("a", one), Path("x.yaml")).program
    assert again.steps == one.steps
    assert again.constants.keys() == one.constants.keys()


def test_what_does_not_stack_is_told() -> None:
    with pytest.raises(CaseError, match=r"stack needs equal shapes, not \(3,\), \(\)"):
        program("[x, a]")


def test_a_list_where_the_file_needs_quotes_is_told() -> None:
    with pytest.raises(CaseError, match="quote one that begins with a bracket"):
        decode(f"{INPUTS}expr: [x, y]\n", Path("x.yaml"))
