"""`harness gradebook set` and `comment`: the instructor's last word."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError, Namespace
from typing import Any

from harness.cli.command import AGREES, Stop, argument, command
from harness.cli.streams import say
from harness.cli.students import FROM, STUDENT, key_of, opened, student
from harness.engines.importing import did_you_mean
from harness.grading.gradebook import Gradebook, now
from harness.grading.rulings import WHOLE, Comment, Ruling, parts
from harness.grading.standing import Student

BACK = "as-graded"
"""In the place of points: what was set is taken back."""
MOST = 1e6


def points(text: str) -> float | None:
    """The type of points; None where what was set is to be taken back."""
    if text == BACK:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= MOST:
        raise ArgumentTypeError(f"{text!r} is neither a number of points from 0 on nor {BACK}")
    return number


@command(
    "set",
    help="set a mark, or the points of a question",
    description="Sets a mark, or the points of one of its questions (without an assignment, of a "
    f"level), whatever was found. Every table and export has it, and no regrade changes it; {BACK} "
    "in place of the points takes it back. Exit status: 0 set, 2 there is no such student or "
    "question.",
    arguments=(
        STUDENT,
        argument("question", nargs="?", metavar="QUESTION", help="by its title or number"),
        argument("points", type=points, metavar="POINTS", help=f"or {BACK}"),
        argument("--why", metavar="TEXT", help="why; the student sees it"),
        FROM,
    ),
)
def set_(given: Namespace) -> int:
    book = opened(given)
    whose = student(book, given.student)
    title = WHOLE if given.question is None else _title(book, whose, given.question)
    what = title or "the mark"
    if given.points is None:
        if not book.unrule(key_of(whose), title):
            raise Stop(f"{whose.label}: {what} was not set")
    elif not (given.why or "").strip():
        raise Stop("why? --why says so to the student, and to whoever reads the mark later")
    else:
        book.rule(Ruling(key_of(whose), title, given.points, given.why.strip(), now()))
    result = _result(book, whose)
    told = f"{result['score']:.2f} of {result['max_score']:.2f} points"
    raw = f" ({result['found']:.2f} were found)" if "found" in result else ""
    say(f"{_all_of(result) or whose.label}: {told}{raw}")
    if given.points is not None and given.points > _most(result, title):
        say(f"that is more than {what} is worth ({_most(result, title):g})")
    return AGREES


@command(
    "comment",
    help="say something to a student",
    description="Keeps what is to be said to a student: it is in every export that has a place for "
    "it, and stays through regrades. Exit status: 0 kept, 2 there is no such student.",
    arguments=(STUDENT, argument("text", metavar="TEXT"), FROM),
)
def comment(given: Namespace) -> int:
    book = opened(given)
    whose = student(book, given.student)
    if not given.text.strip():
        raise Stop("there is nothing to say in it")
    book.say(Comment(key_of(whose), given.text.strip(), now()))
    say(f"{whose.label}: kept")
    return AGREES


def _result(book: Gradebook, whose: Student) -> dict[str, Any]:
    one = whose.counts
    result = None if one is None else book.result(one.id, one.key)
    if result is None:
        raise Stop(f"{whose.label}: {whose.uncounted}")
    return result


def _all_of(result: dict[str, Any]) -> str:
    """The group that has handed it in, whose mark is one; empty where it is not a group's."""
    names = [str(one.get("name", "")) for one in result.get("people", ())]
    return ", ".join(names) if len(names) > 1 else ""


def _most(result: dict[str, Any], title: str) -> float:
    worth = {part["title"]: part["max_score"] for part in parts(result)}
    return float(worth.get(title, result["max_score"]))


def _title(book: Gradebook, whose: Student, text: str) -> str:
    """The question that is meant: by its title, a beginning of it, or its number."""
    titles = [str(part["title"]) for part in parts(_result(book, whose))]
    if text.isdecimal() and 1 <= int(text) <= len(titles):
        return titles[int(text) - 1]
    exact = [title for title in titles if title.casefold() == text.casefold()]
    begun = [title for title in titles if title.casefold().startswith(text.casefold())]
    meant = exact or begun
    if len(meant) != 1:
        hint = did_you_mean(text, titles) or f" (they are {'; '.join(titles)})"
        raise Stop(f"{text}: there is no such question{hint}")
    return meant[0]
