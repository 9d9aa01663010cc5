"""`harness adapt`: write down how an engine is used, for what was not found to be filled in."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path

from harness.cli.command import AGREES, ENGINE, Stop, argument, command
from harness.cli.streams import say
from harness.engines.loading import is_ours, split
from harness.files import need_folder, write
from harness.grading.fence import adapted
from harness.showing.amounts import amount


@command(
    "adapt",
    help="write an adapter for an engine that is not understood",
    description="Tries an engine out and writes an adapter: how its objects are made, its values "
    "and gradients read, its backward pass run. What was not found is marked GAP, with what the "
    "engine has there. Then: harness check adapter.py",
    arguments=(
        ENGINE,
        argument(
            "-o",
            "--output",
            metavar="FILE",
            help="the adapter; default: adapter.py beside the engine",
        ),
    ),
)
def adapt(given: Namespace) -> int:
    if is_ours(given.engine):
        raise Stop(f"{given.engine} has its adapter already: harness engines {given.engine}")
    output = Path(given.output or Path(split(given.engine)[0]).parent / "adapter.py")
    if output.suffix != ".py" or not output.stem.isidentifier():
        raise Stop(f"{output}: an adapter is a Python file, such as adapter.py")
    if output.exists():
        raise Stop(f"{output} is there already: give another name with -o")
    need_folder(output)
    text = adapted(given.engine, output.parent)
    write(output, text.encode())
    gaps = text.count('"""GAP: ') + text.count("# GAP: ")
    told = f"{amount(gaps, 'gap')} to fill in" if gaps else "no gap"
    say(f"{output}: {told}. Then: harness check {shlex.quote(str(output))}")
    return AGREES
