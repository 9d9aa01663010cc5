"""`harness grade`: a class, each submission in a sandbox, and what has become of it."""

from __future__ import annotations

import hashlib
import re
from argparse import ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli.classes import MOST_NAMED, handed_in, named, table, walls_here
from harness.cli.command import (
    AGREES,
    CASES,
    CLASS,
    EACH_ONE,
    FINDINGS,
    NONE,
    ORACLE,
    SECONDS,
    Stop,
    argument,
    command,
    count,
    entry,
    vary,
)
from harness.cli.progress import Line
from harness.cli.streams import aside, say
from harness.grading import alike, batch, cluster, gradebook, submissions, suite
from harness.grading.batch import Order, Piece
from harness.grading.gradebook import WITHDRAWN, Gradebook, GradebookError
from harness.grading.marking import GRADED, GRADER_ERROR, MARKINGS, REFUSED
from harness.grading.processes import Limits
from harness.grading.sandbox import Walls
from harness.grading.suite import Suite
from harness.judging.oracle import anew
from harness.showing.amounts import amount

STRONG: Final = (
    "harness grade --allow-weak runs them all the same; install bubblewrap (on Debian: apt install "
    "bubblewrap), and see harness doctor"
)
LEAST_MEMORY, MOST_MEMORY = 128, 1 << 20
"""What can be asked for, in MiB."""
USUAL: Final = Limits()
BAR: Final = 30


def memory(text: str) -> int:
    """The type of ``--memory``, in MiB."""
    number = count(text)
    if not LEAST_MEMORY <= number <= MOST_MEMORY:
        told = f"{number} is not between {LEAST_MEMORY} (Python and numpy need that) and "
        raise ArgumentTypeError(f"{told}{MOST_MEMORY}")
    return number


def scheduler(text: str) -> str:
    """The type of ``--scheduler``."""
    if not re.fullmatch(r"local:[1-9]\d{0,3}|(tcp|tls|ws|wss)://[^\s/]+:\d+", text):
        raise ArgumentTypeError(f"{text!r} is neither tcp://host:port nor local:N")
    return text


@command(
    "grade",
    help="grade submissions, each in a sandbox",
    description="Grades submissions, each in a sandbox, and keeps the results in a gradebook. Run "
    "again, it grades what is new or has changed, and goes on where it was stopped. Exit status: 0 "
    "all graded, 1 some could not be graded for a fault of the grader's, 2 could not run.",
    arguments=(
        argument(
            "submissions",
            nargs="+",
            metavar="SUBMISSION",
            help="a file (.py, or a notebook), a folder with an engine in it, or a folder of such",
        ),
        argument("--out", required=True, metavar="DIR", help="where the gradebook is kept"),
        argument(
            "--entry",
            type=entry,
            metavar="FILE",
            help=f"the file of a submission that is imported; default: {submissions.ENTRY}. A "
            "folder with this file in it is one submission, whatever else is there",
        ),
        CASES,
        argument(
            "--hidden",
            action="append",
            default=[],
            metavar="DIR",
            help="cases that no student ever sees; may be repeated (a case with the tag 'hidden' "
            "is one, too)",
        ),
        argument(
            "--marking",
            choices=MARKINGS,
            default="cases",
            help="points for whole passes of cases (default), or for each step that is right in "
            "itself, earlier mistakes carried forward",
        ),
        vary(CLASS),
        argument(
            "--variants",
            metavar="FILE",
            help="inputs that were drawn before, with torch's truths, as an autograder has them: a "
            "submission gets one set of them, or with --vary class the first",
        ),
        argument(
            "--jobs", type=count, default=batch.processors(), help="how many at once; default: all"
        ),
        argument(
            "--timeout",
            type=SECONDS,
            default=USUAL.submission,
            metavar="SECONDS",
            help=f"for one submission; default: {USUAL.submission:g} (a case has {USUAL.case:g})",
        ),
        argument(
            "--memory",
            type=memory,
            default=USUAL.memory >> 20,
            metavar="MIB",
            help=f"for one submission; default: {USUAL.memory >> 20}",
        ),
        argument("--allow-weak", action="store_true", help="grade where the sandbox is not strong"),
        argument(
            "--allow-adapters",
            action="store_true",
            help="grade submissions, too, that say themselves how they are run: those with an "
            "adapter",
        ),
        argument(
            "--reverse-only",
            action="store_true",
            help="a submission that seems to find its gradients without reverse mode (a suspicion "
            "'not-reverse' in the gradebook) earns the points of forward passes alone",
        ),
        argument("--regrade", action="store_true", help="grade what has not changed, too"),
        argument(
            "--scheduler",
            type=scheduler,
            metavar="ADDRESS",
            help="grade on a Dask cluster: tcp://host:port, or local:N for N workers on this "
            "machine",
        ),
        ORACLE,
    ),
)
def grade(given: Namespace) -> int:
    limits = Limits(submission=given.timeout, memory=given.memory << 20)
    entry, found = given.entry or submissions.ENTRY, dict(handed_in(given))
    others = submissions.left_out(given.submissions, entry)
    asked = suite.read(given.cases, given.hidden, given.oracle)
    for line in asked.notes:
        aside(line)
    walls, observed = _walls(given, limits)
    book = Gradebook(Path(given.out))
    file = None if given.variants is None else Path(given.variants).read_bytes()
    source = book.seed() if file is None else hashlib.sha256(file).hexdigest()
    keys = _keys(given, asked, source)
    known = {} if given.regrade else book.keys()
    waiting = {}
    for id, path in found.items():
        key = keys(submissions.read(id, path, entry).digest)
        if known.get(id) != key or not book.is_whole(id):
            waiting[id] = Piece(id, path)
    order = Order(
        asked,
        walls,
        limits,
        given.marking,
        entry,
        adapters=given.allow_adapters,
        reverse_only=given.reverse_only,
        variants=_variants(given, asked, source, file) if waiting and given.vary != NONE else (),
        seed=source if given.vary == EACH_ONE and file is None else "",
    )
    places = {id: gradebook.place_of(path) for id, path in found.items()}
    progress = _Progress(len(waiting), len(found) - len(waiting))

    def take(result: dict[str, Any]) -> None:
        key = keys(result.pop("digest"))
        book.put(key, {"walls": observed, **result}, places[result["engine"]])
        waiting.pop(result["engine"], None)
        progress.one(result["status"])

    try:
        book.found(places)
        if given.scheduler is not None:
            cluster.run([*waiting.values()], order, given.scheduler, given.allow_weak, take)
        else:
            batch.run([*waiting.values()], order, given.jobs, take)
        book.found(places)  # again: another run may have brought back who is gone
    except (KeyboardInterrupt, GradebookError) as error:
        told = f"{str(error) or 'interrupted'}: {progress.told()} Run it again to go on."
        raise Stop(told) from None
    finally:
        progress.end()
    return _tell(given, book, found, others, progress, sorted(waiting))


def _walls(given: Namespace, limits: Limits) -> tuple[Walls, dict[str, bool]]:
    """Those that stand here, and what they keep out; on a cluster, each worker finds that out for
    itself."""
    if given.scheduler is not None:
        return Walls(False, False, False, False), {}
    walls, observed = walls_here(limits)
    if not all(observed.values()):
        weak = ", ".join(f"not: {name}" for name, blocked in observed.items() if not blocked)
        told = f"the sandbox is weak here (a submission … {weak})"
        if not given.allow_weak:
            raise Stop(f"{told}: {STRONG}")
        aside(told)
    return walls, observed


def _keys(given: Namespace, asked: Suite, source: str) -> Callable[[str], str]:
    """The key of a result, by the digest of its submission."""
    terms = f"{given.timeout:g} {given.memory}{' adapters' * given.allow_adapters}"
    if given.vary != NONE:
        terms += f" {given.vary} {source}"
    terms += " reverse only" * given.reverse_only
    return lambda digest: gradebook.key_of(digest, asked.digest, given.marking, terms)


def _variants(given: Namespace, asked: Suite, seed: str, file: bytes | None) -> tuple[Suite, ...]:
    """The suite with other inputs, one for each set that there is to choose from. Raises
    SuiteError."""
    if file is None:
        variants: tuple[Suite, ...] = (suite.drawn(asked, seed, anew(given.oracle)),)
    else:
        variants = suite.read_variants(asked, file, given.variants)
        variants = variants[:1] if given.vary == CLASS else variants
    drawn = sum(question.drawn for question in variants[0].questions)
    aside(f"inputs drawn anew in {drawn:,} of {len(asked.questions):,} cases")
    return variants


class _Progress:
    """On a terminal, how many are done, how fast, and how long it will take."""

    def __init__(self, count: int, kept: int) -> None:
        self.count, self.kept = count, kept
        self.statuses = Counter[str]()
        self.line = Line()

    @property
    def done(self) -> int:
        return self.statuses.total()

    def one(self, status: str) -> None:
        """Counts a submission that is graded, or could not be."""
        self.statuses[status] += 1
        rate = self.done / max(self.line.seconds, 1e-9)
        bar = "#" * (BAR * self.done // self.count)
        left = _time((self.count - self.done) / rate)
        self.line.tell(f"[{bar:.<{BAR}}] {self.done} of {self.count}, {rate:.1f}/s, {left} left")

    def end(self) -> None:
        if self.done:
            self.line.leave()

    def told(self) -> str:
        """Of all that were found, what has become of each."""
        parts = {
            "graded": self.statuses[GRADED],
            "kept as they were": self.kept,
            "refused": self.statuses[REFUSED],
            "not graded for a fault of the grader's": self.statuses[GRADER_ERROR],
            "left": self.count - self.done,
        }
        told = ", ".join(f"{count:,} {part}" for part, count in parts.items() if count)
        return f"{self.count + self.kept:,} found: {told}."


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _tell(
    given: Namespace,
    book: Gradebook,
    found: Mapping[str, Path],
    others: Sequence[str],
    progress: _Progress,
    lost: Sequence[str],
) -> int:
    """What has become of all that were found; the exit status."""
    every, gone = list(book.rows()), sorted(book.withdrawn())
    rows = [row for row in every if row[0] in found]
    table(rows, book)
    suspects = [id for id in book.suspects() if id in found]
    book.close()
    named(f"left out, {submissions.NEITHER}", others)
    say(f"{progress.told()} Everything is in {book.path}")
    if lost:
        first = ", ".join(lost[:MOST_NAMED])
        raise Stop(f"no result of {len(lost):,} ({first}): run it again to grade them")
    named(f"kept there, and left out of exports, as {WITHDRAWN}", gone)
    if (rest := len(every) - len(rows) - len(gone)) > 0:
        say(f"{rest:,} more are kept there, of submissions that are not here.")
    if len(found) > 1:  # an autograder has one, and its student may see this
        _tell_suspects(suspects, given.out)
        _tell_alike(found, given.entry or submissions.ENTRY)
    return FINDINGS if any(row[1] == GRADER_ERROR for row in rows) else AGREES


def _tell_suspects(suspects: Sequence[str], out: str) -> None:
    """Which submissions are to be looked into."""
    what = f"{amount(len(suspects), 'submission')} {'is' if len(suspects) == 1 else 'are'} suspect"
    named(f"{what} (harness gradebook {out} ID shows why)", suspects)


def _tell_alike(found: Mapping[str, Path], entry: str) -> None:
    """How many submissions are like the model engine. No result has it."""
    model = alike.model()
    sources = (
        alike.source(id, submissions.read(id, path, entry).files) for id, path in found.items()
    )
    count = sum(bool(alike.alike([source], [model], ())) for source in sources)
    if count:
        verb = "is" if count == 1 else "are"
        told = f"{amount(count, 'submission')} {verb} like minigrad, which counts nothing"
        say(f"{told}: harness alike shows how.")
