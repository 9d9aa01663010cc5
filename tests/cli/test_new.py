"""`harness new` from outside: a case, its snapshot and its picture, or one clear line why not."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import AGREES, COULD_NOT_RUN, main

LISTING = (
    "x = 3\ny = -4\nq = x * y\nf = q + x  # done\n# backprop f\ndq = 1\ndx = 1\ndx += y * dq\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "code.py").write_text(LISTING)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(here: Path) -> list[str]:
    return sorted(p.relative_to(here).as_posix() for p in (here / "cases").rglob("*.*"))


def new(*options: str) -> int:
    return main(["new", *options])


def test_a_case_from_an_expression(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--expr", "x * sigmoid(y)", "--input", "x=3", "--input", "y=[1, -1]"]
    assert new("basics/gated", *options) == AGREES
    told = capsys.readouterr().out
    assert files(here) == [
        "cases/basics/gated.yaml",
        "cases/basics/gated/backward.yml",
        "cases/basics/gated/forward.yml",
        "cases/case.schema.json",
        "cases/pictures/basics_gated.svg",
    ]
    assert (here / "cases/basics/gated.yaml").read_text() == (
        "# yaml-language-server: $schema=../case.schema.json\n"
        "about: values and gradients of x * sigmoid(y)\n"
        "inputs:\n  x: 3\n  y: [1, -1]\nexpr: x * sigmoid(y)\n"
    )
    assert "picture:  cases/pictures/basics_gated.svg" in told
    assert "minigrad agrees with torch on every step" in told
    assert (here / "cases/pictures/basics_gated.svg").read_text().startswith("<svg")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "cases", "-q", "-p", "no:cacheprovider"],
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_parts_are_kept_as_they_were_written(here: Path) -> None:
    about = "a seed: kept, 'quoted' and all"
    options = ["--input", "W={uniform: [-1, 1], shape: [2, 2], seed: 7}", "--about", about]
    assert new("a/b/c", "--expr", "sum(W[rows])", *options, "--constant", "rows=[1, 0]") == AGREES
    text = (here / "cases/a/b/c.yaml").read_text()
    assert "  W: {uniform: [-1, 1], shape: [2, 2], seed: 7}\n" in text
    assert "constants:\n  rows: [1, 0]\n" in text
    assert about in text


def test_a_case_from_staged_code(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new("a/staged", "--from-listing", "code.py", "--about", "by hand") == AGREES
    assert (here / "cases/a/staged.yaml").read_text() == (
        "# yaml-language-server: $schema=../case.schema.json\n"
        "about: by hand\ninputs: {x: 3}\nconstants: {y: -4}\nsteps:\n  q: x * y\n  f: q + x\n"
    )
    assert "code.py:6: the backward pass from here on is left out" in capsys.readouterr().err


def test_staged_code_at_other_numbers(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("f = x * y\n"))
    assert new("a/s", "--from-listing", "-", "--input", "x=2", "--input", "y=[1, 2]") == AGREES
    assert "inputs: {x: 2, y: [1, 2]}" in (here / "cases/a/s.yaml").read_text()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["a/b", "--expr", "x * sigmod(x)", "--input", "x=1"], "--expr, column 5: unknown opera"),
        (["a/b", "--expr", "x * (x", "--input", "x=1"], "--expr, column 5: not an expression"),
        (["a/b", "--expr", "x: y", "--input", "x=1"], "--expr, column 2: not an expression"),
        (["a/b", "--expr", "x * y", "--input", "x=1"], "--expr, column 5: unknown name 'y'"),
        (["a/b", "--expr", "x * x", "--input", "x=ten"], "--input x, column 1: 'ten' is not a n"),
        (["a/b", "--expr", "x * x", "--input", "x=[1, 2"], "--input x, column"),
        (["a/b", "--expr", "x * x", "--input", "x"], "--input x: NAME=VALUE is needed"),
        (["a/b", "--expr", "x * x", "--input", "2=3"], "--input 2=3: NAME=VALUE is needed"),
        (["a/b", "--expr", "x * x"], "there is no input: --input NAME=VALUE, such as --input x=3"),
        (["a/b", "--expr", "x * x", "--input", "x=1", "--input", "x=2"], "--input x"),
        (["b", "--expr", "x * x", "--input", "x=1"], "'b' is no TOPIC/NAME"),
        (["a/B", "--expr", "x * x", "--input", "x=1"], "'a/B' is no TOPIC/NAME"),
        (["../a/b", "--expr", "x * x", "--input", "x=1"], "'../a/b' is no TOPIC/NAME"),
        (
            ["a/b", "--expr", "x * x", "--input", "x=1", "--cases", "no"],
            "no: there is no such fold",
        ),
        (["a/b", "--expr", "x * x", "--input", "x=1", "--input", "z=2"], "z is given, and nothing"),
        (["a/b", "--from-listing", "code.py", "--input", "z=2"], "z is given, and nothing uses"),
        (["a/b", "--from-listing", "code.py", "--input", "q=2"], "code.py:3:1: 'q' is computed"),
        (["a/b", "--from-listing", "no.py"], "no.py:1:1: the file cannot be read: No such file"),
        (["a/b", "--from-listing", "."], ".:1:1: the file cannot be read: it is a directory"),
        (["a/b", "--from-listing", "code.py", "--constant", "y=1"], "--constant needs an --input"),
        (
            ["a/b", "--expr", "binary_cross_entropy(x, y)", "--input", "x=2", "--input", "y=1"],
            "torch cannot compute 'f'",
        ),
    ],
)
def test_nothing_is_written_where_anything_is_wrong(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert new(*options) == COULD_NOT_RUN
    assert told in capsys.readouterr().err
    assert files(here) == []


def test_what_is_there_is_never_written_over(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["a/b", "--expr", "x * x", "--input", "x=1"]
    assert new(*options) == AGREES
    (here / "cases/a/b.yaml").rename(here / "cases/a/c.yaml")  # its snapshot stays
    before = {path: (here / path).read_bytes() for path in files(here)}
    assert new(*options) == COULD_NOT_RUN
    assert "cases/a/b: this is there already" in capsys.readouterr().err
    assert {path: (here / path).read_bytes() for path in files(here)} == before


def test_staged_code_that_stops_before_any_step_is_told_where_and_why(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.py").write_text('x = 2.0\nraise ValueError("enough")\n')
    assert main(["new", "a/b", "--from-listing", "mine.py"]) == COULD_NOT_RUN
    assert "mine.py:2:1: it stops here: ValueError: enough" in capsys.readouterr().err
