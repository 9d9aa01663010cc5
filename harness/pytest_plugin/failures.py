"""A failure as pytest prints it: our lines, and neither pytest's traceback nor ours."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

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

    @classmethod
    def titled(cls, title: str, message: str = "", summary: str | None = None) -> CaseFailure:
        """One of other things than numbers: what has failed, and why."""
        text = "\n  ".join([f"✗ {title}", *message.splitlines()])
        return cls(lines_of(text), summary or (message or title).splitlines()[0])


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


STYLES: Final[dict[str, dict[str, bool]]] = {
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

    def __init__(self, lines: Sequence[Line], place: object, summary: str, line: int = 1) -> None:
        self.lines = lines
        self.reprcrash = Crash(str(place), line, summary)

    def __str__(self) -> str:
        return plain(self.lines)

    def toterminal(self, writer: Any) -> None:
        print_lines(writer, self.lines)


class Failing(pytest.Item):
    """An item whose failures are :class:`CaseFailure`."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        error = excinfo.value
        if isinstance(error, CaseFailure):
            line = (self.reportinfo()[1] or 0) + 1  # where editors and annotations go
            return Representation(error.lines, self.path, error.summary, line)
        return super().repr_failure(excinfo)
