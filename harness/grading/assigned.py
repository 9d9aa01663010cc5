"""The cases of an assignment, as a class is graded on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from harness.assignment import asking
from harness.assignment.asking import Asked, AskingError, Part, is_at
from harness.assignment.values import ACCUMULATE, Assignment, Conventions
from harness.engines.trace import Trace, Undefined
from harness.grading.suite import HIDDEN, Question, Suite, SuiteError, in_order
from harness.judging.agreed import Agreement
from harness.judging.oracle import Oracle, anew, check_expectations
from harness.language import suite
from harness.language.case import Case, CaseError
from harness.language.suite import BUILTIN, Source

BY_HAND: Final = "backward"
"""The pass that an exercise has."""


def sources(assignment: Assignment) -> Iterator[tuple[Source, bool]]:
    """The files of all cases that may be asked, with whether they are hidden. They are called by
    their paths beside the assignment."""
    for private, folders in ((True, assignment.hidden), (False, assignment.cases or (BUILTIN,))):
        for folder in folders:
            place = folder if folder == BUILTIN else assignment.beside(folder)
            for source in suite.find([place]):
                below = source.id.removeprefix(Path(place).as_posix())
                own = source.id if folder == BUILTIN else f"{folder}{below}"
                yield replace(source, id=own), private


def agreement(agreed: Conventions) -> Agreement:
    """What the course has agreed on of kinks, and of a second backward."""
    times = None if agreed.gradients is None else 1 + (agreed.gradients == ACCUMULATE)
    return Agreement(agreed.kinks, times)


def read(assignment: Assignment, oracle: str | None = None, seed: str = "") -> Suite:
    """The cases that an assignment asks, with their truths; with a ``seed``, those too that are
    drawn for the class. Raises :class:`SuiteError`."""
    cases, private = _loaded(assignment)
    drawn = unseen(assignment, seed, oracle)
    cases |= {id: case for id, (case, _) in drawn.items()}
    private |= drawn.keys()
    hidden = [number for number, one in enumerate(assignment.questions, 1) if one.hidden]
    try:
        asked = asking.ask(assignment, cases.values())
    except AskingError as error:
        lines = str(error).splitlines()
        raise SuiteError("\n".join(f"{assignment.path}:{line}" for line in lines)) from None
    truths, wrong, questions = Oracle(oracle, strict=True), list[str](), list[Question]()
    for one in [*asked, *_exercises(assignment)]:
        try:
            own = cases.get(one.case.id, one.case)
            truth = drawn[own.id][1] if own.id in drawn else truths.truth(own)
            check_expectations(own, truth)
        except (CaseError, Undefined) as error:
            place = "" if isinstance(error, CaseError) else f"{one.case.id}:1:1: "
            wrong.append(f"{place}{error}")
            continue
        number = next(iter(one.parts.values())).question
        file = assignment.questions[number - 1].file
        named = any(is_at(one.case.id, path) for path in assignment.vary.keep)
        keeps = one.case.id in drawn or named
        questions.append(
            Question(
                one.case.id,
                one.case,
                truth,
                one.case.id in private or number in hidden,
                keeps=keeps,
                parts=one.parts,
                file=file,
            )
        )
    if wrong:
        raise SuiteError("\n".join(dict.fromkeys(wrong)))
    return Suite(in_order(questions), tuple(truths.notes), assignment)


def _loaded(assignment: Assignment) -> tuple[dict[str, Case], set[str]]:
    """All cases by their ids, and which of them are hidden. Raises :class:`SuiteError`."""
    cases: dict[str, Case] = {}
    private, wrong, known = set[str](), list[str](), set[Path]()
    for source, own in sources(assignment):
        if (path := source.path.resolve()) in known:
            continue
        known.add(path)
        try:
            cases[source.id] = case = source.load()
        except CaseError as error:
            wrong.append(str(error))
        else:
            private |= {source.id} if own or HIDDEN in case.tags else set()
    if wrong:
        raise SuiteError("\n".join(wrong))
    return cases, private


def unseen(assignment: Assignment, seed: str, oracle: str | None) -> dict[str, tuple[Case, Trace]]:
    """The cases that are drawn for the class, and their truths, by their ids."""
    if not (seed and assignment.vary.drawn):
        return {}
    from harness.grading.unseen import cases  # which needs Hypothesis

    return {case.id: (case, truth) for case, truth in cases(assignment, seed, anew(oracle))}


def _exercises(assignment: Assignment) -> Iterator[Asked]:
    """The cases that are done by hand."""
    for number, question in enumerate(assignment.questions, 1):
        if question.exercise is not None:
            own = Path(assignment.beside(f"{question.exercise}.yaml"))
            try:
                source = suite.one(str(own) if own.is_file() else question.exercise)
            except FileNotFoundError as error:
                place = "{}:{}:{}".format(assignment.path, *question.place)
                told = f"{place}: {question.title}: {question.exercise}: {error.strerror}"
                raise SuiteError(told) from None
            case = replace(source.load(), points=question.points, shares={BY_HAND: 1.0})
            yield Asked(case, {BY_HAND: Part(number, question.points)})
