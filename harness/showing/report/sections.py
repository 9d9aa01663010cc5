"""One case of a report: its picture, its staged code with what each line comes to, its formulas,
and all its numbers as text. Everything that a case or an engine says is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.verdict import RIGHT, Judgement, Verdict
from harness.judging.wording import sentence
from harness.language.case import Case
from harness.language.levels import LEVELS
from harness.languages import name as named
from harness.showing import picture
from harness.showing.circuit.marks import shown
from harness.showing.circuit.text import number
from harness.showing.headline import headline
from harness.showing.lines import plain
from harness.showing.listing import Line, Listing
from harness.showing.look import Look
from harness.showing.numbers import dimensions, full, short
from harness.showing.parts import inner
from harness.showing.phrases import one_line
from harness.showing.report.elements import cell, region, table, unquoted
from harness.showing.report.formula import derivatives
from harness.showing.report.still import as_image
from harness.showing.rounding import Rounding
from harness.showing.staging import names_of, stage
from harness.showing.terminal import describe_failure
from harness.showing.words import say
from harness.vocabulary.program import DIRECTIONS, Array

MOST_NUMBERS: Final = 12
"""An array of more is told by its first ones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A case of a report; ``verdict`` is None where no engine was judged. ``written`` are the lines
    of a backward pass written by hand, as a result has them. What its derivatives are is ``worked``
    out, or left to whoever reads it. ``anchor`` is its name within a notebook, where its id may be
    that of something else, and where its picture has to be an image. Its picture has a ``look``."""

    id: str
    case: Case
    truth: Trace
    verdict: Verdict | None = None
    written: Sequence[Mapping[str, Any]] = ()
    worked: bool = True
    anchor: str = ""
    look: Look = picture.USUAL

    @property
    def status(self) -> str:
        """``passed``, ``failed``, ``unsupported``, or ``""`` where nothing was judged."""
        return "" if self.verdict is None else self.verdict.status


STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "failed": ("✗", "group-failed"),
    "passed": ("✓", "group-passed"),
    "unsupported": ("–", "group-skipped"),
    "": ("", "group-all"),
}
"""The sign of a status, and the title of those cases, in the order in which cases are shown."""

CALLED: Final = dict(zip(DIRECTIONS, ("value", "gradient", "second-gradient"), strict=True))
"""The message of what a number of each pass is called."""


def section(
    entry: Entry,
    engine: str,
    is_open: bool = False,
    findings: Sequence[int] = (),
    stored: bool = False,
) -> str:
    """The whole case, closed at first unless it ``is_open``, with the numbers of its
    ``findings``. What is ``stored`` is text to a browser with JavaScript until the case is opened,
    which costs it next to nothing; to one without, it is the content."""
    mark = ""
    if entry.status:
        sign, read = STATUSES[entry.status][0], say(f"read-{entry.status}")
        mark = f'<b class="mark {entry.status}"><span aria-hidden="true">{sign}</span>'
        mark += f'<span class="sr">{read} </span></b> '
    body = "\n".join(_body(entry, engine))
    about = escape(entry.case.said("about")) if entry.worked else ""
    if stored:
        body = f"<noscript>\n{unquoted(body)}\n</noscript>"
    return (
        f'<details class="case"{_data(entry, findings)}{" open" * is_open}><summary>{mark}'
        f"<code>{escape(entry.id)}</code> {about}</summary>\n"
        f'<div id="{escape(entry.anchor or entry.id)}" class="body">{body}</div></details>'
    )


def _data(entry: Entry, findings: Sequence[int]) -> str:
    """What a case is found by."""
    ops = dict.fromkeys(step.operation.word for step in entry.case.program.steps)
    data = {
        "level": f"{LEVELS.index(entry.case.level) + 1} {named('level', entry.case.level)}",
        "op": " ".join(ops),
        "tag": " ".join(entry.case.tags),
        "finding": " ".join(map(str, findings)),
    }
    return "".join(f' data-{name}="{escape(text)}"' for name, text in data.items() if text)


def _body(entry: Entry, engine: str) -> Iterator[str]:
    case, verdict = entry.case, entry.verdict
    if entry.status != "failed":
        yield f"<pre>{escape(chr(10).join(headline(case, 'backward')))}</pre>"
    if verdict is not None and not entry.written:
        for direction, outcome in verdict.directions.items():
            if outcome.status == "failed" and not entry.worked:
                told = say("of-pass", direction=direction, told=one_line(verdict, direction))
                yield f"<p>{escape(told)}</p>"
            elif outcome.status == "failed":
                text = escape(plain(describe_failure(verdict, direction, entry.id, engine)))
                yield region("failure", say(f"{direction}-of", case=entry.id), text, "pre")
            elif outcome.note is not None:
                told = say("skipped", direction=direction, reason=outcome.note)
                yield f"<p>{escape(told)}</p>"
        for message in dict.fromkeys(sentence(choice) for _, choice in verdict.choices):
            yield f"<p>{escape(say('remark', message=message))}</p>"
    names = shown(case.program, verdict)
    yield '<div class="stage">'
    svg = picture.svg(case, entry.truth, verdict, True, entry.look)
    yield region("picture", say("picture"), as_image(svg) if entry.anchor else svg.strip())
    listing = stage(case.program) if entry.worked and not entry.written else None
    lines = [] if listing is None else lines_of(listing, names)
    code = "".join(_own(entry) if entry.written else _code(lines, case.program.numbers))
    if code:
        yield region("codes", say("code"), code)
    yield "</div>"
    if listing is not None:
        yield from _formulas(entry, listing, [line for line, _ in lines])
    yield _numbers(entry, names)


# -- code ------------------------------------------------------------------------------------------


def lines_of(listing: Listing, names: Set[str]) -> list[tuple[Line, str]]:
    """The lines of a listing that are about what is shown, each with what it comes to."""
    return [
        (line, words)
        for line, words in _told(listing.lines)
        if line.kind not in ("comment", "constant")
        and (line.name if line.step is None else line.step.name) in names
    ]


def place_in(entry: Entry, direction: str) -> int:
    """At which step of the player the first wrong number of a pass is whole; 0 where there is none
    to be seen."""
    first = None if entry.verdict is None else entry.verdict.direction(direction).first
    if first is None or not entry.worked or entry.written:
        return 0
    backward = ("seed", "backward") if direction == "backward" else ("forward",)
    told = lines_of(stage(entry.case.program), shown(entry.case.program, entry.verdict))
    played = [line for line, _ in told if line.kind != "input"]
    at = [i for i, x in enumerate(played, 1) if x.name == first.name and x.kind in backward]
    return max(at, default=0)


def _code(told: Sequence[tuple[Line, str]], numbers: Mapping[str, int]) -> Iterator[str]:
    """The staged code in two columns."""
    ends = {line.name: line for line, _ in told}
    for title, forward in (("forward", True), ("backward", False)) if told else ():
        yield f'<div><h4>{say(title)}</h4><ol class="code">'
        for line, words in told:
            if (line.kind in ("input", "forward")) == forward:
                yield _line(line, words, numbers, ends[line.name] is line)
        yield "</ol></div>\n"


def _formulas(entry: Entry, listing: Listing, lines: Sequence[Line]) -> Iterator[str]:
    """The chain rule of each input."""
    formulas = derivatives(listing, entry.case.program.output, lines)
    if formulas:
        yield f"<h4>{say('chain-rule')}</h4>"
        content = "\n".join(f"<p>{formula}</p>" for formula in formulas)
        yield region("formulas", say("formulas"), content)


MARKS: Final = {"guilty": "✗ ", "inherited": "↳ ", "missing": "… "}
"""How a line that somebody has written is marked."""


def _own(entry: Entry) -> Iterator[str]:
    """The lines that somebody has written, in two columns, the wrong ones marked."""
    numbers = entry.case.program.numbers
    for direction in DIRECTIONS[:2]:
        yield f'<div><h4>{say(f"{direction}-written")}</h4><ol class="code">'
        for row in entry.written:
            if row["direction"] == direction:
                yield _written(row, numbers, entry.truth.gradients)
        yield "</ol></div>"


def _written(
    row: Mapping[str, Any], numbers: Mapping[str, int], gradients: Mapping[str, Array]
) -> str:
    name, value = row["name"], row["value"]
    told = "" if value is None else _few(value)
    data = "" if name is None else f' data-n="{escape(str(numbers.get(name, name)))}"'
    if name is not None and row["direction"] == "backward" and told:
        data += f' data-t="{escape(_drawn(value, gradients.get(name)))}"'
    mark = MARKS.get(row["status"], "")
    words = f"= {told}" if told else ""
    if row["message"]:
        words += say("and-message", message=row["message"])
    wrong = ' class="wrong"' if row["status"] == "guilty" else ""
    sign = f"<b{wrong}>{mark}</b>" if mark else ""
    return (
        f"<li{data}><i>{row['line']}</i> {sign}<code>{escape(row['code'])}</code> "
        f"<span>{escape(words)}</span></li>"
    )


def _few(value: Any) -> str:
    """Numbers in a few signs; of many their shape."""
    if isinstance(value, Mapping):
        return dimensions(tuple(value["shape"]))
    return short(np.asarray(value, float))


def _drawn(value: Any, gradient: Array | None) -> str:
    """What the picture shows where somebody's own gradient is not whole yet: as it shows the right
    one, if that has the same shape."""
    few = escape(_few(value))
    if gradient is None or "<" not in _gradient(gradient):
        return few
    same = not isinstance(value, Mapping) and np.shape(value) == gradient.shape
    return _gradient(np.asarray(value, float)) if same else f"<text>{few}</text>"


def _gradient(array: Array) -> str:
    """What is in the element of a gradient in the picture, as SVG."""
    return inner(number(array, 0, "gradient", over=False))


def _line(line: Line, words: str, numbers: Mapping[str, int], is_last: bool) -> str:
    """A line of code with what the player asks of it; where it ``is_last`` of a gradient, that is
    as the picture has it."""
    backward = line.kind in ("seed", "backward")
    total = line.value if backward else None
    data = {
        "n": None if line.kind == "input" else numbers.get(line.name, line.name),
        "e": None if line.step is None else f"{numbers[line.step.name]}-{line.position}",
        "l": None if line.local is None else short(np.asarray(line.local)),
        "t": None if total is None else "" if is_last else _gradient(total),
    }
    marks = "".join(f' data-{k}="{escape(str(v))}"' for k, v in data.items() if v is not None)
    note = line.note if backward else ""
    number = "" if line.number is None else f"#({line.number})"
    asides = [f"<i>{escape(text)}</i> " for text in (note, number) if text]
    code = line.code.split("\n", 1)[0] + ("…)" if "\n" in line.code else "")
    told = f"{''.join(asides)}<span>{escape(words)}</span>"
    return f"<li{marks}><code>{escape(code)}</code> {told}</li>"


def _told(lines: tuple[Line, ...]) -> Iterator[tuple[Line, str]]:
    """Each line with what it comes to, in words: local × upstream = contribution, old + new =
    total."""
    totals: dict[str, Array] = {}
    for line in lines:
        if line.value is None:
            continue
        own = line.value if line.contribution is None else line.contribution
        words = f"= {short(own)}" + (f" ({dimensions(own.shape)})" if own.shape else "")
        if line.step is not None and line.local is not None:
            local, upstream = short(np.asarray(line.local)), short(totals[line.step.name])
            words = f"{say('local-upstream', local=local, upstream=upstream)} {words}"
        if line.adds:
            words += f"; {short(totals[line.name])} + {short(own)} = {short(line.value)}"
        if line.kind in ("seed", "backward"):
            totals[line.name] = line.value
        yield line, words


# -- numbers ---------------------------------------------------------------------------------------


def _numbers(entry: Entry, names: Set[str]) -> str:
    truth = entry.truth
    wrong: dict[str, list[str]] = {}
    for direction, outcome in entry.verdict.directions.items() if entry.verdict is not None else ():
        for item in outcome.judgements:
            if item.status not in RIGHT:
                wrong.setdefault(item.name, []).append(_yours(direction, item))
    heads = [say("step-head"), say("value"), say("gradient"), say("yours-where")]
    heads, program = heads if wrong else heads[:3], entry.case.program
    rounding = Rounding(program, truth.values)
    rows, called = [], names_of(program)
    for name in (*program.inputs, *program.by_name):
        if name in names:
            right = truth.gradients.get(name)
            gradient = "" if right is None else _long(rounding.gradient(name, right))
            cells = [cell(_long(rounding.value(name)), "v"), cell(gradient, "d")]
            cells += [cell("; ".join(wrong.get(name, ())))] if wrong else []
            told = name if name == called[name] else f"{called[name]}: {name}"
            rows.append((told, cells))
    return table(say("numbers"), heads, rows, caption=say("every"))


def _yours(direction: str, item: Judgement) -> str:
    got = say("missing") if item.got is None else _long(item.got)
    return f'<span class="wrong">✗ {say(CALLED[direction])} {got}</span>'


def _long(array: Array) -> str:
    return escape(full(array, most=MOST_NUMBERS))
