"""Three assignments, each with a class of twenty and more: marks as a fair teacher would give.

`classes/COURSE/class.yaml` has who hands in what, and for each the least and the most that a fair
teacher would give, written before the class was graded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from grading.class_of import results
from sweeps import sweep

from harness.assignment import templates
from harness.cli import main
from harness.grading import packages

CLASSES = Path(__file__).parent / "classes"
COURSES = sorted(path.name for path in CLASSES.iterdir() if (path / "class.yaml").is_file())

Student = Mapping[str, Any]


def students(course: str) -> dict[str, Student]:
    found: dict[str, Student] = yaml.safe_load((CLASSES / course / "class.yaml").read_text())
    return found


def files_of(course: str, name: str, student: Student) -> dict[str, str]:
    """What a student hands in, by the names of the files."""
    engines = CLASSES / course / "engines"
    own = engines / student.get("like", name)
    if "text" in student:
        files = {f"{name}.py": str(student["text"])}
    elif "starter" in student:
        files = {f"{name}.py": templates.starter(student["starter"]) or ""}
    elif own.is_dir():
        files = {path.name: path.read_text() for path in sorted(own.glob("*.py"))}
    else:
        files = {f"{name}.py": own.with_suffix(".py").read_text()}
    for before, after in student.get("change", {}).items():
        assert any(before in text for text in files.values()), f"{name}: {before}"
        files = {file: text.replace(before, after) for file, text in files.items()}
    for method in student.get("without", ()):
        (file, text), *_ = files.items()
        pattern = rf"    def {method}\(.*?(?=\n    def |\n\S|\Z)"
        files[file], count = re.subn(pattern, "", text, flags=re.S)
        assert count == 1, f"{name}: {method}"
    if "cut" in student:
        files = {file: text.partition(student["cut"])[0] for file, text in files.items()}
    files = {file: text for file, text in files.items() if file not in student.get("lacks", ())}
    files |= dict.fromkeys(student.get("empty", ()), "")
    names = student.get("rename", {})
    return {names.get(file, file): text for file, text in files.items()}


def hand_in(course: str, folder: Path) -> None:
    """Lays the submissions of a class into a folder."""
    for name, student in students(course).items():
        files = files_of(course, name, student)
        alone = set(files) == {f"{name}.py"} and not {"file", "beside"} & student.keys()
        place = folder if alone else folder / name
        place.mkdir(parents=True, exist_ok=True)
        named = {student.get("file", file): text for file, text in files.items()}
        for file, text in {**named, **student.get("beside", {})}.items():
            path = place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            seconds = datetime.fromisoformat(student.get("at", "2026-09-30 12:00")).timestamp()
            os.utime(path, (seconds, seconds))


def install(wanted: list[str], target: Path) -> None:
    """What pip would do: the package that a course allows has a product in it."""
    assert wanted == ["tables==1.0"]
    target.mkdir()
    (target / "tables.py").write_text("def product(x, y):\n    return x * y\n")
    (target / "tables-1.0.dist-info").mkdir()
    (target / "tables-1.0.dist-info/METADATA").write_text("Name: tables\nVersion: 1.0\n")


@sweep("course", COURSES, always=0, sample=2)
def test_marks_are_those_of_a_fair_teacher(
    course: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(packages, "_install", install)
    hand_in(course, tmp_path / "submissions")
    rules = str(CLASSES / course / "assignment.yaml")
    arguments = ["submissions", "--out", "marks", "--assignment", rules, "--allow-weak"]
    assert main(["grade", *arguments]) == 0
    scores = {id.partition("/")[0]: result["score"] for id, result in results().items()}
    unfair = [
        f"{name}: {scores[name]}, and not {student['marks']}: {student['why']}"
        for name, student in students(course).items()
        if not student["marks"][0] <= scores[name] <= student["marks"][1]
    ]
    assert not unfair, "\n".join(unfair)
