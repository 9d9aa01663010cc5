"""`harness check` and `harness engines`: judge an engine, and show what was understood of it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from harness.cli.common import (
    AGREES,
    COULD_NOT_RUN,
    FINDINGS,
    add_oracle,
    files_of,
    read_cases,
    say,
    stop,
    write,
)
from harness.engines.loading import load
from harness.judging.examination import examine
from harness.judging.oracle import NO_TORCH, lacks_torch
from harness.judging.result import as_json
from harness.showing.terminal import describe_finding, plain


def add(commands: Any) -> None:
    """Adds the commands to the parser's."""
    check = commands.add_parser(
        "check",
        help="judge an engine on all cases, without pytest",
        description="Judges an engine on all cases. Exit status: 0 all agrees (what the engine "
        "lacks is skipped), 1 there are findings, 2 it could not run.",
    )
    check.add_argument("engine", help="a module, a file, or either with :Class")
    check.add_argument("--cases", metavar="DIR", default="cases", help="default: cases")
    add_oracle(check)
    check.add_argument("--json", metavar="FILE", help="write everything as JSON ('-': stdout)")
    check.set_defaults(run=_check)
    engines = commands.add_parser(
        "engines",
        help="show what was understood of an engine",
        description="Shows what was understood of an engine: its class, how it is run, and where "
        "each operation was found. Nothing is judged.",
    )
    engines.add_argument("engine", help="a module, a file, or either with :Class")
    engines.set_defaults(run=_engines)


def _check(given: argparse.Namespace) -> int:
    names, root = files_of(given.cases, there=True), Path(given.cases)
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    engine = load(given.engine)
    broken: list[str] = []
    verdicts = [
        (name, examine(engine, case, numbers))
        for name, case, numbers in read_cases(names, root, given.oracle, broken)
    ]
    report = as_json(given.engine, verdicts)
    if broken:
        print("\n".join(broken), file=sys.stderr)
    if given.json == "-":
        print(json.dumps(report, indent=1, allow_nan=False))
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
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        say(f"{len(verdicts)} cases: {told}. Score {report['score']:g} of {report['max_score']:g}")
    if broken:
        return COULD_NOT_RUN
    return FINDINGS if report["findings"] else AGREES


def _engines(given: argparse.Namespace) -> int:
    engine = load(given.engine)
    for line in engine.describe():
        say(line)
    return AGREES
