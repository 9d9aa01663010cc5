"""What a notebook shows: a result, a case, an explanation, code; as the report has it, within the
output of a cell.

Each is HTML with a style sheet that reaches nothing outside of it. Without JavaScript everything is
there; the player is what JavaScript adds. Names of elements are counted, so that each is there once
in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import count
from typing import Any

from harness.engines.trace import Trace
from harness.judging import standing
from harness.judging.verdict import Verdict
from harness.language.case import Case
from harness.showing import explained, picture
from harness.showing.report.controls import controls
from harness.showing.report.elements import region
from harness.showing.report.findings import headline, item, remarks
from harness.showing.report.look import of_notebook, script_of
from harness.showing.report.sections import Entry, section
from harness.showing.report.still import as_image
from harness.showing.result import counts
from harness.showing.words import say

_numbers = count(1)


def result(
    engine: str, result: Mapping[str, Any], entries: Sequence[Entry], notes: Sequence[str]
) -> str:
    """What was found of an engine: each mistake with the case that shows it best, the first one
    open; how far the engine has come; and what is to be known of where it was found."""
    body = _result(engine, result, {entry.id: entry for entry in entries})
    return _output([*body, _noted(notes)], plays=True)


def finding(told: Mapping[str, Any], entry: Entry, engine: str) -> str:
    """One mistake with the case that shows it best."""
    return _output([f"<ol>{_found(told, entry, engine, True)}</ol>"], plays=True)


def case_of(entry: Entry, engine: str = "", notes: Sequence[str] = ()) -> str:
    """A case: its circuit with the player, its code and its numbers."""
    return _output([section(_once(entry), engine, is_open=True), _noted(notes)], plays=True)


def drawing(case: Case, truth: Trace, verdict: Verdict | None) -> str:
    """The circuit of a case."""
    svg = picture.svg(case, truth, verdict, inline=True)
    return _output([region("picture", say("picture-of", case=case.id), as_image(svg))], plays=True)


def explanation(page: explained.Page) -> str:
    """The page of a code, an operation or a term."""
    drawn = explained.as_picture(page)
    circuit = (
        region("picture", say("circuit-for", name=page.name), as_image(drawn)) if drawn else ""
    )
    title = f"<h3>{escape(page.name)}</h3>"
    return _output([title, explained.as_html(page, 4), circuit], plays=True)


def table_of(table: str, told: str) -> str:
    """A table, as HTML, and what is said of it."""
    return _output([table, told])


def code(text: str, label: str) -> str:
    """Lines of code."""
    return _output([region("code-block", label, escape(text), "pre")])


def _result(engine: str, result: Mapping[str, Any], entries: Mapping[str, Entry]) -> Iterator[str]:
    yield f"<h3>{escape(engine)}{say('colon')}{headline(result)}</h3>\n<ol>\n"
    for number, found in enumerate(result["findings"]):
        yield _found(found, entries[found["evidence"]], engine, is_open=not number)
    yield "</ol>\n"
    yield from remarks(result)
    rows = "<br>".join(map(escape, standing.told(result["levels"], standing.IN_PYTHON)))
    yield f"<p>{rows}</p>\n<p>{escape(counts(result))}</p>\n"


def _found(told: Mapping[str, Any], entry: Entry, engine: str, is_open: bool) -> str:
    place = f"<code>{escape(entry.id)}</code>"
    meant = say("meant", code=f"<code>harness.explain({told['code']!r})</code>")
    case = section(_once(entry), engine, is_open)
    return f"{item(told, place)}<p>{meant}</p>\n{case}</li>\n"


def _noted(notes: Sequence[str]) -> str:
    return f"<p><small>{'<br>'.join(map(escape, notes))}</small></p>" if notes else ""


def _once(entry: Entry) -> Entry:
    """The case under a name that no other element of the notebook has."""
    return replace(entry, anchor=f"harness-{next(_numbers)}")


def _output(pieces: Iterable[str], plays: bool = False) -> str:
    player = f"{controls(hidden=True)}<script>{script_of()}</script>" if plays else ""
    attribute = " data-player" if plays else ""
    content = "".join(pieces)
    return (
        f'<div class="harness"{attribute}><style>{of_notebook()}</style>\n{content}{player}</div>'
    )
