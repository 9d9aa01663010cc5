"""A result, in its JSON form, as the terminal shows it: mistakes, conventions, what to build next,
how far the engine has come, and how many cases have which status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.judging import standing
from harness.judging.codes import EDGE, MISTAKE
from harness.judging.missing import next_to_build
from harness.judging.standing import COUNTED
from harness.showing.amounts import amount
from harness.showing.findings import describe_finding, once
from harness.showing.lines import Line, plain, room, wrapped
from harness.showing.words import say

Told = tuple[str | Sequence[Line], int | None]
"""A text, and how far those of its lines are indented that do not fit the terminal; None where it
fits as it is. Or lines with styles, which fit."""


def told(
    result: Mapping[str, Any], columns: int, alone: str = standing.BY_OPTION
) -> Iterator[Told]:
    """All that is to be said of a result, for a terminal of so many columns; of a level, also how
    it is run ``alone``."""
    yield from _findings(result, room(columns))
    yield from _remarks(result)
    if lacking := next_to_build(result["missing"], room(columns)):
        yield f"{lacking}\n", None
    for line in standing.told(result["levels"], alone):
        yield line, 2
    yield counts(result), 2


def as_text(result: Mapping[str, Any], columns: int) -> str:
    """The same as one text, for whoever asks in Python."""
    return "\n".join(
        line
        for text, indent in told(result, columns, standing.IN_PYTHON)
        for line in _as_lines(text if isinstance(text, str) else plain(text), columns, indent)
    )


def _as_lines(text: str, columns: int, indent: int | None) -> list[str]:
    if indent is None:
        return [text]
    return wrapped(text, columns, indent) + [""] * text.endswith("\n")


def counts(result: Mapping[str, Any]) -> str:
    """How many cases there are, and how many have which status."""
    cases = result["cases"]
    told = say("listed").join(_counted(status, cases) for status in COUNTED)
    return say("counts", cases=amount(len(cases), "case"), told=told)


def _counted(status: str, cases: Sequence[Mapping[str, Any]]) -> str:
    """How many cases are of a status, and of how many that is not all."""
    these = [case for case in cases if case["status"] == status]
    states = [[one["status"] for one in case.get("passes", {}).values()] for case in these]
    reserves = {
        "counted-in-part": sum(COUNTED[-1] in some for some in states)
        if status != COUNTED[-1]
        else 0,
        "counted-by-convention": sum(status == "passed" and bool(c["remarks"]) for c in these),
        "counted-at-an-edge": sum(status == "failed" and c["weight"] == EDGE for c in these),
    }
    told = [say(how, count=number) for how, number in reserves.items() if number]
    counted = say("counted", count=len(these), status=status)
    return say("reserved", counted=counted, told=say("listed").join(told)) if told else counted


def _findings(result: Mapping[str, Any], width: int) -> Iterator[Told]:
    """The mistakes, and below them what matters at extremes."""
    weight = MISTAKE
    for number, finding in enumerate(once(result["findings"]), 1):
        if finding["weight"] != weight:
            weight = finding["weight"]
            yield f"{say('edges')}\n", None
        yield [*describe_finding(number, finding, width), []], None


def _remarks(result: Mapping[str, Any]) -> Iterator[Told]:
    """Other conventions than torch's, and what else should be known of the engine."""
    choices = [remark for remark in result["remarks"] if remark["code"] is not None]
    if choices:
        yield say("conventions"), None
        for remark in choices:
            size = amount(len(remark["cases"]), "case")
            yield say("convention", message=remark["message"], cases=size), 2
        yield "", None
    others = dict.fromkeys(one["message"] for one in result["remarks"] if one["code"] is None)
    for message in others:
        yield say("remarked", message=message), 2
    if others:
        yield "", None
