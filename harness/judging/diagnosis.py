"""The likely mistake behind a wrong step.

:func:`suspects` gives every mistake that would explain a wrong number, the likeliest first;
:func:`diagnose` the one that is told of the first wrong step of a pass. Over many cases,
``findings.py`` chooses the mistakes that explain them all.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from harness.engines.trace import NOT_RUN, Breach, Failure
from harness.judging import gradients, values
from harness.judging.comparing import close, quiet, tolerances
from harness.judging.suspects import ENGINE, NOTHING, Suspect, Term
from harness.judging.verdict import (
    GUILTY,
    INHERITED,
    MISSING,
    RIGHT,
    Direction,
    Judgement,
    Verdict,
)
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Array, Program
from harness.vocabulary.signatures import OPERATIONS

ORDERED: Final = ("missing-term", "double-count", "overwrite", "lost-gradient", "wrong-rule")
"""Mistakes that are the machinery's if another order of evaluation makes them vanish."""


NUMBER: Final = re.compile(r"'(float|int)' object has no attribute")

SHAPES: Final = re.compile(r"broadcast|shape|size|align|dimension|axis|axes", re.IGNORECASE)
"""What numpy says of arrays that do not fit: a gradient's shape may be wrong long before."""


TOGETHER: Final = frozenset(
    {"overwrite", "missing-term", "lost-gradient", "aliasing", "mutates-input", "state-leak"}
)
"""Mistakes of a rule that do not show where its operation is the only one."""

MOST_WORK: Final = 1 << 24
"""So many elements are compared to explain one number, in a second or so."""

UNEXPLAINED: Final = "it is wrong, and too large for the mistake to be looked for"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The first wrong step of a pass, the mistake's code, the operation it is blamed on
    (``engine`` for the machinery between the rules), and what to do, in a sentence."""

    judgement: Judgement
    code: str
    op: str
    message: str
    terms: tuple[Term, ...] = ()
    others: tuple[Suspect, ...] = ()
    """What else would give this very number."""


def diagnose(verdict: Verdict, direction: str) -> Diagnosis | None:
    """The likely mistake at the first wrong step of a pass; None if no step is wrong."""
    first = verdict.direction(direction).first
    return None if first is None else explain(verdict, direction, first)


@quiet
def explain(verdict: Verdict, direction: str, judgement: Judgement) -> Diagnosis:
    """The likely mistake at one wrong step."""
    likeliest, *rest = suspects(verdict, direction, judgement)
    others = {suspect.code: suspect for suspect in reversed(rest) if suspect.exact}
    others.pop(likeliest.code, None)
    terms = likeliest.terms
    if likeliest.shown:
        with suppress(TooMuch, MemoryError):
            terms = gradients.terms(verdict, judgement, likeliest, Comparing(verdict, direction))
    return Diagnosis(
        judgement,
        likeliest.code,
        likeliest.op,
        likeliest.message,
        terms,
        tuple(others.values())[::-1],
    )


@quiet
def suspects(verdict: Verdict, direction: str, judgement: Judgement) -> list[Suspect]:
    """The mistakes that explain one wrong step, the likeliest first; at least one."""
    if verdict.alone:
        message = (
            "the case passes where it is the first graph that the engine builds: an earlier graph "
            "has left something behind (a tape, a visited set, a mutable default argument)"
        )
        step = verdict.case.program.by_name.get(judgement.name)
        ops = [step.op] if step is not None and direction == "forward" else []
        ops = ops or [step.op for step, _ in verdict.case.program.uses.get(judgement.name, ())]
        blamed = [*dict.fromkeys(ops), ENGINE] if len(set(ops)) == 1 else [ENGINE]
        return [Suspect("state-leak", op, message) for op in blamed]
    if direction == "second":
        message = "a gradient is differentiated wrongly: rules must record what they compute"
        own = [step.op for step in verdict.case.program.steps if step.op in OPERATIONS]
        every = (*dict.fromkeys(own), ENGINE)
        return [Suspect("wrong-rule", op, message, exact=False) for op in every]
    if direction == "backward" and verdict.once is not None:
        single = verdict.once.backward.first
        if verdict.once.passed or (single is not None and single.status == INHERITED):
            message = (
                "after a second backward a gradient must be g or 2g: what the first pass left must "
                "not be passed on again"
            )
            return [Suspect("stale-grad", ENGINE, message)]
        if single is not None:
            return suspects(verdict.once, direction, single)
    shown = verdict.shown.get(judgement.name, NOTHING) if direction == "backward" else NOTHING
    if shown.mistakes:
        return list(shown.mistakes)
    explained = values.suspects if direction == "forward" else gradients.suspects
    try:
        found = explained(verdict, judgement, Comparing(verdict, direction))
    except (TooMuch, MemoryError):
        found = [
            Suspect(
                "wrong-value" if direction == "forward" else "wrong-rule",
                ENGINE,
                UNEXPLAINED,
                exact=False,
            )
        ]
    if verdict.other_order and direction == "backward":
        found = [
            replace(suspect, op=ENGINE) if suspect.code in ORDERED else suspect for suspect in found
        ]
    found = [_in_context(suspect, shown.right) for suspect in found]
    return _unordered(verdict, found) if verdict.unordered else found


def _in_context(suspect: Suspect, right: frozenset[str]) -> Suspect:
    """The mistake, as the machinery's where the rule that it is blamed on is right alone, and it is
    not one that shows only where there are other terms."""
    if suspect.op in right and suspect.code not in TOGETHER:
        return replace(suspect, op=ENGINE, operand="", exact=False)
    return suspect


class TooMuch(Exception):
    """An explanation takes more work than it is worth."""


class Comparing:
    """Whether two numbers are the same, within the tolerance of a pass; so often as is sensible."""

    def __init__(self, verdict: Verdict, direction: str) -> None:
        rtol, atol = tolerances(verdict.case, verdict.truth, direction)
        self.tolerance, self.work = (max(rtol, 1e-7), atol), 0

    def __call__(self, got: Array, expected: Array) -> bool:
        self.work += max(got.size, expected.size)
        if self.work > MOST_WORK:
            raise TooMuch
        return close(got, expected, *self.tolerance)


def _unordered(verdict: Verdict, found: list[Suspect]) -> list[Suspect]:
    """Of an engine whose answer depends on the order of a set that is the mistake, not what a
    number looks like."""
    places = " or ".join(verdict.trace.iterates_sets)
    message = (
        f"the answer depends on the order in which a set is iterated ({places}): keep parents in "
        "a tuple or a list"
    )
    vague = [replace(suspect, exact=False) for suspect in found]
    return [Suspect("unordered", ENGINE, message), *vague]


def suspects_of_failure(verdict: Verdict, failure: Failure) -> list[Suspect]:
    """Whom an exception is blamed on."""
    shown = verdict.shown.get("", NOTHING).mistakes if failure.direction == "backward" else ()
    return list(shown) or _by_its_message(verdict.case.program, failure)


def _by_its_message(program: Program, failure: Failure) -> list[Suspect]:
    if failure.code:
        return [Suspect(failure.code, ENGINE, failure.message)]
    if "RecursionError" in failure.message:
        message = f"{failure.direction} recurses once for every step of a chain"
        return [Suspect("recursion", ENGINE, message)]
    code, ops = "crash", operations_of(program, failure)
    step = next((step for step in program.steps if step.name == failure.step), None)
    if (
        step is not None
        and NUMBER.search(failure.message)
        and len(step.parents) < len(step.operands)
    ):
        message = f"{step.name}: one operand is a plain number, which is wrapped nowhere"
        return [Suspect("crash", op, f"{message} ({failure.message})") for op in ops]
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
            Suspect(
                "missing-unbroadcast" if op in stretching else code,
                op,
                failure.message,
                exact=op in ops and (op in stretching or not stretching),
            )
            for op in (*ops, *(op for op in every if op not in ops))
        ]
    exact = len(ops) == 1 and not failure.message.startswith(NOT_RUN)
    return [Suspect(code, op, failure.message, exact=exact) for op in ops]


def operations_of(program: Program, failure: Failure) -> list[str]:
    """The operations that may have raised an exception: the step's own forward; backward, those
    that the names of the running functions tell of, and if none does, all of the program."""
    if failure.direction == "forward":
        step = program.by_name.get(str(failure.step))
        return [ENGINE if step is None else step.op]
    ops = list(dict.fromkeys(step.op for step in program.steps if not step.operation.compares))
    for function in reversed(failure.functions):
        named = [(len(name), op) for op in ops for name in _names(op) if _contains(function, name)]
        if named:
            return [max(named)[1]]
    return [ENGINE, *ops] if failure.step is None else [ENGINE]


def _names(op: str) -> set[str]:
    """What a function of an operation may be called."""
    native = NATIVE.get(op)
    methods = () if native is None else (native.method, native.reflected)
    return {op, *ALIASES.get(op, ()), *methods}


def _contains(function: str, name: str) -> bool:
    """Whether a qualified name (``Exp.backward``, ``exp.<locals>._backward``, ``grad_exp``) speaks
    of an operation: as a whole, or between underscores."""
    if name.startswith("__"):
        return name in function
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", function).lower()
    parts = [part for part in re.split(r"\W+", snake) if part]
    flat = name.replace("_", "")
    return any(
        flat == part.replace("_", "") or re.search(rf"(^|_){name.lower()}(_|$)", part)
        for part in parts
    )


def suspects_of_breach(program: Program, breach: Breach) -> list[Suspect]:
    """Whom a value is blamed on that did not stay what it was."""
    name, told = breach.name, breach.message
    step = next((step for step in program.steps if step.name == breach.step), None)
    if step is not None and name in step.parents:
        op = breach.op or step.op
        message = f"{op} changes its operand's data in place: {told}"
        return [Suspect("mutates-input", op, message)]
    if step is not None and step.name != name:
        message = f"{step.name} writes into the array of {name}, which it must not share"
        return [Suspect("aliasing", step.op, message)]
    users = list(dict.fromkeys(user.op for user, _ in program.uses.get(name, ())))
    ops = users if len(users) == 1 else [*users, ENGINE]
    message = f"{told}, by the {breach.direction} pass"
    return [Suspect("mutates-input", op, message, exact=len(ops) == 1) for op in ops]


def others(direction: Direction, first: Judgement) -> list[Judgement]:
    """The other wrong steps of a pass, guilty before inherited."""
    wrong = [j for j in direction.judgements if j is not first and j.status not in RIGHT]
    return sorted(wrong, key=lambda j: j.status not in (GUILTY, MISSING))
