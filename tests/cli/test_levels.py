"""`harness check` and `cases` by the levels of the ladder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main

ENGINE = """
class Value:
    def __init__(self, data, pulls=()):
        self.data, self.grad, self.pulls = data, 0.0, pulls

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, local in self.pulls:
            parent.backward(local * upstream)
"""
CASES = {
    "sum": "inputs: {x: 3, y: 2}\nexpr: x + y\n",
    "reused": "inputs: {x: 3, y: 2}\nexpr: x * y + x\n",
    "row": "inputs: {x: [3, 1]}\nexpr: x + x\n",
    "total": "inputs: {x: [3, 1]}\nexpr: sum(x)\n",
}


@pytest.fixture(autouse=True)
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cases").mkdir()
    for name, text in CASES.items():
        Path(f"cases/{name}.yaml").write_text(f"about: a\n{text}")
    Path("mine.py").write_text(ENGINE)


def check(*options: str) -> int:
    return main(["check", "mine.py", "--cases", "cases", "--in-process", *options])


def test_a_right_engine_of_numbers_is_told_of_its_levels_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert check("--json", "out.json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if " of " in line and "(" not in line] == [
        ["✓", "scalar", "arithmetic:", "1", "of", "1"],
        ["✓", "reuse", "and", "order:", "1", "of", "1"],
    ]
    assert lines[-2:] == [
        "next on the ladder: arrays, elementwise, which opens 1 case (--level 4 runs it alone)",
        "4 cases: 2 passed, 0 failed, 2 unsupported",
    ]
    levels = json.loads(Path("out.json").read_text())["levels"]
    counted = {"passed": 1, "failed": 0, "edges": 0, "unsupported": 0}
    assert levels[0] == {"level": "scalar arithmetic", **counted}
    assert [one["level"] for one in levels] == [
        "scalar arithmetic",
        "reuse and order",
        "arrays, elementwise",
        "reductions",
    ]


def test_the_first_level_with_a_failure_is_the_one_to_mend(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.py").write_text(ENGINE.replace("grad += up", "grad = up"))
    assert check() == 1
    out = capsys.readouterr().out
    assert "first to mend: reuse and order, 1 case wrong (--level 3 runs it alone)" in out


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--level", "1"), 1),
        (("--level", "reuse", "--level", "scalar arithmetic"), 2),
        (("--upto", "3"), 2),
        (("--upto", "arrays"), 3),
        (("--upto", "1", "--level", "reductions"), 2),
    ],
)
def test_levels_are_judged_alone(
    options: tuple[str, ...], count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    check(*options)
    assert f"\n{count} case" in capsys.readouterr().out


def test_a_level_without_cases_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--level", "networks") == 2
    assert "no case is of that level" in capsys.readouterr().err


def test_what_is_no_level_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check("--upto", "boardcasting")
    assert "did you mean 'broadcasting'?" in " ".join(capsys.readouterr().err.split())


def test_cases_are_listed_from_easy_to_hard_and_counted_by_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["cases", "--cases", "cases", "--upto", "reductions"])
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [f"cases/{name}.yaml" for name in ("sum", "reused", "row", "total")]
    main(["cases", "--cases", "cases", "--by", "level"])
    counted = capsys.readouterr().out.splitlines()
    assert counted[0].split() == ["scalar", "arithmetic", "1"]
    assert "--level" in counted[-1]


def test_a_page_has_the_levels_that_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["report", "--cases", "cases", "-o", "page.html"]
    assert main([*given, "--level", "1"]) == 0
    assert "1 case" in capsys.readouterr().out
    page = Path("page.html").read_text()
    assert "cases/sum.yaml" in page and "cases/reused.yaml" not in page
    assert main([*given, "--upto", "reuse"]) == 0
    assert "cases/reused.yaml" in Path("page.html").read_text()
