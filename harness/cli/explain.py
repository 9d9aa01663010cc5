"""`harness explain`: what a code, an operation or a term means."""

from __future__ import annotations

from argparse import Namespace

from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.streams import columns, say
from harness.showing.lines import plain, room, wrapped


@command(
    "explain",
    help="say what a mistake, an operation or a term means, with an example",
    description="Explains what a finding calls a mistake (overwrite), an operation (softmax) or a "
    "term (upstream): what it means, an example that runs, how it shows, and cases to try. Without "
    "a name it lists all that there is a page of.",
    arguments=(argument("name", nargs="*", metavar="NAME", help="such as overwrite"),),
)
def explain(given: Namespace) -> int:
    from harness.showing import explained

    width = room(columns())
    if not given.name:
        _list(width)
        return AGREES
    try:
        page = explained.page(" ".join(given.name))
    except explained.NoPageError as error:
        raise Stop(str(error)) from None
    say(plain(explained.as_lines(page, width)))
    if page.cases:
        name = page.cases[0].id.removeprefix("cases/").removesuffix(".yaml")
        say(f"\ndraw it: harness draw {name} -o circuit.svg")
    return AGREES


def _list(width: int) -> None:
    """Every name: of a mistake and a term with what it is in a sentence."""
    from harness.showing import explained

    for kind, names in explained.names().items():
        say(f"{kind.capitalize()}\n")
        if kind == explained.OPERATIONS:
            lines = wrapped(", ".join(names), width - 2)
        else:
            wide = max(map(len, names)) + 2
            told = (f"{name:<{wide}}{explained.page(name).summary}" for name in names)
            lines = [line for one in told for line in wrapped(one, width - 2, wide)]
        say("\n".join(f"  {line}" for line in lines) + "\n")
    say("harness explain NAME explains one.")
