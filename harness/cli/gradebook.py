"""`harness gradebook`: the results of a class, to be looked at."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

from harness.cli.command import AGREES, FINDINGS, Stop, argument, command
from harness.cli.coursework import LONGEST_TABLE, readable, table
from harness.cli.streams import say
from harness.grading.gradebook import Gradebook
from harness.grading.marking import STATUSES


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
    every = list(book.rows())
    rows = [
        row
        for row in every
        if given.status in (None, row[1]) and (given.below is None or row[2] < given.below)
    ]
    asked = [row[0] for row in rows] if given.json else []
    unread = sorted({*book.ids()} - {row[0] for row in every})
    damaged = list[str]()
    for result in readable(book, [*asked, *unread], damaged):
        say(json.dumps(result))
    if not given.json:
        for start in range(0, len(rows) or 1, LONGEST_TABLE):
            table(rows[start : start + LONGEST_TABLE], book)
    return FINDINGS if damaged else AGREES
