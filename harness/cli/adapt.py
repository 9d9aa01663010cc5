"""`harness adapt`: write down how an engine is used, for what was not found to be filled in."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from harness.cli.common import AGREES, ENGINE_HELP, stop, write
from harness.cli.streams import say
from harness.engines.loading import is_ours, split
from harness.grading.fence import adapted


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    adapt = commands.add_parser(
        "adapt",
        help="write an adapter for an engine that is not understood",
        description="Tries an engine out and writes an adapter: how its objects are made, its "
        "values and gradients read, its backward pass run. What was not found is marked GAP, with "
        "what the engine has there. Then: harness check adapter.py",
    )
    adapt.add_argument("engine", help=ENGINE_HELP)
    adapt.add_argument(
        "-o", "--output", metavar="FILE", help="the adapter; default: adapter.py beside the engine"
    )
    adapt.set_defaults(run=_adapt)


def _adapt(given: argparse.Namespace) -> int:
    if is_ours(given.engine):
        return stop(f"{given.engine} has its adapter already: harness engines {given.engine}")
    place = Path(split(given.engine)[0])
    output = Path(given.output) if given.output else place.parent / "adapter.py"
    if output.suffix != ".py" or not output.stem.isidentifier():
        return stop(f"{output}: an adapter is a Python file, such as adapter.py")
    if output.exists():
        return stop(f"{output} is there already: give another name with -o")
    if not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    text = adapted(given.engine, output.parent)
    write(output, text.encode())
    gaps = text.count('"""GAP: ') + text.count("# GAP: ")
    told = {0: "no gap", 1: "1 gap to fill in"}.get(gaps, f"{gaps} gaps to fill in")
    say(f"{output}: {told}. Then: harness check {shlex.quote(str(output))}")
    return AGREES
