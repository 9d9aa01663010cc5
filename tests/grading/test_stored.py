"""What a gradebook holds, of today and of before: it fits the schema, and every export reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from contract import SCHEMA, misfits
from grading.conftest import HONEST, hand_in

from harness.cli import COULD_NOT_RUN, main
from harness.cli.export import EACH, TABLES
from harness.grading import gradebook, suite
from harness.grading.gradebook import Gradebook, GradebookError
from harness.grading.marking import GRADER_ERROR, refused
from harness.judging.result import VERSION

BEFORE = Path(__file__).with_name("before_versions.jsonl")
"""Two results as harness gradebook --json told them before results had a version: eve's is graded,
fay's is refused."""


def graded(*options: str) -> dict[str, dict[str, Any]]:
    """The class's results, by submission; they all fit the schema."""
    arguments = ["grade", "submissions", "--out", "marks", "--cases", "cases"]
    assert main([*arguments, "--oracle", "recorded", *options]) == 0
    book = Gradebook(Path("marks"), create=False)
    found = {result["engine"]: result for result in book.results()}
    assert [line for result in found.values() for line in misfits(result)] == []
    return found


def stored_before(folder: Path) -> Gradebook:
    book = Gradebook(folder)
    for line in BEFORE.read_text(encoding="utf-8").splitlines():
        book.put("key", json.loads(line))
    return book


def exports(folder: str) -> list[str]:
    """What every format makes of a gradebook, but for the pages, which need its cases."""
    for format in (*EACH, *TABLES, "class"):
        assert main(["export", format, "--from", folder, "-o", f"{folder}-{format}"]) == 0
    return [path.read_text() for path in Path().glob(f"{folder}-*/*")] + [
        path.read_text() for path in Path().glob(f"{folder}-*") if path.is_file()
    ]


# -- of today --------------------------------------------------------------------------------------


@pytest.mark.parametrize("marking", ["cases", "carried-forward"])
def test_every_result_of_a_class_fits_and_every_export_reads_it(class_: Path, marking: str) -> None:
    hand_in(class_, "eve", HONEST.replace("self.data + other.data", "self.data + float('nan')"))
    hand_in(class_, "fay", HONEST.replace("def __mul__", "def _gone"))
    hand_in(
        class_,
        "gil",
        HONEST.replace(
            "    def __sub__",
            "    def __sub__(self, other):\n        raise KeyError('no')\n\n    def _gone",
        ),
    )
    found = graded("--hidden", "secret", "--marking", marking)
    assert {result["version"] for result in found.values()} == {VERSION}
    assert found["=cyd"]["status"] == "refused"
    assert {case["reason"] for case in found["=cyd"]["cases"]} == {
        found["=cyd"]["problem"].partition("\n")[0]
    }
    assert all(case["passes"] == {} for case in found["=cyd"]["cases"])
    states = {case["id"]: case for case in found["fay"]["cases"]}
    assert states["cases/multiply.yaml"]["reason"].startswith("the engine has no *")
    assert sum(case["hidden"] for case in found["bob"]["cases"]) == 2
    passes = {case["id"]: case["passes"] for case in found["gil"]["cases"]}
    (line,) = passes["cases/subtract.yaml"]["forward"]["lines"]
    assert "raise KeyError('no')" in line
    texts = "".join(exports("marks"))
    assert "the engine has no *" in texts and "forward: KeyError" in texts
    pages = ["export", "pages", "--from", "marks", "-o", "pages", "--cases", "cases"]
    assert main([*pages, "--oracle", "recorded", "--hidden", "secret"]) == 0
    assert "the engine has no *" in Path("pages/fay.html").read_text()


def test_a_grader_error_fits(class_: Path) -> None:
    asked = suite.read(["cases"], oracle="recorded")
    lost = refused("ann", asked, "the sandbox\nis gone", GRADER_ERROR)
    assert misfits({**lost, "walls": {}}) == []
    assert misfits({**lost, "walls": {}, "digest": "0" * 64}) == []


def test_a_misspelt_key_does_not_fit(class_: Path) -> None:
    """The schema is strict where the code writes, so that nothing is added without it."""
    found = graded()["bob"]
    for result in (
        {**found, "scores": 1.0},
        {**found, "version": 0},
        {**found, "cases": [{**found["cases"][0], "hiden": False}]},
        {**found, "findings": [{**found["findings"][0], "code": "wrong-number"}]},
        {key: value for key, value in found.items() if key != "student"},
    ):
        assert misfits(result)
    assert found["student"] and SCHEMA["$defs"]["finding"]["additionalProperties"] is False


def test_a_student_is_told_of_a_mistake_in_second_order_alone(class_: Path) -> None:
    engine = Path(__file__).parents[1] / "zoo/correct/second_order.py"
    wrong = engine.read_text().replace("lambda g: g * cos(x)", "lambda g: g * cos(x).data")
    hand_in(class_, "hal", wrong)
    (class_ / "second").mkdir()
    text = "about: a\ninputs: {x: 0.7, y: -1.5}\nexpr: sin(x) * y\norder: 2\n"
    (class_ / "second/curved.yaml").write_text(text)
    arguments = ["grade", "submissions/hal.py", "--out", "marks", "--cases", "second"]
    assert main([*arguments, "--oracle", "torch"]) == 0
    assert main(["export", "gradescope", "--from", "marks", "-o", "hal.json"]) == 0
    (test,) = json.loads(Path("hal.json").read_text())["tests"]
    assert (test["status"], test["output"].splitlines()[0]) == ("failed", "second: wrong at x")
    pages = ["export", "pages", "--from", "marks", "-o", "p.html", "--cases", "second"]
    assert main([*pages, "--oracle", "torch"]) == 0
    assert "second-order gradient" in Path("p.html").read_text()


# -- of before -------------------------------------------------------------------------------------


def test_a_result_from_before_versions_reads_as_one_of_today(tmp_path: Path) -> None:
    eve, fay = stored_before(tmp_path).results()
    assert misfits(eve) == misfits(fay) == []
    assert (eve["score"], eve["max_score"], fay["status"]) == (1.5, 5.0, "refused")
    assert "tensors" not in json.dumps([eve, fay])
    crash, unbroadcast = eve["findings"]
    assert eve["student"] == eve["findings"]
    assert eve["suspicions"] == fay["suspicions"] == []
    assert (crash["weight"], unbroadcast["read"]) == ("mistake", "cases/arrays")
    assert unbroadcast["evidence"] == "cases/arrays/row_added_to_matrix.yaml"
    assert unbroadcast["cases"] == [unbroadcast["evidence"]]
    assert stored_before(tmp_path).result("eve") == eve


def test_every_export_reads_a_gradebook_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    stored_before(Path("old")).close()
    texts = "".join(exports("old"))
    assert "cases/arrays/row_added_to_matrix.yaml" in texts and "tensors" not in texts
    assert main(["gradebook", "old", "eve"]) == 0
    assert f'"version": {VERSION}' in capsys.readouterr().out
    pages = ["export", "pages", "--from", "old", "-o", "p.html", "--submission", "eve"]
    cases = "cases/scalars/exponential.yaml"
    assert main([*pages, "--cases", cases, "--oracle", "recorded"]) == COULD_NOT_RUN
    assert "eve: these are not the cases that it was graded on" in capsys.readouterr().err


def test_a_case_of_ones_own_keeps_its_id(tmp_path: Path) -> None:
    """Only built-in cases have moved."""
    book = Gradebook(tmp_path)
    eve = json.loads(BEFORE.read_text().splitlines()[0].replace("matrix_vector", "of_my_own"))
    book.put("key", eve)
    (found,) = book.results()
    ids = [case["id"] for case in found["cases"]]
    assert "cases/tensors/of_my_own.yaml" in ids
    assert "cases/arrays/row_added_to_matrix.yaml" in ids


def test_a_result_of_a_newer_harness_is_refused(tmp_path: Path) -> None:
    book = Gradebook(tmp_path)
    eve = json.loads(BEFORE.read_text().splitlines()[0])
    book.put("key", {**eve, "version": VERSION + 1})
    with pytest.raises(GradebookError, match="it was made by a newer version of the harness"):
        list(book.results())


def test_what_an_older_grader_has_graded_is_graded_anew(
    class_: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key of a result holds the grader's sources."""
    monkeypatch.setattr(gradebook, "grader", lambda: "of last year")
    graded()
    monkeypatch.undo()
    monkeypatch.chdir(class_)
    capsys.readouterr()
    graded()
    assert "4 found: 3 graded, 1 refused." in capsys.readouterr().out
