"""Why a pass has failed: its one explanation, which every output tells in its own way.

:func:`explain` makes it, once for a failed pass. Over many cases, ``findings.py`` chooses the
mistakes that explain them all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness.engines.trace import SLOW, Breach, Failure, endless, not_run
from harness.judging import values
from harness.judging.callers import operations_of
from harness.judging.comparing import TOLERANCES, close, quiet, tolerances
from harness.judging.gradients import Reading
from harness.judging.mistakes import (
    AGREED,
    ENGINE,
    FRESH,
    NOTHING,
    ONCE,
    Mistake,
    Term,
    mistake,
    stopped,
)
from harness.judging.verdict import (
    GUILTY,
    INHERITED,
    MISSING,
    RIGHT,
    Direction,
    Explanation,
    Judgement,
    Place,
    Verdict,
)
from harness.vocabulary.program import Array, Program
from harness.vocabulary.signatures import OPERATIONS

ORDERED: Final = ("missing-term", "double-count", "overwrite", "lost-gradient", "wrong-rule")
"""Mistakes that are the machinery's if another order of evaluation makes them vanish."""

NUMBER: Final = re.compile(r"'(float|int)' object has no attribute")

SHAPES: Final = re.compile(r"broadcast|shape|size|align|dimension|axis|axes", re.IGNORECASE)
"""What numpy says of arrays that do not fit: a gradient's shape may be wrong long before."""

MOST_WORK: Final = 1 << 24
"""So many elements are compared to explain one number, in a second or so."""

MOST_PLACES: Final = 6
"""So many wrong steps of one pass are looked into."""


def explain(verdict: Verdict, direction: str) -> Explanation | None:
    """Why a pass has failed; None if it has not. Made once for a verdict."""
    if verdict.direction(direction).status != "failed":
        return None
    if direction not in verdict.explanations:
        verdict.explanations[direction] = _explained(verdict, direction)
    return verdict.explanations[direction]


@quiet
def _explained(verdict: Verdict, direction: str) -> Explanation:
    judged = verdict.direction(direction)
    places = []
    if judged.breach is not None and not verdict.alone:
        places.append(Place(None, tuple(_of_breach(verdict.case.program, judged.breach))))
    stopped = direction == "backward" and judged.failure and not verdict.trace.gradients
    first = None if stopped else judged.first
    if first is not None:
        wrong = [first, *others(judged, first)]
        guilty = [item for item in wrong if item.status in (GUILTY, MISSING)] or [first]
        places += [_place(verdict, direction, item) for item in guilty[:MOST_PLACES]]
    if judged.failure is not None and (first is None or first.status == INHERITED):
        places.insert(0, Place(None, tuple(_of_failure(verdict, judged.failure))))
    return Explanation(direction, tuple(places), judged.failure, judged.breach)


def _place(verdict: Verdict, direction: str, item: Judgement) -> Place:
    """The mistakes that explain one wrong step."""
    told = _known(verdict, direction, item)
    if direction == "second" and told is None:
        told = _of_second(verdict)
    if told is None and direction == "backward" and verdict.once is not None:
        return _place(verdict.once, direction, verdict.once.backward.first or item)
    shown = verdict.shown.get((direction, item.name), NOTHING)
    told = told or list(shown.mistakes)
    terms: tuple[Term, ...] = ()
    try:
        if direction == "backward" and verdict.trace.gradients:
            reading = Reading(verdict, item, Comparing(verdict, direction))
            told = told or _in_context(verdict, reading.mistakes, shown.right)
            terms = reading.terms_of(told[0])
        elif not told:
            told = values.mistakes(verdict, item, Comparing(verdict, direction))
    except (TooMuch, MemoryError):
        code = "wrong-value" if direction == "forward" else "wrong-rule"
        told = told or [mistake(code, ENGINE, "unexplained", exact=False)]
    return Place(item, tuple(told), terms)


def _known(verdict: Verdict, direction: str, item: Judgement) -> list[Mistake] | None:
    """What the case's other runs have shown of a wrong step, and what its pass tells by itself."""
    program = verdict.case.program
    if item.choice is not None and item.choice.experiment == AGREED:
        return [item.choice]
    if verdict.alone:
        step = program.by_name.get(item.name)
        ops = [step.op] if step is not None and direction == "forward" else []
        ops = ops or [step.op for step, _ in program.uses.get(item.name, ())]
        blamed = [*dict.fromkeys(ops), ENGINE] if len(set(ops)) == 1 else [ENGINE]
        return [mistake("state-leak", op, "left behind", experiment=FRESH) for op in blamed]
    if direction == "backward" and verdict.once is not None:
        single = verdict.once.backward.first
        if verdict.once.passed or (single is not None and single.status == INHERITED):
            return [mistake("stale-grad", ENGINE, "stale", experiment=ONCE)]
    return None


def _of_second(verdict: Verdict) -> list[Mistake]:
    """Whom a wrong gradient of a gradient is blamed on: if no experiment tells, any operation."""
    shown = verdict.shown.get(("second", ""), NOTHING).mistakes
    own = [step.op for step in verdict.case.program.steps if step.op in OPERATIONS]
    every = (*dict.fromkeys(own), ENGINE)
    return list(shown) or [mistake("wrong-rule", op, "second", exact=False) for op in every]


def _in_context(verdict: Verdict, found: Sequence[Mistake], right: frozenset[str]) -> list[Mistake]:
    """What a number looks like, beside what other runs of the case have shown. A mistake is the
    machinery's where the rule that it is blamed on is right in all that was asked (but whose array
    is shared was not), and hardly the rule's."""
    if verdict.other_order:
        found = [replace(one, op=ENGINE) if one.code in ORDERED else one for one in found]
    cleared = [one for one in found if one.op in right and one.code != "aliasing"]
    found = [
        *(replace(one, op=ENGINE, operand="") if one in cleared else one for one in found),
        *(replace(one, exact=False) for one in cleared),
    ]
    if not verdict.unordered:
        return found
    places = " or ".join(verdict.trace.iterates_sets)
    vague = [replace(one, exact=False) for one in found]
    return [mistake("unordered", ENGINE, "sets", facts={"places": places}), *vague]


class TooMuch(Exception):
    """An explanation takes more work than it is worth."""


class Comparing:
    """Whether two numbers are the same, within the tolerance of a pass; so often as is sensible.
    ``apart``: they are experiments', which may be far smaller than the case's largest."""

    def __init__(self, verdict: Verdict, direction: str, apart: bool = False) -> None:
        rtol, atol = tolerances(verdict.case, verdict.truth, direction)
        atol = min(atol, TOLERANCES[verdict.case.program.dtype][1]) if apart else atol
        self.tolerance, self.work = (max(rtol, 1e-7), atol), 0

    def __call__(self, got: Array, expected: Array) -> bool:
        self.work += max(got.size, expected.size)
        if self.work > MOST_WORK:
            raise TooMuch
        return close(got, expected, *self.tolerance)


def _of_failure(verdict: Verdict, failure: Failure) -> list[Mistake]:
    """Whom an exception is blamed on."""
    if verdict.alone:
        return [stopped("state-leak", ENGINE, failure, experiment=FRESH)]
    shown = verdict.shown.get((failure.direction, ""), NOTHING).mistakes
    if failure.code == SLOW:
        shown = tuple(replace(one, code=SLOW) if one.code == "crash" else one for one in shown)
    return list(shown) or _by_its_message(verdict.case.program, failure)


def _by_its_message(program: Program, failure: Failure) -> list[Mistake]:
    if failure.code == SLOW or (
        failure.message.startswith(not_run()) and endless() in failure.message
    ):
        about = "not run" if failure.message.startswith(not_run()) else "raised"
        ops = operations_of(program, failure)
        return [stopped(SLOW, op, failure, about, exact=len(ops) == 1) for op in ops]
    if failure.code:
        return [stopped(failure.code, ENGINE, failure)]
    if "RecursionError" in failure.message:
        return [mistake("recursion", ENGINE, "recursion", facts={"direction": failure.direction})]
    code, ops = "crash", operations_of(program, failure)
    step = next((step for step in program.steps if step.name == failure.step), None)
    if (
        step is not None
        and NUMBER.search(failure.message)
        and len(step.parents) < len(step.operands)
    ):
        facts = {"name": step.name}
        return [stopped("crash", op, failure, "plain number", facts=facts) for op in ops]
    if "OverflowError" in failure.message:
        code = "overflow"
    elif failure.direction == "backward" and SHAPES.search(failure.message):
        stretching = dict.fromkeys(
            step.op
            for step in program.steps
            if step.op in OPERATIONS
            and step.operation.shape in ("broadcast", "broadcast_to")
            and any(program.shapes[name] != program.shapes[step.name] for name in step.parents)
        )
        every = dict.fromkeys(step.op for step in program.steps if step.op in OPERATIONS)
        return [
            stopped(
                "missing-unbroadcast" if op in stretching else code,
                op,
                failure,
                exact=op in ops and (op in stretching or not stretching),
            )
            for op in (*ops, *(op for op in every if op not in ops))
        ]
    about = "not run" if failure.message.startswith(not_run()) else "raised"
    exact = len(ops) == 1 and about == "raised"
    return [stopped(code, op, failure, about, exact) for op in ops]


def _of_breach(program: Program, breach: Breach) -> list[Mistake]:
    """Whom a value is blamed on that did not stay what it was."""
    name = breach.name
    step = next((step for step in program.steps if step.name == breach.step), None)
    if step is not None and name in step.parents:
        op = breach.op or step.op
        return [mistake("mutates-input", op, "operand changed", facts={"name": name})]
    if step is not None and step.name != name:
        return [
            mistake("aliasing", step.op, "shared array", facts={"step": step.name, "name": name})
        ]
    users = list(dict.fromkeys(user.op for user, _ in program.uses.get(name, ())))
    ops = users if len(users) == 1 else [*users, ENGINE]
    facts = {"name": name, "direction": breach.direction}
    return [mistake("mutates-input", op, "changed", exact=len(ops) == 1, facts=facts) for op in ops]


def others(direction: Direction, first: Judgement) -> list[Judgement]:
    """The other wrong steps of a pass, guilty before inherited."""
    wrong = [j for j in direction.judgements if j is not first and j.status not in RIGHT]
    return sorted(wrong, key=lambda j: j.status not in (GUILTY, MISSING))
