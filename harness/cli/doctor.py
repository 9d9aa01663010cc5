"""`harness doctor`: what a machine can keep out."""

from __future__ import annotations

import shutil
from argparse import Namespace
from collections.abc import Mapping
from typing import Final

from harness.cli.command import AGREES, FINDINGS, command
from harness.cli.coursework import walls_here
from harness.cli.streams import say
from harness.grading.sandbox.children import Limits, WorkerError
from harness.grading.sandbox.walls import Sandbox, candidates

WEAK: Final = (
    "The sandbox is weak: harness grade refuses without --allow-weak. What has a ✓ holds even so."
)


@command(
    "doctor",
    help="try out the sandbox of this machine",
    description="Tries out the sandbox of this machine: what a submission could do is tried in a "
    "submission's place. Exit status: 0 strong, 1 weak, 2 nothing runs.",
)
def doctor(given: Namespace) -> int:
    walls, observed = walls_here(Limits())
    layers = {
        "bubblewrap": walls.bubblewrap,
        "namespaces of its own for each submission": walls.namespaces,
        "another user": walls.user,
        "a worker that forks": walls.keeper,
    }
    _tell("put up:", layers)
    _tell("tried in a submission's place; a submission …", observed)
    strong = all(observed.values())
    say("The sandbox is strong." if strong else WEAK)
    if not strong and not walls.bubblewrap:
        say(_without_bubblewrap())
    return AGREES if strong else FINDINGS


def _tell(title: str, answers: Mapping[str, bool]) -> None:
    say("\n".join([title, *(f"  {'✓' if yes else '✗'} {what}" for what, yes in answers.items())]))


def _without_bubblewrap() -> str:
    """Why there is none."""
    if shutil.which("bwrap") is None:
        return "Install bubblewrap (on Debian: apt install bubblewrap)."
    try:
        with Sandbox(candidates()[0], Limits()) as box:
            box.observed()
    except WorkerError as error:
        return f"bubblewrap is there, but: {error}"
    return "bubblewrap is there, but keeps out no more than this."
