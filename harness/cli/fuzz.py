"""`harness fuzz`: programs that nobody wrote, until an engine has one wrong."""

from __future__ import annotations

import shlex
import signal
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

from harness.cli.command import AGREES, ENGINE_HELP, FENCE, FINDINGS, Stop, argument, command
from harness.cli.inputs import cases_of, engine_of, introduced, tell_printed
from harness.cli.progress import Line
from harness.cli.streams import aside, say
from harness.cli.words import said
from harness.engines.engine import Engine
from harness.engines.loading import MODEL
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.mistakes import ENGINE
from harness.judging.oracle import Oracle, lacks_torch
from harness.judging.repro import reproduced
from harness.judging.symptoms import Symptom, symptoms
from harness.language import suite
from harness.language.case import FILE_NAME
from harness.language.syntax import suggest
from harness.showing.amounts import amount
from harness.showing.findings import told as told_of
from harness.showing.headline import headline
from harness.showing.lines import WIDTH
from harness.showing.phrases import title_of
from harness.vocabulary.signatures import OPERATIONS

if TYPE_CHECKING:
    from harness.search.fuzzer import Found, Fuzzer

DATABASE: Final = Path(".hypothesis", "examples")
LARGEST_SEED: Final = 1_000_000


@command(
    "fuzz",
    help="search for programs that an engine has wrong, and shrink them to cases",
    description="Holds an engine against torch on random programs. Each mistake that shows is "
    "shrunk to the smallest program that has it and written as a case, with its snapshot, ready to "
    "be committed. What float arithmetic alone makes differ is set aside. Mistakes that the cases "
    "in the folder show already are told and not searched for again, so that a second run goes on "
    "where the first one stopped. Ctrl-C ends the search and keeps what was found. Exit status: 0 "
    "there is no mistake, 1 there is one, found now or before, 2 it could not run.",
    arguments=(
        argument(
            "--engine",
            help=f"{ENGINE_HELP}; default: the one that is set, else minigrad, the model engine",
        ),
        argument(
            "--time", type=float, default=60.0, metavar="SECONDS", help="how long; default: 60"
        ),
        argument(
            "--seed", type=int, metavar="N", help="which programs; default: others in each run"
        ),
        argument(
            "--ops",
            metavar="OP,OP,…",
            action="append",
            default=[],
            help="only these operations; default: all that the engine has",
        ),
        argument(
            "--order",
            type=int,
            choices=(1, 2),
            default=1,
            help="2: gradients of gradients are compared, too",
        ),
        argument(
            "-o",
            "--output",
            default="found",
            metavar="DIR",
            help="where the cases are written; default: %(default)s",
        ),
        *FENCE,
    ),
    configured=("engine",),
    speaks=True,
)
def fuzz(given: Namespace) -> int:
    given.engine = given.engine or MODEL
    folder, wanted = Path(given.output), _wanted(given.ops)
    _check_place(folder)
    if not given.time > 0:
        raise Stop(said("time-above-zero", time=given.time))
    if lacks_torch("torch"):
        raise Stop(said("torch-knows"))
    engine = introduced(engine_of(given, restarts=float("inf")))
    progress = _Progress(given.time)
    fuzzer = progress.fuzzer = _fuzzer(given, engine, wanted, progress)
    before = fuzzer.findings()
    if before:
        say(said("found-before", folder=folder))
    for finding in before:
        say(
            said(
                "found-before-one",
                title_of=title_of(asdict(finding)),
                run=_run(finding.evidence, given.engine),
            )
        )
    with _interruptible(fuzzer):
        try:
            for number, found in enumerate(fuzzer.run(given.time), 1):
                progress.clear()
                _keep(number, found, fuzzer, given.engine, folder)
        except KeyboardInterrupt:
            progress.clear()
            say(said("interrupted"))
    progress.clear()
    if not any(folder.iterdir()):
        folder.rmdir()
    tell_printed(engine)
    _tell(fuzzer, len(before), progress.seconds)
    if not fuzzer.found and not before:
        return AGREES
    cases = shlex.join(["--cases", "builtin", "--cases", folder.as_posix()])
    say(said("with-builtin", quote=shlex.quote(given.engine), cases=cases))
    return FINDINGS


def _fuzzer(given: Namespace, engine: Engine, wanted: list[str], progress: _Progress) -> Fuzzer:
    """A search for what the engine has of the operations that are wanted; its folder is made now,
    and not when there is something to lose."""
    from hypothesis.database import DirectoryBasedExampleDatabase

    from harness.search.fuzzer import Fuzzer, menu_of

    menu = menu_of(engine, wanted or OPERATIONS, given.order)
    if not menu.scalars and not menu.arrays:
        asked = said("none-of-wanted", wanted=", ".join(wanted)) if wanted else said("no-operation")
        raise Stop(
            said("engine-has", engine=given.engine, asked=asked, quote=shlex.quote(given.engine))
        )
    lacking = [op for op in wanted if op not in menu.scalars and op not in menu.arrays]
    if lacking:
        aside(said("engine-has-no", engine=given.engine, lacking=", ".join(lacking)))
    folder = Path(given.output)
    folder.mkdir(parents=True, exist_ok=True)
    seed = SystemRandom().randrange(LARGEST_SEED) if given.seed is None else given.seed
    known = list(_known(folder, engine))
    database = DirectoryBasedExampleDatabase(DATABASE)
    return Fuzzer(engine, menu, seed, given.engine, known, database, progress.show)


def _check_place(folder: Path) -> None:
    """Stops a command that could not write its cases there."""
    if folder.exists() and not folder.is_dir():
        raise Stop(said("output-is-file", folder=folder))
    odd = [part for part in folder.parts[1:] if not FILE_NAME.fullmatch(part)]
    if folder.parts[:1] == (suite.FOLDER,) and odd:
        raise Stop(said("odd-folder", folder=folder, odd=odd[0]))


def _wanted(given: Iterable[str]) -> list[str]:
    """The operations that are asked for."""
    wanted = [op.strip() for text in given for op in text.split(",") if op.strip()]
    for op in wanted:
        if op not in OPERATIONS:
            hint = suggest(op, OPERATIONS)
            has_all = said("by-operation-has-all")
            raise Stop(said("unknown-ops", op=op, hint=hint, has_all=has_all))
    return wanted


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


def _known(folder: Path, engine: Engine) -> Iterator[Symptom]:
    """What the engine has wrong in the cases that are in the folder."""
    if not any(folder.rglob("*.yaml")):
        return
    cases = cases_of(suite.find([str(folder)]), Oracle("torch"))
    for case, truth in cases:
        yield from symptoms(examine(engine, case, truth), case.id)
    if cases.broken:
        aside("\n".join(cases.broken))


def _keep(number: int, found: Found, fuzzer: Fuzzer, engine: str, folder: Path) -> None:
    """Writes what was found as a case, and tells of it."""
    from harness.search.keeping import kept

    finding = replace(fuzzer.finding(found), repro=_repro(fuzzer.engine, found))
    case = kept(found.program, finding, folder)
    told = [f"{number}. {title_of(asdict(finding))}"]
    told += [f"   {line}".rstrip() for line in told_of(asdict(finding), WIDTH - 3)]
    told += [f"   {line}" for line in headline(case, finding.direction)]
    say(
        "\n".join(
            [
                *told,
                said("see-run", run=_run(case.path.as_posix(), engine)),
                "",
            ]
        )
    )


def _repro(engine: Engine, found: Found) -> str:
    """Lines to paste that show what was found."""
    verdict = reproduced(engine, found.verdict)
    told = (explain(verdict, direction) for direction in verdict.directions)
    return next((one.repro for one in told if one is not None), "")


def _run(case: str, engine: str) -> str:
    """The command that runs one case."""
    return shlex.join(["pytest", case, "--engine", engine])


class _Progress(Line):
    """On a terminal, what the search is doing, how fast, and how much time is left."""

    def __init__(self, whole: float) -> None:
        super().__init__()
        self.whole = whole
        self.fuzzer: Fuzzer | None = None

    def show(self, doing: str) -> None:
        """Is called before every program."""
        if self.fuzzer is not None and self.is_due():
            count, found = self.fuzzer.counts.programs, len(self.fuzzer.found)
            self.tell(
                said(
                    "searching",
                    doing=doing,
                    seconds=self.seconds,
                    whole=self.whole,
                    count=count,
                    count2=count / self.seconds,
                    amount=amount(found, "mistake"),
                )
            )


def _tell(fuzzer: Fuzzer, before: int, seconds: float) -> None:
    """What was found in so many seconds, beside what was known before."""
    for finding in fuzzer.findings():
        if finding.op == ENGINE and (count := len(finding.cases)) > 1:
            say(said("taken-together", count=count, code=finding.code))
    counts = fuzzer.counts
    rate = counts.programs / seconds if seconds else 0.0
    wrong = counts.programs - counts.passed - counts.unsupported
    wrong -= counts.ill_conditioned + counts.undefined
    rows = {
        said("row-agrees"): counts.passed,
        said("row-lacks"): counts.unsupported,
        said("row-ill"): (counts.ill_conditioned),
        said("row-undefined"): counts.undefined,
        said("row-wrong"): wrong,
    }
    mistakes = amount(len(fuzzer.found), "new mistake" if before else "mistake")
    programs = said(
        "programs-in", amount=amount(counts.programs, "program"), seconds=seconds, rate=rate
    )
    lines = [
        said("found-in", found=mistakes, programs=programs),
        *(f"{row:>9,} {what}" for what, row in rows.items()),
    ]
    say("\n".join([*lines, said("same-again", seed=fuzzer.seed)]))
