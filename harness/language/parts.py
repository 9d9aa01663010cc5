"""A case that is put together of parts, each given in its own place: an option, an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.language.case import Case, CaseError, decode
from harness.language.nodes import Problem
from harness.language.words import said


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a case file: what its place is called, its key with the colon, and the rest."""

    place: str
    key: str
    rest: str


class PartsError(ValueError):
    """The parts are no case; the message says why, a line for each thing that is wrong."""


def text_of(parts: Sequence[Part]) -> str:
    """The text of a case file."""
    return "".join(f"{part.key}{part.rest}\n" for part in parts)


def put_together(parts: Sequence[Part], path: Path) -> Case:
    """The case that parts make; raises :class:`PartsError`."""
    try:
        return decode(text_of(parts), path)
    except CaseError as error:
        told = [_told(problem, parts) for problem in error.problems]
        raise PartsError("\n".join(told)) from None


def _told(problem: Problem, parts: Sequence[Part]) -> str:
    """A problem of the text, told of the place that its line comes from."""
    if problem.line > len(parts) or (problem.line, problem.column) == (1, 1):
        return problem.message
    part = parts[problem.line - 1]
    column = problem.column - len(part.key) - part.rest.startswith('"')
    place = said("in-column", column=column) if part.key and column > 0 else ""
    return f"{part.place}{place}: {problem.message}"
