"""`harness grade`, `gradebook`, `doctor`: a class, its marks, and what a machine can keep out."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from harness.cli.common import AGREES, FINDINGS, add_cases, add_oracle, fitted, stop
from harness.cli.streams import aside, say
from harness.engines.answers import printable
from harness.engines.trace import Trace
from harness.grading import alike, batch, cluster, gradebook, submissions, suite
from harness.grading.gradebook import WITHDRAWN, DamagedError, Gradebook, GradebookError
from harness.grading.marking import GRADED, GRADER_ERROR, MARKINGS, REFUSED, STATUSES
from harness.grading.sandbox import walls as offered
from harness.grading.sandbox.children import Limits, WorkerError
from harness.grading.sandbox.walls import Sandbox, Walls, strongest
from harness.grading.suite import Suite, SuiteError
from harness.judging.oracle import NO_TORCH, computed, has_torch, lacks_torch, provisional
from harness.language.case import Case

STRONG = (
    "harness grade --allow-weak runs them all the same; install bubblewrap (on Debian: apt install "
    "bubblewrap), and see harness doctor"
)
WEAK: Final = (
    "The sandbox is weak: harness grade refuses without --allow-weak. What has a ✓ holds even so."
)
LONGEST_TABLE: Final = 1_000
MOST_LEFT_OUT: Final = 10
CLASS, EACH, NONE = VARIES = ("class", "each", "none")
"""For whom inputs are drawn."""
LEAST_MEMORY, MOST_MEMORY = 128, 1 << 20
"""What can be asked for, in MiB."""


def add(commands: Any) -> None:
    """Adds the commands to the parser's."""
    grade = commands.add_parser(
        "grade",
        help="grade submissions, each in a sandbox",
        description="Grades submissions, each in a sandbox, and keeps the results in a gradebook. "
        "Run again, it grades what is new or has changed, and goes on where it was stopped. Exit "
        "status: 0 all graded, 1 some could not be graded for a fault of the grader's, 2 could "
        "not run.",
    )
    grade.add_argument(
        "submissions",
        nargs="+",
        metavar="SUBMISSION",
        help="a file (.py, or a notebook), a folder with an engine in it, or a folder of such",
    )
    grade.add_argument("--out", required=True, metavar="DIR", help="where the gradebook is kept")
    grade.add_argument(
        "--entry",
        type=entry,
        metavar="FILE",
        help=f"the file of a submission that is imported; default: {submissions.ENTRY}. A folder "
        "with this file in it is one submission, whatever else is there",
    )
    add_cases(grade)
    grade.add_argument(
        "--hidden",
        action="append",
        default=[],
        metavar="DIR",
        help="cases that no student ever sees; may be repeated (a case with the tag 'hidden' is "
        "one, too)",
    )
    grade.add_argument(
        "--marking",
        choices=MARKINGS,
        default="cases",
        help="points for whole passes of cases (default), or for each step that is right in "
        "itself, earlier mistakes carried forward",
    )
    add_vary(grade, CLASS)
    grade.add_argument(
        "--variants",
        metavar="FILE",
        help="inputs that were drawn before, with torch's truths, as an autograder has them: a "
        "submission gets one set of them, or with --vary class the first",
    )
    usual = Limits()
    grade.add_argument(
        "--jobs", type=_count, default=batch.processors(), help="how many at once; default: all"
    )
    grade.add_argument(
        "--timeout",
        type=_seconds,
        default=usual.submission,
        metavar="SECONDS",
        help=f"for one submission; default: {usual.submission:g} (a case has {usual.case:g})",
    )
    grade.add_argument(
        "--memory",
        type=_memory,
        default=usual.memory >> 20,
        metavar="MIB",
        help=f"for one submission; default: {usual.memory >> 20}",
    )
    grade.add_argument(
        "--allow-weak", action="store_true", help="grade where the sandbox is not strong"
    )
    grade.add_argument(
        "--allow-adapters",
        action="store_true",
        help="grade submissions, too, that say themselves how they are run: those with an adapter",
    )
    grade.add_argument(
        "--reverse-only",
        action="store_true",
        help="a submission that seems to find its gradients without reverse mode (a suspicion "
        "'not-reverse' in the gradebook) earns the points of forward passes alone",
    )
    grade.add_argument("--regrade", action="store_true", help="grade what has not changed, too")
    grade.add_argument(
        "--scheduler",
        type=_scheduler,
        metavar="ADDRESS",
        help="grade on a Dask cluster: tcp://host:port, or local:N for N workers on this machine",
    )
    add_oracle(grade)
    grade.set_defaults(run=_grade)

    book = commands.add_parser(
        "gradebook",
        help="show the results of harness grade",
        description="Shows the results of harness grade, hidden cases included: all of them, or "
        "one in full. A submission that is not handed in any more is marked (in JSON: withdrawn). "
        "Exit status: 0 shown, 1 some are damaged, 2 there is no such result.",
    )
    book.add_argument("out", metavar="DIR", help="what was given to --out")
    book.add_argument("submission", nargs="?", help="show this one in full")
    book.add_argument("--status", choices=STATUSES, help="only those")
    book.add_argument("--below", type=float, metavar="POINTS", help="only those with less")
    book.add_argument("--json", action="store_true", help="as JSON, one result a line")
    book.set_defaults(run=_book)

    doctor = commands.add_parser(
        "doctor",
        help="try out the sandbox of this machine",
        description="Tries out the sandbox of this machine: what a submission could do is tried "
        "in a submission's place. Exit status: 0 strong, 1 weak, 2 nothing runs.",
    )
    doctor.set_defaults(run=_doctor)


def add_vary(command: argparse.ArgumentParser, default: str) -> None:
    """The option that says for whom inputs are drawn."""
    command.add_argument(
        "--vary",
        choices=VARIES,
        default=default,
        help="draw inputs anew, which ask the same on other numbers, for the class or for each "
        "submission, so that no table of the recorded numbers has points; or take those of the "
        "files (none). Default: %(default)s",
    )


def truths_of_drawn(oracle: str | None) -> Callable[[Case], Trace]:
    """What computes the truth of drawn inputs: torch where there is one and recorded numbers are
    not asked for, else the vocabulary's formulas."""
    return computed if has_torch() and oracle != "recorded" else provisional


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _memory(text: str) -> int:
    number = _count(text)
    if not LEAST_MEMORY <= number <= MOST_MEMORY:
        told = f"{number} is not between {LEAST_MEMORY} (Python and numpy need that) and "
        raise argparse.ArgumentTypeError(f"{told}{MOST_MEMORY}")
    return number


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return number


def _scheduler(text: str) -> str:
    if not re.fullmatch(r"local:[1-9]\d{0,3}|(tcp|tls|ws|wss)://[^\s/]+:\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is neither tcp://host:port nor local:N")
    return text


def entry(text: str) -> str:
    """The type of ``--entry``: the path of a Python file in a submission."""
    path = PurePosixPath(text)
    if path.suffix != ".py" or path.is_absolute() or ".." in path.parts or str(path) != text:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no path of a .py file in a submission, such as {submissions.ENTRY}"
        )
    return text


# -- grade -----------------------------------------------------------------------------------------


def _grade(given: argparse.Namespace) -> int:
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    limits = Limits(submission=given.timeout, memory=given.memory << 20)
    entry = given.entry or submissions.ENTRY
    try:
        found = submissions.find(given.submissions, entry, sure=given.entry is not None)
    except submissions.AmbiguousError as error:
        return stop(str(error))
    if not found:
        return stop("there is no submission: no .py file, no notebook (.ipynb) and no folder")
    others = submissions.left_out(given.submissions, entry)
    asked = suite.read(given.cases or (), given.hidden, given.oracle)
    for line in asked.notes:
        aside(line)
    walls = Walls(False, False, False, False)
    observed: dict[str, bool] = {}
    if given.scheduler is None:  # on a cluster, each worker finds out for itself
        try:
            walls, observed = strongest(limits)
        except WorkerError as error:
            return stop(f"no submission can be run here: {error}")
        weak = ", ".join(f"not: {name}" for name, blocked in observed.items() if not blocked)
        if weak and not given.allow_weak:
            return stop(f"the sandbox is weak here (a submission … {weak}): {STRONG}")
        if weak:
            aside(f"the sandbox is weak here (a submission … {weak})")
    book = Gradebook(Path(given.out))
    file = _read(given.variants)
    source = book.seed() if file is None else hashlib.sha256(file).hexdigest()
    told = f"{given.timeout:g} {given.memory}{' adapters' * given.allow_adapters}"
    if given.vary != NONE:
        told += f" {given.vary} {source}"
    told += " reverse only" * given.reverse_only
    places = {id: gradebook.place_of(path) for id, path in found}
    known = {} if given.regrade else book.keys()
    pieces, ids = [], set()
    for id, path in found:
        submission = submissions.read(id, path, entry)
        key = gradebook.key_of(submission.digest, asked.digest, given.marking, told)
        ids.add(id)
        if known.get(id) != key or not book.is_whole(id):
            pieces.append(batch.Piece(id, path))
    variants = _variants(given, asked, source, file) if pieces and given.vary != NONE else ()
    own = source if given.vary == EACH and file is None else ""
    order = batch.Order(
        asked,
        walls,
        limits,
        given.marking,
        entry,
        given.allow_adapters,
        given.reverse_only,
        variants,
        own,
    )
    progress = _Progress(len(pieces), len(found) - len(pieces))
    waiting = {piece.id for piece in pieces}

    def take(result: dict[str, Any]) -> None:
        digest = result.pop("digest")
        key = gradebook.key_of(digest, asked.digest, given.marking, told)
        book.put(key, {"walls": observed, **result}, places[result["engine"]])
        waiting.discard(result["engine"])
        progress.one(result)

    try:
        book.found(places)
        if given.scheduler is not None:
            cluster.run(pieces, order, given.scheduler, given.allow_weak, take)
        else:
            batch.run(pieces, order, given.jobs, take)
        book.found(places)  # again: another run may have brought back who is gone
    except cluster.ClusterError as error:
        return stop(str(error))
    except (KeyboardInterrupt, GradebookError) as error:
        return stop(f"{str(error) or 'interrupted'}: {progress.told()} Run it again to go on.")
    finally:
        progress.end()
    every, gone = book.rows(), sorted(book.withdrawn())
    rows = [row for row in every if row[0] in ids]
    _table(rows, book)
    suspects = [id for id in book.suspects() if id in ids]
    book.close()
    if others:
        say(fitted(f"left out, {submissions.NEITHER}: {listed(others)}", 2))
    say(f"{progress.told()} Everything is in {book.path}")
    if waiting:
        lost = ", ".join(sorted(waiting)[:MOST_LEFT_OUT])
        return stop(f"no result of {len(waiting):,} ({lost}): run it again to grade them")
    if gone:
        say(fitted(f"kept there, and left out of exports, as {WITHDRAWN}: {listed(gone)}", 2))
    if len(every) > len(rows) + len(gone):
        count = len(every) - len(rows) - len(gone)
        say(f"{count:,} more are kept there, of submissions that are not here.")
    if len(found) > 1:  # an autograder has one, and its student may see this
        _tell_suspects(suspects, given.out)
        _tell_alike(found, entry)
    return FINDINGS if any(row[1] == GRADER_ERROR for row in rows) else AGREES


def _read(variants: str | None) -> bytes | None:
    """The file of variants, where there is one. Raises SuiteError."""
    try:
        return None if variants is None else Path(variants).read_bytes()
    except OSError as error:
        raise SuiteError(f"{variants}: it cannot be read: {error.strerror}") from None


def _variants(
    given: argparse.Namespace, asked: Suite, seed: str, file: bytes | None
) -> tuple[Suite, ...]:
    """The suite with other inputs, one for each set that there is to choose from. Raises
    SuiteError."""
    if file is not None:
        found = suite.read_variants(asked, file, given.variants)
        found = found[:1] if given.vary == CLASS else found
    else:
        found = (suite.drawn(asked, seed, truths_of_drawn(given.oracle)),)
    count = sum(question.drawn for question in found[0].questions)
    aside(f"inputs drawn anew in {count:,} of {len(asked.questions):,} cases")
    return found


def _tell_suspects(suspects: list[str], out: str) -> None:
    """Which submissions are to be looked into."""
    if suspects:
        told = "1 submission is" if len(suspects) == 1 else f"{len(suspects):,} submissions are"
        named = ", ".join(suspects[:MOST_LEFT_OUT])
        more = f", and {len(suspects) - MOST_LEFT_OUT:,} more" * (len(suspects) > MOST_LEFT_OUT)
        say(fitted(f"{told} suspect (harness gradebook {out} ID shows why): {named}{more}", 2))


def _tell_alike(found: list[tuple[str, Path]], entry: str) -> None:
    """How many submissions are like the model engine. No result has it."""
    model = alike.model()
    sources = (alike.source(id, submissions.read(id, path, entry).files) for id, path in found)
    count = sum(bool(alike.alike([source], [model], ())) for source in sources)
    if count:
        told = "1 submission is" if count == 1 else f"{count:,} submissions are"
        say(f"{told} like minigrad, which counts nothing: harness alike shows how.")


class _Progress:
    """On a terminal, how many are done, how fast, and how long it will take."""

    def __init__(self, count: int, kept: int) -> None:
        self.count, self.kept, self.done = count, kept, 0
        self.statuses = Counter[str]()
        self.begin = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def one(self, result: dict[str, Any]) -> None:
        self.done += 1
        self.statuses[result["status"]] += 1
        if self.terminal:
            seconds = time.monotonic() - self.begin
            rate = self.done / seconds if seconds else 0.0
            left = (self.count - self.done) / rate if rate else 0.0
            filled = 30 * self.done // self.count
            bar = "#" * filled + "." * (30 - filled)
            text = f"[{bar}] {self.done} of {self.count}, {rate:.1f}/s, {_time(left)} left"
            wide = shutil.get_terminal_size().columns - 1
            aside(f"\r{text[:wide]:<{wide}}", end="")

    def end(self) -> None:
        if self.terminal and self.done:
            aside("")

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


def listed(names: Sequence[str]) -> str:
    """Names in a line, the first of many."""
    told = ", ".join(names[:MOST_LEFT_OUT])
    more = len(names) - MOST_LEFT_OUT
    return f"{told}, and {more:,} more" if more > 0 else told


def _table(rows: list[tuple[str, str, float, float]], book: Gradebook) -> None:
    """The scores; where there is none, why, and which are of no submission any more."""
    gone = book.withdrawn()
    wide = max([10, *(len(row[0]) for row in rows)])
    say(f"{'submission':<{wide}}  {'score':>8}  {'of':>8}")
    for id, status, score, most in rows[:LONGEST_TABLE]:
        told = "" if status == GRADED else f"  {status}: {_problem(book, id)}"
        told += f"  {WITHDRAWN}" if id in gone else ""
        say(fitted(f"{id:<{wide}}  {score:>8.2f}  {most:>8.2f}{told}", 4))
    if len(rows) > LONGEST_TABLE:
        say(f"… and {len(rows) - LONGEST_TABLE:,} more: harness gradebook shows them all")


def _problem(book: Gradebook, id: str) -> str:
    """The first line of why a submission could not be graded."""
    try:
        problem = str((book.result(id) or {}).get("problem"))
    except DamagedError:
        problem = "its result is damaged"
    return printable(problem.partition("\n")[0])


# -- gradebook -------------------------------------------------------------------------------------


def _book(given: argparse.Namespace) -> int:
    book = Gradebook(Path(given.out), create=False)
    if given.submission is not None:
        result = book.result(given.submission)
        if result is None:
            return stop(f"{given.submission}: the gradebook has no such submission")
        say(json.dumps(result, indent=None if given.json else 1))
        return AGREES
    wanted = [
        row
        for row in book.rows()
        if given.status in (None, row[1]) and (given.below is None or row[2] < given.below)
    ]
    damaged = list[DamagedError]()
    for result in readable(book, [row[0] for row in wanted] if given.json else [], damaged):
        say(json.dumps(result))
    if not given.json:
        for start in range(0, len(wanted) or 1, LONGEST_TABLE):
            _table(wanted[start : start + LONGEST_TABLE], book)
    for error in damaged:
        aside(str(error))
    return FINDINGS if damaged else AGREES


def readable(
    book: Gradebook, ids: Sequence[str], damaged: list[DamagedError]
) -> Iterator[dict[str, Any]]:
    """The results of submissions; what is damaged is added to ``damaged``."""
    for id in ids:
        try:
            result = book.result(id)
        except DamagedError as error:
            damaged.append(error)
        else:
            if result is not None:
                yield result


# -- doctor ----------------------------------------------------------------------------------------


def _doctor(given: argparse.Namespace) -> int:
    try:
        walls, observed = strongest(Limits())
    except WorkerError as error:
        return stop(f"no submission can be run here: {error}")
    layers = {
        "bubblewrap": walls.bubblewrap,
        "namespaces of its own for each submission": walls.namespaces,
        "another user": walls.user,
        "a worker that forks": walls.keeper,
    }
    say("put up:")
    for name, there in layers.items():
        say(f"  {'✓' if there else '✗'} {name}")
    say("tried in a submission's place; a submission …")
    for name, blocked in observed.items():
        say(f"  {'✓' if blocked else '✗'} {name}")
    strong = all(observed.values())
    say("The sandbox is strong." if strong else WEAK)
    if not strong and not walls.bubblewrap:
        say(_without_bubblewrap())
    return AGREES if strong else FINDINGS


def _without_bubblewrap() -> str:
    """Why there is none."""
    if shutil.which("bwrap") is None:
        return "Install bubblewrap (on Debian: apt install bubblewrap)."
    try:
        with Sandbox(offered.candidates()[0], Limits()) as box:
            box.observed()
    except WorkerError as error:
        return f"bubblewrap is there, but: {error}"
    return "bubblewrap is there, but keeps out no more than this."
