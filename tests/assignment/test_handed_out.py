"""What students and platforms are handed of an assignment, used as it stands."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from assignment.test_classes import CLASSES
from grading.test_layout import GitHub
from sweeps import long

from harness.cli import main
from harness.grading.formats import kit

DRAWN = """\
title: Sums and products
conventions: {arrays: false}
questions:
  - {title: All of it, points: 4, operations: [add, mul], levels: [scalar arithmetic]}
  - {title: More of it, points: 2, operations: [exp], levels: [reuse and order]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def pack(text: str) -> int:
    Path("assignment.yaml").write_text(text)
    return main(["assignment", "pack"])


@long
def test_a_students_repository_grades_itself_on_github(folder: Path) -> None:
    assert main(["assignment", "new", "hw"]) == 0
    workflow = (folder / "hw/student/.github/workflows/classroom.yml").read_text()
    made = GitHub(folder / "runner", workflow)
    repository = folder / "runner/work/class/submission"
    shutil.copytree("hw/student", repository)
    shutil.copy(CLASSES / "scalar/engines/jon.py", repository / "engine.py")
    for step in ("Set up", "Grade"):
        done = made.run(step)
        assert done.returncode == 0, done.stdout + done.stderr
    result = made.result()
    assert result["tests"], done.stdout
    assert result["max_score"] == 20.0
    assert 3.0 < sum(test["score"] for test in result["tests"]) < 8.0


def test_the_wheel_that_the_readme_names_lies_beside_it(folder: Path) -> None:
    assert pack(DRAWN) == 0
    (named,) = (line for line in Path("student/README.md").read_text().split() if ".whl" in line)
    with zipfile.ZipFile(folder / "student" / named) as wheel:
        assert "harness/__init__.py" in wheel.namelist()
    assert f"./{kit.WHEEL_NAME}" == named


def test_an_autograder_has_no_packages_and_that_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pack(f"{DRAWN}packages: {{tables: 1.0}}\n") == 0
    assert "cannot have packages (tables)" in capsys.readouterr().err
    assert not Path("autograder.zip").exists()


def test_what_is_drawn_on_a_platform_is_what_torch_agrees_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pack(f"{DRAWN}vary: {{drawn: 3}}\n") == 0
    monkeypatch.setattr("harness.cli.assignment._drawn", lambda rules, packed, oracle: oracle)
    assert pack(f"{DRAWN}vary: {{drawn: 3}}\n") == 2
    assert "torch and the formulas differ" in capsys.readouterr().err
