"""The `harness` command: judge an engine without pytest, and show what was understood of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.engines.engine import Engine
from harness.engines.loading import EngineError, load
from harness.engines.trace import Undefined
from harness.judging.examination import examine
from harness.judging.oracle import NO_TORCH, ORACLES, lacks_torch, truth
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language.case import Case, CaseError
from harness.language.case import load as load_case
from harness.showing.listing import stage
from harness.showing.terminal import ascii_only, describe_finding, plain

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="harness", description="Holds an autodiff engine against torch, step by step."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="judge an engine on all cases, without pytest",
        description="Judges an engine on all cases. Exit status: 0 all agrees (what the engine "
        "lacks is skipped), 1 there are findings, 2 it could not run.",
    )
    check.add_argument("engine", help="a module, a file, or either with :Class")
    check.add_argument("--cases", metavar="DIR", default="cases", help="default: cases")
    check.add_argument(
        "--oracle",
        choices=ORACLES,
        default="torch",
        help="where the truth comes from: torch itself (default), or its recorded numbers, which "
        "needs no torch",
    )
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
    listing = commands.add_parser(
        "listing",
        help="print a case as staged code that runs",
        description="Prints a case as staged code: numbered forward lines, and for each its "
        "backward lines under the same number. It is Python, and runs as it stands.",
    )
    listing.add_argument("case", metavar="CASE", help="a YAML file, or its path below cases/")
    listing.add_argument(
        "--values", action="store_true", help="tell on each line what its name holds after it"
    )
    listing.set_defaults(run=_listing)
    given = parser.parse_args(arguments)
    try:
        status: int = given.run(given)
    except (EngineError, CaseError) as error:
        return _stop(str(error))
    except KeyboardInterrupt:
        return _stop("interrupted")
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    return status


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return COULD_NOT_RUN


def _say(text: str) -> None:
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(text if encoding.startswith("utf") else ascii_only(text))


# -- check -----------------------------------------------------------------------------------------


def _check(given: argparse.Namespace) -> int:
    root = Path(given.cases)
    paths = sorted(root.rglob("*.yaml")) if root.is_dir() else []
    if not paths:
        return _stop(f"{root}: there are no cases (*.yaml) below this folder")
    if lacks_torch(given.oracle):
        return _stop(NO_TORCH)
    engine = load(given.engine)
    broken: list[str] = []
    verdicts = list(_verdicts(engine, paths, root, given.oracle, broken))
    report = as_json(given.engine, verdicts)
    if broken:
        print("\n".join(broken), file=sys.stderr)
    if given.json == "-":
        print(json.dumps(report, indent=1, allow_nan=False))
    elif given.json:
        _write(Path(given.json), json.dumps(report, indent=1, allow_nan=False) + "\n")
    if given.json != "-":
        counts = {
            status: sum(case["status"] == status for case in report["cases"])
            for status in ("passed", "failed", "unsupported")
        }
        for number, finding in enumerate(report["findings"], 1):
            _say(plain(describe_finding(number, finding)) + "\n")
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        _say(f"{len(verdicts)} cases: {told}. Score {report['score']:g} of {report['max_score']:g}")
    if broken:
        return COULD_NOT_RUN
    return FINDINGS if report["findings"] else AGREES


def _verdicts(
    engine: Engine, paths: list[Path], root: Path, oracle: str, broken: list[str]
) -> Iterator[tuple[str, Verdict]]:
    """Each case's verdict under its path; what is no case is added to ``broken``."""
    terminal = sys.stderr.isatty()
    for number, path in enumerate(paths, 1):
        if terminal:
            print(f"\r{number} of {len(paths)}", end="", file=sys.stderr, flush=True)
        name = path.as_posix()
        try:
            case = load_case(path, name, root)
            numbers = truth(case, oracle)
        except CaseError as error:
            broken.append(str(error))
        except Undefined as error:
            broken.append(f"{name}:1:1: {error}")
        else:
            yield name, examine(engine, case, numbers)
    if terminal:
        print("\r", end="", file=sys.stderr)


def _write(path: Path, text: str) -> None:
    """The whole file or none of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


# -- engines ---------------------------------------------------------------------------------------


def _engines(given: argparse.Namespace) -> int:
    engine = load(given.engine)
    for line in engine.describe():
        _say(line)
    return AGREES


# -- listing ---------------------------------------------------------------------------------------


def _listing(given: argparse.Namespace) -> int:
    _say(stage(_case(given.case).program).text(given.values).rstrip("\n"))
    return AGREES


def _case(text: str) -> Case:
    """The case in a file; its path below ``cases/``, without .yaml, will do as well."""
    path = Path(text)
    below = Path("cases", f"{text}.yaml")
    path = below if not path.exists() and below.exists() else path
    return load_case(path, path.as_posix(), path.parent)


if __name__ == "__main__":
    sys.exit(main())
