"""`harness check`, `exercise` and `draw` of backward passes that are written by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from contract import misfits

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS, main

CODE = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\ndq = z\ndz = q\ndx = dq\ndy = dq\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_pass_that_is_right_and_one_that_is_not(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("good.py").write_text(CODE)
    assert main(["check", "good.py"]) == AGREES
    out = capsys.readouterr().out
    assert "dq  of q, line 6" in out
    assert "all 4 lines agree with torch" in out
    Path("bad.py").write_text(CODE.replace("dz = q", "dz = -q"))
    assert main(["check", "bad.py", "--json", "bad.json"]) == FINDINGS
    out = capsys.readouterr().out
    assert "1. bad.py:7: dz, gradient of z: wrong-sign" in out
    assert "bad.py: 3 of 4 lines right; line 7: dz" in out
    assert max(map(len, out.splitlines())) < 80
    result = json.loads(Path("bad.json").read_text())
    assert not misfits(result)
    finding = result["findings"][0]
    assert (finding["name"], finding["line"], finding["code"]) == ("dz", 7, "wrong-sign")


def test_other_inputs_and_what_cannot_be_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("code.py").write_text(CODE.replace("x = -2\n", ""))
    assert main(["check", "code.py", "--input", "x=7"]) == AGREES
    assert main(["check", "code.py"]) == COULD_NOT_RUN
    assert "code.py:3: it stops here: NameError: name 'x' is not defined" in (
        capsys.readouterr().err
    )
    assert main(["check", "code.py", "--input", "x=7", "--gradient", "dq=nothing"]) == COULD_NOT_RUN
    assert "there is no step 'nothing'" in capsys.readouterr().err


def test_an_exercise_is_judged_so_far(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercise", "lecture/product_of_sum", "-o", "exercise.py"]) == AGREES
    text = Path("exercise.py").read_text()
    assert text.startswith("# harness exercise: cases/lecture/product_of_sum.yaml\n")
    assert text.count("= ...") == 4
    assert main(["check", "exercise.py"]) == FINDINGS
    assert "0 of 4 lines right, 4 still to be written" in capsys.readouterr().out
    Path("exercise.py").write_text(text.replace("dq = ...", "dq = z").replace("dz = ...", "dz = z"))
    assert main(["check", "exercise.py", "--json", "-"]) == FINDINGS
    result = json.loads(capsys.readouterr().out)
    assert result["cases"][0]["id"] == "cases/lecture/product_of_sum.yaml"
    assert [finding["name"] for finding in result["findings"]] == ["dz"]


def test_a_solution_agrees_and_blanks_can_be_chosen(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exercise", "lecture/staged", "--solution"]) == AGREES
    Path("solution.py").write_text(capsys.readouterr().out)
    assert main(["check", "solution.py"]) == AGREES
    assert main(["exercise", "lecture/staged", "-o", "few.py", "--blank", "line 5,7"]) == AGREES
    assert Path("few.py").read_text().count("= ...") == 2
    assert main(["exercise", "lecture/staged", "-o", "no.py", "--blank", "dq"]) == COULD_NOT_RUN


def test_a_pass_is_drawn(here: Path) -> None:
    Path("bad.py").write_text(CODE.replace("dz = q", "dz = -q"))
    assert main(["draw", "bad.py", "-o", "bad.svg"]) == AGREES
    assert "yours −3.000" in Path("bad.svg").read_text()
