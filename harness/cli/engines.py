"""`harness check`, `engines` and `adapt`: an engine judged, shown as understood, and adapted."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import languages
from harness.api.questions import Cases, Judged, judged
from harness.cli import assigned, by_hand
from harness.cli.command import (
    AGREES,
    ASSIGNMENT,
    BY_HAND,
    CASES,
    COULD_NOT_RUN,
    DTYPE,
    ENGINE,
    ENGINE_HELP,
    ENGINE_OR_SET,
    FENCE,
    FINDINGS,
    LADDER,
    ORACLE,
    Stop,
    argument,
    command,
    levels_of,
)
from harness.cli.configured import engine_set
from harness.cli.formats import FORMAT, STDOUT, TEXT, is_for_people, told_to_programs
from harness.cli.inputs import begun, cases_of, engine_of, introduced, tell_notes, tell_printed
from harness.cli.streams import aside, columns, say, show
from harness.cli.words import said
from harness.engines.loading import is_ours, split
from harness.files import need_folder, write
from harness.grading.fence import adapted
from harness.judging.missing import why_nothing
from harness.judging.oracle import Oracle, asked_for
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.languages.width import padded
from harness.showing.amounts import amount
from harness.showing.result import told

Result = Mapping[str, Any]


@command(
    "check",
    help="judge an engine on all cases, without pytest",
    description="Judges an engine on all cases; or, where the file is no engine but staged code, a "
    "forward pass with a backward pass written by hand below it, judges that line by line. Exit "
    "status: 0 all agrees (what the engine lacks is skipped), 1 there are findings, 2 it could not "
    "run, or nothing could be judged.",
    arguments=(
        argument(
            "engine",
            nargs="?",
            help=f"{ENGINE_HELP}. Left out: the one that is set in pyproject.toml or "
            "HARNESS_ENGINE; in a folder with an assignment.yaml what that asks for",
        ),
        ASSIGNMENT,
        CASES,
        ORACLE,
        *FENCE,
        DTYPE,
        *LADDER,
        argument(
            "-x",
            "--exitfirst",
            action="store_true",
            help="stop at the end of the first level of the ladder that does not hold",
        ),
        FORMAT,
        argument("--json", metavar="FILE", help="write everything as JSON ('-': stdout)"),
        *BY_HAND,
    ),
    configured=("engine", "cases", "levels", "assignment"),
    speaks=True,
)
def check(given: Namespace) -> int:
    if given.json == STDOUT and given.format != TEXT:
        raise Stop(said("both-to-stdout", format=given.format))
    if given.engine is None or given.assignment is not None:
        return assigned.check(given)
    need_folder(Path(given.json or STDOUT))
    if (text := by_hand.staged(given.engine)) is not None:
        return by_hand.check(given, text)
    if given.input or given.gradient:
        told = said("for-by-hand")
        raise Stop(said("which-it-is-not", told=told, engine=given.engine))
    return _check_engine(given)


def _check_engine(given: Namespace) -> int:
    oracle = Oracle(asked_for(given.oracle, given.engine))
    cases = cases_of(suite.find(given.cases), oracle, levels=levels_of(given))
    engine, read = begun(given, iter(cases))
    if is_for_people(given):
        introduced(engine)
    seen = _seen(judged(engine, read, cases.oracle.kind), given.exitfirst)
    tell_notes(cases)
    if cases.broken:
        aside("\n".join(cases.broken))
    result = as_json(given.engine, seen.verdicts)
    _write_out(result, given)
    tell_printed(engine)
    return _status(given, cases, seen, result)


@dataclass
class _Seen:
    """What was judged; the first level that does not hold, and why it ended early, if it did."""

    verdicts: list[tuple[str, Verdict]] = field(default_factory=list)
    wrong: str = ""
    stopped: bool = False
    interrupted: bool = False


def _seen(judging: Iterable[Judged], exitfirst: bool) -> _Seen:
    seen = _Seen()
    try:
        for case, _, verdict in judging:
            if exitfirst and seen.wrong not in ("", case.level):
                seen.stopped = True
                break
            seen.verdicts.append((case.id, verdict))
            seen.wrong = seen.wrong or case.level * (verdict.status == "failed")
    except KeyboardInterrupt:
        seen.interrupted = True
    return seen


def _status(given: Namespace, cases: Cases, seen: _Seen, result: Mapping[str, Any]) -> int:
    """The exit status; raises Stop where too little was judged, or nothing."""
    count = len(seen.verdicts)
    if seen.stopped:
        rest = amount(cases.count - count, "case")
        aside(said("stopped-above", wrong=seen.wrong, rest=rest))
    if seen.interrupted:
        raise Stop(said("interrupted-judged", count=count, count2=cases.count))
    if cases.broken:
        return COULD_NOT_RUN
    if not cases.count:
        raise Stop(said("no-case-of-level"))
    if (reason := why_nothing(result)) is not None:
        raise Stop(f"{given.engine}: {reason}")
    return FINDINGS if result["findings"] else AGREES


def _write_out(result: Result, given: Namespace) -> None:
    """The result as JSON in a file or on standard output, and unless it is there in words, or as an
    editor reads it."""
    if told_to_programs(result, given, lambda _: given.engine):
        return
    for piece, indent in told(result, columns()):
        if isinstance(piece, str):
            say(piece, indent=indent)
        else:
            show(piece)


@command(
    "engines",
    help="show what was understood of an engine",
    description="Shows what was understood of an engine: its class, how it is run, and where each "
    "operation was found. Nothing is judged.",
    arguments=(ENGINE_OR_SET, *FENCE),
    configured=("engine",),
    speaks=True,
)
def engines(given: Namespace) -> int:
    given.engine = engine_set(given)
    engine = engine_of(given)
    label = padded(languages.told("engine", "how-engine"), 11)
    for line in (f"{label}{engine.origin}", *engine.notes, *engine.describe()):
        say(line, indent=11)
    tell_printed(engine)
    return AGREES


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
    speaks=True,
)
def adapt(given: Namespace) -> int:
    if is_ours(given.engine):
        raise Stop(said("adapter-already", engine=given.engine))
    output = Path(given.output or Path(split(given.engine)[0]).parent / "adapter.py")
    if output.suffix != ".py" or not output.stem.isidentifier():
        raise Stop(said("adapter-is-python", output=output))
    if output.exists():
        raise Stop(said("output-there", output=output))
    need_folder(output)
    text = adapted(given.engine, output.parent)
    write(output, text.encode())
    gaps = text.count('"""GAP: ') + text.count("# GAP: ")
    told = said("to-fill-in", amount=amount(gaps, "gap")) if gaps else said("no-gap")
    say(said("adapter-written", output=output, told=told, quote=shlex.quote(str(output))))
    return AGREES
