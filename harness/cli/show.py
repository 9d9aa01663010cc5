"""`harness draw`, `listing` and `report`: cases as pictures, as code, and as a page."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness import languages
from harness.api.drawing import KINDS, Drawing, Listing
from harness.api.questions import Question, judged
from harness.cli import by_hand
from harness.cli.command import (
    AGREES,
    BY_HAND,
    CASES,
    DTYPE,
    ENGINE_OPTION,
    FENCE,
    LADDER,
    ORACLE,
    Stop,
    argument,
    command,
    cut_short,
    levels_of,
    one_of,
)
from harness.cli.inputs import begun_if_asked, cases_of, tell_notes, tell_printed
from harness.cli.new import expression_text
from harness.cli.streams import aside, columns, say
from harness.cli.words import said
from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.files import need_folder, write
from harness.judging.missing import why_nothing
from harness.judging.oracle import Oracle, anew
from harness.judging.result import as_json
from harness.judging.verdict import Verdict
from harness.language import suite
from harness.language.case import Case, decode
from harness.language.suite import Source
from harness.language.syntax import shorten
from harness.showing import words
from harness.showing.amounts import amount
from harness.showing.look import HIDES, THEMES, WAYS, Look
from harness.showing.phrases import stopped

Answered = tuple[Case, Trace, Verdict | None]
"""A case, its truth, and what is to be said of an engine, where there is one."""

CASE = "a YAML file, or the path of a case below cases/ without .yaml (harness cases lists them)"


@command(
    "listing",
    help="print a case as staged code that runs",
    description="Prints a case as staged code: numbered forward lines, and for each its backward "
    "lines under the same number. It is Python, and runs as it stands.",
    arguments=(
        argument("case", metavar="CASE", help=CASE),
        argument(
            "--values", action="store_true", help="tell on each line what its name holds after it"
        ),
    ),
    speaks=True,
)
def listing(given: Namespace) -> int:
    say(Listing(suite.one(given.case).load().program, given.values).text(columns()))
    return AGREES


@command(
    "report",
    help="write a page: what was found, and every case to play with",
    description="Writes one page (no requests, opens from disk) with every case: its circuit, a "
    "player of both passes, its staged code and all numbers. With --engine, the mistakes that were "
    "found come first, and what is wrong is marked; of a backward pass written by hand, the "
    "player has its own lines.",
    arguments=(
        ENGINE_OPTION,
        CASES,
        *LADDER,
        argument("-o", "--output", required=True, metavar="FILE", help="the page, .html"),
        ORACLE,
        *FENCE,
        DTYPE,
        *BY_HAND,
    ),
    configured=("engine", "cases", "levels"),
    speaks=True,
)
def report(given: Namespace) -> int:
    from harness.showing.report import page
    from harness.showing.report.sections import Entry

    output = Path(given.output)
    if output.suffix != ".html":
        raise Stop(said("page-html", output=output))
    need_folder(output)
    if given.engine and (text := by_hand.staged(given.engine)) is not None:
        write(output, by_hand.report(given.engine, text, given).encode())
        say(str(output))
        return AGREES
    sources, oracle = suite.find(given.cases), Oracle(given.oracle)
    cases, entries = cases_of(sources, oracle, levels=levels_of(given)), list[Entry]()
    engine, read = begun_if_asked(given, iter(cases))
    interrupted = False
    try:
        for case, truth, verdict in _judged(engine, read, given.oracle):
            entries.append(Entry(case.id, case, truth, verdict))
    except KeyboardInterrupt:
        interrupted = True
    tell_notes(cases)
    told = f"{output}: {amount(len(entries), 'case')}"
    if interrupted:
        told = said("interrupted-of", told=told, count=cases.count)
    if not entries:
        raise Stop("\n".join(cases.broken) or said("nothing-was-written", told=told))
    verdicts = [(entry.id, entry.verdict) for entry in entries if entry.verdict is not None]
    result = None if engine is None else as_json(given.engine, verdicts)
    write(output, page(given.engine, entries, result).encode())
    tell_printed(engine)
    if result and not cases.broken and (reason := why_nothing(result)) is not None:
        raise Stop(f"{told}; {reason}")
    if cases.broken or interrupted:
        told = said("without-these", told=told) if cases.broken else told
        raise Stop("\n".join([*cases.broken, told]))
    say(told)
    return AGREES


@command(
    "draw",
    help="draw a case as a circuit, with values and gradients",
    description="Draws a case as a circuit: values in green above the wires, gradients in red "
    "below them (at their left and right, where it is drawn from top to bottom). With --engine, "
    "the steps that an engine has wrong are marked; of a backward pass that is written by hand, "
    "those that it has wrong.",
    arguments=(
        argument(
            "cases",
            nargs="*",
            metavar="CASE",
            help=f"{CASE}; a folder with some; or staged code, a .py",
        ),
        argument(
            "--expr",
            help="draw this expression in place of a case, with the numbers of --input x=3",
        ),
        one_of(
            argument(
                "-o",
                "--output",
                metavar="FILE",
                help="the picture, .svg, .png or .pdf; for several cases a folder, to be filled "
                "with pictures",
            ),
            argument(
                "--frames",
                metavar="DIR",
                help="an empty folder, or a new one: a picture for every step of the player, and "
                "an animated PNG of all",
            ),
        ),
        argument("--format", choices=KINDS, default="svg", help="what a folder is filled with"),
        argument("--theme", choices=THEMES, default="light", help="the colours; default: light"),
        argument(
            "--hide",
            choices=tuple(HIDES),
            action="append",
            default=[],
            help="leave these numbers out, for an exercise; may be repeated",
        ),
        argument("--caption", default="", metavar="TEXT", help="what is written below the picture"),
        argument(
            "--fit",
            default="",
            metavar="W:H",
            help="make the picture of this shape, such as 16:9 for a slide",
        ),
        argument(
            "--direction",
            choices=WAYS,
            default="",
            help="from the inputs at the left to the output at the right, or from top to bottom; "
            "default: horizontal, or with --fit what is larger, where text is small",
        ),
        ENGINE_OPTION,
        ORACLE,
        *FENCE,
        *BY_HAND,
    ),
    configured=("engine",),
    speaks=True,
)
def draw(given: Namespace) -> int:
    output = Path(given.output or given.frames)
    if not given.cases and given.expr is None:
        given.parser.error(said("name-a-case"))
    look = _look(given)
    if given.expr is not None:
        return _draw_expression(given, output, look)
    if len(given.cases) == 1 and (text := by_hand.staged(given.cases[0])) is not None:
        _need_one_picture(given, output)
        _save(Drawing(*by_hand.drawing(given.cases[0], text, given), look), output, given)
        return AGREES
    return _draw_cases(given, output, look)


def _draw_cases(given: Namespace, output: Path, look: Look) -> int:
    """Draws the cases that are named: one into a picture, several into a folder."""
    sources = _sources(given.cases)
    single = _is_one_picture(given, output, len(sources))
    cases = cases_of(sources, Oracle(given.oracle))
    engine, read = begun_if_asked(given, iter(cases))
    places = _places(read, output, "" if single else f".{given.format}", cases.broken)
    tell_notes(cases)
    if cases.broken:
        raise Stop("\n".join(cases.broken))
    if not single:
        output.mkdir(parents=True, exist_ok=True)
    answers, drawn = _judged(engine, places.values(), given.oracle), 0
    with cut_short(lambda: said("drawn-of", drawn=drawn, amount=amount(len(places), "picture"))):
        for place, answer in zip(places, answers, strict=True):
            _draw(answer, answer[0].id, place, look, given, single)
            drawn += 1
    tell_printed(engine)
    if not single:
        say(words.say("pictures-in", pictures=amount(len(places), "picture"), place=output))
    return AGREES


def _places(
    read: Iterable[Question], output: Path, suffix: str, broken: list[str]
) -> dict[Path, Question]:
    """Where the picture of each case goes: one of its own in a folder, where pictures there have a
    ``suffix``. What would have the place of another is added to ``broken``."""
    places: dict[Path, Question] = {}
    for case, truth in read:
        place = output / f"{_name(case)}{suffix}" if suffix else output
        if place in places:
            other = places[place][0].id
            broken.append(said("picture-of-other", case=case.id, place=place, other=other))
        places[place] = case, truth
    return places


def _draw(
    answer: Answered, name: str, place: Path, look: Look, given: Namespace, told: bool = True
) -> None:
    """Draws an answer, and says what the picture does not show."""
    case, truth, verdict = answer
    if verdict is not None and (why := _why_unmarked(verdict)):
        say(f"{name}: {why}", indent=2)
    _save(Drawing(case, truth, verdict, look), place, given, told)


def _look(given: Namespace) -> Look:
    try:
        return Look(given.theme, tuple(given.hide), given.caption, given.fit, given.direction)
    except ValueError as error:
        raise Stop(str(error)) from None


def _save(drawing: Drawing, place: Path, given: Namespace, told: bool = True) -> None:
    """Writes a picture, or one for each step; says so where it is too small for the slide that it
    is to fit."""
    try:
        if given.frames:
            *frames, animation = drawing.save_frames(place, given.format)
            pictures = amount(len(frames), "picture")
            say(words.say("frames-in", pictures=pictures, place=place, animation=animation))
        else:
            drawing.save(place)
    except ValueError as error:
        raise Stop(str(error)) from None
    if told and not given.frames:
        say(str(place))
    drawn = (given.format if given.frames else place.suffix[1:]) != "svg"
    for remark in filter(None, (drawing.too_small, drawing.lacking if drawn else "")):
        aside(f"{place}: {remark}")


def _draw_expression(given: Namespace, output: Path, look: Look) -> int:
    """Draws what is given on the command line."""
    if given.cases:
        raise Stop(said("one-at-a-time", cases=given.cases[0]))
    _need_one_picture(given, output)
    about = shorten(said("about-expression", expr=given.expr), 120)
    text = expression_text(Namespace(**{**vars(given), "constant": []}), about)
    case = decode(text, Path("expression.yaml"), "expression")
    engine, read = begun_if_asked(given, iter([(case, anew(given.oracle)(case))]))
    for answer in _judged(engine, read, given.oracle):
        _draw(answer, given.expr, output, look, given)
    tell_printed(engine)
    return AGREES


def _judged(engine: Engine | None, cases: Iterable[Question], by: str | None) -> Iterator[Answered]:
    """The cases, and the engine's answers judged, where there is an engine."""
    if engine is None:
        return ((case, truth, None) for case, truth in cases)
    return judged(engine, cases, by)


def _why_unmarked(verdict: Verdict) -> str:
    """What a picture does not show: that nothing was judged, or what has stopped the engine."""
    notes = (judged.note for judged in verdict.directions.values() if judged.note is not None)
    return next((said("not-judged", note=note) for note in notes), stopped(verdict))


def _sources(texts: Iterable[str]) -> list[Source]:
    """The cases that are named, one or all of a folder each time, none of them twice."""
    sources = (
        source
        for text in texts
        for source in (suite.find([text]) if suite.place(text)[1].is_dir() else [suite.one(text)])
    )
    return list(dict.fromkeys(sources))


def _need_one_picture(given: Namespace, output: Path) -> None:
    if not _is_one_picture(given, output, 1):
        raise Stop(f"{output}: {languages.told('api', 'picture-ends')}")


def _is_one_picture(given: Namespace, output: Path, count: int) -> bool:
    """Whether so many cases become a picture, and not a folder of them; stops the command where
    neither can be."""
    if given.frames:
        if count > 1:
            raise Stop(said("frames-of-one", output=output, count=count))
        return True
    single = output.suffix in {f".{kind}" for kind in KINDS}
    if single and count > 1:
        raise Stop(said("need-a-folder", output=output, count=count))
    if single:
        need_folder(output)
    elif output.suffix or (output.exists() and not output.is_dir()):
        raise Stop(f"{output}: {languages.told('api', 'picture-ends')}")
    return single


def _name(case: Case) -> str:
    """The name of a case's picture in a folder of pictures."""
    path = case.id.removesuffix(".yaml").removeprefix(f"{suite.FOLDER}/")
    return path.replace("/", "_").strip("._")
