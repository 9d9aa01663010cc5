"""What the commands for a class share: its submissions, and the walls that they are run behind."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Final

from harness.cli.command import Stop
from harness.cli.streams import say
from harness.grading import submissions
from harness.grading.found import Found, Piece, find
from harness.grading.sandbox.children import Limits, WorkerError
from harness.grading.sandbox.walls import Walls, strongest
from harness.grading.submissions import ENTRY, Submission
from harness.showing.amounts import some

LONGEST_TABLE: Final = 1_000
MOST_NAMED: Final = 10


def handed_in(given: Namespace) -> Found:
    """The submissions that a command is given; raises AmbiguousError."""
    handed = find(given.submissions, entry_of(given), sure=given.entry is not None)
    if not handed.pieces:
        raise Stop("there is no submission: no .py file, no notebook (.ipynb), zip or folder")
    return handed


def entry_of(given: Namespace) -> str:
    """What is imported of a submission: as an option says, or else the assignment, if there is
    one."""
    return str(given.entry or getattr(given, "usual", ENTRY))


def read(piece: Piece, given: Namespace) -> Submission:
    """A submission, with the names that a command is given."""
    strict = getattr(given, "strict_names", False)
    return submissions.read(piece.id, piece.path, entry_of(given), piece.parts, strict)


def named(why: str, names: Sequence[str]) -> None:
    """Says which they are, if there are any, and why they are named; of many the first ones."""
    if names:
        say(f"{why}: {some(names, MOST_NAMED)}", indent=2)


def walls_here(limits: Limits) -> tuple[Walls, dict[str, bool]]:
    """The strongest walls of this machine, and what they keep out; stops where there are none."""
    try:
        return strongest(limits)
    except WorkerError as error:
        raise Stop(f"no submission can be run here: {error}") from None
