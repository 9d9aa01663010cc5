"""What an assignment asks: which passes of which cases, in which question, and for how many points.

:func:`ask` goes through the questions in their order. A pass of a case belongs to the first
question that asks it. A question's points are shared equally among its operations and passes, and
there among cases by their own points: so a wrong rule costs its part, however many cases there are
of it. A case counts for that of its operations which is asked for last: so who has the first
operations alone has their part. Plain numbers as operands count like an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.assignment.values import (
    ANY,
    LEADING,
    NONE,
    OPERATIONS,
    Assignment,
    Conventions,
    Question,
)
from harness.engines.importing import did_you_mean
from harness.language.case import Case
from harness.language.levels import level_of
from harness.language.suite import FOLDER
from harness.vocabulary.program import DIRECTIONS, DTYPES, Program, Step
from harness.vocabulary.signatures import OPERATIONS as VOCABULARY

PRODUCTS: Final = frozenset({"matmul"})
"""Operations whose operands have the ranks that a course has agreed on."""

USUAL: Final = DTYPES[0]
"""The dtype of cases that ask for none: another is asked for where the course has agreed on one."""

POWER: Final = "pow"
"""The operation that usually has a plain number for an operand: its exponent."""

NUMBER: Final = "number"
"""What cases count for in which an operand is a plain number."""

Pass = tuple[str, str]
"""A case's id, and a pass of it."""


class AskingError(Exception):
    """Questions that ask nothing, or cannot be shared out; a line for each, with its place."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one pass of a case is worth, and in which question, counted from 1."""

    question: int
    points: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as it is asked: its ``case`` has the passes, and the points, that the assignment asks
    it for; ``parts`` says which pass is whose."""

    case: Case
    parts: Mapping[str, Part]


def ask(assignment: Assignment, cases: Iterable[Case]) -> list[Asked]:
    """The cases that are asked, from the foot of the ladder up. Raises :class:`AskingError`."""
    every = list(cases)
    known = {case.id: case for case in every if fits(case, assignment.conventions)}
    parts: dict[str, dict[str, Part]] = {}
    wrong = list(_nowhere(assignment, [case.id for case in every]))
    for number, question in enumerate(assignment.questions, 1):
        taught = _taught(assignment.questions[:number])
        others = enumerate(assignment.questions, 1)
        apart = [other for other, one in others if one.hidden != question.hidden]
        own = list(_passes(question, taught, known.values(), parts, apart))
        try:
            worth = _worth(question, own, known, _order(assignment.questions[:number]))
        except AskingError as error:
            wrong.append(_at(question.place, f"{question.title}: {error}"))
            continue
        for (id, direction), points in worth.items():
            parts.setdefault(id, {})[direction] = Part(number, points)
    if wrong:
        raise AskingError("\n".join(wrong))
    order = sorted(parts, key=lambda id: (*known[id].rung, id))
    return [Asked(_restricted(known[id], parts[id]), parts[id]) for id in order]


def _nowhere(assignment: Assignment, ids: Sequence[str]) -> Iterator[str]:
    """A line for each path at which there is no case; a student's copy has not all of them."""
    if assignment.hidden_cases:
        return
    named = [(one.place, one.title, one.paths) for one in assignment.questions]
    for place, title, paths in [*named, (assignment.vary.place, "vary", assignment.vary.keep)]:
        for path in paths:
            if not any(is_at(id, path) for id in ids):
                near = did_you_mean(path, map(short, ids))
                yield _at(place, f"{title}: there is no case or topic {path}{near}")


def _at(place: tuple[int, int], told: str) -> str:
    return "{}:{}: {}".format(*place, told)


def _restricted(case: Case, parts: Mapping[str, Part]) -> Case:
    """The case with no pass beyond those that are asked, and their points alone."""
    order = max(map(DIRECTIONS.index, parts))
    program = replace(case.program, order=order)
    if not order:
        program = replace(program, backward_calls=1)
    points = sum(part.points for part in parts.values())
    shares = {name: part.points / points for name, part in parts.items()} if points else {}
    return replace(case, program=program, points=points, shares=shares)


# -- which cases -----------------------------------------------------------------------------------


def operations(case: Case) -> set[str]:
    """The operations of a case, comparisons left out, by the names that they are taught by."""
    return {taught(step) for step in case.program.steps if not step.operation.compares}


def taught(step: Step) -> str:
    """The name that a step's operation is taught by."""
    return step.operation.word


def _taught(questions: Sequence[Question]) -> Collection[str] | None:
    """All operations that have been asked for by the last of these; None where none is named."""
    named = {op for question in questions for op in question.operations}
    return named or None


def _passes(
    question: Question,
    taught: Collection[str] | None,
    cases: Iterable[Case],
    parts: Mapping[str, Mapping[str, Part]],
    apart: Collection[int],
) -> Iterator[Pass]:
    """What a question asks that none before it does, and nothing of a case that those which are
    ``apart`` ask: a case is hidden as a whole, or not."""
    for case in cases:
        own = parts.get(case.id, {})
        other = any(number in apart for number in {part.question for part in own.values()})
        if selects(question, case, taught) and not other:
            for direction in case.program.directions:
                if direction in question.passes and direction not in own:
                    yield case.id, direction


def selects(question: Question, case: Case, taught: Collection[str] | None) -> bool:
    """Whether a question asks a case, when ``taught`` are the operations asked for by then."""
    if question.exercise is not None:
        return False
    own = operations(case)
    return (
        (taught is None or own <= set(taught))
        and level_of(case.program, case.tags) in question.rungs
        and (not question.operations or bool(own & set(question.operations)))
        and (not question.tags or bool(set(case.tags) & set(question.tags)))
        and (not question.paths or any(is_at(case.id, path) for path in question.paths))
    )


def is_at(id: str, path: str) -> bool:
    """Whether a case is the one of that path, or below it."""
    return f"{short(id)}/".startswith(f"{path}/") or f"{id.removesuffix('.yaml')}/".startswith(
        f"{path}/"
    )


def short(id: str) -> str:
    """A case's id without the folder ``cases`` and the suffix."""
    return id.removeprefix(f"{FOLDER}/").removesuffix(".yaml")


# -- conventions -----------------------------------------------------------------------------------


def fits(case: Case, agreed: Conventions) -> bool:
    """Whether a case asks nothing beyond what the course has agreed on."""
    program = case.program
    stretches = {NONE: _is_stretched, LEADING: _is_stretched_within}.get(agreed.broadcasting)
    return (
        (agreed.arrays or program.scalar)
        and (agreed.dtype is not None or program.dtype == USUAL)
        and (stretches is None or not any(_stretched(program, stretches)))
        and (agreed.exponents == ANY or all(map(_has_plain_power, program.steps)))
        and (agreed.ranks is None or _ranks(program) <= set(agreed.ranks))
        and (agreed.recursion is None or depth(program) <= agreed.recursion)
    )


def _stretched(
    program: Program, stretches: Callable[[tuple[int, ...], tuple[int, ...]], bool]
) -> Iterator[bool]:
    """Of each operand that may be stretched, whether it is."""
    for step in program.steps:
        if step.operation.stretches:
            own = program.shapes[step.name]
            yield from (stretches(program.shapes[name], own) for name in step.parents)


def _is_stretched(operand: tuple[int, ...], result: tuple[int, ...]) -> bool:
    return operand != result


def _is_stretched_within(operand: tuple[int, ...], result: tuple[int, ...]) -> bool:
    """Whether an axis that the operand has is stretched, and not only those in front of it."""
    return operand != result[len(result) - len(operand) :]


def _has_plain_power(step: Step) -> bool:
    """Whether a step is no power, or one of something, and its exponent a number."""
    return step.op != POWER or [isinstance(x, str) for x in step.operands] == [True, False]


def _ranks(program: Program) -> set[int]:
    return {
        len(program.shapes[name])
        for step in program.steps
        if step.op in PRODUCTS
        for name in step.parents
    }


def depth(program: Program) -> int:
    """How many steps the longest chain has."""
    deep: dict[str, int] = {}
    for step in program.steps:
        deep[step.name] = 1 + max((deep.get(name, 0) for name in step.parents), default=0)
    return max(deep.values())


# -- points ----------------------------------------------------------------------------------------


def _order(questions: Sequence[Question]) -> dict[str, int]:
    """The place of every operation, by the name that it is taught by: those that are asked for in
    their order, then the others in the vocabulary's."""
    asked = [op for question in questions for op in question.operations]
    every = dict.fromkeys([*asked, *(one.word for one in VOCABULARY.values())])
    return {op: place for place, op in enumerate(every)}


def _worth(
    question: Question,
    passes: Sequence[Pass],
    cases: Mapping[str, Case],
    order: Mapping[str, int],
) -> dict[Pass, float]:
    """The points of each pass that a question asks. Raises :class:`AskingError`."""
    if question.exercise is not None:
        return {}
    if not passes:
        raise AskingError("no case is all of that, or all of them are asked before")
    there = set().union(*(operations(cases[id]) for id, _ in passes))
    if alone := set(question.operations) - there:
        raise AskingError(
            f"no case has {', '.join(sorted(alone))} with operations that are asked for by then"
        )
    worth = dict(_own(question, passes))
    rest = [one for one in passes if one not in worth]
    left = question.points - sum(worth.values())
    if left < -1e-9 or (not rest and left > 1e-9):
        more = "more" if left < 0 else "less"
        raise AskingError(f"worth: its cases have {more} than the {question.points:g} points")
    groups = _groups(question, rest, cases, order)
    for group in groups:
        weights = {one: cases[one[0]].points for one in group}
        whole = sum(weights.values()) or 1.0
        for one, weight in weights.items():
            worth[one] = worth.get(one, 0.0) + left / len(groups) * weight / whole
    return worth


def _own(question: Question, passes: Sequence[Pass]) -> Iterator[tuple[Pass, float]]:
    """The points of the cases that have points of their own, shared by their passes."""
    for path, points in question.worth.items():
        named = [one for one in passes if path in (short(one[0]), one[0].removesuffix(".yaml"))]
        if not named:
            raise AskingError(f"worth: {path} is no case that it asks")
        yield from ((one, points / len(named)) for one in named)


def _groups(
    question: Question,
    passes: Sequence[Pass],
    cases: Mapping[str, Case],
    order: Mapping[str, int],
) -> list[list[Pass]]:
    """The passes in groups of like worth: by operation and by direction; or by direction alone."""
    grouped: dict[tuple[str, str], list[Pass]] = {}
    for id, direction in passes:
        shared = question.share == OPERATIONS
        about = _about(cases[id], question.operations, order) if shared else ""
        grouped.setdefault((about, direction), []).append((id, direction))
    return list(grouped.values())


def _about(case: Case, named: Collection[str], order: Mapping[str, int]) -> str:
    """What a case counts for: plain numbers, where one is an operand, else that of its operations
    (those that the question names, where it names some) which comes last."""
    if any(map(_has_number, case.program.steps)):
        return NUMBER
    every = operations(case)
    own = every & set(named) or every
    return max(own, key=lambda op: (order.get(op, len(order)), op), default="")


def _has_number(step: Step) -> bool:
    """Whether an operand is a plain number, as any operand may be: so not an exponent's."""
    exponent = 1 if step.op == POWER else None
    return step.operation.stretches and any(
        not isinstance(operand, str)
        for place, operand in enumerate(step.operands)
        if place != exponent
    )
