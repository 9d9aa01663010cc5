"""How far a check is, in a terminal and in a notebook without widgets; and nowhere else."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from harness.api import progress
from harness.language import suite

SOURCES = suite.find(["cases/lecture"])


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tells of each case, however fast they come, outside of a notebook."""
    monkeypatch.setattr(progress, "SECONDS", -1.0)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


def test_nothing_is_told_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.following(SOURCES)) == SOURCES
    assert capsys.readouterr() == ("", "")


def test_a_terminal_has_a_line_that_is_gone_in_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(progress.following(SOURCES)) == SOURCES
    out, lines = capsys.readouterr()
    first, *_, last = lines.split("\r")[1:]
    assert not out and first.startswith(f"1 of {len(SOURCES)} cases") and last == "\x1b[K"


def test_a_notebook_has_one_output_that_is_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    handle = SimpleNamespace(update=lambda data, raw: shown.append(data["text/plain"]))

    def display(data: dict[str, str], **how: Any) -> Any:
        shown.append(f"new: {data['text/plain']}")
        return handle

    python = SimpleNamespace(display=SimpleNamespace(display=display), get_ipython=lambda: True)
    monkeypatch.setitem(sys.modules, "ipykernel", python)
    monkeypatch.setitem(sys.modules, "IPython", python)
    assert list(progress.following(SOURCES)) == SOURCES
    rest = [f"{number} of {len(SOURCES)} cases" for number in range(2, len(SOURCES) + 1)]
    assert shown == [f"new: 1 of {len(SOURCES)} cases", *rest, ""]
