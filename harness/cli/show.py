"""`harness draw`, `listing` and `report`: cases as pictures, as code, and as a page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from harness.cli.common import (
    AGREES,
    add_oracle,
    counted,
    files_of,
    one_case,
    read_cases,
    say,
    stop,
    truth_of,
    write,
)
from harness.engines.loading import load
from harness.judging.examination import examine
from harness.judging.oracle import NO_TORCH, lacks_torch
from harness.judging.result import as_json
from harness.showing.listing import stage


def add(commands: Any) -> None:
    """Adds the commands to the parser's."""
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
    add_oracle(draw)
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
    add_oracle(report)
    report.set_defaults(run=_report)


def _listing(given: argparse.Namespace) -> int:
    say(stage(one_case(given.case).program).text(given.values).rstrip("\n"))
    return AGREES


def _report(given: argparse.Namespace) -> int:
    from harness.showing.report import page
    from harness.showing.report.sections import Entry

    output, root = Path(given.output), Path(given.cases)
    if not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    names = files_of(given.cases, there=True)
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    engine = None if given.engine is None else load(given.engine)
    broken: list[str] = []
    entries = [
        Entry(name, case, numbers, None if engine is None else examine(engine, case, numbers))
        for name, case, numbers in read_cases(names, root, given.oracle, broken)
    ]
    if not entries:
        return stop("\n".join(broken))
    judged = [(entry.id, entry.verdict) for entry in entries if entry.verdict is not None]
    result = None if engine is None else as_json(given.engine, judged)
    write(output, page(given.engine, entries, result).encode())
    if broken:
        return stop("\n".join(broken))
    say(f"{output}: {len(entries)} cases")
    return AGREES


def _draw(given: argparse.Namespace) -> int:
    from harness.showing import picture

    texts = [text for name in given.cases for text in files_of(name)]
    output = Path(given.output)
    single = output.suffix in (".svg", ".png")
    if single and len(texts) > 1:
        return stop(f"{output}: {len(texts)} cases need a folder, such as -o pictures")
    if single and not output.parent.is_dir():
        return stop(f"{output}: there is no folder {output.parent}")
    if not single and output.suffix:
        return stop(f"{output}: a picture ends with .svg or .png")
    if lacks_torch(given.oracle):
        return stop(NO_TORCH)
    engine = None if given.engine is None else load(given.engine)
    if not single:
        output.mkdir(parents=True, exist_ok=True)
    kind = output.suffix[1:] if single else given.format
    for text in counted(texts):
        case = one_case(text)
        numbers = truth_of(case, given.oracle)
        verdict = None if engine is None else examine(engine, case, numbers)
        svg = picture.svg(case, numbers, verdict)
        place = case.path.with_suffix("").as_posix().removeprefix("cases/").replace("/", "_")
        file = output if single else output / f"{place.strip('._')}.{kind}"
        write(file, picture.png(svg) if kind == "png" else svg.encode())
        if single:
            say(str(file))
    if not single:
        say(f"{len(texts)} pictures in {output}")
    return AGREES
