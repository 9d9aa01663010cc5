"""`harness assignment check`: what an assignment asks, what typical mistakes would cost in it, and
whether it is whole: its solution has full marks, and what students begin with has none."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from harness.assignment import mistakes
from harness.assignment.asking import Asked, Part
from harness.assignment.mistakes import Mistake
from harness.assignment.values import Assignment
from harness.cli.assigned import of_all
from harness.cli.command import AGREES, FINDINGS
from harness.cli.streams import say
from harness.engines.loading import MODEL, PEER
from harness.files import write
from harness.grading.suite import Question, Suite
from harness.language.case import Case
from harness.showing.amounts import amount
from harness.showing.exercise import exercise, solution
from harness.showing.staging import stage

DEFAULT: Final = f"{PEER}{MODEL}"
FIRST_LINE: Final = re.compile(r"^(d\w+ \+?= )(.*\S)(\s+#\(\d+\))$", re.MULTILINE)
"""A line of a backward pass, with its number."""


def check(rules: Assignment, asked: Suite, given: Namespace) -> int:
    """Tells what is asked, and what mistakes cost; the exit status."""
    for line in (*_questions(rules, asked), "", *_costs(rules, asked, given)):
        say(line)
    score = _of_model(rules, asked, given)
    say(f"{_model(rules)}: {score:g} of {rules.points:g}")
    whole = abs(score - rules.points) < rules.rounding
    if given.starter is not None:
        score = _scored(rules, asked, given, Path(given.starter))["score"]
        say(f"the starter in {given.starter}: {score:g} of {rules.points:g}")
        whole = whole and score < rules.rounding
    return AGREES if whole else FINDINGS


def _questions(rules: Assignment, asked: Suite) -> Iterator[str]:
    """A line for each question: its points, and what it asks."""
    wide = max(len(one.title) for one in rules.questions)
    yield f"{rules.title}: {rules.points:g} points"
    for number, one in enumerate(rules.questions, 1):
        own = [case for case in asked.questions if _belongs(case.parts, number)]
        passes = Counter(
            direction
            for case in own
            for direction, part in case.parts.items()
            if part.question == number
        )
        told = ", ".join(f"{direction} of {amount(n, 'case')}" for direction, n in passes.items())
        hidden = sum(case.hidden for case in own)
        secret = f" ({hidden} hidden)" if hidden else ""
        yield f"{number}. {one.title:<{wide}}  {one.points:>6g}  {told}{secret}"


def _belongs(parts: Mapping[str, Part], number: int) -> bool:
    return any(part.question == number for part in parts.values())


def _costs(rules: Assignment, asked: Suite, given: Namespace) -> Iterator[str]:
    """What typical mistakes would cost, in all and by question."""
    engine = [(Asked(q.case, q.parts), q.truth) for q in asked.questions if q.file is None]
    numbers = range(1, len(rules.questions) + 1)
    tried = mistakes.typical(rules.questions, [one for one, _ in engine])
    wide = max(len(one.told) for one in tried)
    heads = "".join(f"{f'({number})':>7}" for number in numbers)
    yield f"{'what typical mistakes leave':<{wide}}  {'score':>6}       {heads}"
    for mistake in tried:
        points = mistakes.points(mistake, engine) | _by_hand(mistake, rules, asked, given)
        total = sum(points.values())
        each = "".join(f"{points.get(number, 0.0):>7.2f}" for number in numbers)
        share = f"{total / rules.points:>5.0%}"
        yield f"{mistake.told:<{wide}}  {rules.rounded(total):>6.2f}  {share}{each}"


# -- what is tried ---------------------------------------------------------------------------------


def _model(rules: Assignment) -> str:
    """What has full marks, in words."""
    exercises = sum(one.exercise is not None for one in rules.questions)
    if exercises == len(rules.questions):
        return "the solution by hand"
    return "the model engine, and the solution by hand" if exercises else "the model engine"


def _of_model(rules: Assignment, asked: Suite, given: Namespace) -> float:
    """What the model engine scores, with exercises as they are solved."""
    plain = replace(rules, engine=replace(rules.engine, file=DEFAULT, name=None, adapter=None))
    with TemporaryDirectory() as folder:
        _write(asked.questions, Path(folder), lambda case: _solved(Mistake(""), case))
        return float(_scored(plain, asked, given, Path(folder))["score"])


def _by_hand(
    mistake: Mistake, rules: Assignment, asked: Suite, given: Namespace
) -> dict[int, float]:
    """What one earns in each exercise who makes the mistake there."""
    own = replace(asked, questions=tuple(q for q in asked.questions if q.file is not None))
    if not own.questions:
        return {}
    with TemporaryDirectory() as folder:
        _write(own.questions, Path(folder), lambda case: _solved(mistake, case))
        found = _scored(rules, own, given, Path(folder))["questions"]
    numbered = enumerate(zip(rules.questions, found, strict=True), 1)
    return {n: marks["score"] for n, (one, marks) in numbered if one.exercise is not None}


def _write(questions: Sequence[Question], folder: Path, solved: Callable[[Case], str]) -> None:
    """Writes the exercises among the questions, each with what is ``solved`` of it."""
    for one in questions:
        if one.file is not None:
            place = folder / one.file
            place.parent.mkdir(parents=True, exist_ok=True)
            write(place, solved(one.case).encode())


def _solved(mistake: Mistake, case: Case) -> str:
    """An exercise as one solves it who makes the mistake."""
    listing = stage(case.program, None)
    if not mistake.backward:
        return exercise(listing, case.id, case.path.name)
    text = solution(listing, case.id)
    if mistake.assigns:
        text = text.replace(" += ", " = ")
    return FIRST_LINE.sub(r"\1-(\2)\3", text, count=1) if mistake.sign else text


def _scored(rules: Assignment, asked: Suite, given: Namespace, folder: Path) -> Mapping[str, Any]:
    """The result of what is in a folder."""
    own = Namespace(**vars(given), engine=None, timeout=2.0, in_process=False, show_output=False)
    own.input = own.gradient = []
    own.json = own.format = None  # what is judged here is told by this command
    return of_all(rules, asked, own, folder)
