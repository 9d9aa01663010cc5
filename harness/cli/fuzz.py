"""`harness fuzz`: programs that nobody wrote, until an engine has one wrong."""

from __future__ import annotations

import argparse
import shlex
import shutil
import signal
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

from harness.cli.common import (
    AGREES,
    ENGINE_HELP,
    FINDINGS,
    add_fence,
    loaded,
    read_cases,
    stop,
    tell_printed,
    write_case,
)
from harness.cli.streams import aside, say
from harness.judging.examination import examine
from harness.judging.findings import Finding
from harness.judging.oracle import Oracle, lacks_torch
from harness.judging.suspects import ENGINE
from harness.judging.symptoms import Symptom, symptoms
from harness.language import suite
from harness.language.case import FILE_NAME, KINK, decode
from harness.language.syntax import suggest
from harness.language.writing import case_text
from harness.showing.headline import headline
from harness.showing.terminal import explanation
from harness.vocabulary.signatures import OPERATIONS

if TYPE_CHECKING:
    from harness.search.fuzzer import Counts, Found, Fuzzer

DATABASE: Final = Path(".hypothesis", "examples")
LONGEST_ABOUT: Final = 120
LARGEST_SEED: Final = 1_000_000


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    fuzz = commands.add_parser(
        "fuzz",
        help="search for programs that an engine has wrong, and shrink them to cases",
        description="Holds an engine against torch on random programs. Each mistake that shows is "
        "shrunk to the smallest program that has it and written as a case, with its snapshot, "
        "ready to be committed. What float arithmetic alone makes differ is set aside. Mistakes "
        "that the cases in the folder show already are told and not searched for again, so that a "
        "second run goes on where the first one stopped. Ctrl-C ends the search and keeps what "
        "was found. Exit status: 0 there is no mistake, 1 there is one, found now or before, 2 it "
        "could not run.",
    )
    fuzz.add_argument(
        "--engine", default="minigrad", help=f"{ENGINE_HELP}; default: minigrad, the model engine"
    )
    fuzz.add_argument(
        "--time", type=float, default=60.0, metavar="SECONDS", help="how long; default: 60"
    )
    fuzz.add_argument(
        "--seed", type=int, metavar="N", help="which programs; default: others in each run"
    )
    fuzz.add_argument(
        "--ops",
        metavar="OP,OP,…",
        action="append",
        help="only these operations; default: all that the engine has",
    )
    fuzz.add_argument(
        "--order",
        type=int,
        choices=(1, 2),
        default=1,
        help="2: gradients of gradients are compared, too",
    )
    fuzz.add_argument(
        "-o",
        "--output",
        default="found",
        metavar="DIR",
        help="where the cases are written; default: %(default)s",
    )
    add_fence(fuzz)
    fuzz.set_defaults(run=_fuzz)


def _fuzz(given: argparse.Namespace) -> int:
    folder = Path(given.output)
    if not given.time > 0:
        return stop(f"--time {given.time:g}: it must be a number of seconds above 0")
    if folder.exists() and not folder.is_dir():
        return stop(f"{folder}: this is a file; -o names the folder that cases are written to")
    odd = [part for part in folder.parts[1:] if not FILE_NAME.fullmatch(part)]
    if folder.parts[:1] == ("cases",) and odd:
        return stop(f"{folder}: {odd[0]!r} becomes part of cases' ids: call it by a-z, 0-9 and _")
    wanted = [op.strip() for text in given.ops or () for op in text.split(",") if op.strip()]
    for op in wanted:
        if op not in OPERATIONS:
            hint = suggest(op, OPERATIONS)
            return stop(
                f"--ops: unknown operation {op!r}{hint}; harness cases --by operation has them all"
            )
    if lacks_torch("torch"):
        return stop(
            "torch is not installed, and only torch knows what a new program comes to: "
            "pip install torch"
        )
    from hypothesis.database import DirectoryBasedExampleDatabase

    from harness.search.fuzzer import Fuzzer, menu_of

    engine = loaded(given, restarts=float("inf"))
    menu = menu_of(engine, wanted or OPERATIONS, given.order)
    if not menu.scalars and not menu.arrays:
        asked = f"none of {', '.join(wanted)}" if wanted else "no operation that cases have"
        return stop(f"{given.engine} has {asked}: harness engines {shlex.quote(given.engine)}")
    lacking = [op for op in wanted if op not in menu.scalars and op not in menu.arrays]
    if lacking:
        aside(f"{given.engine} has no {', '.join(lacking)}")
    folder.mkdir(parents=True, exist_ok=True)  # now, and not when there is something to lose
    seed = SystemRandom().randrange(LARGEST_SEED) if given.seed is None else given.seed
    known = list(_known(folder, engine))
    progress = _Progress(given.time)
    fuzzer = Fuzzer(
        engine,
        menu,
        seed,
        given.engine,
        [symptom for symptoms_ in known for symptom in symptoms_],
        DirectoryBasedExampleDatabase(DATABASE),
        progress.tell,
    )
    progress.fuzzer = fuzzer
    before = fuzzer.findings()
    if before:
        say(f"Found before, still wrong, and not searched for again (cases in {folder}):")
    for finding in before:
        say(f"   {_called(finding)}\n   see it: {_run(finding.evidence, given.engine)}\n")
    with _interruptible(fuzzer):
        try:
            for number, found in enumerate(fuzzer.run(given.time), 1):
                progress.clear()
                _keep(number, found, fuzzer, given.engine, folder)
        except KeyboardInterrupt:
            progress.clear()
            say("interrupted")
    progress.clear()
    if not any(folder.iterdir()):
        folder.rmdir()
    together = [f for f in fuzzer.findings() if f.op == ENGINE and len(f.cases) > 1]
    for finding in together:
        count = len(finding.cases)
        say(f"Taken together, {count} of them are one: the engine itself, {finding.code}")
    tell_printed(engine)
    say(_summary(fuzzer.counts, len(fuzzer.found), len(before), progress.seconds))
    say(f"The same programs again: --seed {seed}")
    if not fuzzer.found and not before:
        return AGREES
    cases = shlex.join(["--cases", "builtin", "--cases", folder.as_posix()])
    say(f"With the built-in cases: harness check {shlex.quote(given.engine)} {cases}")
    return FINDINGS


@contextmanager
def _interruptible(fuzzer: Fuzzer) -> Iterator[None]:
    """The first Ctrl-C ends the search at the next program, a second one at once. (An exception
    that is raised just anywhere may be swallowed.)"""

    def ring(*_: Any) -> None:
        if fuzzer.interrupted:
            raise KeyboardInterrupt
        fuzzer.interrupted = True

    before = signal.signal(signal.SIGINT, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _known(folder: Path, engine: Any) -> Iterator[list[Symptom]]:
    """The symptoms of each case in the folder that the engine has wrong."""
    if not any(folder.rglob("*.yaml")):
        return
    broken: list[str] = []
    for case, truth in read_cases(suite.find([str(folder)]), Oracle("torch"), broken):
        told = symptoms(examine(engine, case, truth), case.id)
        if told:
            yield told
    if broken:
        aside("\n".join(broken))


def _keep(number: int, found: Found, fuzzer: Fuzzer, engine: str, folder: Path) -> None:
    """Writes what was found as a case, and tells of it."""
    from harness.engines import reference

    finding = fuzzer.finding(found)
    at_a_kink = reference.gradcheck(found.program) is not None
    about = about_of(finding)
    text = case_text(about, found.program, tags=[KINK] if at_a_kink else [])
    path = _free(folder, f"{finding.op}_{finding.direction}_{finding.code}".replace("-", "_"))
    case = decode(text, path)
    write_case(case, text, reference.evaluate(case.program))
    told = [f"{number}. {_called(finding)}"]
    told += [f"   {line}" for line in explanation(finding.message, finding.hint)]
    told += [f"   {line}" for line in headline(case, finding.direction)]
    say("\n".join([*told, f"   see it: {_run(path.as_posix(), engine)}", ""]))


def _called(finding: Finding) -> str:
    op = "the engine itself" if finding.op == ENGINE else finding.op
    operand = f" by {finding.operand}" if finding.operand else ""
    return f"{op}, {finding.direction}{operand}: {finding.code}"


def _run(case: str, engine: str) -> str:
    """The command that runs one case."""
    return shlex.join(["pytest", case, "--engine", engine])


def about_of(finding: Finding) -> str:
    """One sentence for a case: where the mistake is, and what it is."""
    op = "the engine" if finding.op == ENGINE else finding.op
    sentence = finding.message.partition(". ")[0].rstrip(".!;,")
    return textwrap.shorten(
        f"{op}, {finding.direction}: {sentence}", LONGEST_ABOUT, placeholder=" …"
    )


def _free(folder: Path, name: str) -> Path:
    """A path for a case that neither a case nor a snapshot has taken."""
    number, path = 1, folder / f"{name}.yaml"
    while path.exists() or path.with_suffix("").exists():
        number += 1
        path = folder / f"{name}_{number}.yaml"
    return path


class _Progress:
    """On a terminal, what the search is doing, how fast, and how much time is left."""

    def __init__(self, seconds: float) -> None:
        self.whole, self.begin, self.last = seconds, time.monotonic(), 0.0
        self.terminal = sys.stderr.isatty()
        self.fuzzer: Fuzzer | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begin

    def tell(self, doing: str) -> None:
        """Said before every program; shown ten times a second."""
        seconds = self.seconds
        if not self.terminal or self.fuzzer is None or seconds - self.last < 0.1:
            return
        self.last = seconds
        count, found = self.fuzzer.counts.programs, len(self.fuzzer.found)
        text = (
            f"{doing}: {seconds:.0f} of {self.whole:g} s, {count:,} programs "
            f"({count / seconds:.0f}/s), {_count(found, 'mistake')}"
        )
        width = shutil.get_terminal_size().columns - 1
        aside(f"\r{text[:width]:<{width}}", end="")

    def clear(self) -> None:
        """Makes room for a line of text."""
        if self.terminal and self.last:
            width = shutil.get_terminal_size().columns - 1
            aside(f"\r{'':<{width}}\r", end="")


def _summary(counts: Counts, found: int, before: int, seconds: float) -> str:
    rate = counts.programs / seconds if seconds else 0.0
    wrong = counts.programs - counts.passed - counts.unsupported
    wrong -= counts.ill_conditioned + counts.undefined
    rows = {
        "on which the engine agrees with torch": counts.passed,
        "with what the engine lacks": counts.unsupported,
        "set aside as ill-conditioned: mathematics magnifies rounding there": (
            counts.ill_conditioned
        ),
        "that torch refuses, or that took too long": counts.undefined,
        "that show these mistakes, tried while shrinking among them": wrong,
    }
    lines = [
        f"{_count(found, 'new mistake' if before else 'mistake')} found in "
        f"{_count(counts.programs, 'program')}, {seconds:.0f} s ({rate:.0f} a second)"
    ]
    lines += [f"{count:>9,} {what}" for what, count in rows.items()]
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
