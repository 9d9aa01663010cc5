"""Submissions are asked on numbers that nobody has seen."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from grading.class_of import grade, results, scores
from grading.conftest import HONEST, hand_in
from grading.table import table_of
from sweeps import LONG, long

from harness.cli import COULD_NOT_RUN, main
from harness.grading.formats.common import DRAWN

RIGHT = HONEST.replace("else 0.0", "else self.data")


def test_a_table_of_recorded_numbers_has_no_points_for_gradients_of_others(class_: Path) -> None:
    hand_in(class_, "tom", table_of(class_ / "cases"))
    assert grade("--vary", "none") == 0
    assert scores()["tom"] == scores()["ann"] == 6.0
    assert grade("--replace") == 0
    assert scores()["ann"] == 6.0
    drawn = results()["tom"]
    lost = {case["id"] for case in drawn["cases"] if case["status"] == "failed"}
    assert lost == {f"cases/{name}.yaml" for name in ("multiply", "x_times_x", "x_minus_x")}
    assert [one["code"] for one in drawn["suspicions"]] == ["recorded-only"]
    assert all(not found["suspicions"] for id, found in results().items() if id != "tom")


def inputs_of(result: dict[str, Any]) -> list[Any]:
    """What was drawn for each case, where it is kept: where a pass is wrong."""
    return [case.get("drawn", {}).get("inputs") for case in result["cases"]]


@pytest.mark.parametrize("vary", ["class", pytest.param("each", marks=LONG)])
def test_what_is_drawn_stays_and_is_the_same_for_the_same_files(class_: Path, vary: str) -> None:
    hand_in(class_, "amy", RIGHT)
    hand_in(class_, "ben", HONEST)
    assert grade("--vary", vary) == 0
    found = results()
    assert found["ann"]["score"] == found["amy"]["score"] == 6.0
    bob, ben, dan = (inputs_of(found[id]) for id in ("bob", "ben", "dan"))
    assert bob == ben and any(bob)
    common = [(one, other) for one, other in zip(bob, dan, strict=True) if one and other]
    assert common and all((one == other) == (vary == "class") for one, other in common)
    assert grade("--vary", vary, "--regrade") == 0
    assert inputs_of(results()["bob"]) == bob


@long
def test_another_class_is_asked_on_other_numbers_and_another_choice_is_graded_anew(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grade() == 0 and grade("--out", "others") == 0
    one, other = (inputs_of(results(Path(place))["bob"]) for place in ("marks", "others"))
    drawn = [(a, b) for a, b in zip(one, other, strict=True) if a]
    assert drawn and all(a != b for a, b in drawn)
    capsys.readouterr()
    assert grade() == 0 and "4 kept as they were" in capsys.readouterr().out
    assert grade("--vary", "each") == 0 and "4 kept" not in capsys.readouterr().out
    assert grade("--vary", "none") == 0 and "4 kept" not in capsys.readouterr().out
    assert not any("drawn" in case for case in results()["bob"]["cases"])


def test_pages_show_the_numbers_that_were_drawn(class_: Path) -> None:
    assert grade() == 0
    assert main(["export", "pages", "--from", "marks", "-o", "pages", "--cases", "cases"]) == 0
    page = Path("pages/bob.html").read_text()
    case = next(case for case in results()["bob"]["cases"] if case["status"] == "failed")
    number = float.fromhex(next(iter(case["drawn"]["inputs"].values()))["number"])
    assert f"{number:g}" in page and DRAWN in page


def test_variants_are_read_from_a_file_for_the_same_cases_alone(
    class_: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "gradescope", "-o", "a.zip", "--cases", "cases"]) == 0
    with zipfile.ZipFile("a.zip") as archive:
        assert "--vary each --variants variants.json" in archive.read("run_autograder").decode()
        archive.extract("variants.json")
    assert len(json.loads(Path("variants.json").read_text())) == 4
    assert grade("--vary", "each", "--variants", "variants.json") == 0
    assert scores() == {"=cyd": 0.0, "ann": 6.0, "bob": 4.5, "dan": 3.5}
    Path("none.json").write_text("[1, 2]")
    for file, told in (
        ("none.json", "none.json: this is no file of drawn inputs"),
        ("nowhere.json", "nowhere.json: No such file or directory"),
    ):
        assert grade("--variants", file) == COULD_NOT_RUN
        assert told in capsys.readouterr().err
    (class_ / "cases/multiply.yaml").unlink()
    assert grade("--variants", "variants.json") == COULD_NOT_RUN
    assert "variants.json: this was drawn for other cases" in capsys.readouterr().err
