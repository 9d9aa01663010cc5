"""A class hands in backward passes that are written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweeps import long

from harness.cli import AGREES, main

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
