"""The marks of an assignment in a terminal: a row a submission, and below it what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.cli.coursework import LONGEST_TABLE
from harness.cli.streams import say
from harness.engines.failures import printable
from harness.grading.marking import GRADED
from harness.grading.tally import UNREACHED
from harness.showing.amounts import amount

MOST_COLUMNS: Final = 6
"""At most this many questions have a column of their own in the table of a class."""
MOST_LACKS: Final = 4

Result = Mapping[str, Any]


def marks(results: Sequence[Result]) -> None:
    """The table of a class: total, marks by question, and what is to be known of each."""
    wide = max([10, *(len(result["engine"]) for result in results)])
    told: Iterator[list[Any]] = (one["questions"] for one in results if one.get("questions"))
    questions = next(told, [])
    shown = questions if len(questions) <= MOST_COLUMNS else []
    titles = "".join(f"{f'({number})':>8}" for number, _ in enumerate(shown, 1))
    say(f"{'submission':<{wide}}  {'score':>7}{titles}")
    most = "".join(f"{one['max_score']:>8.4g}" for one in shown)
    say(f"{'':<{wide}}  {sum(one['max_score'] for one in questions):>7.4g}{most}")
    for result in results[:LONGEST_TABLE]:
        own = "".join(f"{one['score']:>8.2f}" for one in result["questions"] if shown)
        say(f"{result['engine']:<{wide}}  {result['score']:>7.2f}{own}", indent=4)
        for note in notes(result):
            say(f"  {note}", indent=4)
    if len(results) > LONGEST_TABLE:
        say(f"… and {len(results) - LONGEST_TABLE:,} more: harness gradebook shows them all")
    for number, one in enumerate(shown, 1):
        say(f"({number}) {one['title']}", indent=4)


def notes(result: Result) -> Iterator[str]:
    """What is to be known of a mark, a line each: why there is none, what was too slow, what was
    not reached, and what is lacking."""
    if result["status"] != GRADED:
        problem = printable(str(result["problem"]).partition("\n")[0])
        yield f"{result['status']}: {problem}"
        return
    yield from map(printable, result.get("notes", ()))
    yield from ["late"] * bool(result.get("late"))
    yield from ["set by the instructor"] * ("rulings" in result)
    reasons = [str(one["reason"]) for one in result["cases"] if one["status"] == "error"]
    for reason in dict.fromkeys(reasons):
        told = f"{reason}: " if not reason.startswith(UNREACHED) else ""
        count = amount(reasons.count(reason), "case")
        yield f"{told}{count} {'not run' if told else reason}"
    slow = {one["case"]: one["seconds"] for one in result.get("slow", ())}
    if slow:
        few = ", ".join(f"{id} ({slow[id]:.1f} s)" for id in list(slow)[:MOST_LACKS])
        yield f"too slow: {few}{', …' if len(slow) > MOST_LACKS else ''}"
    yield from lacking(result)


def lacking(result: Result) -> Iterator[str]:
    """What the engine lacks, over all questions: by name, with its cases and its points."""
    costs: dict[str, tuple[set[str], float]] = {}
    for question in result["questions"]:
        for lack in question["lacks"]:
            cases, points = costs.get(lack["what"], (set[str](), 0.0))
            costs[lack["what"]] = cases | set(lack["cases"]), points + lack["points"]
    order = sorted(costs, key=lambda what: -costs[what][1])
    for what in order[:MOST_LACKS]:
        cases, points = costs[what]
        yield f"{what}, {amount(len(cases), 'case')}, {worth(points)}: not there"
    if len(order) > MOST_LACKS:
        rest = sum(costs[what][1] for what in order[MOST_LACKS:])
        yield f"{len(order) - MOST_LACKS} more, {worth(rest)}: not there"


def worth(points: float) -> str:
    """Points, as they are told: ``1 point``, ``2.5 points``."""
    return f"{points:.4g} point{'' if points == 1 else 's'}"
