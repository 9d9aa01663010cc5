"""`harness grade --assignment`: marks by question, and what is told beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract import misfits
from engines.strange import SCALARS
from grading.class_of import results

from harness.cli import COULD_NOT_RUN, main
from harness.engines.by_formula import evaluate
from harness.grading import packages
from harness.grading.relabelling import named_back, relabelled
from harness.language.case import decode

ASSIGNMENT = """\
title: A scalar engine
conventions: {arrays: false}
cases: [week]
questions:
  - {title: Forward, points: 2, passes: forward}
  - {title: Backward, points: 6, passes: backward, share: cases}
vary: {inputs: none}
"""
CASES = {
    "add": "{x: 2.0, y: 3.0}\nexpr: x + y",
    "mul": "{x: 2.0, y: 3.0}\nexpr: x * y",
    "reuse": "{x: 2.0}\nexpr: x * x",
}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week").mkdir()
    (tmp_path / "submissions").mkdir()
    for name, rest in CASES.items():
        (tmp_path / f"week/{name}.yaml").write_text(f"about: a case\ninputs: {rest}\n")
    (tmp_path / "assignment.yaml").write_text(ASSIGNMENT)
    return tmp_path


def hand_in(course: Path, name: str, text: str) -> None:
    (course / f"submissions/{name}.py").write_text(text)


def grade() -> dict[str, dict[str, Any]]:
    arguments = ["submissions", "--out", "marks", "--assignment", "assignment.yaml"]
    assert main(["grade", *arguments, "--allow-weak"]) == 0
    found = results()
    assert [line for result in found.values() for line in misfits(result)] == []
    return found


def by_title(result: dict[str, Any], key: str = "score") -> dict[str, Any]:
    return {one["title"]: one[key] for one in result["questions"]}


def test_marks_are_those_of_the_questions(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "right", SCALARS)
    hand_in(course, "overwrites", SCALARS.replace(".grad += ", ".grad = "))
    found = grade()
    assert (found["right"]["score"], found["right"]["max_score"]) == (8.0, 8.0)
    assert by_title(found["overwrites"]) == {"Forward": 2.0, "Backward": 4.0}
    assert found["right"]["assignment"]["title"] == "A scalar engine"
    told = capsys.readouterr().out
    assert "overwrites     6.00    2.00    4.00" in told and "(2) Backward" in told


def test_what_an_engine_lacks_stands_beside_its_marks(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "ann", SCALARS.replace("__mul__", "combined"))
    (found,) = grade().values()
    assert by_title(found) == {"Forward": 1.0, "Backward": 2.0}
    assert by_title(found, "judged") == {"Forward": 1.0, "Backward": 2.0}
    assert "x * y, 2 cases, 5 points: not there" in capsys.readouterr().out


def test_an_engine_whose_backward_does_not_end_has_the_marks_of_its_values(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (course / "assignment.yaml").read_text()
    (course / "assignment.yaml").write_text(f"{text}limits: {{case: 0.5}}\n")
    start = SCALARS.index("    def backward(")
    endless = "    def backward(self):\n        while True: pass\n\n"
    hand_in(course, "ann", f"{SCALARS[:start]}{endless}{rest_of(SCALARS[start:])}")
    (found,) = grade().values()
    assert by_title(found) == {"Forward": 2.0, "Backward": 0.0}
    assert {one["code"] for one in found["findings"]} == {"too-slow"}
    assert "too slow: week/add.yaml (" in capsys.readouterr().out


def rest_of(text: str) -> str:
    """The class after its first method."""
    return text[text.index("\n    def ", 1) + 1 :] if "\n    def " in text[1:] else ""


def test_the_adapter_is_the_instructors_and_never_a_submissions(course: Path) -> None:
    adapter = (
        "from engine import Value\nfrom harness.engines.adapter import ObjectEngine\n\n\n"
        "class Adapter(ObjectEngine):\n    cls = Value\n"
    )
    (course / "adapter.py").write_text(adapter)
    text = (course / "assignment.yaml").read_text()
    (course / "assignment.yaml").write_text(f"engine: {{adapter: adapter.py}}\n{text}")
    hand_in(course, "ann", SCALARS)
    (course / "submissions/eve").mkdir()
    (course / "submissions/eve/engine.py").write_text("class Value:\n    pass\n")
    (course / "submissions/eve/adapter.py").write_text("raise SystemExit\n")
    found = grade()
    assert found["ann"]["score"] == 8.0
    assert found["eve"]["score"] == 0.0 and found["eve"]["status"] != "grader error"


def test_a_suite_that_contradicts_itself_is_not_graded_on(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, "ann", SCALARS)
    case = course / "week/add.yaml"
    case.write_text(f"{case.read_text()}expect: {{f: 6}}\n")
    arguments = ["grade", "submissions", "--out", "marks", "--allow-weak"]
    assert main([*arguments, "--assignment", "assignment.yaml"]) == COULD_NOT_RUN
    assert "week/add.yaml:4:13: " in capsys.readouterr().err
    assert main([*arguments, "--cases", "week"]) == COULD_NOT_RUN


PACKAGE = "packages: {tables: 1.0}\n"


def pretend(monkeypatch: pytest.MonkeyPatch, *brings: str) -> list[list[str]]:
    """Has pip install a package that has a product in it, with all that it brings."""
    asked: list[list[str]] = []

    def install(wanted: list[str], target: Path) -> None:
        asked.append(wanted)
        target.mkdir()
        (target / "tables.py").write_text("def product(x, y):\n    return x * y\n")
        for name in ("tables", *brings):
            (target / f"{name}-1.0.dist-info").mkdir()
            (target / f"{name}-1.0.dist-info/METADATA").write_text(f"Name: {name}\nVersion: 1.0\n")

    monkeypatch.setattr(packages, "_install", install)
    return asked


def test_a_submission_may_import_the_packages_of_the_assignment(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = pretend(monkeypatch)
    text = (course / "assignment.yaml").read_text()
    (course / "assignment.yaml").write_text(f"{text}{PACKAGE}")
    product = SCALARS.replace("self.data * other.data", "tables.product(self.data, other.data)")
    hand_in(course, "ann", f"import tables\n{product}")
    assert grade()["ann"]["score"] == 8.0
    hand_in(course, "bob", f"import tables\n{product}\n")
    assert grade()["bob"]["score"] == 8.0
    assert asked == [["tables==1.0"]]  # once, for all runs
    (course / "assignment.yaml").write_text(text)
    assert grade()["ann"]["status"] == "refused"


def test_packages_that_bring_one_with_gradients_are_refused(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, "torch")
    text = (course / "assignment.yaml").read_text()
    (course / "assignment.yaml").write_text(f"{text}{PACKAGE}")
    hand_in(course, "ann", SCALARS)
    arguments = ["grade", "submissions", "--out", "marks", "--assignment", "assignment.yaml"]
    assert main([*arguments, "--allow-weak"]) == COULD_NOT_RUN
    assert "torch comes with them" in capsys.readouterr().err
    assert not list((course / "marks/packages").glob("*/*"))


def test_the_first_call_of_an_operation_has_seconds_of_its_own(course: Path) -> None:
    slow = "import time\nslept = []\n" + SCALARS.replace(
        "        other = Value.lift(other)\n        return Value(self.data * other.data",
        "        other = Value.lift(other)\n"
        "        slept or time.sleep(1.5) or slept.append(1)\n"
        "        return Value(self.data * other.data",
    )
    hand_in(course, "ann", slow)
    text = (course / "assignment.yaml").read_text()
    (course / "assignment.yaml").write_text(f"{text}limits: {{case: 0.5, first: 60}}\n")
    (found,) = grade().values()
    assert found["score"] == 8.0


def test_cases_are_drawn_from_the_grammar_and_programs_relabelled(course: Path) -> None:
    text = (
        (course / "assignment.yaml")
        .read_text()
        .replace("points: 2,", "points: 2, operations: [add, mul],")
    )
    text = text.replace("vary: {inputs: none}", "vary: {drawn: 6, relabel: true}")
    (course / "assignment.yaml").write_text(text)
    hand_in(course, "ann", SCALARS)
    hand_in(course, "bob", SCALARS.replace("(other, self.data)", "(other, 1.0)"))
    found = grade()
    drawn = [case for case in found["ann"]["cases"] if case["id"].startswith("drawn/")]
    assert len(drawn) == 6 and all(case["hidden"] for case in drawn)
    assert found["ann"]["score"] == 8.0
    assert {(one["op"], one["direction"]) for one in found["bob"]["findings"]} == {
        ("mul", "backward")
    }
    names = {step["name"] for case in found["bob"]["cases"] for step in case["steps"]}
    assert {"x", "y", "f"} <= names  # as the files have them


@pytest.mark.parametrize("text", ["x * y + x", "tanh(x) * y - x * x", "where(x > y, x, y) * x"])
def test_a_relabelled_program_is_the_same_program(text: str) -> None:
    case = decode(f"about: a\ninputs: {{x: 0.5, y: 2.0}}\nexpr: {text}", Path("a.yaml"))
    other, names = relabelled(case.program, "seed")
    assert not other.shapes.keys() & case.program.shapes.keys()
    mine, theirs = evaluate(case.program), named_back(evaluate(other), names)
    assert {name: array.tolist() for name, array in theirs.values.items()} == {
        name: array.tolist() for name, array in mine.values.items()
    }
    assert {name: array.tolist() for name, array in theirs.gradients.items()} == {
        name: array.tolist() for name, array in mine.gradients.items()
    }
    assert relabelled(case.program, "seed")[1] == names != relabelled(case.program, "other")[1]
