"""`harness assignment` and `harness check` in its folder, as a teacher and a student use them."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from engines.strange import SCALARS
from sweeps import long

from harness.assignment import templates
from harness.cli import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def is_whole(kind: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Begins an assignment of that kind, and says what was told of it."""
    assert main(["assignment", "new", "hw", "--like", kind]) == 0
    told = capsys.readouterr().out
    assert "the starter in hw/student: 0 of " in told
    return told


def test_a_new_assignment_works_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = is_whole("scalar", capsys)
    assert "the model engine: 20 of 20" in told
    lost = next(line for line in told.splitlines() if line.startswith("= in place of +="))
    assert float(lost.split()[6]) < 15  # what is the heart of it is worth a quarter at least
    with zipfile.ZipFile("hw/autograder.zip") as archive:
        assert {"assignment.yaml", "hidden/polynomial.yaml", "variants.json"} <= set(
            archive.namelist()
        )
    student = folder / "hw/student"
    assert "hidden: 6" in (student / "assignment.yaml").read_text()
    assert not list(student.rglob("*polynomial*"))
    assert main(["assignment", "check", "hw/assignment.yaml"]) == 0
    assert main(["assignment", "new", "hw"]) == 2


def test_exercises_by_hand_are_an_assignment(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    is_whole("staged", capsys)
    assert (folder / "hw/student/staged.py").is_file()


@long
@pytest.mark.parametrize("kind", sorted({*templates.KINDS} - {"scalar", "staged"}))
def test_each_kind_of_course_begins_with_one(
    kind: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "the model engine: 20 of 20" in is_whole(kind, capsys)


QUESTIONS = """\
title: Two questions
conventions: {arrays: false}
questions:
  - {title: Sums, points: 2, operations: [add], paths: scalars}
  - {title: Products, points: 2, operations: [mul], paths: scalars}
hidden: 3
"""


def test_a_student_sees_how_far_the_questions_are_done(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "assignment.yaml").write_text(QUESTIONS)
    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].endswith("0.00       2  next: 9 not reached") or "next" in lines[1]
    wrong = SCALARS.replace("(other, self.data)", "(other, 1.0)")
    (folder / "engine.py").write_text(wrong)
    assert main(["check"]) == 1
    told = capsys.readouterr().out
    assert "mul, backward" in told and "3 hidden cases" in told
    sums, products = [line for line in told.splitlines() if line.startswith(("Sums", "Products"))]
    assert sums.endswith("2.00       2  done") and "next: " in products


def test_nothing_is_said_of_what_is_not_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = QUESTIONS.replace("paths: scalars}", "paths: scalars, passes: forward}")
    (folder / "assignment.yaml").write_text(text)
    wrong = SCALARS.replace("(other, self.data)", "(other, 1.0)")
    (folder / "engine.py").write_text(wrong.replace("math.exp(self.data)", "0.0"))
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert "backward" not in told and "exp" not in told


def test_without_an_assignment_an_engine_is_to_be_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 2
    assert "which engine?" in capsys.readouterr().err


def test_what_is_hidden_is_left_out_of_what_students_get(folder: Path) -> None:
    text = QUESTIONS.replace("hidden: 3\n", "  - {title: Secret, points: 1, hidden: true}\n")
    (folder / "assignment.yaml").write_text(
        text.replace("title: Secret", "title: Secret, share: cases")
    )
    assert main(["assignment", "pack"]) == 0
    copy = (folder / "student/assignment.yaml").read_text()
    assert "Secret" not in copy and copy.splitlines()[-1].startswith("hidden: ")
    assert "Secret" not in (folder / "student/README.md").read_text()
    shutil.copy("student/assignment.yaml", "assignment.yaml")
    assert main(["assignment", "check"]) == 0
