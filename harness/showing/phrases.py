"""What is said of a failed pass, and of a finding, in a line or a few: each thing in one place, for
the terminal, the page, pictures and course formats alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.engines.trace import Failure
from harness.judging import codes
from harness.judging.codes import MISTAKE
from harness.judging.diagnosis import explain
from harness.judging.mistakes import ALONE, ENGINE, Mistake
from harness.judging.verdict import Explanation, Verdict
from harness.judging.wording import sentence
from harness.language.case import Case
from harness.showing.lines import wrapped
from harness.showing.numbers import exact
from harness.showing.words import called, say

# -- a failed pass ---------------------------------------------------------------------------------


def mistake_told(mistake: Mistake) -> str:
    """A mistake by its code, in a sentence."""
    return say("mistake", code=mistake.code, message=sentence(mistake))


def one_line(verdict: Verdict, direction: str) -> str:
    """The failure in one line, for short summaries."""
    explanation = explain(verdict, direction)
    if explanation is None:
        return say("nothing-wrong")
    first, mistake = explanation.places[0].judgement, explanation.mistake
    if first is not None:
        return say(
            "in-one-line",
            code=mistake.code,
            op="" if mistake.op == ENGINE else say("in-op", op=mistake.op),
            step=called(first.name, direction),
            expected=exact(first.expected, first.index),
            got=say("nothing") if first.got is None else exact(first.got, first.index),
        )
    if explanation.failure is not None:
        return stops(explanation.failure)
    code = mistake.code + say("in-op", op=mistake.op)
    return say("mistake", code=code, message=sentence(mistake))


def stopped(verdict: Verdict) -> str:
    """Where the first pass that did not come to its end stops, and why; empty where all did."""
    failures = (outcome.failure for outcome in verdict.directions.values())
    return next((stops(failure) for failure in failures if failure is not None), "")


def stops(failure: Failure) -> str:
    """Where a pass stops, and why."""
    place, direction = at(failure), failure.direction
    return say("stops", direction=direction, place=place, message=failure.message)


def at(failure: Failure) -> str:
    """At which step a pass stops; empty where that is not known."""
    if failure.step is None:
        return ""
    forward = failure.direction == "forward"
    return say("at-step", step=failure.step if forward else called(failure.step, failure.direction))


def hint_of(case: Case, explanation: Explanation) -> str:
    """The hint of the case's author where it fits the mistake, else that of its kind."""
    if case.hint and fits(case, explanation):
        return case.said("hint")
    return codes.hint_of(explanation.mistake.code, explanation.direction)


def fits(case: Case, explanation: Explanation) -> bool:
    """Whether what an author says of a case is about the mistake: not about an exception; and about
    one that a step makes alone only where the case is no more than that step."""
    if explanation.places[0].judgement is None:
        return False
    (*others, last), alone = case.program.steps, explanation.mistake.experiment == ALONE
    return not alone or not (others or len(set(last.parents)) < len(last.parents))


# -- a finding, in its JSON form -------------------------------------------------------------------


def whose(finding: Mapping[str, Any]) -> str:
    """Whose mistake it is: an operation's, or that of all the rest."""
    return say("engine") if finding["op"] == ENGINE else str(finding["op"])


def matters(finding: Mapping[str, Any]) -> str:
    """When a finding matters that does not always; empty of any other."""
    when = codes.when_of(finding["code"]) if finding["weight"] != MISTAKE else ""
    return say("matters", when=when) if when else ""


def title_of(finding: Mapping[str, Any]) -> str:
    """What a finding is about, and its code."""
    if "line" in finding:
        return say("title-of-name" if "name" in finding else "title-of-line", **finding)
    operand = say("by-operand", **finding) if finding["operand"] else ""
    return say("title", **{**finding, "op": whose(finding), "operand": operand})


# -- lines of code ---------------------------------------------------------------------------------


def place_and_code(text: str, width: int) -> list[str]:
    """A line of a traceback; of a long one the code stands below its place, which stays whole."""
    parts = re.fullmatch(r"(.*?: in \S+:) (.*)", text)
    if parts is None or len(text) <= width:
        return [text]
    return [parts[1], *(f"    {line}" for line in wrapped(parts[2], width - 4))]


def repro_lines(repro: str) -> list[str]:
    """Lines to paste, under a word on what they are; nothing where there are none."""
    lines = (f"    {line}".rstrip() for line in repro.splitlines())
    return [say("repro"), *lines] if repro else []
