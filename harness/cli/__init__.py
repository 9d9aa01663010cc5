"""The `harness` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import shtab

from harness import __version__
from harness.bundled import PACKAGE
from harness.cli import adapt, alike, cases, export, fuzz, grade, judge, new, show, streams
from harness.cli.common import AGREES, COULD_NOT_RUN, FINDINGS, stop
from harness.engines.loading import EngineError
from harness.engines.trace import Undefined
from harness.grading.formats.kit import KitError
from harness.grading.gradebook import GradebookError
from harness.grading.suite import SuiteError
from harness.language.case import CaseError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = ["AGREES", "COULD_NOT_RUN", "FINDINGS", "main"]

DRAWING = "fast-sugiyama fonttools latex2mathml resvg-py"
NEEDED = {
    "fast_sugiyama": DRAWING,
    "fontTools": DRAWING,
    "latex2mathml": DRAWING,
    "resvg_py": DRAWING,
    "hypothesis": "hypothesis",
}
"""Modules that drawing and fuzzing need and judging does not, and what to install for each."""


class _Parser(argparse.ArgumentParser):
    """One whose help is not lost without a word."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        (streams.say if file is sys.stdout else streams.aside)(message, end="")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status, which is that of what could not be done where not all of the
    output could be written."""
    streams.settle()
    try:
        try:
            return _run(arguments)
        finally:
            streams.flush()
    except streams.Lost as lost:
        return stop(str(lost)) if str(lost) else COULD_NOT_RUN


def _run(arguments: Sequence[str] | None) -> int:
    if not PACKAGE.is_dir():
        return stop(f"{PACKAGE.parent}: the harness does not run from an archive: pip install it")
    parser = _Parser(
        prog="harness", description="Holds an autodiff engine against torch, step by step."
    )
    parser.add_argument("--version", action="version", version=f"harness {__version__}")
    shtab.add_argument_to(parser, help="print a script that completes this command in a shell")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (judge, adapt, show, cases, new, fuzz, grade, alike, export):
        group.add(commands)
    try:
        with streams.losing():  # completions are printed there
            given = parser.parse_args(arguments)
        status: int = given.run(given)
    except (EngineError, CaseError, Undefined, SuiteError, GradebookError, KitError) as error:
        return stop(str(error))
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        return stop(f"{error.name} is not installed: pip install {NEEDED[error.name]}")
    except KeyboardInterrupt:
        return stop("interrupted")
    except OSError as error:
        return stop(f"{error.filename or 'a file'}: {error.strerror or error}")
    return status
