"""A run as one page: what was found, operation by operation, and every case to play with.

The page is a single file without requests. Without JavaScript, and in print, everything is there;
the player of both passes is what JavaScript adds.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from harness.judging.missing import next_to_build, why_nothing
from harness.judging.suspects import ENGINE
from harness.judging.verdict import Verdict
from harness.showing import picture
from harness.showing.report.sections import Entry, section
from harness.vocabulary.program import PASSES
from harness.vocabulary.signatures import COMPARISONS, OPERATIONS

GROUPS: Final = {"failed": "failed", "passed": "passed", "unsupported": "skipped", "": "in all"}
"""The cases by status, in the order in which they are shown."""


def page(engine: str | None, entries: Sequence[Entry], result: Mapping[str, Any] | None) -> str:
    """The report on an engine, with its ``result`` in the JSON form; or, where both are None, on
    the cases alone."""
    return "".join(pieces(engine, entries, result))


def pieces(
    engine: str | None, entries: Iterable[Entry], result: Mapping[str, Any] | None
) -> Iterator[str]:
    """The page, piece by piece."""
    entries = list(entries)
    script = _asset("player.js")
    name = "The cases" if engine is None else engine
    yield from _head(_title(name, result), _summary(entries, result), script)
    if result is not None:
        yield from _findings(result)
        yield from _grid(entries, result["findings"])
    yield '<section aria-labelledby="cases"><h2 id="cases">Cases</h2>\n'
    yield (
        "<p>Values are green and bold, above the wires; gradients are red and italic, below them; "
        "what is wrong is purple and dashed, with a ✗.</p>\n"
    )
    for status, title in GROUPS.items():
        group = [entry for entry in entries if entry.status == status]
        if group:
            yield f"<h3>{len(group):,} {title}</h3>\n"
        for entry in group:
            yield section(entry, engine or "") + "\n"
    yield f"</section>\n</main>\n{_CONTROLS}\n<script>{script}</script>\n</body></html>\n"


def plain_page(title: str, body: str) -> str:
    """A page of the same look without cases; ``body`` is HTML."""
    return f"{''.join(_head(title, '', None))}{body}\n</main>\n</body></html>\n"


def _head(title: str, summary: str, script: str | None) -> Iterator[str]:
    """Everything up to the main part."""
    css = f"{picture.style_sheet()}\n{_asset('page.css')}"
    policy = f"default-src 'none'; style-src '{_hash(css)}'"
    policy += f"; script-src '{_hash(script)}'" if script is not None else ""
    policy += "; base-uri 'none'; form-action 'none'"
    yield (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{css}</style></head>\n<body>\n"
        f"<header><h1>{escape(title)}</h1>\n<p>{summary}</p></header>\n<main>\n"
    )


_CONTROLS: Final = (
    '<template id="controls"><div class="player" role="group" aria-label="Player">'
    '<button type="button" data-to="first" aria-label="First step">|◀</button>'
    '<button type="button" data-to="back" aria-label="Step back">◀</button>'
    '<button type="button" data-to="play" aria-pressed="false">Play</button>'
    '<button type="button" data-to="next" aria-label="Next step">▶</button>'
    '<button type="button" data-to="last" aria-label="Last step">▶|</button>'
    '<label>Step <input type="range" min="0"></label> <output></output>'
    "<small>Keys: ← → step, Home, End, space plays</small>"
    '<p class="words" aria-live="polite"></p></div></template>'
)


def _title(name: str, result: Mapping[str, Any] | None) -> str:
    if result is None:
        return name
    failed = any(case["status"] == "failed" for case in result["cases"])
    sign = "✓" if why_nothing(result) is None else "–"
    return f"{'✗' if failed else sign} {name}"


def _summary(entries: Sequence[Entry], result: Mapping[str, Any] | None) -> str:
    if result is None:
        return f"{len(entries):,} cases"
    counts = {
        status: sum(case["status"] == status for case in result["cases"])
        for status in ("passed", "failed", "unsupported")
    }
    told = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    score = f"Score {result['score']:g} of {result['max_score']:g}."
    return f"{len(entries):,} cases: {told}. {score}"


# -- findings --------------------------------------------------------------------------------------


def _findings(result: Mapping[str, Any]) -> Iterator[str]:
    findings, reason = result["findings"], why_nothing(result)
    count = f"{len(findings)} mistakes" if len(findings) != 1 else "1 mistake"
    title = "Nothing is wrong" if reason is None else reason[0].upper() + reason[1:]
    if findings:
        title = f"{count} explain{'s' if len(findings) == 1 else ''} what is wrong"
    yield f'<section aria-labelledby="findings"><h2 id="findings">{escape(title)}</h2>\n<ol>\n'
    for finding in findings:
        op = "the engine itself" if finding["op"] == ENGINE else finding["op"]
        operand = f" by {finding['operand']}" if finding["operand"] else ""
        cases = len(finding["cases"])
        points = f"{finding['cost']:.3g} point{'' if finding['cost'] == 1 else 's'}"
        yield (
            f"<li><h3>{escape(op)}, {finding['direction']}{escape(operand)}: "
            f'<span class="wrong">{finding["code"]}</span></h3>\n'
            f"<p>{escape(finding['message'])}</p>\n"
            + (f"<p>Hint: {escape(finding['hint'])}</p>\n" if finding["hint"] else "")
            + f"<p>{cases} {'case' if cases == 1 else 'cases'}, {points}. "
            f'See it: <a href="#{escape(finding["evidence"])}">{escape(finding["evidence"])}</a>'
            "</p></li>\n"
        )
    yield "</ol>\n"
    for remark in result["remarks"]:
        yield f"<p>Remark: {escape(remark['message'])}.</p>\n"
    if lacking := next_to_build(result.get("missing", ())):
        yield f"<p>{escape(lacking[0].upper() + lacking[1:])}.</p>\n"
    yield "</section>\n"


# -- operations ------------------------------------------------------------------------------------


def _grid(entries: Sequence[Entry], findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each operation and direction: how many cases judge it, and whether a finding is about it."""
    judged = Counter(
        (op, direction)
        for entry in entries
        if entry.verdict is not None
        for direction in entry.verdict.passes
        for op in _judged(entry.verdict, direction)
    )
    wrong = {(finding["op"], finding["direction"]) for finding in findings}
    used = {step.op for entry in entries for step in entry.case.program.steps}
    rows = [*(op for op in OPERATIONS if op in used), ENGINE]
    passes = [name for name in PASSES if any(key[1] == name for key in (*judged, *wrong))]
    yield '<section aria-labelledby="operations"><h2 id="operations">Operations</h2>\n'
    yield "<p>In how many cases each was judged, and whether a mistake above is its.</p>\n"
    yield '<div class="scroll" tabindex="0" role="group" aria-label="Operations and passes">'
    yield '<table class="grid"><thead><tr><th scope="col">operation</th>'
    yield "".join(f'<th scope="col">{name}</th>' for name in passes) + "</tr></thead><tbody>\n"
    for op in rows:
        name = "the engine itself" if op == ENGINE else op
        cells = "".join(_cell(judged[op, d], (op, d) in wrong) for d in passes)
        yield f'<tr><th scope="row">{name}</th>{cells}</tr>\n'
    yield "</tbody></table></div></section>\n"


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
    return ops - set(COMPARISONS) | ({ENGINE} if ops else set())


def _cell(count: int, wrong: bool) -> str:
    if wrong:
        return f'<td class="wrong">✗ {count or ""}</td>'
    return f"<td>✓ {count}</td>" if count else '<td class="none">not judged</td>'


# -- assets ----------------------------------------------------------------------------------------


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
