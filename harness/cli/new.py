"""`harness new`: from an expression, or from staged code, to a case with its snapshot."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli.command import AGREES, FINDINGS, Stop, argument, command, one_of
from harness.cli.streams import aside, say
from harness.cli.words import said
from harness.engines.loading import PEER, load
from harness.engines.staged.nodes import Recording
from harness.files import write
from harness.grading.fence import recorded
from harness.judging.examination import examine
from harness.judging.oracle import anew, has_torch, record
from harness.judging.staged.reading import forward_of
from harness.judging.verdict import Verdict
from harness.language import document
from harness.language.case import FILE_NAME, Case, CaseError, decode
from harness.language.nodes import DocumentError, Problem
from harness.language.parts import Part, PartsError, put_together, text_of
from harness.language.syntax import is_name, normal, shorten
from harness.language.writing import case_text, plain_text
from harness.showing import words
from harness.showing.amounts import printed
from harness.showing.headline import headline
from harness.showing.lines import plain
from harness.showing.terminal import describe_failure
from harness.vocabulary.program import Array, Value

DEFAULT_ENGINE: Final = "minigrad"
LONGEST_ABOUT: Final = 120
EXAMPLE: Final = (
    'such as: harness new scalars/gated --expr "x * sigmoid(y)" --input x=3 --input y=-1'
)
STDIN: Final = "-"


@command(
    "new",
    help="write a case, record its snapshot and draw it",
    description="Writes a case, runs it, records torch's numbers for every step beside it and "
    f"draws it; {EXAMPLE}. Nothing is written where anything is wrong. Without torch, the numbers "
    "are those of the harness's own formulas, and marked as provisional. Exit status: 0 the case "
    f"is there and {DEFAULT_ENGINE} agrees, 1 it is there and {DEFAULT_ENGINE} does not agree, 2 "
    "it could not be written.",
    arguments=(
        argument("place", metavar="TOPIC/NAME", help="the case will be cases/TOPIC/NAME.yaml"),
        one_of(
            argument(
                "--expr",
                help="an expression in the language of cases (cases/README.md); one that begins "
                "with a minus is written --expr=-x",
            ),
            argument(
                "--from-listing",
                metavar="FILE",
                help="staged Python code ('-': standard input), such as harness listing prints: "
                "numbers that are assigned to names are inputs, all else is a step, and a backward "
                "pass is left out; it is run as engines are, in a process of its own",
            ),
        ),
        argument(
            "--input",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="an input: x=3, x=[[1, 2], [3, 4]], or a generator as in a case; may be repeated",
        ),
        argument(
            "--constant",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a leaf without a gradient (labels, a mask); may be repeated",
        ),
        argument("--about", help="one sentence: what the case is there to catch"),
        argument(
            "--cases",
            metavar="DIR",
            default="cases",
            help="the folder of your cases; default: cases, which is made where there is none",
        ),
    ),
    speaks=True,
)
def new(given: Namespace) -> int:
    root = Path(given.cases)
    parts = _place(given, root)
    path = root.joinpath(*parts).with_suffix(".yaml")
    for taken in (path, path.with_suffix("")):
        if taken.exists():
            raise Stop(said("case-there", taken=taken))
    if given.expr is None:
        text = _from_listing(given)
    else:
        text = expression_text(given, _about(given, given.expr))
    case = decode(text, path)
    idle = [name for name in _given_names(given) if name not in case.program.uses]
    if idle:
        raise Stop(said("idle", idle=idle[0]))
    truth = anew()(case)
    verdict = examine(load(f"{PEER}{DEFAULT_ENGINE}"), case, truth)
    from harness.showing import picture

    drawing = root / "pictures" / f"{'_'.join(parts)}.svg"
    svg = picture.svg(case, truth)
    record(case, text, truth, root)
    drawing.parent.mkdir(exist_ok=True)
    write(drawing, svg.encode())
    _tell(case, verdict, drawing, given.about)
    return AGREES if verdict.passed else FINDINGS


def _place(given: Namespace, root: Path) -> Sequence[str]:
    """The folders and the name of the case below the folder of cases."""
    if not root.is_dir() and (given.cases != "cases" or root.exists()):
        raise Stop(said("no-cases-folder", root=root))
    parts: list[str] = (
        given.place.removeprefix(f"{root.as_posix()}/").removesuffix(".yaml").split("/")
    )
    if len(parts) < 2 or not all(map(FILE_NAME.fullmatch, parts)):
        raise Stop(said("no-place", place=given.place, example=said("such-as-new")))
    return parts


def _given_names(given: Namespace) -> list[str]:
    """The names of the leaves among the options."""
    return [normal(text.partition("=")[0].strip()) for text in (*given.input, *given.constant)]


def _tell(case: Case, verdict: Verdict, drawing: Path, about: str | None) -> None:
    program, numbers = case.program, verdict.truth
    say("\n".join(f"  {line}" for line in headline(case, "backward")))
    names = [*program.inputs, program.output]
    wide = max(map(len, names))
    for name in names:
        value, gradient = _short(numbers.values[name]), _short(numbers.gradients[name])
        say(f"  {name:>{wide}} = {value:<16}  d{name:<{wide}} = {gradient}")
    failed = [d for d in program.directions if verdict.direction(d).status == "failed"]
    if failed:
        say(plain(describe_failure(verdict, failed[0], case.path.as_posix(), DEFAULT_ENGINE)))
    else:
        truth = "torch" if has_torch() else words.say("own-formulas")
        say(words.say("agrees-on-every-step", engine=DEFAULT_ENGINE, truth=truth))
    say(said("case-line", path=case.path.as_posix()))
    say(
        said(
            "snapshot-line",
            path=case.path.with_suffix("").as_posix(),
            more="" if has_torch() else said("provisional"),
        )
    )
    say(said("picture-line", path=drawing.as_posix()))
    if about is None:
        say(said("say-about"))


def _short(array: Any) -> str:
    if array.size == 1:
        return f"{array.item():.10g}"
    return said("array-of", shape=array.shape)


def _about(given: Namespace, what: str) -> str:
    return given.about or shorten(said("about-what", what=what), LONGEST_ABOUT)


# -- from options ----------------------------------------------------------------------------------


def expression_text(given: Namespace, about: str) -> str:
    """The text of a case of ``--expr``, ``--input`` and ``--constant``."""
    if not given.input:
        raise Stop(said("no-input"))
    return _written(given, about, given.expr)


def _written(given: Namespace, about: str, expr: str) -> str:
    """The text of a case, its parts as they were given. Stops where an option is wrong."""
    parts = [Part("--about", "about: ", plain_text(about))]
    for key, option, values in (
        ("inputs:", "--input", given.input),
        ("constants:", "--constant", given.constant),
    ):
        parts += [Part(option, "", key)] * bool(values)
        pairs = [_parted(option, value) for value in values]
        parts += [Part(f"{option} {name}", f"  {name}: ", number) for name, number in pairs]
    parts.append(Part("--expr", "expr: ", plain_text(expr)))
    try:
        put_together(parts, Path("new.yaml"))
    except PartsError as error:
        raise Stop(str(error)) from None
    return text_of(parts)


def _parted(option: str, text: str) -> tuple[str, str]:
    """NAME and VALUE of an option, the value certainly YAML."""
    name, _, value = (part.strip() for part in text.partition("="))
    value = " ".join(value.split())
    if not is_name(name) or not value:
        raise Stop(said("name-value", option=option, text=text))
    try:
        document.parse(value)
    except DocumentError as error:
        problem = error.problems[0]
        raise Stop(
            said(
                "option-column",
                option=option,
                name=name,
                column=problem.column,
                message=problem.message,
            )
        ) from None
    return name, value


# -- from a listing --------------------------------------------------------------------------------


def _from_listing(given: Namespace) -> str:
    """The text of a case, from staged code; raises CaseError."""
    name = given.from_listing
    try:
        if name == STDIN:
            name, code = "<stdin>", sys.stdin.read(document.MAX_BYTES + 1)
        else:
            code = document.read(name)
    except DocumentError as error:
        raise CaseError(name, error.problems) from None
    inputs, constants = leaves(given)
    recording, lines = recorded(code, name, {**inputs, **constants})
    if lines:
        aside(printed(lines))
    if recording.stopped is not None and (recording.refused or not recording.writes):
        raise CaseError(name, [_stopped(recording)])
    try:
        found, backward = forward_of(name, code, recording)
    except CaseError:
        if recording.stopped is None:
            raise
        raise CaseError(name, [_stopped(recording, said("stops-here-before"))]) from None
    program = found.program
    if backward:
        aside(said("backward-left-out", name=name, backward=backward))
    return case_text(_about(given, said("about-listing", name=Path(name).name)), program)


def _stopped(recording: Recording, why: str = "") -> Problem:
    """Where and why a listing did not run to its end."""
    line, message = recording.stopped or (0, "")
    return Problem(max(line, 1), max(recording.column, 1), f"{why}{message}")


def leaves(given: Namespace) -> tuple[Mapping[str, Value], Mapping[str, Array]]:
    """The inputs and constants that options give in place of a file's own."""
    if given.constant and not given.input:
        raise Stop(said("constant-needs-input"))
    if not given.input:
        return {}, {}
    name, _ = _parted("--input", given.input[0])
    program = decode(_written(given, "leaves", f"sum({name})"), Path("new.yaml")).program
    return program.inputs, program.constants
