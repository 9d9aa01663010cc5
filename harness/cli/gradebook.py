"""`harness gradebook`: the results of a class, to be looked at."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.cli.command import AGREES, FINDINGS, Stop, argument, command
from harness.cli.coursework import LONGEST_TABLE
from harness.cli.streams import aside, say
from harness.engines.failures import printable
from harness.grading.gradebook import WITHDRAWN, DamagedError, Gradebook
from harness.grading.marking import GRADED, STATUSES


@command(
    "gradebook",
    help="show the results of harness grade",
    description="Shows the results of harness grade, hidden cases included: all of them, or one in "
    "full. A submission that is not handed in any more is marked (in JSON: withdrawn). Exit "
    "status: 0 shown, 1 some are damaged, 2 there is no such result.",
    arguments=(
        argument("out", metavar="DIR", help="what was given to --out"),
        argument("submission", nargs="?", help="show this one in full"),
        argument("--status", choices=STATUSES, help="only those"),
        argument("--below", type=float, metavar="POINTS", help="only those with less"),
        argument("--json", action="store_true", help="as JSON, one result a line"),
    ),
)
def gradebook(given: Namespace) -> int:
    book = Gradebook(Path(given.out), create=False)
    if given.submission is not None:
        result = book.result(given.submission)
        if result is None:
            raise Stop(f"{given.submission}: the gradebook has no such submission")
        say(json.dumps(result, indent=None if given.json else 1))
        return AGREES
    rows = [
        row
        for row in book.rows()
        if given.status in (None, row[1]) and (given.below is None or row[2] < given.below)
    ]
    asked = [row[0] for row in rows] if given.json else []
    damaged = list[str]()
    for result in readable(book, asked, damaged):
        say(json.dumps(result))
    if not given.json:
        for start in range(0, len(rows) or 1, LONGEST_TABLE):
            table(rows[start : start + LONGEST_TABLE], book)
    return FINDINGS if damaged else AGREES


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
        told = _notes(book, id) if status == GRADED else f"  {status}: {_problem(book, id)}"
        told += f"  {WITHDRAWN}" if id in gone else ""
        say(f"{id:<{wide}}  {score:>8.2f}  {most:>8.2f}{told}", indent=4)
    if len(rows) > LONGEST_TABLE:
        say(f"… and {len(rows) - LONGEST_TABLE:,} more: harness gradebook shows them all")


def _notes(book: Gradebook, id: str) -> str:
    """What was made of the names in a submission."""
    try:
        return "".join(f"  {printable(one)}" for one in (book.result(id) or {}).get("notes", ()))
    except DamagedError:
        return ""


def _problem(book: Gradebook, id: str) -> str:
    """The first line of why a submission could not be graded."""
    try:
        problem = str((book.result(id) or {}).get("problem"))
    except DamagedError:
        problem = "its result is damaged"
    return printable(problem.partition("\n")[0])
