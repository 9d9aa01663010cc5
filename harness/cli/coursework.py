"""What the commands for a class share: its submissions, its results, and tables of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli.command import Stop
from harness.cli.streams import aside, say
from harness.engines.answers import printable
from harness.grading import submissions
from harness.grading.gradebook import WITHDRAWN, DamagedError, Gradebook
from harness.grading.marking import GRADED
from harness.grading.processes import Limits, WorkerError
from harness.grading.sandbox import Walls, strongest
from harness.showing.amounts import some

LONGEST_TABLE: Final = 1_000
MOST_NAMED: Final = 10


def handed_in(given: Namespace) -> list[tuple[str, Path]]:
    """The submissions that a command is given, by name; raises AmbiguousError."""
    entry = given.entry or submissions.ENTRY
    found = submissions.find(given.submissions, entry, sure=given.entry is not None)
    if not found:
        raise Stop("there is no submission: no .py file, no notebook (.ipynb) and no folder")
    return found


def named(why: str, names: Sequence[str]) -> None:
    """Says which they are, if there are any, and why they are named; of many the first ones."""
    if names:
        say(f"{why}: {some(names, MOST_NAMED)}", indent=2)


def readable(book: Gradebook, ids: Sequence[str], damaged: list[str]) -> Iterator[dict[str, Any]]:
    """The results of submissions. Of what is damaged it is said that it is, and its name is added
    to ``damaged``."""
    for id in ids:
        try:
            yield book.result(id) or {}
        except DamagedError as error:
            aside(str(error))
            damaged.append(id)


def table(rows: Sequence[tuple[str, str, float, float]], book: Gradebook) -> None:
    """The scores; where there is none, why, and which are of no submission any more."""
    gone = book.withdrawn()
    wide = max([10, *(len(row[0]) for row in rows)])
    say(f"{'submission':<{wide}}  {'score':>8}  {'of':>8}")
    for id, status, score, most in rows[:LONGEST_TABLE]:
        told = "" if status == GRADED else f"  {status}: {_problem(book, id)}"
        told += f"  {WITHDRAWN}" if id in gone else ""
        say(f"{id:<{wide}}  {score:>8.2f}  {most:>8.2f}{told}", indent=4)
    if len(rows) > LONGEST_TABLE:
        say(f"… and {len(rows) - LONGEST_TABLE:,} more: harness gradebook shows them all")


def _problem(book: Gradebook, id: str) -> str:
    """The first line of why a submission could not be graded."""
    try:
        problem = str((book.result(id) or {}).get("problem"))
    except DamagedError:
        problem = "its result is damaged"
    return printable(problem.partition("\n")[0])


def walls_here(limits: Limits) -> tuple[Walls, dict[str, bool]]:
    """The strongest walls of this machine, and what they keep out; stops where there are none."""
    try:
        return strongest(limits)
    except WorkerError as error:
        raise Stop(f"no submission can be run here: {error}") from None
