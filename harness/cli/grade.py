"""`harness grade`: a class, each submission in a sandbox, and what has become of it."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from harness.assignment.reading import load
from harness.assignment.values import Assignment
from harness.assignment.values import Limits as Rules
from harness.cli.command import (
    AGREES,
    ASSIGNMENT,
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
from harness.cli.coursework import MOST_NAMED, entry_of, handed_in, named, read, walls_here
from harness.cli.gradebook import table
from harness.cli.marks import marks
from harness.cli.progress import Progress
from harness.cli.regrading import REGRADING, about_of, differences, settle_rule, tell_roster
from harness.cli.streams import aside, say
from harness.grading import alike, assigned, batch, cluster, gradebook, roster, submissions, suite
from harness.grading.batch import Order
from harness.grading.found import Piece, paths
from harness.grading.gradebook import WITHDRAWN, Gradebook, GradebookError
from harness.grading.marking import GRADER_ERROR, MARKINGS
from harness.grading.packages import installed
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Walls
from harness.grading.suite import Suite
from harness.judging.oracle import anew
from harness.showing.amounts import are

STRONG: Final = (
    "harness grade --allow-weak runs them all the same; install bubblewrap (on Debian: apt install "
    "bubblewrap), and see harness doctor"
)
LEAST_MEMORY, MOST_MEMORY = 128, 1 << 20
"""What can be asked for, in MiB."""
USUAL: Final = Limits()


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
    "all graded, 1 some could not be graded for a fault of the grader's, or a mark would change "
    "and waits for --replace, 2 could not run.",
    arguments=(
        argument(
            "submissions",
            nargs="+",
            metavar="SUBMISSION",
            help="a file (.py, or a notebook), a zip, a folder with an engine in it, or a folder "
            "of such, also as Canvas, Moodle and Gradescope let one download it",
        ),
        argument("--out", required=True, metavar="DIR", help="where the gradebook is kept"),
        argument(
            "--entry",
            type=entry,
            metavar="FILE",
            help=f"the file of a submission that is imported; default: {submissions.ENTRY}. A "
            "folder with this file in it is one submission, whatever else is there",
        ),
        ASSIGNMENT,
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
            "itself, earlier mistakes carried forward. Of a backward pass written by hand, each "
            "line is a point, or, with inputs, the gradient of each input is",
        ),
        vary(None, "what the assignment says, else class"),
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
            metavar="SECONDS",
            help=f"for one submission; default: {USUAL.submission:g} (a case has {USUAL.case:g})",
        ),
        argument(
            "--memory",
            type=memory,
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
        argument(
            "--strict-names",
            action="store_true",
            help="refuse a submission whose file or class is not called as it was asked for; else "
            "what is meant is taken, and that is told",
        ),
        argument("--regrade", action="store_true", help="grade what has not changed, too"),
        *REGRADING,
        argument(
            "--scheduler",
            type=scheduler,
            metavar="ADDRESS",
            help="grade on a Dask cluster: tcp://host:port, or local:N for N workers on this "
            "machine",
        ),
        ORACLE,
    ),
    configured=("assignment",),
)
def grade(given: Namespace) -> int:
    run = _Run(given)
    run.go()
    return run.tell()


class _Run:
    """A run: what is found, which of it is to be graded, and what becomes of that."""

    def __init__(self, given: Namespace) -> None:
        self.given = given
        self.rules = _assignment(given)
        if self.rules is not None:
            _settle(given, self.rules)
        self.entry, self.found = entry_of(given), handed_in(given)
        self.pieces = {piece.id: piece for piece in self.found.pieces}
        if self.rules is None:
            self.asked = suite.read(given.cases, given.hidden, given.oracle)
        self.limits = _limits(given, self.rules)
        self.walls, self.observed = self._walls()
        people = None if given.roster is None else roster.read(Path(given.roster))
        self.book = Gradebook(Path(given.out))
        if people is not None:
            self.book.enrol(roster.joined(self.book.roster.people, people))
        settle_rule(self.book, given)
        self.file = None if given.variants is None else Path(given.variants).read_bytes()
        self.source = self.book.seed() if self.file is None else sha256(self.file).hexdigest()
        if self.rules is not None:  # with what is drawn for the class
            self.asked = assigned.read(self.rules, given.oracle, self.source)
        for line in self.asked.notes:
            aside(line)
        self.asked = suite.without(self.asked, given.without)
        self.vary = given.vary or CLASS
        self.waiting = {piece.id: piece for piece in self._to_be_graded()}
        self.progress = Progress(len(self.waiting), len(self.pieces) - len(self.waiting))

    def _walls(self) -> tuple[Walls, dict[str, bool]]:
        """Those that stand here, and what they keep out; on a cluster, each worker finds that out
        for itself."""
        if self.given.scheduler is not None:
            return Walls(False, False, False, False), {}
        walls, observed = walls_here(self.limits)
        weak = ", ".join(f"not: {name}" for name, blocked in observed.items() if not blocked)
        told = f"the sandbox is weak here (a submission … {weak})"
        if weak and not self.given.allow_weak:
            raise Stop(f"{told}: {STRONG}")
        if weak:
            aside(told)
        return walls, observed

    def _to_be_graded(self) -> Iterator[Piece]:
        """What is new or has changed, or is asked of in another way."""
        known, ahead = self.book.keys(), self.book.ahead()
        for id, piece in self.pieces.items():
            key = self._key(read(piece, self.given).digest)
            there = key in (known.get(id), ahead.get(id)) and self.book.is_whole(id)
            if self.given.regrade or not there:
                yield piece
            elif ahead.get(id) == key and self.given.replace:
                self.book.replace([id])

    def _key(self, digest: str) -> str:
        """That of the result of a submission with this digest."""
        given = self.given
        limits = self.limits
        terms = f"{limits.submission:g} {limits.memory >> 20}{' adapters' * given.allow_adapters}"
        if self.vary != NONE:
            terms += f" {self.vary} {self.source}"
        terms += " reverse only" * given.reverse_only
        return gradebook.key_of(digest, self.asked.digest, given.marking, terms)

    def go(self) -> None:
        """Grades what is to be graded, on this machine or on a cluster."""
        given, pieces = self.given, [*self.waiting.values()]
        places = {id: gradebook.place_of(path) for id, path in paths(self.found.pieces).items()}

        def take(result: dict[str, Any]) -> None:
            id, digest = result["engine"], result.pop("digest")
            about = about_of(self.pieces[id], digest, self.asked.digest)
            told = {"walls": self.observed, **result}
            self.book.put(self._key(digest), told, places[id], about, given.replace)
            self.waiting.pop(id, None)
            self.progress.one(result["status"])

        order = self._order()
        try:
            self.book.found(places)
            if given.scheduler is not None:
                cluster.run(pieces, order, given.scheduler, given.allow_weak, take)
            else:
                batch.run(pieces, order, given.jobs, take)
            self.book.found(places)  # again: another run may have brought back who is gone
        except (KeyboardInterrupt, GradebookError) as error:
            told = f"{str(error) or 'interrupted'}: {self.progress.told()}"
            raise Stop(f"{told} Run it again to go on.") from None
        finally:
            self.progress.end()

    def _order(self) -> Order:
        given = self.given
        return Order(
            self.asked,
            self.walls,
            self.limits,
            given.marking,
            self.entry,
            adapters=given.allow_adapters,
            reverse_only=given.reverse_only,
            packages=self._packages() if self.waiting else None,
            strict=given.strict_names,
            variants=self._variants() if self.waiting and self.vary != NONE else (),
            seed=self.source if self.vary == EACH_ONE and self.file is None else "",
        )

    def _packages(self) -> Path | None:
        """Where the packages lie that the assignment allows. Raises PackagesError."""
        if self.rules is None or not self.rules.packages:
            return None
        if self.given.scheduler is not None:
            raise Stop("packages are installed on this machine: leave out --scheduler")
        return installed(self.rules.packages, Path(self.given.out))

    def _variants(self) -> tuple[Suite, ...]:
        """The suite with other inputs, one for each set that there is to choose from. Raises
        SuiteError."""
        given = self.given
        if self.file is None:
            every: tuple[Suite, ...] = (suite.drawn(self.asked, self.source, anew(given.oracle)),)
        else:
            every = suite.read_variants(self.asked, self.file, given.variants)
        variants = every[:1] if self.vary == CLASS else every
        drawn = sum(question.drawn for question in variants[0].questions)
        aside(f"inputs drawn anew in {drawn:,} of {len(self.asked.questions):,} cases")
        return variants

    def tell(self) -> int:
        """What has become of all that were found; the exit status."""
        book = self.book
        every, gone = book.rows(), sorted(book.withdrawn())
        rows = [row for row in every if row[0] in self.pieces]
        if self.rules is None:
            table(rows, book)
        else:
            marks([book.result(row[0]) or {} for row in rows])
        changed = differences(book, [id for id in book.ahead() if id in self.pieces])
        tell_roster(book)
        suspects = [id for id in book.suspects() if id in self.pieces]
        book.close()
        named(f"left out, {submissions.NEITHER}", self.found.others)
        named("left out, beside submissions and nobody's (to grade it, name it)", self.found.beside)
        dropped = [question.id for question in self.asked.dropped]
        named(f"{are(len(dropped), 'case')} dropped for all", dropped)
        say(f"{self.progress.told()} Everything is in {book.path}")
        if self.waiting:
            first = ", ".join(sorted(self.waiting)[:MOST_NAMED])
            lost = f"no result of {len(self.waiting):,} ({first})"
            raise Stop(f"{lost}: run it again to grade them")
        named(f"kept there, and left out of exports, as {WITHDRAWN}", gone)
        if (rest := len(every) - len(rows) - len(gone)) > 0:
            say(f"{rest:,} more are kept there, of submissions that are not here.")
        if len(self.pieces) > 1:  # an autograder has one, and its student may see this
            told = f"suspect (harness gradebook {self.given.out} ID shows why)"
            named(f"{are(len(suspects), 'submission')} {told}", suspects)
            _tell_alike(self.found.pieces, self.given)
        wrong = any(row[1] == GRADER_ERROR for row in rows)
        return FINDINGS if wrong or changed else AGREES


def _assignment(given: Namespace) -> Assignment | None:
    """The assignment that is graded, if one is. Raises CaseError."""
    if given.assignment is None:
        return None
    if given.cases or given.hidden:
        raise Stop(
            "--cases and --hidden are for grading without an assignment, which names its own"
        )
    return load(Path(given.assignment))


def _settle(given: Namespace, rules: Assignment) -> None:
    """What the assignment says where no option does."""
    given.usual = rules.engine.file
    given.vary = given.vary or rules.vary.inputs
    given.timeout = given.timeout or rules.limits.submission
    given.memory = given.memory or rules.limits.memory
    given.counts = given.counts or rules.counts
    given.due = given.due or (rules.due.isoformat() if rules.due is not None else None)


def _limits(given: Namespace, rules: Assignment | None) -> Limits:
    """The limits of a submission."""
    own = rules.limits if rules is not None else Rules()
    return Limits(
        case=own.case or USUAL.case,
        first=own.first or USUAL.first,
        submission=given.timeout or USUAL.submission,
        memory=given.memory << 20 if given.memory else USUAL.memory,
    )


def _tell_alike(pieces: Sequence[Piece], given: Namespace) -> None:
    """How many submissions are like the model engine. No result has it."""
    model = alike.model()
    sources = (alike.source(piece.id, read(piece, given).files) for piece in pieces)
    count = sum(bool(alike.alike([source], [model], ())) for source in sources)
    if count:
        told = "like minigrad, which counts nothing: harness alike shows how."
        say(f"{are(count, 'submission')} {told}")
