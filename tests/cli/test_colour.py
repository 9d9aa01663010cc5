"""Colours: where there are any, and what a terminal gets that has none."""

from __future__ import annotations

import io
import sys

import pytest

from harness.cli import colour
from harness.cli.streams import show

LINES = [[("1. mul", "wrong"), ("  (1 case)", "")], [], [("   see ✓", "bold")]]


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("stream", "set_", "expected"),
    [
        (Screen(), {}, True),
        (io.StringIO(), {}, False),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"NO_COLOR": ""}, True),
        (Screen(), {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (io.StringIO(), {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), {"FORCE_COLOR": ""}, False),
        (Screen(), {"TERM": "dumb"}, False),
    ],
)
def test_who_has_colours(
    stream: io.StringIO, set_: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    assert colour.has_colour(stream) is expected


def test_an_old_console_of_windows_has_neither_colours_nor_a_line_that_is_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert colour.is_screen(Screen())
    monkeypatch.setattr("rich.console.detect_legacy_windows", lambda: True)
    assert not colour.has_colour(Screen()) and not colour.is_screen(Screen())


def test_each_style_ends_where_its_text_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Screen())
    show(LINES)
    assert isinstance(sys.stdout, Screen)
    first, *_ = sys.stdout.getvalue().splitlines()
    assert first == "\x1b[1;35m1. mul\x1b[0m  (1 case)"


def test_a_pipe_gets_text_and_ascii_where_there_is_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", pipe)
    show(LINES)
    pipe.seek(0)
    assert pipe.read().splitlines() == ["1. mul  (1 case)", "", "   see ok"]
