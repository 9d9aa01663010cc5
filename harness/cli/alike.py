"""`harness alike`: which submissions are like minigrad, known engines, or each other."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli.common import AGREES, FINDINGS, fitted, stop
from harness.cli.grade import LONGEST_TABLE, entry
from harness.cli.streams import say
from harness.grading import alike, submissions
from harness.grading.alike import Likeness, Source

MOST_FUNCTIONS: Final = 3
MOST_NAMED: Final = 10


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    command = commands.add_parser(
        "alike",
        help="find submissions that are alike",
        description="Finds submissions that are like minigrad, like well-known engines that are "
        "installed, or like each other: by the shape of their code, whatever its names, order and "
        "files are. Nothing is run, and no mark depends on it. A share is what of the smaller one "
        "is also in the other. Exit status: 0 none is, 1 some are, 2 could not run.",
    )
    command.add_argument(
        "submissions",
        nargs="+",
        metavar="SUBMISSION",
        help="as for harness grade: a file, a folder with an engine in it, or a folder of such",
    )
    command.add_argument(
        "--entry",
        type=entry,
        metavar="FILE",
        help=f"the file of a submission that is imported; default: {submissions.ENTRY}",
    )
    command.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="PATH",
        help="a file or folder that all were given, such as a skeleton, or the name of a "
        f"known engine ({', '.join(alike.KNOWN)}): what is in it does not count; may be repeated",
    )
    command.add_argument(
        "--least",
        type=_share,
        default=alike.LEAST,
        metavar="SHARE",
        help=f"the share from which on two are told, above 0 and up to 1; default: {alike.LEAST:g}",
    )
    command.set_defaults(run=_alike)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0 and up to 1")
    return share


def _alike(given: argparse.Namespace) -> int:
    name = given.entry or submissions.ENTRY
    try:
        found = submissions.find(given.submissions, name, sure=given.entry is not None)
    except submissions.AmbiguousError as error:
        return stop(str(error))
    if not found:
        return stop("there is no submission: no .py file, no notebook (.ipynb) and no folder")
    others = alike.known()
    class_, refused = [], dict[str, str]()
    for id, path in found:
        submission = submissions.read(id, path, name)
        class_.append(alike.source(id, submission.files))
        if submission.problem is not None:
            refused[id] = submission.problem
    common = [key for place in given.given for key in _given(place, others).fingerprints]
    likenesses = alike.alike(class_, others, common, given.least)
    _table(likenesses)
    _tell_left_out(class_, refused)
    about = {one for pair in likenesses for one in (pair.first, pair.second)}
    about &= {one.id for one in class_}
    say(f"{len(found):,} compared, {len(about):,} of them alike or like a known engine.")
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
        told = ", ".join(pairs[:MOST_FUNCTIONS])
        more = f", and {len(pairs) - MOST_FUNCTIONS:,} more" if len(pairs) > MOST_FUNCTIONS else ""
        line = f"{one.share:>5.0%}  {one.first:<{first}}  {one.second:<{second}}  {told}{more}"
        say(fitted(line, 4))
    if len(likenesses) > LONGEST_TABLE:
        say(f"… and {len(likenesses) - LONGEST_TABLE:,} more pairs: a higher --least leaves fewer")


def _tell_left_out(class_: Sequence[Source], refused: Mapping[str, str]) -> None:
    """What could not be compared."""
    unread = [f"{one.id} ({name})" for one in class_ for name in one.unread]
    told = refused.keys() | {one.id for one in class_ if one.unread}
    rest = [one for one in class_ if one.id not in told]
    small = [one.id for one in rest if len(one.fingerprints) < alike.FEWEST]
    for why, names in (
        ("refused by grade", [f"{id} ({problem})" for id, problem in refused.items()]),
        (f"left out, no Python or more than {alike.MOST_BYTES >> 10} KiB", unread),
        ("too small to be like anything", small),
    ):
        if names:
            more = f", and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
            say(fitted(f"{why}: {', '.join(names[:MOST_NAMED])}{more}", 2))
