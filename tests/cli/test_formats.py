"""`harness check --format`: findings as editors and platforms read them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli.test_levels import CASES, ENGINE

from harness.cli import main
from harness.cli.formats import FORMATS, Place, place_of

ROOT = Path(__file__).resolve().parents[2]
WRONG = ENGINE.replace("self.grad += up", "self.grad = up")
LINE_OF_BACKWARD = 2 + WRONG[: WRONG.index("def backward")].count("\n") - 1
FINDING = {
    "code": "crash",
    "op": "mul",
    "direction": "forward",
    "operand": "",
    "weight": "mistake",
    "message": "100%: a,\r\nb",
    "hint": "",
    "evidence": "cases/a.yaml",
    "place": "",
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases").mkdir()
    for name, text in CASES.items():
        Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}")
    Path("mine.py").write_text(WRONG)


def lines(capsys: pytest.CaptureFixture[str], form: str, *more: str) -> list[str]:
    assert main(["check", "mine.py", "--cases", "cases", f"--format={form}", *more]) == 1
    return capsys.readouterr().out.splitlines()


def matcher() -> re.Pattern[str]:
    """The problem matcher of the documentation."""
    text = (ROOT / "docs/editors.md").read_text(encoding="utf-8")
    (block,) = (one for one in re.findall(r"```json\n(.*?)```", text, re.S) if "tasks" in one)
    (task,) = json.loads(block)["tasks"]
    return re.compile(task["problemMatcher"]["pattern"]["regexp"])


def test_the_problem_matcher_reads_each_line(capsys: pytest.CaptureFixture[str]) -> None:
    told = lines(capsys, "vscode")
    found = [matcher().fullmatch(line) for line in told]
    assert [one and one.groups()[:4] for one in found] == [
        ("mine.py", str(LINE_OF_BACKWARD), "5", "error")
    ]
    assert "overwrite" in told[0]


def test_githubs_annotation_has_the_same_place(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines(capsys, "github")
    assert line.startswith(f"::error file=mine.py,line={LINE_OF_BACKWARD},col=5,title=")
    assert "%0Asee it: cases/reused.yaml::backward" in line


def test_githubs_signs_are_escaped() -> None:
    line = FORMATS["github"](Place("a,b:c.py"), FINDING)
    assert line == (
        "::error file=a%2Cb%3Ac.py,line=1,col=1,title=mul%2C forward%3A crash"
        "::100%25: a,%0D%0Ab%0Asee it: cases/a.yaml::forward"
    )


def test_a_line_of_json_is_the_finding_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = lines(capsys, "json-lines", "--json", "out.json")
    told = json.loads(line)
    (finding,) = json.loads(Path("out.json").read_text())["findings"]
    place = {"file": "mine.py", "line": LINE_OF_BACKWARD, "column": 5}
    assert told == {**finding, **place}


def test_an_exception_has_the_line_that_raises_it() -> None:
    crash = {**FINDING, "place": "mine.py:3: in __mul__: return x"}
    assert place_of(crash, "mine.py:Value") == Place("mine.py", 3)
    elsewhere = {**FINDING, "place": "numpy.py:3: in __mul__: return x"}
    assert place_of(elsewhere, "mine.py").line == 1 + WRONG[: WRONG.index("def __mul__")].count(
        "\n"
    )


def test_code_by_hand_has_its_own_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Path("staged.py").write_text(
        "x = 3.0\ny = 2.0\nf = x * y\ndf = 1.0\ndx = df * y\ndy = df * y\n"
    )
    assert main(["check", "staged.py", "--format=vscode"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    found = matcher().fullmatch(line)
    assert found is not None and found.groups()[:2] == ("staged.py", "6")


@pytest.mark.parametrize("text", ["def f(:", "\0", ""])
def test_a_file_that_does_not_parse_has_a_place_all_the_same(text: str) -> None:
    Path("mine.py").write_text(text)
    assert place_of(FINDING, "mine.py") == Place("mine.py")


def test_what_agrees_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(ENGINE)
    assert main(["check", "mine.py", "--cases", "cases", "--format=github"]) == 0
    assert capsys.readouterr().out == ""


def test_two_forms_do_not_share_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "mine.py", "--format=github", "--json", "-"]) == 2
    assert "both write to standard output" in capsys.readouterr().err


def test_it_stops_at_the_first_level_that_does_not_hold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "mine.py", "--cases", "cases", "-x"]) == 1
    told = capsys.readouterr()
    assert "-x: stopped above reuse and order; 2 cases of higher levels not judged" in told.err
    assert "2 cases: 1 passed, 1 failed" in told.out
    Path("mine.py").write_text(ENGINE)
    assert main(["check", "mine.py", "--cases", "cases", "-x"]) == 0
    assert "-x" not in capsys.readouterr().err
