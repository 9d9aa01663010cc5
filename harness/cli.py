"""The `harness` command: judge an engine without pytest, and show what was understood of it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.engines.loading import EngineError, load
from harness.engines.trace import Trace, Undefined
from harness.judging.examination import examine
from harness.judging.oracle import NO_TORCH, ORACLES, lacks_torch, truth
from harness.judging.result import as_json
from harness.language.case import Case, CaseError
from harness.language.case import load as load_case
from harness.showing.listing import stage
from harness.showing.terminal import ascii_only, describe_finding, plain

AGREES, FINDINGS, COULD_NOT_RUN = 0, 1, 2

DRAWING = {
    "fast_sugiyama": "fast-sugiyama",
    "fontTools": "fonttools",
    "latex2mathml": "latex2mathml",
    "resvg_py": "resvg-py",
}
"""What pictures and reports need and judging does not: modules, and how they are installed."""


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
    _add_oracle(check)
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
    draw = commands.add_parser(
        "draw",
        help="draw a case as a circuit, with values and gradients",
        description="Draws a case as a circuit: values in green above the wires, gradients in red "
        "below them. With --engine, the steps that an engine has wrong are marked.",
    )
    draw.add_argument(
        "cases",
        nargs="+",
        metavar="CASE",
        help="a YAML file, its path below cases/, or a folder with some",
    )
    draw.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="the picture, .svg or .png; for several cases a folder, to be filled with pictures",
    )
    draw.add_argument(
        "--format", choices=("svg", "png"), default="svg", help="what a folder is filled with"
    )
    draw.add_argument("--engine", help="a module, a file, or either with :Class")
    _add_oracle(draw)
    draw.set_defaults(run=_draw)
    report = commands.add_parser(
        "report",
        help="write a page: what was found, and every case to play with",
        description="Writes one page (no requests, opens from disk) with every case: its circuit, "
        "a player of both passes, its staged code and all numbers. With --engine, the mistakes "
        "that were found come first, and what is wrong is marked.",
    )
    report.add_argument("--engine", help="a module, a file, or either with :Class")
    report.add_argument(
        "--cases", metavar="DIR", default="cases", help="a folder, or one case; default: cases"
    )
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the page, .html")
    _add_oracle(report)
    report.set_defaults(run=_report)
    given = parser.parse_args(arguments)
    try:
        status: int = given.run(given)
    except (EngineError, CaseError, Undefined) as error:
        return _stop(str(error))
    except OSError as error:
        return _stop(f"{error.filename or 'a file'}: {error.strerror or error}")
    except ModuleNotFoundError as error:
        if error.name not in DRAWING:
            raise
        return _stop(f"{error.name} is not installed: pip install {' '.join(DRAWING.values())}")
    except KeyboardInterrupt:
        return _stop("interrupted")
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_RUN
    return status


def _add_oracle(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--oracle",
        choices=ORACLES,
        default="torch",
        help="where the truth comes from: torch itself (default), or its recorded numbers, which "
        "needs no torch",
    )


def _stop(message: str) -> int:
    print(message, file=sys.stderr)
    return COULD_NOT_RUN


def _say(text: str) -> None:
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(text if encoding.startswith("utf") else ascii_only(text))


# -- check -----------------------------------------------------------------------------------------


def _check(given: argparse.Namespace) -> int:
    names, root = _files(given.cases, there=True), Path(given.cases)
    if lacks_torch(given.oracle):
        return _stop(NO_TORCH)
    engine = load(given.engine)
    broken: list[str] = []
    verdicts = [
        (name, examine(engine, case, numbers))
        for name, case, numbers in _read(names, root, given.oracle, broken)
    ]
    report = as_json(given.engine, verdicts)
    if broken:
        print("\n".join(broken), file=sys.stderr)
    if given.json == "-":
        print(json.dumps(report, indent=1, allow_nan=False))
    elif given.json:
        text = json.dumps(report, indent=1, allow_nan=False) + "\n"
        _write(Path(given.json), text.encode())
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


def _read(
    names: Sequence[str], root: Path, oracle: str, broken: list[str]
) -> Iterator[tuple[str, Case, Trace]]:
    """Each case with its path and its truth; what is no case is added to ``broken``."""
    for name in _counted(names):
        try:
            case = load_case(Path(name), name, root if root.is_dir() else root.parent)
            yield name, case, _truth(case, oracle)
        except (CaseError, Undefined) as error:
            broken.append(str(error))


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with open(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


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


# -- report ----------------------------------------------------------------------------------------


def _report(given: argparse.Namespace) -> int:
    from harness.showing.report import page
    from harness.showing.report.sections import Entry

    output, root = Path(given.output), Path(given.cases)
    if not output.parent.is_dir():
        return _stop(f"{output}: there is no folder {output.parent}")
    names = _files(given.cases, there=True)
    if lacks_torch(given.oracle):
        return _stop(NO_TORCH)
    engine = None if given.engine is None else load(given.engine)
    broken: list[str] = []
    entries = [
        Entry(name, case, numbers, None if engine is None else examine(engine, case, numbers))
        for name, case, numbers in _read(names, root, given.oracle, broken)
    ]
    if not entries:
        return _stop("\n".join(broken))
    judged = [(entry.id, entry.verdict) for entry in entries if entry.verdict is not None]
    result = None if engine is None else as_json(given.engine, judged)
    _write(output, page(given.engine, entries, result).encode())
    if broken:
        return _stop("\n".join(broken))
    _say(f"{output}: {len(entries)} cases")
    return AGREES


# -- draw ------------------------------------------------------------------------------------------


def _draw(given: argparse.Namespace) -> int:
    from harness.showing import picture

    texts = [text for name in given.cases for text in _files(name)]
    output = Path(given.output)
    single = output.suffix in (".svg", ".png")
    if single and len(texts) > 1:
        return _stop(f"{output}: {len(texts)} cases need a folder, such as -o pictures")
    if single and not output.parent.is_dir():
        return _stop(f"{output}: there is no folder {output.parent}")
    if not single and output.suffix:
        return _stop(f"{output}: a picture ends with .svg or .png")
    if lacks_torch(given.oracle):
        return _stop(NO_TORCH)
    engine = None if given.engine is None else load(given.engine)
    if not single:
        output.mkdir(parents=True, exist_ok=True)
    kind = output.suffix[1:] if single else given.format
    for text in _counted(texts):
        case = _case(text)
        numbers = _truth(case, given.oracle)
        verdict = None if engine is None else examine(engine, case, numbers)
        svg = picture.svg(case, numbers, verdict)
        place = case.path.with_suffix("").as_posix().removeprefix("cases/").replace("/", "_")
        file = output if single else output / f"{place.strip('._')}.{kind}"
        _write(file, picture.png(svg) if kind == "png" else svg.encode())
        if single:
            _say(str(file))
    if not single:
        _say(f"{len(texts)} pictures in {output}")
    return AGREES


def _files(name: str, there: bool = False) -> list[str]:
    """A case, which must be ``there``, or all the cases in a folder."""
    if there and not Path(name).exists():
        raise FileNotFoundError(2, "there are no cases here: neither a folder nor a file", name)
    if not Path(name).is_dir():
        return [name]
    found = sorted(path.as_posix() for path in Path(name).rglob("*.yaml"))
    if not found:
        raise FileNotFoundError(2, "there are no cases (*.yaml) below this folder", name)
    return found


def _truth(case: Case, oracle: str) -> Trace:
    try:
        return truth(case, oracle)
    except Undefined as error:
        raise Undefined(f"{case.path.as_posix()}:1:1: {error}") from None


def _counted(items: Sequence[str]) -> Iterator[str]:
    """The items, one after the other; on a terminal, how far it is."""
    terminal = sys.stderr.isatty() and len(items) > 1
    for number, item in enumerate(items, 1):
        if terminal:
            print(f"\r{number} of {len(items)}", end="", file=sys.stderr, flush=True)
        yield item
    if terminal:
        print("\r", end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
