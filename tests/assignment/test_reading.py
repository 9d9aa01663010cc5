"""`assignment.yaml`: what it says, and every mistake in it with its place."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from harness.assignment.reading import load
from harness.assignment.values import Assignment
from harness.language.case import CaseError

WHOLE = """\
title: A scalar engine
engine: {file: engine.py, class: Value}
conventions: {arrays: false, gradients: accumulate, kinks: relu}
questions:
  - title: Arithmetic
    points: 5
    passes: forward
    operations: ['+', '*', neg]
    levels: [1, scalar functions]
  - title: Graphs
    points: 6.5
    paths: [cases/scalars/, scalars/x_plus_x.yaml]
    worth: {scalars/x_plus_x: 2}
due: 2026-10-01
rounding: 0.5
"""


def read(tmp_path: Path, text: str) -> Assignment:
    (tmp_path / "assignment.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path / "assignment.yaml", "assignment.yaml")


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(CaseError) as error:
        read(tmp_path, text)
    return str(error.value).splitlines()


def test_what_it_says_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    arithmetic, graphs = found.questions
    assert (found.title, found.points, found.due) == (
        "A scalar engine",
        11.5,
        datetime(2026, 10, 1, 23, 59),
    )
    assert (found.engine.name, found.conventions.kinks) == ("Value", ("relu",))
    assert arithmetic.passes == ("forward",)
    assert arithmetic.operations == ("add", "mul", "neg")
    assert arithmetic.levels == ("scalar arithmetic", "scalar functions")
    assert graphs.passes == ("forward", "backward")
    assert graphs.paths == ("scalars", "scalars/x_plus_x") and graphs.worth == {
        "scalars/x_plus_x": 2.0
    }


@pytest.mark.parametrize("points, told", [(2.24, 2.0), (2.25, 2.5), (2.76, 3.0), (0.0, 0.0)])
def test_marks_are_rounded_as_the_assignment_says(
    tmp_path: Path, points: float, told: float
) -> None:
    assert read(tmp_path, WHOLE).rounded(points) == told


def test_every_mistake_is_told_with_its_place(tmp_path: Path) -> None:
    text = (
        WHOLE.replace("title: A", "titel: A", 1).replace("neg]", "nge]").replace("forward", "forth")
    )
    assert problems(tmp_path, text) == [
        "assignment.yaml:1:1: an assignment has no key 'titel'; did you mean 'title'? (it has "
        "title, engine, conventions, cases, hidden, questions, packages, limits, vary, due, "
        "counts, rounding)",
        "assignment.yaml:1:1: title is missing: what the assignment is called",
        "assignment.yaml:7:13: a pass is forward, backward or second",
        "assignment.yaml:8:28: there is no operation 'nge'; did you mean 'neg'?",
    ]


@pytest.mark.parametrize(
    "old, new, told",
    [
        ("points: 5", "points: 0", "6:13: points must lie above 0 and be at most 1000"),
        ("[1, scalar", "[15, scalar", "9:14: '15' is no level"),
        ("title: Graphs", "title: Arithmetic", "10:5: another question is called 'Arithmetic'"),
        ("due: 2026", "due: on 2026", "14:6: 'on 2026-10-01' is no date"),
        ("gradients: accumulate", "gradients: add", "3:41: gradients must be accumulate or anew"),
        ("file: engine.py", "file: ../engine.py", "2:16: '../engine.py' is no path"),
        ("class: Value", "adapter: adapter.py", "2:36: adapter.py: the file cannot be read"),
        ("rounding: 0.5", "hidden: [private]", "15:10: there is no folder 'private'"),
        ("rounding: 0.5", "hidden: [../x]", "15:10: '../x' does not lie beside the assignment"),
        ("rounding: 0.5", "packages: {Torch: '2.0'}", "15:12: Torch is refused"),
        ("rounding: 0.5", "packages: {numba: newest}", "15:19: numba needs its version"),
        ("rounding: 0.5", "limits: {memory: 1}", "15:18: memory must be a whole number from 128"),
        ("due: 2026-10-01\n", "counts: last before due\n", "14:9: counts is 'last before due'"),
        ("worth: {", "exercise: a\n    worth: {", "13:15: exercise needs file"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in WHOLE
    assert any(told in line for line in problems(tmp_path, WHOLE.replace(old, new)))


def test_the_digest_is_that_of_what_a_mark_depends_on(tmp_path: Path) -> None:
    digest = read(tmp_path, WHOLE).digest
    assert read(tmp_path, WHOLE.replace("A scalar", "The scalar")).digest == digest
    assert read(tmp_path, WHOLE.replace("2026-10-01", "2027-10-01")).digest == digest
    assert read(tmp_path, WHOLE.replace("points: 5", "points: 6")).digest != digest
