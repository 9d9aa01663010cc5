"""`harness exercise`: a case to be differentiated by hand."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Final

from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.show import CASE
from harness.cli.streams import say
from harness.cli.words import said
from harness.files import need_folder, write
from harness.language import suite
from harness.language.in_torch import NotInTorch
from harness.showing import words
from harness.showing.amounts import amount
from harness.showing.exercise import BLANK, ChoiceError, solution
from harness.showing.exercise import exercise as exercise_text
from harness.showing.staging import STYLES, stage

BACKWARD: Final = "backward"


@command(
    "exercise",
    help="write a case as an exercise: its backward pass to be written by hand",
    description="Writes a case as staged code that runs: its forward pass, and its backward pass "
    "with blanks to be filled in. harness check judges what is filled in so far, line by line.",
    arguments=(
        argument("case", metavar="CASE", help=CASE),
        argument("-o", "--output", metavar="FILE", help="the exercise, such as exercise.py"),
        argument(
            "--style",
            choices=STYLES,
            help="with what it computes. Default: math where every number is a plain one, else "
            "numpy",
        ),
        argument(
            "--blank",
            default=BACKWARD,
            metavar="WHAT",
            help="what is left blank: 'backward' (all of it), 'line 5,7' (the backward lines with "
            "these numbers) or the name of a gradient (dx). Default: %(default)s",
        ),
        argument(
            "--solution", action="store_true", help="print the solution, and write no exercise"
        ),
    ),
    speaks=True,
)
def exercise(given: Namespace) -> int:
    source = suite.one(given.case)
    case = source.load()
    try:
        listing = stage(case.program, given.style)
    except NotInTorch as error:
        told = said("no-torch-way", error=error)
        raise Stop(f"{case.id}: {told}") from None
    if given.style is not None and listing.style != given.style:
        told = said("no-math")
        raise Stop(f"{case.id}: {told}")
    if given.solution:
        say(solution(listing, case.id).rstrip("\n"))
        return AGREES
    if given.output is None:
        raise Stop(said("output-needed"))
    output = Path(given.output)
    if output.suffix != ".py":
        raise Stop(said("exercise-is-python", output=output))
    if output.exists():
        raise Stop(said("output-there", output=output))
    need_folder(output)
    try:
        text = exercise_text(listing, case.id, output.name, given.blank)
    except ChoiceError as error:
        raise Stop(str(error)) from None
    write(output, text.encode())
    lines = amount(text.count(f"= {BLANK}"), "line")
    say(words.say("to-write", file=output, lines=lines))
    return AGREES
