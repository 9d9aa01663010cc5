"""`harness explain`: what a code, an operation or a term means."""

from __future__ import annotations

from argparse import Namespace

from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.streams import columns, say


@command(
    "explain",
    help="say what a mistake, an operation or a term means, with an example",
    description="Explains what a finding calls a mistake (overwrite), an operation (softmax) or a "
    "term (upstream): what it means, an example that runs, how it shows, and cases to try. Without "
    "a name it lists all that there is a page of.",
    arguments=(argument("name", nargs="*", metavar="NAME", help="such as overwrite"),),
    speaks=True,
)
def explain(given: Namespace) -> int:
    from harness.api import explaining

    try:
        say(explaining.explain(" ".join(given.name) or None).text(columns()))
    except LookupError as error:
        raise Stop(str(error)) from None
    return AGREES
