"""Progress: in one line of a terminal, and nowhere else."""

from __future__ import annotations

import sys

import pytest

from harness.cli.inputs import introduced
from harness.cli.progress import ERASE, Line, counted
from harness.engines.loading import load
from harness.language import suite


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets standard error, as it is now, seem to be a terminal of 20 columns."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "20")


def test_nothing_is_said_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line()
    line.tell("something")
    line.clear()
    assert not line.is_due()
    assert capsys.readouterr().err == ""


def test_a_line_takes_the_place_of_the_one_before_and_is_never_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)
    line = Line()
    line.tell("a" * 30)
    line.tell("b")
    line.clear()
    assert capsys.readouterr().err == f"\r{'a' * 19}{ERASE}\rb{ERASE}\r{ERASE}"


def test_who_would_tell_often_is_told_when_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    line = Line()
    due = []
    for tick in range(1, 7):
        monkeypatch.setattr(Line, "seconds", 0.0625 * tick)
        due.append(line.is_due())
    assert due == [False, True, False, True, False, True]


def test_cases_are_counted_while_they_are_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)
    sources = suite.find(["cases/lecture"])
    assert list(counted(sources)) == sources
    shown = capsys.readouterr().err.split("\r")[1:]
    assert len(shown) == len(sources) + 1 and shown[0].startswith("1 of 3  cases/")
    assert shown[-1] == ERASE


def test_no_progress_is_left_on_the_line_that_tells_of_the_engine(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch)
    Line().tell("1 of 3")
    introduced(load("peer:minigrad"))
    shown = capsys.readouterr()
    assert shown.err == f"\r1 of 3{ERASE}\r{ERASE}" and shown.out.startswith("engine: ")
