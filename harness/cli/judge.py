"""`harness check` and `harness engines`: judge an engine, and show what was understood of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from harness.cli.common import (
    AGREES,
    COULD_NOT_RUN,
    ENGINE_HELP,
    FINDINGS,
    add_cases,
    add_dtype,
    add_fence,
    add_oracle,
    ahead,
    begun,
    engine_of,
    fitted,
    introduce,
    note,
    read_cases,
    stop,
    tell_printed,
    write,
)
from harness.cli.streams import aside, say
from harness.engines.loading import is_model
from harness.judging.missing import next_to_build, why_nothing
from harness.judging.oracle import NO_TORCH, Oracle, has_torch, lacks_torch
from harness.judging.precision import examined
from harness.judging.result import as_json
from harness.language import suite
from harness.showing.lines import plain
from harness.showing.terminal import describe_finding


def add(commands: Any) -> None:
    """Adds the commands to the parser's."""
    check = commands.add_parser(
        "check",
        help="judge an engine on all cases, without pytest",
        description="Judges an engine on all cases. Exit status: 0 all agrees (what the engine "
        "lacks is skipped), 1 there are findings, 2 it could not run, or nothing could be judged.",
    )
    check.add_argument("engine", help=ENGINE_HELP)
    add_cases(check)
    add_oracle(check)
    add_fence(check)
    add_dtype(check)
    check.add_argument("--json", metavar="FILE", help="write everything as JSON ('-': stdout)")
    check.set_defaults(run=_check)
    engines = commands.add_parser(
        "engines",
        help="show what was understood of an engine",
        description="Shows what was understood of an engine: its class, how it is run, and where "
        "each operation was found. Nothing is judged.",
    )
    engines.add_argument("engine", help=ENGINE_HELP)
    add_fence(engines)
    engines.set_defaults(run=_engines)


def _check(given: argparse.Namespace) -> int:
    sources = suite.find(given.cases or ())
    if given.json and not Path(given.json).parent.is_dir():
        return stop(f"{given.json}: there is no folder {Path(given.json).parent}")
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    wish = given.oracle or ("torch" if is_model(given.engine) and has_torch() else None)
    oracle, broken = Oracle(wish), list[str]()
    engine, cases = begun(given, read_cases(sources, oracle, broken))
    if given.json != "-":
        introduce(engine)
    engine.dtype = given.dtype
    verdicts = []
    interrupted = False
    try:
        for case, numbers in ahead(engine, cases):
            verdicts.append((case.id, examined(engine, case, numbers, oracle.kind)))
    except KeyboardInterrupt:
        interrupted = True
    note(oracle)
    report = as_json(given.engine, verdicts)
    if broken:
        aside("\n".join(broken))
    if given.json == "-":
        say(json.dumps(report, indent=1, allow_nan=False))
    elif given.json:
        text = json.dumps(report, indent=1, allow_nan=False) + "\n"
        write(Path(given.json), text.encode())
    if given.json != "-":
        counts = {
            status: sum(case["status"] == status for case in report["cases"])
            for status in ("passed", "failed", "unsupported")
        }
        for number, finding in enumerate(report["findings"], 1):
            say(plain(describe_finding(number, finding)) + "\n")
        for remark in report["remarks"]:
            say(fitted(f"remark: {remark['message']}", 2) + "\n")
        if lacking := next_to_build(report["missing"]):
            say(f"{lacking}\n")
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        say(f"{len(verdicts)} cases: {told}. Score {report['score']:g} of {report['max_score']:g}")
    tell_printed(engine)
    if interrupted:
        return stop(f"interrupted: {len(verdicts)} of {len(sources)} cases were judged")
    if broken:
        return COULD_NOT_RUN
    if (reason := why_nothing(report)) is not None:
        return stop(f"{given.engine}: {reason}")
    return FINDINGS if report["findings"] else AGREES


def _engines(given: argparse.Namespace) -> int:
    engine = engine_of(given)
    for line in (f"engine     {engine.origin}", *engine.notes, *engine.describe()):
        say(fitted(line, 21))
    tell_printed(engine)
    return AGREES
