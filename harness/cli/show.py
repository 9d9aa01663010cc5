"""`harness draw`, `listing` and `report`: cases as pictures, as code, and as a page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from harness.cli.common import (
    AGREES,
    ENGINE_HELP,
    add_cases,
    add_dtype,
    add_fence,
    add_oracle,
    ahead,
    check_expectations,
    counted,
    fitted,
    loaded,
    note,
    read_cases,
    stop,
    tell_printed,
    truth_of,
    write,
)
from harness.cli.streams import say
from harness.engines.engine import Engine
from harness.engines.trace import Trace, Undefined
from harness.judging.oracle import NO_TORCH, Oracle, lacks_torch
from harness.judging.precision import examined
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.language.case import Case, CaseError
from harness.language.suite import Source
from harness.showing.staging import stage
from harness.showing.terminal import stopped

CASE = "a YAML file, or the path of a case below cases/ without .yaml (harness cases lists them)"


def add(commands: Any) -> None:
    """Adds the commands to the parser's."""
    listing = commands.add_parser(
        "listing",
        help="print a case as staged code that runs",
        description="Prints a case as staged code: numbered forward lines, and for each its "
        "backward lines under the same number. It is Python, and runs as it stands.",
    )
    listing.add_argument("case", metavar="CASE", help=CASE)
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
        help=f"{CASE}; or a folder with some",
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
    draw.add_argument("--engine", help=ENGINE_HELP)
    add_oracle(draw)
    add_fence(draw)
    draw.set_defaults(run=_draw)
    report = commands.add_parser(
        "report",
        help="write a page: what was found, and every case to play with",
        description="Writes one page (no requests, opens from disk) with every case: its circuit, "
        "a player of both passes, its staged code and all numbers. With --engine, the mistakes "
        "that were found come first, and what is wrong is marked.",
    )
    report.add_argument("--engine", help=ENGINE_HELP)
    add_cases(report)
    report.add_argument("-o", "--output", required=True, metavar="FILE", help="the page, .html")
    add_oracle(report)
    add_fence(report)
    add_dtype(report)
    report.set_defaults(run=_report)


def _listing(given: argparse.Namespace) -> int:
    say(stage(suite.one(given.case).load().program).text(given.values).rstrip("\n"))
    return AGREES


def _report(given: argparse.Namespace) -> int:
    from harness.showing.report import page
    from harness.showing.report.sections import Entry

    output = Path(given.output)
    if output.suffix != ".html":
        return stop(f"{output}: a page ends with .html")
    if not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    sources = suite.find(given.cases or ())
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    engine = None if given.engine is None else loaded(given)
    if engine is not None:
        engine.dtype = given.dtype
    oracle, broken, entries = Oracle(given.oracle), list[str](), list[Entry]()
    try:
        for case, numbers in ahead(engine, read_cases(sources, oracle, broken)):
            verdict = _verdict(engine, case, numbers, given.oracle)
            entries.append(Entry(case.id, case, numbers, verdict))
    except KeyboardInterrupt:
        done = "read" if engine is None else "judged"
        told = f"interrupted: {len(entries)} of {len(sources)} cases were {done}"
        return stop(f"{told}, and nothing was written")
    note(oracle)
    if not entries:
        return stop("\n".join(broken))
    judged = [(entry.id, entry.verdict) for entry in entries if entry.verdict is not None]
    result = None if engine is None else as_json(given.engine, judged)
    write(output, page(given.engine, entries, result).encode())
    tell_printed(engine)
    if broken:
        return stop(
            "\n".join([*broken, f"{output}: {_count(len(entries), 'case')}, without these"])
        )
    say(f"{output}: {_count(len(entries), 'case')}")
    return AGREES


def _draw(given: argparse.Namespace) -> int:
    from harness.showing import picture

    sources = list(dict.fromkeys(source for text in given.cases for source in _cases_of(text)))
    output = Path(given.output)
    single = output.suffix in (".svg", ".png")
    if single and len(sources) > 1:
        return stop(f"{output}: {len(sources)} cases need a folder, such as -o pictures")
    if single and not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    if not single and (output.suffix or (output.exists() and not output.is_dir())):
        return stop(f"{output}: a picture ends with .svg or .png")
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    engine = None if given.engine is None else loaded(given)
    kind = output.suffix[1:] if single else given.format
    oracle, broken = Oracle(given.oracle), list[str]()
    found: dict[Path, tuple[Case, Trace]] = {}
    for source in counted(sources):
        try:
            case = source.load()
            file = output if single else output / f"{_place(case)}.{kind}"
            if file in found:
                other = found[file][0].id
                broken.append(f"{case.id}: {file} is the picture of {other}; draw one at a time")
            found[file] = case, truth_of(case, oracle)
            check_expectations(*found[file])
        except (CaseError, Undefined) as error:
            broken.append(str(error))
    note(oracle)
    if broken:
        return stop("\n".join(broken))
    if not single:
        output.mkdir(parents=True, exist_ok=True)
    written = 0
    try:
        for file, (case, numbers) in found.items():
            verdict = _verdict(engine, case, numbers, given.oracle)
            svg = picture.svg(case, numbers, verdict)
            if verdict is not None and (told := _why_unmarked(verdict)):
                say(fitted(f"{case.id}: {told}", 2))
            write(file, picture.png(svg) if kind == "png" else svg.encode())
            written += 1
    except KeyboardInterrupt:
        return stop(f"interrupted: {written} of {_count(len(found), 'picture')} were drawn")
    tell_printed(engine)
    say(str(output) if single else f"{_count(len(found), 'picture')} in {output}")
    return AGREES


def _verdict(engine: Engine | None, case: Case, truth: Trace, by: str | None) -> Verdict | None:
    """The engine's answer judged; None where there is no engine."""
    return None if engine is None else examined(engine, case, truth, by)


def _why_unmarked(verdict: Verdict) -> str:
    """What a picture does not show: that nothing was judged, or what has stopped the engine."""
    for judged in verdict.passes.values():
        if judged.note is not None:
            return f"not judged: {judged.note}"
    return stopped(verdict)


def _place(case: Case) -> str:
    """The name of a case's picture in a folder of pictures."""
    path = case.id.removesuffix(".yaml").removeprefix("cases/")
    return path.replace("/", "_").strip("._")


def _cases_of(text: str) -> list[Source]:
    """One case, or all of a folder."""
    return suite.find([text]) if suite.place(text)[1].is_dir() else [suite.one(text)]


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
