"""The `harness` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from harness.cli import export, fuzz, grade, judge, new, show
from harness.cli.common import AGREES, COULD_NOT_RUN, FINDINGS, stop
from harness.engines.loading import EngineError
from harness.engines.trace import Undefined
from harness.grading.gradebook import GradebookError
from harness.grading.suite import SuiteError
from harness.language.case import CaseError

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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="harness", description="Holds an autodiff engine against torch, step by step."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (judge, show, new, fuzz, grade, export):
        group.add(commands)
    given = parser.parse_args(arguments)
    try:
        status: int = given.run(given)
    except (EngineError, CaseError, Undefined, SuiteError, GradebookError) as error:
        return stop(str(error))
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        return stop(f"{error.name} is not installed: pip install {NEEDED[error.name]}")
    except KeyboardInterrupt:
        return stop("interrupted")
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    except OSError as error:
        return stop(f"{error.filename or 'a file'}: {error.strerror or error}")
    return status
