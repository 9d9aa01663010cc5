"""`harness alike`: which submissions are like minigrad, known engines, or each other."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from harness.cli.command import AGREES, FINDINGS, SHARE, argument, command, entry
from harness.cli.coursework import LONGEST_TABLE, handed_in, named, read
from harness.cli.streams import say
from harness.grading import alike, submissions
from harness.grading.alike import Likeness, Source
from harness.showing.amounts import some

MOST_FUNCTIONS: Final = 3


@command(
    "alike",
    help="find submissions that are alike",
    description="Finds submissions that are like minigrad, like well-known engines that are "
    "installed, or like each other: by the shape of their code, whatever its names, order and "
    "files are. Nothing is run, and no mark depends on it. A share is what of the smaller one is "
    "also in the other. Exit status: 0 none is, 1 some are, 2 could not run.",
    arguments=(
        argument(
            "submissions",
            nargs="+",
            metavar="SUBMISSION",
            help="as for harness grade: a file, a folder with an engine in it, or a folder of such",
        ),
        argument(
            "--entry",
            type=entry,
            metavar="FILE",
            help=f"the file of a submission that is imported; default: {submissions.ENTRY}",
        ),
        argument(
            "--given",
            action="append",
            default=[],
            metavar="PATH",
            help="a file or folder that all were given, such as a skeleton, or the name of a "
            f"known engine ({', '.join(alike.KNOWN)}): what is in it does not count; may be "
            "repeated",
        ),
        argument(
            "--least",
            type=SHARE,
            default=alike.LEAST,
            metavar="SHARE",
            help="the share from which on two are told, above 0 and up to 1; default: "
            f"{alike.LEAST:g}",
        ),
    ),
)
def alike_(given: Namespace) -> int:
    others = alike.known()
    class_, refused = [], dict[str, str]()
    for one in handed_in(given).pieces:
        submission = read(one, given)
        class_.append(alike.source(one.id, submission.files))
        if submission.problem is not None:
            refused[one.id] = submission.problem
    common = [key for place in given.given for key in _given(place, others).fingerprints]
    likenesses = alike.alike(class_, others, common, given.least)
    _table(likenesses)
    _tell_left_out(class_, refused)
    about = {one for pair in likenesses for one in (pair.first, pair.second)}
    about &= {one.id for one in class_}
    say(f"{len(class_):,} compared, {len(about):,} of them alike or like a known engine.")
    return FINDINGS if likenesses else AGREES


def _given(place: str, others: Sequence[Source]) -> Source:
    """What all were given: a known engine, or what lies there; raises OSError."""
    path = Path(place)
    known = [other for other in others if other.id == place]
    if known and not path.exists():
        return known[0]
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    wanted = [file for file in files if file.suffix in submissions.ENGINES]
    return alike.source(place, {str(file): file.read_bytes() for file in wanted or [path]})


def _table(likenesses: Sequence[Likeness]) -> None:
    """The pairs, most alike first, and the functions that they have in common."""
    if not likenesses:
        return
    first = max(10, *(len(one.first) for one in likenesses))
    second = max(7, *(len(one.second) for one in likenesses))
    say(f"share  {'submission':<{first}}  {'is like':<{second}}  in")
    for one in likenesses[:LONGEST_TABLE]:
        pairs = [mine if mine == other else f"{mine} = {other}" for mine, other in one.functions]
        what = some(pairs, MOST_FUNCTIONS)
        say(f"{one.share:>5.0%}  {one.first:<{first}}  {one.second:<{second}}  {what}", indent=4)
    if len(likenesses) > LONGEST_TABLE:
        say(f"… and {len(likenesses) - LONGEST_TABLE:,} more pairs: a higher --least leaves fewer")


def _tell_left_out(class_: Sequence[Source], refused: Mapping[str, str]) -> None:
    """What could not be compared."""
    told = refused.keys() | {one.id for one in class_ if one.unread}
    small = [
        one.id for one in class_ if one.id not in told and len(one.fingerprints) < alike.FEWEST
    ]
    named("refused by grade", [f"{id} ({problem})" for id, problem in refused.items()])
    named(
        f"left out, no Python or more than {alike.MOST_BYTES >> 10} KiB",
        [f"{one.id} ({name})" for one in class_ for name in one.unread],
    )
    named("too small to be like anything", small)
