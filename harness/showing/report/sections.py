"""One case of a report: its picture, its staged code with what each line comes to, its formulas,
and all its numbers as text. Everything that a case or an engine says is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from harness.engines.trace import Trace
from harness.judging.verdict import AGREES, Judgement, Verdict
from harness.language.case import Case
from harness.showing import picture
from harness.showing.circuit.marks import shown as shown_steps
from harness.showing.headline import headline
from harness.showing.lines import plain
from harness.showing.listing import Line, Listing
from harness.showing.numbers import dimensions, short
from harness.showing.report.formula import derivatives
from harness.showing.staging import stage
from harness.showing.terminal import describe_failure
from harness.vocabulary.program import PASSES, Array

MOST_NUMBERS = 12
"""An array of more is told by its first ones."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A case of a report; ``verdict`` is None where no engine was judged."""

    id: str
    case: Case
    truth: Trace
    verdict: Verdict | None = None

    @property
    def status(self) -> str:
        """``passed``, ``failed``, ``unsupported``, or ``""`` where nothing was judged."""
        return "" if self.verdict is None else self.verdict.status


MARKS: Mapping[str, tuple[str, str]] = {
    "passed": ("✓", "passed"),
    "failed": ("✗", "failed"),
    "unsupported": ("–", "skipped"),
    "": ("", ""),
}
"""The sign of a status, and how it is read out."""

CALLED: Mapping[str, str] = dict(
    zip(PASSES, ("value", "gradient", "second-order gradient"), strict=True)
)
"""What a number of each pass is called."""


def section(entry: Entry, engine: str) -> str:
    """The whole case, closed at first."""
    sign, read = MARKS[entry.status]
    mark = f'<b class="mark {entry.status}"><span aria-hidden="true">{sign}</span>'
    mark = f'{mark}<span class="sr">{read}: </span></b> ' if sign else ""
    body = "\n".join(_body(entry, engine))
    return (
        f'<details class="case"><summary>{mark}<code>{escape(entry.id)}</code> '
        f"{escape(entry.case.about)}</summary>\n"
        f'<div id="{escape(entry.id)}" class="body">\n{body}\n</div></details>'
    )


def _body(entry: Entry, engine: str) -> Iterator[str]:
    case, verdict = entry.case, entry.verdict
    name = escape(entry.id)
    if entry.status != "failed":
        yield f"<pre>{escape(chr(10).join(headline(case, 'backward')))}</pre>"
    if verdict is not None:
        for direction, judged in verdict.passes.items():
            if judged.status == "failed":
                text = plain(describe_failure(verdict, direction, entry.id, engine))
                yield '<pre class="failure" tabindex="0" role="group" '
                yield f'aria-label="{direction.capitalize()} pass of {name}">{escape(text)}</pre>'
            elif judged.note is not None:
                yield f"<p>{direction}: skipped, {escape(judged.note)}</p>"
    svg = picture.svg(case, entry.truth, verdict, inline=True)
    yield f'<div class="picture" tabindex="0" role="group" aria-label="Picture of {name}">'
    yield f"{svg.strip()}</div>"
    shown = shown_steps(case.program, verdict)
    listing = stage(case.program)
    lines = [line for line in listing.lines if _is_shown(line, shown, case)]
    yield from _code(case, listing, lines)
    formulas = derivatives(listing, case.program.output, lines)
    if formulas:
        yield "<h4>The chain rule</h4>"
        yield f'<div class="formulas" tabindex="0" role="group" aria-label="Formulas of {name}">'
        yield from (f"<p>{formula}</p>" for formula in formulas)
        yield "</div>"
    yield from _table(entry, shown)


def _is_shown(line: Line, shown: frozenset[str], case: Case) -> bool:
    """Whether the line belongs to the part of the program that is drawn."""
    if line.kind in ("comment", "constant"):
        return False
    if line.step is not None:
        return line.step.name in shown
    whole = len(shown) == len(case.program.steps)
    return whole or line.name in shown


# -- code ------------------------------------------------------------------------------------------


def _code(case: Case, listing: Listing, lines: list[Line]) -> Iterator[str]:
    forward = [line for line in lines if line.kind in ("input", "forward")]
    backward = [line for line in lines if line.kind not in ("input", "forward")]
    order = {step.name: i for i, step in enumerate(case.program.steps, 1)}
    told = _Teller(listing, case)
    yield '<div class="columns">'
    for title, part in (("Forward", forward), ("Backward", backward)):
        yield f'<div><h4>{title}</h4><ol class="code">'
        for line in part:
            yield _line(line, told(line), order)
        yield "</ol></div>"
    yield "</div>"


def _line(line: Line, words: str, order: Mapping[str, int]) -> str:
    data = (
        "" if line.kind == "input" else f' data-n="{escape(str(order.get(line.name, line.name)))}"'
    )
    if line.step is not None:
        data += f' data-e="{order[line.step.name]}-{line.position}"'
    if line.kind in ("seed", "backward") and line.value is not None:
        data += f' data-t="{escape(short(line.value))}"'
    code = line.code.split("\n", 1)[0] + ("…)" if "\n" in line.code else "")
    number = f" <i>#({line.number})</i>" if line.number is not None else ""
    told = line.note and line.kind in ("seed", "backward")
    note = f" <i>{escape(line.note)}</i>" if told else ""
    return f"<li{data}><code>{escape(code)}</code>{note}{number} <span>{escape(words)}</span></li>"


class _Teller:
    """What a line comes to, in words: local × upstream = contribution, old + new = total."""

    def __init__(self, listing: Listing, case: Case) -> None:
        self.seed = np.asarray(case.program.seed)
        self.totals: dict[str, Array] = {}
        self.before: dict[int, Array] = {}
        for line in listing.lines:
            if line.kind in ("seed", "backward") and line.value is not None:
                if line.adds:
                    self.before[id(line)] = self.totals[line.name]
                self.totals[line.name] = line.value

    def __call__(self, line: Line) -> str:
        if line.value is None:
            return ""
        if line.step is None:
            return f"= {short(line.value)}{_shape(line.value)}"
        assert line.contribution is not None
        name = line.step.name
        upstream = self.totals.get(name, self.seed)
        text = f"= {short(line.contribution)}{_shape(line.contribution)}"
        if line.local is not None:
            local = short(np.asarray(line.local))
            text = f"local {local} × upstream {short(upstream)} {text}"
        if line.adds:
            old = self.before[id(line)]
            text += f"; {short(old)} + {short(line.contribution)} = {short(line.value)}"
        return text


def _shape(array: Array) -> str:
    return f" ({dimensions(array.shape)})" if array.shape else ""


# -- numbers ---------------------------------------------------------------------------------------


def _table(entry: Entry, shown: frozenset[str]) -> Iterator[str]:
    program, verdict = entry.case.program, entry.verdict
    names = [*program.inputs, *(step.name for step in program.steps)]
    whole = len(shown) == len(program.steps)
    names = [name for name in names if name in shown or (whole and name in program.inputs)]
    wrong: dict[str, dict[str, Judgement]] = {}
    for direction, judged in verdict.passes.items() if verdict is not None else ():
        for item in judged.judgements:
            if item.status != AGREES:
                wrong.setdefault(item.name, {})[direction] = item
    heads = ["step", "value", "gradient", *(["yours, where it is wrong"] if wrong else [])]
    yield '<div class="scroll" tabindex="0" role="group" aria-label="'
    yield f'Numbers of {escape(entry.id)}"><table><caption>All numbers</caption><thead><tr>'
    yield "".join(f'<th scope="col">{head}</th>' for head in heads) + "</tr></thead><tbody>"
    for name in names:
        value = _long(entry.truth.values[name])
        gradient = entry.truth.gradients.get(name)
        row = f'<th scope="row">{escape(name)}</th><td class="v">{value}</td>'
        row += f'<td class="d">{"" if gradient is None else _long(gradient)}</td>'
        if wrong:
            row += f"<td>{'; '.join(_yours(d, i) for d, i in wrong.get(name, {}).items())}</td>"
        yield f"<tr>{row}</tr>"
    yield "</tbody></table></div>"


def _yours(direction: str, item: Judgement) -> str:
    got = "missing" if item.got is None else _long(item.got)
    return f'<span class="wrong">✗ {CALLED[direction]} {got}</span>'


def _long(array: Array) -> str:
    if not array.shape:
        return escape(f"{array.item():.10g}" if array.dtype.kind == "f" else str(array.item()))
    flat = array.reshape(-1)
    few = ", ".join(f"{float(item):.6g}" for item in flat[:MOST_NUMBERS])
    return f"{dimensions(array.shape)}: {few}{', …' if flat.size > MOST_NUMBERS else ''}"
