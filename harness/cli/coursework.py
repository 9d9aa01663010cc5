"""What the commands for a class share: its submissions, and the walls that they are run behind."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.cli.command import Stop
from harness.cli.streams import say
from harness.grading import submissions
from harness.grading.sandbox.children import Limits, WorkerError
from harness.grading.sandbox.walls import Walls, strongest
from harness.showing.amounts import some

LONGEST_TABLE: Final = 1_000
MOST_NAMED: Final = 10


def handed_in(given: Namespace, usual: str = submissions.ENTRY) -> list[tuple[str, Path]]:
    """The submissions that a command is given, by name, of which ``usual`` is imported where no
    option says otherwise; raises AmbiguousError."""
    entry = given.entry or usual
    paths = submissions.find(given.submissions, entry, sure=given.entry is not None)
    if not paths:
        raise Stop("there is no submission: no .py file, no notebook (.ipynb) and no folder")
    return paths


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
