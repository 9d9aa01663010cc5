"""A finding, in its JSON form, as the terminal shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.languages.width import wide
from harness.showing.amounts import amount
from harness.showing.lines import WIDTH, Line, wrapped
from harness.showing.numbers import points
from harness.showing.phrases import matters, place_and_code, repro_lines, title_of
from harness.showing.words import say


def describe_finding(number: int, finding: Mapping[str, Any], width: int = WIDTH) -> list[Line]:
    """A finding as a student reads it: what, where, what it costs, what next."""
    size = say("size", cases=amount(len(finding["cases"]), "case"), cost=points(finding["cost"]))
    title = f"{number}. {title_of(finding)}"
    lines: list[Line] = [[(title, "wrong"), (f"  {size}", "")]]
    if wide(title) + wide(size) + 2 > width:
        lines = [[(title, "wrong")], [(f"   {size}", "")]]
    lines += [[(f"   {line}".rstrip(), "")] for line in told(finding, width - 3)]
    node = f"{finding['evidence']}::{finding['direction']}"
    lines.append([(f"   {say('see', node=node)}", "bold")])
    lines.append([(f"   {say('explained', code=finding['code'])}", "")])
    return lines


def once(findings: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Findings that are told below one another: each hint with the first that has it."""
    hints = set[str]()
    for finding in findings:
        hint = finding["hint"]
        yield {**finding, "hint": "" if hint in hints else hint}
        hints.add(hint)


def told(finding: Mapping[str, Any], width: int) -> list[str]:
    """What is told of a mistake: its sentence, the engine's own line that has raised an exception,
    lines to try it, a hint, and when it matters; each where there is one."""
    place, hint = finding.get("place", ""), finding["hint"]
    return [
        *wrapped(finding["message"], width),
        *(f"  {line}" for line in (place_and_code(place, width - 2) if place else ())),
        *repro_lines(finding.get("repro", "")),
        *(wrapped(say("hint", hint=hint), width, 6) if hint else ()),
        *(wrapped(when, width) if (when := matters(finding)) else ()),
    ]
