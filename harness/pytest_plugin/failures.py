"""A failure as pytest prints it: our lines, and neither pytest's traceback nor ours."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from harness.judging.symptoms import Symptom
from harness.showing.lines import Line, ascii_only, plain


class CaseFailure(Exception):
    """A pass that failed: lines for a person, one line for a summary, and for the engine's failures
    what is wrong first."""

    def __init__(self, lines: list[Line], summary: str, symptoms: Iterable[Symptom] = ()) -> None:
        super().__init__(summary)
        self.lines = lines
        self.summary = summary
        self.symptoms = tuple(symptoms)


def lines_of(text: str) -> list[Line]:
    return [[(line, "wrong" if line.startswith("✗") else "")] for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class Crash:
    """Where and what, as pytest's short summary and JUnit files ask for it."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


STYLES: dict[str, dict[str, bool]] = {
    "bold": {"bold": True},
    "wrong": {"purple": True, "bold": True},
    "value": {"green": True},
    "gradient": {"red": True},
    "faint": {"light": True},
}


def print_lines(writer: Any, lines: Sequence[Line]) -> None:
    """Lines to pytest's terminal, in colour where it has any, in ASCII where it has no more."""
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    unicode = encoding.lower().replace("-", "").startswith("utf")
    for line in lines:
        for text, style in line:
            writer.write(text if unicode else ascii_only(text), **STYLES.get(style, {}))
        writer.line()


class Representation:
    """A failure as pytest prints it: coloured on a terminal, plain text elsewhere."""

    def __init__(self, lines: Sequence[Line], crash: Crash) -> None:
        self.lines = lines
        self.reprcrash = crash

    def __str__(self) -> str:
        return plain(self.lines)

    def toterminal(self, writer: Any) -> None:
        print_lines(writer, self.lines)


def restored(report: pytest.TestReport) -> Any:
    """A failure's representation where it has come as text, from another process."""
    if not isinstance(report.longrepr, str) or not hasattr(report, "harness_summary"):
        return report.longrepr
    crash = Crash(report.nodeid, 1, report.harness_summary)
    return Representation(lines_of(report.longrepr), crash)


def represent(
    item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException]
) -> Representation | None:
    error = excinfo.value
    if not isinstance(error, CaseFailure):
        return None
    return Representation(error.lines, Crash(str(item.path), 1, error.summary))
