"""Operations with several results: all of them by their names, or one by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.language.case import CaseError, decode
from harness.language.writing import case_text
from harness.vocabulary.program import Program

HEAD = "about: a\ninputs: {x: [[1, 2, 3], [4, 5, 6]], y: 2}\n"


def program(body: str) -> Program:
    return decode(f"{HEAD}{body}\n", Path("x.yaml")).program


def told(body: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        program(body)
    return [str(problem) for problem in caught.value.problems]


def test_each_name_is_a_step_on_one_operand() -> None:
    made = program("steps:\n  a, b: split(x * y, 2, axis=1)\n  f: sum(a) * b")
    assert [(s.name, s.op, s.operands, dict(s.parameters)) for s in made.steps[:3]] == [
        ("x * y", "mul", ("x", "y"), {}),
        ("a", "split", ("x * y",), {"size": 2, "axis": 1, "piece": 0}),
        ("b", "split", ("x * y",), {"size": 2, "axis": 1, "piece": 1}),
    ]
    assert (made.shapes["a"], made.shapes["b"]) == ((2, 2), (2, 1))


@pytest.mark.parametrize(
    ("expr", "shape"),
    [
        ("split(x, size=1)[1]", (1, 3)),
        ("split(x, (1, 0, 2), axis=-1)[2]", (2, 2)),
        ("split(x, (1, 0, 2), axis=-1)[-2]", (2, 0)),
        ("chunk(x, 2, axis=1)[0]", (2, 2)),
        ("chunk(x, chunks=2, axis=1)[-1]", (2, 1)),
        ("unbind(x)[1]", (3,)),
        ("unbind(x, axis=1)[1][0:1]", (1,)),
    ],
)
def test_one_is_taken_by_its_number(expr: str, shape: tuple[int, ...]) -> None:
    made = program(f"expr: {expr}")
    assert made.shapes["f"] == shape
    assert decode(case_text("a", made), Path("x.yaml")).program.steps == made.steps


def test_an_inner_one_is_called_as_it_is_written() -> None:
    made = program("expr: unbind(x)[-1] * split(x, 1)[0]")
    assert [step.name for step in made.steps] == ["unbind(x)[1]", "split(x, size=1)[0]", "f"]


def test_names_and_numbers_make_the_same_program_of_what_has_no_text() -> None:
    made = program("steps:\n  a, b: unbind(x)\n  f: a * b")
    text = case_text("a", made)
    assert "a, b: unbind(x)" in text
    assert decode(text, Path("x.yaml")).program.steps == made.steps


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        (
            "expr: split(x, 2, axis=1)",
            [
                "3:7: split has several results, here 2: take one, split(x, size=2, axis=1)[0], "
                "or name them all, as in a, b: split(x, size=2, axis=1)"
            ],
        ),
        ("expr: unbind(x)[2]", ["3:7: 'f': there is no result [2]: there is [0] to [1]"]),
        ("expr: unbind(x)[y]", ["3:17: one of the 2 results is taken by an integer"]),
        ("expr: unbind(x)[0:1]", ["3:17: one of the 2 results is taken by an integer"]),
        ("expr: unbind(y)[0]", ["3:7: unbind: axis=0 names an axis, but a single number has none"]),
        (
            "expr: split(x, (1, 1), axis=1)[0]",
            [
                "3:7: split: axis 1 of shape (2, 3) cannot be split into (1, 1), which are 2 "
                "together"
            ],
        ),
        ("expr: split(x)[0]", ["3:7: split needs size=…: split(x, size=…, axis=0)"]),
        (
            "expr: split(x, 0)[0]",
            [
                "3:16: size must be an integer, 1 or more, or a tuple of integers, 0 or more, "
                "written as such"
            ],
        ),
        ("expr: split(x, size=1, piece=1)[0]", ["3:24: split has no parameter 'piece'"]),
        ("steps:\n  a, b, c: unbind(x)\n  f: a * b", ["4:12: unbind has 2 results here, not 3"]),
        ("steps:\n  a, a: unbind(x)\n  f: a * 2", ["4:6: 'a' is defined twice: it is a step"]),
        ("steps:\n  a, x: unbind(x)\n  f: a * 2", ["4:6: 'x' is defined twice: it is an input"]),
        ("steps:\n  a, 2b: unbind(x)\n  f: a * 2", ["4:6: '2b' is not a name"]),
        (
            "steps:\n  a, b: exp(x)\n  f: a * 2",
            [
                "4:9: several names are for several results, those of split or chunk or unbind",
            ],
        ),
        (
            "steps:\n  a, b: {start: x, repeat: 2, next: a * 2}\n  f: a * 2",
            ["4:9: a loop has one name, not a, b"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(body: str, problems: list[str]) -> None:
    found = told(body)
    assert len(found) == len(problems)
    assert all(map(str.startswith, found, problems)), found


@pytest.mark.parametrize(
    ("expr", "problem"),
    [
        ("gather(x, rows, axis=1)", "'f': index 5 is out of range for axis 1: 0 to 2"),
        ("gather(x, y, axis=1)", "the indices of gather must be a constant of integers, not 'y'"),
        ("gather(x, flat, axis=1)", "'f': gather needs indices of x's rank, no larger than x"),
        ("take_along_axis(x, flat, axis=1)", "'f': take_along_axis needs indices of x's rank"),
        ("topk(x, 4)", "'f': k=4 is more than the 3 elements of axis 1"),
        ("topk(x, k=0)", "k must be an integer, 1 or more"),
        ("conv2d(x, w, groups=2)", "'f': a convolution needs x of shape (N, C, H, W)"),
        ("conv2d(z, w, groups=2)", "'f': groups=2 must divide C = 1 and O = 1, the channels of"),
        ("conv2d(z, w, y)", "'f': a bias for 1 channels has shape (1,), not ()"),
        ("conv2d(z)", "conv2d takes 2 or 3 operands, not 1"),
        ("conv_transpose2d(z, w, groups=2)", "'f': groups=2 must divide C = 1"),
        ("conv_transpose2d(z, w, output_padding=1)", "'f': output_padding=1 must be less than"),
        ("conv_transpose2d(z, w, padding=9)", "'f': of (1, 1, 2, 2) and (1, 1, 1, 1), padding=9"),
        ("max_pool2d(z, padding=2)", "'f': padding=2 is more than half of kernel_size=2"),
    ],
)
def test_what_does_not_fit_is_told(expr: str, problem: str) -> None:
    leaves = (
        "about: a\ninputs: {x: [[1, 2, 3], [4, 5, 6]], y: 2, z: [[[[1, 2], [3, 4]]]], "
        "w: [[[[2]]]]}\nconstants: {rows: [[0, 5, 1]], flat: [0, 1]}\n"
    )
    with pytest.raises(CaseError) as caught:
        decode(f"{leaves}expr: {expr}\n", Path("x.yaml"))
    (found,) = caught.value.problems
    assert found.line == 4
    assert found.message.startswith(problem)
