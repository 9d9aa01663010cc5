"""A run as one page: what was found, operation by operation, and every case to play with.

The page is a single file without requests. Without JavaScript, and in print, everything is there;
the player of both passes is what JavaScript adds.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from harness import languages
from harness.judging import standing
from harness.judging.missing import why_nothing
from harness.judging.mistakes import ENGINE
from harness.judging.verdict import Verdict
from harness.language.levels import LEVELS
from harness.showing.amounts import amount
from harness.showing.report.controls import controls, finder
from harness.showing.report.elements import cell, table
from harness.showing.report.findings import section_of
from harness.showing.report.look import of_page, script_of
from harness.showing.report.sections import STATUSES, Entry, section
from harness.showing.words import say
from harness.vocabulary.program import DIRECTIONS
from harness.vocabulary.signatures import OPERATIONS


def page(
    engine: str | None,
    entries: Sequence[Entry],
    result: Mapping[str, Any] | None,
    about: str = "",
) -> str:
    """The report on an engine, with its ``result`` in the JSON form; or, where both are None, on
    the cases alone. What is to be said ``about`` it, as HTML, stands first."""
    return "".join(_pieces(engine, entries, result, about))


def _pieces(
    engine: str | None, entries: Sequence[Entry], result: Mapping[str, Any] | None, about: str
) -> Iterator[str]:
    script = script_of()
    name = say("the-cases") if engine is None else engine
    yield _head(_title(name, result), _summary(entries, result), script) + about
    if result is not None:
        yield from section_of(result, {entry.id: entry for entry in entries})
        yield _grid(entries, result["findings"])
    yield '<section aria-labelledby="cases"><h2 id="cases">' + f"{say('cases')}</h2>\n"
    yield f"<p>{say('legend')}</p>\n{finder()}\n"
    yield from _cases(engine or "", entries, [] if result is None else result["findings"])
    yield f"</section>\n</main>\n{controls()}\n<script>{script}</script>\n</body></html>\n"


def _cases(
    engine: str, entries: Sequence[Entry], findings: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """All cases in the order of the ladder, those with the same status together."""
    numbers: dict[str, list[int]] = {}
    for number, finding in enumerate(findings, 1):
        for case in finding["cases"]:
            numbers.setdefault(case, []).append(number)
    ordered = sorted(entries, key=lambda entry: (entry.case.rung, entry.id))
    for status, (_, title) in STATUSES.items():
        group = [entry for entry in ordered if entry.status == status]
        if group:
            title = say(title, count=len(group))
            yield f'<div class="group"><h3>{title}</h3>\n'
            for level, members in groupby(group, key=lambda entry: entry.case.level):
                title = say("level-title", number=LEVELS.index(level) + 1, level=level)
                yield f'<div class="group"><h4>{title}</h4>\n'
                for entry in members:
                    yield (
                        section(entry, engine, findings=numbers.get(entry.id, ()), stored=True)
                        + "\n"
                    )
                yield "</div>\n"
            yield "</div>\n"


def plain_page(title: str, body: str) -> str:
    """A page of the same look without cases; ``body`` is HTML."""
    return f"{_head(title)}{body}\n</main>\n</body></html>\n"


def _head(title: str, summary: str = "", script: str | None = None) -> str:
    """Everything up to the main part."""
    css = of_page()
    policy = f"default-src 'none'; style-src '{hash_of(css)}'"
    policy += f"; script-src '{hash_of(script)}'" if script is not None else ""
    policy += "; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="{languages.spoken()}"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{css}</style></head>\n<body data-player>\n"
        f"<header><h1>{escape(title)}</h1>\n<p>{summary}</p></header>\n<main>\n"
    )


def _title(name: str, result: Mapping[str, Any] | None) -> str:
    if result is None:
        return name
    failed = any(case["status"] == "failed" for case in result["cases"])
    sign = "✓" if why_nothing(result) is None else "–"
    return f"{'✗' if failed else sign} {name}"


def _summary(entries: Sequence[Entry], result: Mapping[str, Any] | None) -> str:
    cases = amount(len(entries), "case")
    if result is None:
        return cases
    statuses = Counter(case["status"] for case in result["cases"])
    counted = (say("counted", count=statuses[one], status=one) for one in standing.COUNTED)
    told, alone = say("counts", cases=cases, told=say("listed").join(counted)), standing.BY_OPTION
    if "marking" in result:  # what an assignment asks is not run level by level
        told += f". {say('score', score=result['score'], most=result['max_score'])}"
        alone = standing.UNTOLD
    ladder = [*standing.reached(result["levels"]), *standing.ahead(result["levels"], alone)]
    return "<br>".join([told, *map(escape, ladder)])


# -- operations ------------------------------------------------------------------------------------


def _grid(entries: Sequence[Entry], findings: Sequence[Mapping[str, Any]]) -> str:
    """Each operation and direction: how many cases judge it, and whether a finding is about it."""
    judged = Counter(
        (op, direction)
        for entry in entries
        if entry.verdict is not None
        for direction in entry.verdict.directions
        for op in _judged(entry.verdict, direction)
    )
    wrong = {(finding["op"], finding["direction"]) for finding in findings}
    used = {step.op for entry in entries for step in entry.case.program.steps}
    ops = {op: op for op in OPERATIONS if op in used} | {ENGINE: say("engine")}
    passes = [name for name in DIRECTIONS if any(key[1] == name for key in (*judged, *wrong))]
    rows = (
        (name, [_cell(judged[op, one], (op, one) in wrong) for one in passes])
        for op, name in ops.items()
    )
    heads = [say("operation"), *(languages.name("direction", one) for one in passes)]
    grid = table(say("operations-and-passes"), heads, rows, kind="grid")
    return (
        '<section aria-labelledby="operations"><h2 id="operations">'
        f"{say('operations-title')}</h2>\n"
        f"<p>{say('operations')}</p>\n{grid}</section>\n"
    )


def _judged(verdict: Verdict, direction: str) -> set[str]:
    """The operations that a pass of a case has judged: all of them where it came to its end, else
    those that gave a number until then, and the one at which it stopped."""
    outcome = verdict.direction(direction)
    if outcome.status == "unsupported":
        return set()
    steps = verdict.case.program.steps
    if (failure := outcome.failure) is not None:
        names = {item.name for item in outcome.judgements}
        stopped = failure.step if failure.direction == direction else None
        steps = tuple(
            step
            for step in steps
            if step.name == stopped
            or (step.name in names if direction == "forward" else names.intersection(step.parents))
        )
    ops = {step.op for step in steps}
    return ops & OPERATIONS.keys() | ({ENGINE} if ops else set())


def _cell(cases: int, wrong: bool) -> str:
    if wrong:
        return cell(f"✗ {cases or ''}", "wrong")
    return cell(f"✓ {cases}") if cases else cell(say("not-reached"), "none")


def hash_of(text: str) -> str:
    """What a page's policy calls a style sheet or a script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
