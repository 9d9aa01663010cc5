"""`harness gradebook diff`: what has changed between two runs, or from one term to the next."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.cli.command import AGREES, FINDINGS, argument, command
from harness.cli.coursework import LONGEST_TABLE
from harness.cli.streams import say
from harness.grading.attempts import Attempt
from harness.grading.comparison import Side, side
from harness.grading.gradebook import Gradebook
from harness.grading.standing import standing
from harness.showing.amounts import amount

MOST_MISTAKES: Final = 10


@command(
    "diff",
    help="what has changed between two gradebooks, or since the attempt before",
    description="Holds two gradebooks against each other, as of two runs or terms: whose mark is "
    "another, who is in one alone, and which mistakes are more or less common. With one gradebook: "
    "what counts now against what counted before, for those who have handed in again. Exit status: "
    "0 no mark is another, 1 some are, 2 could not run.",
    arguments=(
        argument("old", metavar="DIR", help="the gradebook, or the older one"),
        argument("new", nargs="?", metavar="NEW", help="the newer one"),
        argument("--json", action="store_true", help="as JSON"),
    ),
)
def diff(given: Namespace) -> int:
    first = Gradebook(Path(given.old), create=False)
    if given.new is None:
        old, new = side(_before(first)), side(_now(first, again=True))
    else:
        old, new = side(_now(first)), side(_now(Gradebook(Path(given.new), create=False)))
    both = [one for one in new.marks if one in old.marks]
    changed = [one for one in both if old.marks[one] != new.marks[one]]
    apart = {
        "gone": [one for one in old.marks if one not in new.marks],
        "new": [one for one in new.marks if one not in old.marks],
    }
    if given.json:
        say(json.dumps(_plain(old, new, changed, apart), indent=1, ensure_ascii=False))
    else:
        _tell(old, new, changed, apart)
    return FINDINGS if changed else AGREES


def _now(book: Gradebook, again: bool = False) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What counts; of those alone who have handed in ``again`` where that is asked for."""
    for one in standing(book):
        if one.counts is not None and not (again and len(one.attempts) < 2):
            yield one.label, one.counts.suite, _read(book, one.counts)


def _before(book: Gradebook) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What was there before that which counts."""
    for one in standing(book):
        others = [attempt for attempt in one.attempts if attempt is not one.counts]
        if one.counts is not None and others:
            last = max(others, key=lambda attempt: attempt.when)
            yield one.label, last.suite, _read(book, last)


def _read(book: Gradebook, one: Attempt) -> dict[str, Any]:
    return book.result(one.id, one.key) or {}


def _tell(old: Side, new: Side, changed: list[str], apart: dict[str, list[str]]) -> None:
    if old.suites.keys() != new.suites.keys():
        say("they were not asked the same: marks are held against each other as shares")
    wide = max(10, *map(len, [*changed, *apart["gone"], *apart["new"]]), 10)
    if changed:
        say(f"{'student':<{wide}}  {'before':>16}  {'now':>16}")
    for name in changed[:LONGEST_TABLE]:
        say(f"{name:<{wide}}  {_mark(old, name):>16}  {_mark(new, name):>16}", indent=4)
    if len(changed) > LONGEST_TABLE:
        say(f"… and {len(changed) - LONGEST_TABLE:,} more")
    for what, names in (("only before", apart["gone"]), ("only now", apart["new"])):
        if names:
            say(f"{what}: {', '.join(names)}", indent=2)
    say(f"mean: {old.mean:.1f} % of {old.graded:,} -> {new.mean:.1f} % of {new.graded:,}")
    for title, before, now in _mistakes(old, new):
        say(f"  {before:>4} -> {now:<4}  {title}", indent=16)
    marks = amount(len(changed), "mark")
    say(f"{marks} {'is another' if len(changed) == 1 else 'are others'}.")


def _mark(one: Side, name: str) -> str:
    status, score, most = one.marks[name]
    return f"{score:.2f} of {most:.2f}" if status == "graded" else status


def _mistakes(old: Side, new: Side) -> list[tuple[str, int, int]]:
    """The mistakes of which there are more now, or less: the greatest difference first."""
    titles = old.mistakes.keys() | new.mistakes.keys()
    told = [(title, old.mistakes[title], new.mistakes[title]) for title in titles]
    other = [one for one in told if one[1] != one[2]]
    return sorted(other, key=lambda one: (-abs(one[2] - one[1]), one[0]))[:MOST_MISTAKES]


def _plain(old: Side, new: Side, changed: list[str], apart: dict[str, list[str]]) -> dict[str, Any]:
    def mark(one: Side, name: str) -> dict[str, Any]:
        return dict(zip(("status", "score", "max_score"), one.marks[name], strict=True))

    return {
        "changed": [
            {"student": name, "before": mark(old, name), "now": mark(new, name)} for name in changed
        ],
        **apart,
        "mean": {"before": round(old.mean, 3), "now": round(new.mean, 3)},
        "mistakes": [
            {"title": title, "before": before, "now": now}
            for title, before, now in _mistakes(old, new)
        ],
    }
