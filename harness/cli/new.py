"""`harness new`: from an expression, or from staged code, to a case with its snapshot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from harness.cli.common import AGREES, FINDINGS, stop, write, write_case
from harness.cli.streams import aside, say
from harness.engines.loading import PEER, load
from harness.judging.examination import examine
from harness.judging.oracle import computed, has_torch, provisional
from harness.judging.verdict import Verdict
from harness.language import document, snippet
from harness.language.case import FILE_NAME, Case, CaseError, decode
from harness.language.document import DocumentError, Problem
from harness.language.syntax import NAME, shorten
from harness.language.writing import case_text, plain_text
from harness.showing.headline import headline
from harness.showing.lines import plain
from harness.showing.terminal import describe_failure
from harness.vocabulary.program import Program, Step, directions

DEFAULT_ENGINE = "minigrad"
LONGEST_ABOUT = 120
PROVISIONAL = (
    " (provisional: torch is not installed here; where it is, pytest CASE --force-regen records "
    "torch's numbers)"
)
EXAMPLE = 'such as: harness new scalars/gated --expr "x * sigmoid(y)" --input x=3 --input y=-1'


def add(commands: Any) -> None:
    """Adds the command to the parser's."""
    new = commands.add_parser(
        "new",
        help="write a case, record its snapshot and draw it",
        description="Writes a case, runs it, records torch's numbers for every step beside it and "
        f"draws it; {EXAMPLE}. Nothing is written where anything is wrong. Without torch, the "
        "numbers are those of the harness's own formulas, and marked as provisional. Exit status: "
        f"0 the case is there and {DEFAULT_ENGINE} agrees, 1 it is there and {DEFAULT_ENGINE} does "
        "not agree, 2 it could not be written.",
    )
    new.add_argument("place", metavar="TOPIC/NAME", help="the case will be cases/TOPIC/NAME.yaml")
    source = new.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--expr",
        help="an expression in the language of cases (cases/README.md); one that begins with a "
        "minus is written --expr=-x",
    )
    source.add_argument(
        "--from-listing",
        metavar="FILE",
        help="staged Python code ('-': standard input), such as harness listing prints: numbers "
        "that are assigned to names are inputs, all else is a step, and a backward pass is left "
        "out; it is read and never run",
    )
    new.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an input: x=3, x=[[1, 2], [3, 4]], or a generator as in a case; may be repeated",
    )
    new.add_argument(
        "--constant",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a leaf without a gradient (labels, a mask); may be repeated",
    )
    new.add_argument("--about", help="one sentence: what the case is there to catch")
    new.add_argument(
        "--cases",
        metavar="DIR",
        default="cases",
        help="the folder of your cases; default: cases, which is made where there is none",
    )
    new.set_defaults(run=_new)


def _new(given: argparse.Namespace) -> int:
    root = Path(given.cases)
    if not root.is_dir() and (given.cases != "cases" or root.exists()):
        return stop(f"{root}: there is no such folder; --cases DIR names the one with your cases")
    parts = given.place.removeprefix(f"{root.as_posix()}/").removesuffix(".yaml").split("/")
    if len(parts) < 2 or not all(FILE_NAME.fullmatch(part) for part in parts):
        return stop(
            f"{given.place!r} is no TOPIC/NAME: folders and a name of a-z, 0-9 and _; {EXAMPLE}"
        )
    path = root.joinpath(*parts).with_suffix(".yaml")
    for taken in (path, path.with_suffix("")):
        if taken.exists():
            return stop(f"{taken}: this is there already; choose another name, or delete it first")
    if given.from_listing is None and not given.input:
        return stop(
            "there is no input: --input NAME=VALUE, such as --input x=3; it may be repeated"
        )
    try:
        if given.from_listing is None:
            text = _written(given, _about(given, given.expr), given.expr)
        else:
            text = _from_listing(given)
    except _Told as told:
        return stop(str(told))
    case = decode(text, path)
    idle = [name for name in _given_names(given) if not _is_used(name, case.program)]
    if idle:
        return stop(f"{idle[0]} is given, and nothing uses it: is it the right name?")
    numbers = computed(case) if has_torch() else provisional(case)
    verdict = examine(load(f"{PEER}{DEFAULT_ENGINE}"), case, numbers)
    from harness.showing import picture

    drawing = root / "pictures" / f"{'_'.join(parts)}.svg"
    svg = picture.svg(case, numbers)
    write_case(case, text, numbers)
    drawing.parent.mkdir(exist_ok=True)
    write(drawing, svg.encode())
    _tell(case, verdict, drawing, given.about)
    return AGREES if verdict.passed else FINDINGS


def _given_names(given: argparse.Namespace) -> list[str]:
    """The names of the leaves among the options."""
    return [text.partition("=")[0].strip() for text in (*given.input, *given.constant)]


def _is_used(name: str, program: Program) -> bool:
    """Whether some step is made of a leaf, as an operand or an index."""
    return any(name in step.parents or name in _indices(step) for step in program.steps)


def _indices(step: Step) -> tuple[Any, ...]:
    items = step.parameters.get("index", ())
    return tuple(item for item in items if isinstance(item, str))


def _tell(case: Case, verdict: Verdict, drawing: Path, about: str | None) -> None:
    program, numbers = case.program, verdict.truth
    say("\n".join(f"  {line}" for line in headline(case, "backward")))
    names = [*program.inputs, program.output]
    wide = max(map(len, names))
    for name in names:
        value, gradient = _short(numbers.values[name]), _short(numbers.gradients[name])
        say(f"  {name:>{wide}} = {value:<16}  d{name:<{wide}} = {gradient}")
    failed = [d for d in directions(program) if verdict.direction(d).status == "failed"]
    if failed:
        say(plain(describe_failure(verdict, failed[0], case.path.as_posix(), DEFAULT_ENGINE)))
    else:
        truth = "torch" if has_torch() else "the harness's own formulas"
        say(f"  {DEFAULT_ENGINE} agrees with {truth} on every step")
    say(f"case:     {case.path.as_posix()}")
    say(f"snapshot: {case.path.with_suffix('').as_posix()}/{'' if has_torch() else PROVISIONAL}")
    say(f"picture:  {drawing.as_posix()}")
    if about is None:
        say("Say under 'about' what the case is there to catch, then commit it and its snapshot.")


def _short(array: Any) -> str:
    if array.size == 1:
        return f"{array.item():.10g}"
    return f"array {array.shape}"


def _about(given: argparse.Namespace, what: str) -> str:
    return given.about or shorten(f"values and gradients of {what}", LONGEST_ABOUT)


# -- from options ----------------------------------------------------------------------------------


class _Told(Exception):
    """What is wrong with the options, a line each."""


def _written(given: argparse.Namespace, about: str, expr: str) -> str:
    """The text of a case, its parts as they were given; raises :class:`_Told`."""
    lines, origins = [f"about: {plain_text(about)}"], [("--about", len("about: "))]
    for key, option, values in (
        ("inputs", "--input", given.input),
        ("constants", "--constant", given.constant),
    ):
        if values:
            lines.append(f"{key}:")
            origins.append((option, 0))
        for value in values:
            name, number = _parted(option, value)
            lines.append(f"  {name}: {number}")
            origins.append((f"{option} {name}", len(f"  {name}: ")))
    lines.append(f"expr: {plain_text(expr)}")
    origins.append(("--expr", len("expr: ") + lines[-1].endswith('"')))
    text = "\n".join(lines) + "\n"
    try:
        decode(text, Path("new.yaml"))
    except CaseError as error:
        told = [_told(problem, origins) for problem in error.problems]
        raise _Told("\n".join(told)) from None
    return text


def _parted(option: str, text: str) -> tuple[str, str]:
    """NAME and VALUE of an option, the value certainly YAML."""
    name, _, value = (part.strip() for part in text.partition("="))
    value = " ".join(value.split())
    if not NAME.fullmatch(name) or not value:
        raise _Told(f"{option} {text}: NAME=VALUE is needed, such as {option} x=3")
    try:
        document.parse(value)
    except DocumentError as error:
        problem = error.problems[0]
        raise _Told(f"{option} {name}, column {problem.column}: {problem.message}") from None
    return name, value


def _told(problem: Problem, origins: list[tuple[str, int]]) -> str:
    """A problem of the text, told of the option that its line is made of."""
    if problem.line > len(origins) or (problem.line, problem.column) == (1, 1):
        return problem.message
    option, start = origins[problem.line - 1]
    column = f", column {problem.column - start}" if start and problem.column > start else ""
    return f"{option}{column}: {problem.message}"


# -- from a listing --------------------------------------------------------------------------------


def _from_listing(given: argparse.Namespace) -> str:
    """The text of a case, from staged code; raises :class:`_Told` or CaseError."""
    name = given.from_listing
    try:
        if name == "-":
            name, code = "<stdin>", sys.stdin.read(document.MAX_BYTES + 1)
        else:
            code = document.read(name)
    except DocumentError as error:
        raise CaseError(name, error.problems) from None
    leaves: Program | None = None
    if given.input or given.constant:
        first = _parted("--input", (given.input or given.constant)[0])[0]
        if not given.input:
            raise _Told("--constant needs an --input beside it; a listing has its own leaves")
        leaves = decode(_written(given, "leaves", f"sum({first})"), Path("new.yaml")).program
    found = snippet.read(
        code,
        name,
        leaves.inputs if leaves else {},
        leaves.constants if leaves else {},
    )
    if found.backward is not None:
        aside(f"{name}:{found.backward}: the backward pass from here on is left out")
    return case_text(_about(given, f"the listing {Path(name).name}"), found.program)
