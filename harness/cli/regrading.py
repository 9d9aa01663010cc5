"""What is kept of a run beside marks, and what another one would change of those that stand."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from harness.assignment.values import COUNTS
from harness.cli.command import argument
from harness.cli.coursework import LONGEST_TABLE, named
from harness.cli.streams import say
from harness.grading.found import Piece
from harness.grading.gradebook import About, Gradebook
from harness.grading.rulings import parts
from harness.grading.standing import DUE, RULE, standing
from harness.showing.amounts import amount, some

MOST_PARTS: Final = 3


def time(text: str) -> str:
    """The type of a time."""
    try:
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time, such as 2026-03-01T23:59") from None


REGRADING: Final = (
    argument(
        "--replace",
        action="store_true",
        help="let the marks of files that were graded before change; without it the difference is "
        "shown, and what stands stands",
    ),
    argument(
        "--without",
        action="append",
        default=[],
        metavar="CASE",
        help="drop a case for all, which turned out to be wrong; may be repeated",
    ),
    argument(
        "--roster",
        metavar="CSV",
        help="who is in the course: a table with some of the columns id, login, SIS id, name, "
        "section, e-mail, group; it is kept with the gradebook, and who was in the one before and "
        "is not in this has left",
    ),
    argument(
        "--counts",
        choices=COUNTS,
        help="which of several attempts of one person counts; default: the latest",
    ),
    argument("--due", type=time, metavar="TIME", help="when it was due, such as 2026-03-01T23:59"),
)


def settle_rule(book: Gradebook, given: Namespace) -> None:
    """Keeps which attempt counts, where that is said."""
    for name in (RULE, DUE):
        if getattr(given, name) is not None:
            book.settle(name, getattr(given, name))


def about_of(piece: Piece, digest: str, suite: str) -> About:
    """What is kept of a submission beside its result."""
    who = json.dumps([one.plain() for one in piece.who])
    when = _changed(piece) if piece.when is None else piece.when
    return About(digest, suite, when, piece.late, piece.order, who)


def _changed(piece: Piece) -> str:
    """When the file was written last; empty where that cannot be told."""
    try:
        seconds = piece.path.stat(follow_symlinks=False).st_mtime
        return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")
    except (OSError, ValueError, OverflowError):
        return ""


def tell_roster(book: Gradebook) -> None:
    """Says who is on no roster, where there is one, and of whom there is nothing."""
    every = standing(book) if book.roster.people else []
    named("nobody on the roster", [one.label for one in every if one.person is None])
    absent = [one.label for one in every if not one.attempts and not one.has_left]
    named("nothing handed in", absent)


def differences(book: Gradebook, ids: Sequence[str]) -> int:
    """Shows what would change of the marks that stand; how many there are."""
    if not ids:
        return 0
    marks = amount(len(ids), "mark")
    say(f"{marks} would change, and {'stands' if len(ids) == 1 else 'stand'} until --replace:")
    wide = max(10, *map(len, ids))
    for id in sorted(ids)[:LONGEST_TABLE]:
        before, after = book.result(id) or {}, book.waiting(id) or {}
        say(f"  {id:<{wide}}  {_mark(before)} -> {_mark(after)}{_where(before, after)}", indent=6)
    if len(ids) > LONGEST_TABLE:
        say(f"… and {len(ids) - LONGEST_TABLE:,} more")
    return len(ids)


def _mark(result: Mapping[str, Any]) -> str:
    whole = f"{result['score']:.2f} of {result['max_score']:.2f}"
    return whole if result["status"] == "graded" else f"{result['status']}"


def _where(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The questions, or levels, that make the difference."""
    old = {part["title"]: (part["score"], part["max_score"]) for part in parts(before)}
    new = {part["title"]: (part["score"], part["max_score"]) for part in parts(after)}
    told = [
        f"{title} {old.get(title, (0, 0))[0]:g} -> {new.get(title, (0, 0))[0]:g}"
        for title in dict.fromkeys((*old, *new))
        if old.get(title) != new.get(title)
    ]
    return f"  ({some(told, MOST_PARTS)})" if told else ""
