"""`harness gradebook explain`: a mark on one screen, or as a text to be sent."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.streams import aside, say
from harness.cli.students import FROM, STUDENT, opened, student
from harness.grading.explaining import explained
from harness.grading.standing import Student
from harness.showing.amounts import amount

MOST_MISSING: Final = 8
MOST_OTHERS: Final = 5
WHOLE: Final = "the mark"


@command(
    "explain",
    help="how a mark has come about",
    description="Says how a mark has come about: the points of each question (without an "
    "assignment, of each level), each mistake with what it costs and the smallest case that shows "
    "it, and what is missing. It is a text to be sent: hidden cases are not in it. Exit status: 0 "
    "told, 2 there is no such student.",
    arguments=(
        STUDENT,
        FROM,
        argument("--published", action="store_true", help="count hidden cases, too, as one row"),
        argument("--json", action="store_true", help="as JSON"),
        argument(
            "--numbers",
            action="store_true",
            help="in the JSON: what was expected, and what came, in the smallest case of each "
            "mistake",
        ),
    ),
)
def explain(given: Namespace) -> int:
    book = opened(given)
    whose = student(book, given.student)
    if whose.counts is None:
        raise Stop(f"{whose.label}: {whose.uncounted}")
    result = book.result(whose.counts.id, whose.counts.key) or {}
    told = explained(result, given.published, given.numbers)
    if given.json:
        say(json.dumps({"student": whose.label, **told}, indent=1, ensure_ascii=False))
        return AGREES
    for line in _lines(whose, told):
        say(line, indent=10)
    if not given.published and any(case["hidden"] for case in result["cases"]):
        aside("hidden cases are left out, with their points: --published counts them")
    return AGREES


def _lines(whose: Student, told: Mapping[str, Any]) -> Iterator[str]:
    yield f"{whose.label}: {told['score']:.2f} of {told['max_score']:.2f} points"
    yield from _about(whose, told)
    if told["problem"] is not None:
        yield ""
        yield f"This could not be graded: {told['problem']}"
        yield told["do"]
        return
    yield ""
    for part in told["parts"]:
        yield f"{part['score']:8.2f} of {part['max_score']:7.2f}  {part['title']}"
    yield from _mistakes(told)
    yield from _missing(told)
    if not (told["mistakes"] or told["missing"] or told["other"]):
        yield ""
        yield "Nothing was lost."


def _about(whose: Student, told: Mapping[str, Any]) -> Iterator[str]:
    """When it was handed in, and what was decided and said."""
    late = ", late" if told.get("late") else ""
    if told.get("handed"):
        yield f"Handed in {told['handed'][:16].replace('T', ' ')}{late}."
    if len(whose.attempts) > 1:
        yield f"{amount(len(whose.attempts), 'attempt')} are kept; this one counts."
    for note in told.get("notes", ()):
        yield f"Note: {note}."
    for one in told.get("without", ()):
        yield f"Dropped for all: {one['id']}."
    for one in told.get("rulings", ()):
        what = one["question"] or WHOLE
        yield f"Set by the instructor: {what} to {one['points']:g} points. {one['why']}"
    if "rulings" in told and "found" in told:
        yield f"Found were {told['found']:.2f} points, as follows."
    for one in told.get("comments", ()):
        yield f"The instructor says: {one['text']}"


def _mistakes(told: Mapping[str, Any]) -> Iterator[str]:
    if told["mistakes"]:
        yield ""
        yield "Lost by mistakes:"
    for one in told["mistakes"]:
        yield f"{-one['points']:8.2f}  {one['title']} ({amount(one['cases'], 'case')})"
        yield f"          {one['message']}"
        if one["hint"]:
            yield f"          hint: {one['hint']}"
        yield f"          smallest case: {one['smallest']}"


def _missing(told: Mapping[str, Any]) -> Iterator[str]:
    if told["missing"]:
        yield ""
        yield "Not there:"
    for one in told["missing"][:MOST_MISSING]:
        yield f"{-one['points']:8.2f}  {one['what']} ({amount(one['cases'], 'case')})"
    yield from _rest(told["missing"][MOST_MISSING:])
    if told["other"]:
        yield ""
        yield "Lost otherwise:"
    for one in told["other"][:MOST_OTHERS]:
        yield f"{-one['points']:8.2f}  {one['why']} ({amount(one['cases'], 'case')})"
        yield f"          smallest case: {one['smallest']}"
    yield from _rest(told["other"][MOST_OTHERS:])


def _rest(rest: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is not told one by one."""
    if rest:
        points, cases = (sum(one[key] for one in rest) for key in ("points", "cases"))
        yield f"{-points:8.2f}  {len(rest):,} more ({amount(cases, 'case')})"
