"""`harness gradebook`: the results of a class, to be looked at."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.cli.command import AGREES, FINDINGS, Stop, argument, command
from harness.cli.coursework import LONGEST_TABLE
from harness.cli.streams import aside, say
from harness.engines.failures import printable
from harness.grading.attempts import Attempt
from harness.grading.gradebook import WITHDRAWN, DamagedError, Gradebook
from harness.grading.marking import GRADED, STATUSES


@command(
    "show",
    help="show the results of harness grade: what 'harness gradebook DIR' does",
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
def show(given: Namespace) -> int:
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
    shown = {row[0] for row in rows} if given.json else set()
    asked = [one for one in book.attempts(withdrawn=True) if one.stands and one.id in shown]
    damaged = list[str]()
    for result in readable(book, asked, damaged):
        say(json.dumps(result))
    if not given.json:
        for start in range(0, len(rows) or 1, LONGEST_TABLE):
            table(rows[start : start + LONGEST_TABLE], book)
    return FINDINGS if damaged else AGREES


def readable(
    book: Gradebook, attempts: Iterable[Attempt], damaged: list[str]
) -> Iterator[dict[str, Any]]:
    """The results of attempts. Of what is damaged it is said that it is, and its name is added to
    ``damaged``."""
    for one in attempts:
        try:
            yield book.result(one.id, one.key) or {}
        except DamagedError as error:
            if one.id not in damaged:
                aside(str(error))
                damaged.append(one.id)


def table(rows: Sequence[tuple[str, str, float, float]], book: Gradebook) -> None:
    """The scores; where there is none, why, and which are of no submission any more."""
    gone, remarks = book.withdrawn(), book.remarks()
    wide = max([10, *(len(row[0]) for row in rows)])
    say(f"{'submission':<{wide}}  {'score':>8}  {'of':>8}")
    for id, status, score, most in rows[:LONGEST_TABLE]:
        told = "" if status == GRADED else f"  {status}: {_problem(book, id)}"
        told += f"  {printable(remarks[id])}" if remarks.get(id) else ""
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
