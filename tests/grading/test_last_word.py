"""What an instructor sets and says is kept through regrades, and is in every export."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from grading.class_of import grade, results
from grading.conftest import HONEST, hand_in

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS, main
from harness.grading.formats import platforms
from harness.grading.rulings import Ruling, ruled

WHY = "argued well in the oral exam"


@pytest.fixture
def book(class_: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert grade("--vary", "none", "--hidden", "secret") == 0
    capsys.readouterr()
    return class_


def gradebook(*words: str) -> int:
    return main(["gradebook", *words, "--from", "marks"])


def exported(format: str, name: str) -> str:
    output = f"{name}.{'xml' if format == 'junit' else 'html' if format == 'pages' else 'json'}"
    own = ["--cases", "cases", "--hidden", "secret", "--oracle", "recorded"]
    own = own if format == "pages" else []
    arguments = ["export", format, "--from", "marks", "-o", output, "--submission", name, *own]
    assert main(arguments) == 0
    return Path(output).read_text()


def test_what_is_set_is_in_every_export_and_stays_through_a_regrade(book: Path) -> None:
    found = results()["bob"]["score"]
    assert gradebook("set", "bob", "7.5", "--why", WHY) == AGREES
    assert gradebook("comment", "bob", "Come and see me.") == AGREES
    assert grade("--vary", "none", "--hidden", "secret", "--regrade") == AGREES
    bob = results()["bob"]
    assert (bob["score"], bob["found"]) == (7.5, found)
    for format in ("gradescope", "github", "prairielearn", "junit", "json", "pages"):
        text = exported(format, "bob")
        assert WHY in text, format
        assert ("Come and see me." in text) == (format != "github"), format
    for format, column in (("canvas", 5), ("nbgrader", 9)):
        assert main(["export", format, "--from", "marks", "-o", "t.csv"]) == 0
        rows = {row[3]: row for row in csv.reader(Path("t.csv").read_text().splitlines())}
        assert rows["bob"][column] == "7.5"
    assert main(["export", "table", "--from", "marks", "-o", "t.csv"]) == 0
    assert WHY in Path("t.csv").read_text() and "Come and see me." in Path("t.csv").read_text()
    assert main(["export", "class", "--from", "marks", "-o", "class.html"]) == 0
    assert "graded, set by the instructor" in Path("class.html").read_text()


@pytest.mark.parametrize("points", ["0", "1.25", "9"])
def test_the_rows_of_a_platform_add_up_to_what_was_set(book: Path, points: str) -> None:
    assert gradebook("set", "bob", points, "--why", WHY) == AGREES
    tests = json.loads(exported("gradescope", "bob"))["tests"]
    assert sum(test["score"] for test in tests if test["visibility"] == "visible") >= 0
    bob = results()["bob"]
    hidden = sum(case["score"] for case in bob["cases"] if case["hidden"])
    assert sum(test["score"] for test in tests) == pytest.approx(max(float(points), hidden))
    github = json.loads(exported("github", "bob"))
    added = float(points) - bob["found"]
    seen = bob["found"] - hidden
    assert sum(test["score"] for test in github["tests"]) == pytest.approx(max(seen + added, 0))


def test_a_question_can_be_set_and_taken_back(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = results()["bob"]["score"]
    assert gradebook("set", "bob", "reuse", "0", "--why", WHY) == AGREES
    assert results()["bob"]["score"] < found
    assert gradebook("set", "bob", "reuse", "as-graded") == AGREES
    assert results()["bob"]["score"] == found
    assert gradebook("set", "bob", "as-graded") == COULD_NOT_RUN
    assert "the mark was not set" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "bib", "3", "--why", "x"), "bib: the gradebook has no such student; did you mean"),
        (("set", "bob", "reused", "3", "--why", "x"), "reused: there is no such question"),
        (("set", "bob", "3"), "why? --why says so"),
        (("comment", "bob", " "), "there is nothing to say in it"),
    ],
)
def test_what_cannot_be_set_is_told(
    book: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert gradebook(*words) == COULD_NOT_RUN
    assert told in capsys.readouterr().err


def test_points_are_points(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for points in ("-1", "nan", "much", "1e9"):
        with pytest.raises(SystemExit):
            main(["gradebook", "set", "--why", "x", "--from", "marks", "--", "bob", points])
        told = " ".join(capsys.readouterr().err.split())
        assert "is neither a number of points from 0 on nor as-graded" in told


# -- a regrade -------------------------------------------------------------------------------------


def test_a_regrade_shows_the_difference_before_it_replaces_marks(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("--vary", "none") == AGREES
    capsys.readouterr()
    assert grade("--vary", "none", "--without", "cases/add.yaml") == FINDINGS
    told = capsys.readouterr().out
    assert "3 marks would change, and stand until --replace:" in told
    assert "bob         4.50 of 6.00 -> 3.50 of 5.00  (scalar arithmetic " in told
    assert "1 case is dropped for all: cases/add.yaml" in told
    assert results()["bob"]["score"] == 4.5
    assert grade("--vary", "none", "--without", "cases/add.yaml", "--replace") == AGREES
    told = capsys.readouterr().out
    assert "4 found: 4 kept as they were." in told and "would change" not in told
    bob = results()["bob"]
    assert bob["score"] == 3.5 and bob["without"] == [{"id": "cases/add.yaml", "hidden": False}]
    assert "Dropped for all: cases/add.yaml." in exported("gradescope", "bob")


def test_a_new_attempt_needs_no_leave_and_keeps_the_earlier_one(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("--vary", "none") == AGREES
    hand_in(class_, "bob", HONEST.replace("else 0.0", "else self.data"))
    assert grade("--vary", "none") == AGREES
    capsys.readouterr()
    assert results()["bob"]["score"] == 6.0
    assert main(["gradebook", "diff", "marks"]) == FINDINGS
    told = capsys.readouterr().out
    assert "bob" in told and "4.50 of 6.00" in told and "6.00 of 6.00" in told
    assert main(["gradebook", "explain", "bob", "--from", "marks"]) == AGREES
    assert "2 attempts are kept; this one counts." in capsys.readouterr().out


def test_an_export_refuses_results_of_different_cases(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade("--vary", "none") == AGREES
    hand_in(class_, "eve", HONEST)
    places = ["grade", "submissions/eve.py", "--out", "marks", "--oracle", "recorded"]
    assert main([*places, "--cases", "secret"]) == AGREES
    capsys.readouterr()
    arguments = ["export", "canvas", "--from", "marks", "-o", "c.csv"]
    assert main(arguments) == COULD_NOT_RUN
    told = capsys.readouterr().err
    assert "of different cases, which one table must not mix" in told
    first = told.partition("--suite ")[2].partition(":")[0]
    assert main([*arguments, "--suite", first]) == AGREES
    assert len(Path("c.csv").read_text().splitlines()) == 6
    assert main([*arguments, "--suite", "ffff"]) == COULD_NOT_RUN


def test_a_path_from_elsewhere_is_in_nothing_that_a_student_sees(class_: Path) -> None:
    assert grade("--cases", str(class_ / "cases"), "--vary", "none") == AGREES
    own = ["--cases", "cases", "--oracle", "recorded"]
    for format in ("gradescope", "github", "prairielearn", "junit", "pages"):
        options = own if format == "pages" else []
        assert main(["export", format, "--from", "marks", "-o", format, *options]) == 0
        for path in Path(format).iterdir():
            assert str(class_) not in path.read_text()
            assert path.stem != "bob" or "cases/multiply.yaml" in path.read_text()


# -- an explanation --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ann", "bob", "dan"])
def test_what_is_explained_adds_up_to_what_is_lost(
    book: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert gradebook("explain", name, "--json") == AGREES
    text = capsys.readouterr().out
    told = json.loads(text)
    lost = [one["points"] for key in ("mistakes", "missing", "other") for one in told[key]]
    assert sum(lost) == pytest.approx(told["max_score"] - told["score"])
    assert sum(part["score"] for part in told["parts"]) == pytest.approx(told["score"])
    assert len(text) < 10_000 and "secret" not in text
    assert "expected" not in text


def test_an_explanation_is_a_text_with_the_smallest_case_of_each_mistake(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gradebook("explain", "bob") == AGREES
    told = capsys.readouterr()
    assert told.out.startswith("bob: 4.50 of 6.00 points\n")
    assert "missing-term" in told.out and "smallest case: cases/multiply.yaml" in told.out
    assert "hidden cases" not in told.out and "hidden cases are left out" in told.err
    assert gradebook("explain", "bob", "--published") == AGREES
    assert "hidden cases" in capsys.readouterr().out
    assert gradebook("explain", "bob", "--json", "--numbers") == AGREES
    assert "expected" in capsys.readouterr().out


def test_one_that_was_refused_is_told_why_and_what_to_do(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gradebook("explain", "=cyd") == AGREES
    told = capsys.readouterr().out
    assert "SyntaxError" in told and "harness check engine.py" in told
    assert main(["gradebook", "marks", "--status", "refused"]) == AGREES
    assert "SyntaxError" in capsys.readouterr().out


# -- an assignment ---------------------------------------------------------------------------------

ASSIGNMENT = """\
title: Homework 1
cases: [cases]
questions:
  - {title: Sums, points: 4, paths: [cases/add, cases/subtract]}
  - {title: Products, points: 6, paths: [cases/multiply, cases/x_times_x]}
  - {title: Exam, points: 2, hidden: true, paths: [cases/x_plus_x]}
vary: {inputs: none}
rounding: 0.5
counts: best
"""


@pytest.fixture
def assigned(class_: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    Path("assignment.yaml").write_text(ASSIGNMENT)
    arguments = ["grade", "submissions", "--out", "marks", "--assignment", "assignment.yaml"]
    assert main([*arguments, "--oracle", "recorded"]) == AGREES
    capsys.readouterr()
    return class_


def test_exports_have_the_points_of_each_question(assigned: Path) -> None:
    bob = results()["bob"]
    tests = json.loads(exported("gradescope", "bob"))["tests"]
    assert [test["name"] for test in tests] == ["1. Sums", "2. Products", "hidden cases"]
    assert [test["max_score"] for test in tests] == [4, 6, 2]
    assert [test["score"] for test in tests] == [one["score"] for one in bob["questions"]]
    assert "missing-term" in tests[1]["output"]
    github = json.loads(exported("github", "bob"))
    assert [test["name"] for test in github["tests"]] == ["1. Sums", "2. Products"]
    assert github["max_score"] == 10 and "Exam" not in json.dumps(github)
    assert main(["export", "table", "--from", "marks", "-o", "t.csv"]) == 0
    head, *rows = csv.reader(Path("t.csv").read_text().splitlines())
    assert head[7:10] == ["Sums", "Products", "Exam"]
    assert [row[7] for row in rows if row[5] == "bob"] == ["4.0"]


def test_marks_are_rounded_alike_wherever_they_are_told(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("assignment.yaml").write_text(ASSIGNMENT.replace("rounding: 0.5", "rounding: 2"))
    arguments = ["grade", "submissions", "--out", "marks", "--assignment", "assignment.yaml"]
    assert main([*arguments, "--oracle", "recorded"]) == AGREES
    shown = [one["score"] for one in results()["bob"]["questions"] if not one["hidden"]]
    assert shown == [4, 3]
    capsys.readouterr()
    assert gradebook("explain", "bob", "--json") == AGREES
    assert json.loads(capsys.readouterr().out)["score"] == 8


def test_pages_and_tables_take_an_assignment(assigned: Path) -> None:
    own = ["--assignment", "assignment.yaml", "--oracle", "recorded"]
    assert main(["export", "pages", "--from", "marks", "-o", "p", *own]) == AGREES
    page = Path("p/bob.html").read_text()
    assert "missing-term" in page and "x_plus_x" not in page
    assert main(["export", "canvas", "--from", "marks", "-o", "c.csv", *own]) == AGREES
    assert Path("c.csv").read_text().splitlines()[0].endswith(",Homework 1")


def test_while_it_is_not_due_no_derivative_is_worked_out_where_it_is_not_right(
    assigned: Path,
) -> None:
    own = ["--assignment", "assignment.yaml", "--oracle", "recorded", "--submission", "bob"]
    texts = []
    for due in ("2999-01-01", "2001-01-01"):
        arguments = ["export", "pages", "--from", "marks", "-o", "bob.html", "--due", due]
        assert main([*arguments, *own]) == AGREES
        page = Path("bob.html").read_text()
        texts.append(page.partition('id="cases/multiply.yaml"')[2].partition("</details>")[0])
        assert ("gradient is the other factor" in page) == (due == "2001-01-01")
    ahead, over = texts
    assert "The chain rule" in over and "Backward</h4>" in over
    assert "The chain rule" not in ahead and "Backward</h4>" not in ahead and "expected" in ahead


def test_a_question_of_an_assignment_is_set_and_explained(
    assigned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gradebook("set", "bob", "2", "1.5", "--why", WHY) == AGREES
    bob, before = results()["bob"], results()["bob"]["found"]
    assert bob["score"] == before - bob["questions"][1]["score"] + 1.5
    tests = json.loads(exported("gradescope", "bob"))["tests"]
    assert [test["score"] for test in tests] == [4, 1.5, bob["questions"][2]["score"], 0]
    capsys.readouterr()
    assert gradebook("explain", "bob", "--json") == AGREES
    told = json.loads(capsys.readouterr().out)
    assert [(part["title"], part["score"]) for part in told["parts"]] == [
        ("Sums", 4.0),
        ("Products", 1.5),
    ]
    assert [one["title"].partition(",")[0] for one in told["mistakes"]] == ["mul"]


def test_a_mark_with_a_question_that_is_set_is_rounded_at_the_end() -> None:
    """As without: 18.136 is 18.14, and with 10 for 9.196 it is 18.94, not 18.14 and the rest."""
    questions = [
        {"title": title, "score": score, "max_score": 10.0}
        for title, score in (("values", 9.196), ("gradients", 8.94))
    ]
    found = {"score": 18.14, "max_score": 20.0, "cases": [], "questions": questions}
    result = {**found, "assignment": {"rounding": 0.01}}
    told = ruled(result, [Ruling("bob", "values", 10.0, WHY, "today")], [])
    assert (told["score"], told["found"]) == (18.94, 18.14)


def test_who_has_handed_nothing_in_could_have_had_as_much_as_the_others() -> None:
    ann = {"engine": "ann", "status": "graded", "score": 3.0, "max_score": 20.0}
    nemo = {"engine": "nemo", "status": "not handed in", "score": None, "max_score": 0.0}
    rows = [*csv.DictReader(platforms.nbgrader([ann, nemo], "hw").splitlines())]
    assert [(row["score"], row["max_score"]) for row in rows] == [("3.0", "20.0"), ("", "20.0")]
