"""A class hands in backward passes that are written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweeps import long

from harness.cli import AGREES, main
from harness.grading import by_hand
from harness.grading.submissions import read
from harness.grading.suite import Question
from harness.judging.oracle import recorded
from harness.language.suite import one

CODE = "x = -2\ny = 5\nz = -4\nq = x + y\nf = q * z\ndq = z\ndz = q\ndx = dq\ndy = dq\n"
HEAD = "# harness exercise: cases/lecture/product_of_sum.yaml\n"
CASE = "cases/lecture/product_of_sum.yaml"


@long
@pytest.mark.parametrize(("marking", "bad"), [("cases", "0.25"), ("carried-forward", "0.75")])
def test_each_line_is_a_share_of_the_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], marking: str, bad: str
) -> None:
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "good.py").write_text(HEAD + CODE)
    (folder / "bad.py").write_text(HEAD + CODE.replace("dq = z", "dq = -z"))
    (folder / "other.py").write_text(HEAD + CODE.replace("x + y", "x - y"))
    (folder / "elsewhere.py").write_text(HEAD.replace("product_of_sum", "staged") + CODE)
    out = str(tmp_path / "out")
    asked = ["grade", str(folder), "--out", out, "--cases", CASE, "--marking", marking]
    assert main(asked) == AGREES
    told = {row.split()[0]: row.split() for row in capsys.readouterr().out.splitlines() if row}
    assert told["good"][1] == "1.00"
    assert told["bad"][1] == bad
    assert told["other"][1] == told["elsewhere"][1] == "0.00"


@pytest.mark.parametrize(
    ("name", "text", "file"),
    [
        ("circuit.py", HEAD + CODE, "engine.py"),
        ("mine.py", HEAD + CODE, "engine.py"),
        ("mine/answers.py", HEAD + CODE, "answers.py"),
        ("mine/Circuit.py", CODE, "Circuit.py"),
        ("mine/answers.py", CODE, None),
        ("mine/answers.py", HEAD.replace("product_of_sum", "staged") + CODE, None),
    ],
)
def test_the_only_file_is_an_exercise_if_its_first_line_says_so(
    tmp_path: Path, name: str, text: str, file: str | None
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    submission = read("mine", path if path.parent == tmp_path else path.parent)
    case = one("lecture/product_of_sum").load()
    question = Question(case.id, case, recorded(case)[0], file="circuit.py")
    assert by_hand.file_of(submission, question, strict=False) == file
