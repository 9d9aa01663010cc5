"""What typical mistakes would cost in an assignment: engines that make one, tried on its cases.

Such an engine computes by the vocabulary's formulas, and makes its mistake on purpose. So it is
known what it gets wrong, for plain numbers and for arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from harness.assignment.asking import Asked, taught
from harness.assignment.values import Question
from harness.engines import by_formula
from harness.engines.trace import Trace
from harness.judging.judge import judge
from harness.judging.result import earned
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.signatures import OPERATIONS

BACKWARD: Final = "backward"
OFF: Final = 1.5
"""By what a wrong rule is wrong."""
TRIED: Final = ("tanh", "exp", "relu", "matmul", "mul")
"""Operations of which one has a wrong rule, if the assignment asks it; else the first that it
asks."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in words, and how it is made: gradients are assigned and not added up, steps pass
    theirs on in the order in which they are ``met``, an operation has a ``wrong`` rule, there is no
    ``backward``, and operations are ``lacking``; by hand, the first line has a wrong ``sign``."""

    told: str
    assigns: bool = False
    met: bool = False
    wrong: str = ""
    backward: bool = True
    lacking: frozenset[str] = field(default_factory=frozenset)
    sign: bool = False


def typical(questions: Sequence[Question], asked: Sequence[Asked]) -> list[Mistake]:
    """The mistakes that are tried on an assignment, of which ``asked`` is what engines are."""
    found = [Mistake("nothing is wrong"), Mistake("= in place of += everywhere", assigns=True)]
    if any(question.exercise is not None for question in questions):
        found.append(Mistake("a wrong sign in the first line by hand", sign=True))
    if asked:
        found += _of_engines(questions, asked)
    return [*found, Mistake("no backward at all", backward=False)]


def _of_engines(questions: Sequence[Question], asked: Iterable[Asked]) -> Iterator[Mistake]:
    """Those that an engine alone can make."""
    ops = list(dict.fromkeys(op for question in questions for op in question.operations))
    every = {taught(step) for one in asked for step in one.case.program.steps}
    wrong = next((op for op in (*TRIED, *ops, *sorted(every)) if op in every), "")
    yield Mistake("no topological order", met=True)
    yield Mistake(f"the rule of {wrong} is wrong", wrong=wrong)
    if half := ops[: len(ops) // 2]:
        yield Mistake("half of the operations alone", lacking=frozenset(OPERATIONS) - set(half))


def points(mistake: Mistake, asked: Iterable[tuple[Asked, Trace]]) -> dict[int, float]:
    """What an engine with the mistake earns in each question that has cases, by its number. Each
    case has its truth."""
    found: dict[int, float] = {}
    for one, truth in asked:
        verdict = judge(one.case, truth, run(mistake, one.case.program))
        shares = earned(verdict)
        for direction, part in one.parts.items():
            own = part.points * shares.get(direction, 0.0)
            found[part.question] = found.get(part.question, 0.0) + own
    return found


def run(mistake: Mistake, program: Program) -> Trace:
    """What an engine with the mistake makes of a program."""
    for step in program.steps:
        if taught(step) in mistake.lacking:
            return Trace({}, unsupported=taught(step))
    try:
        values = by_formula.evaluate(program).values
        values = {name: array.astype(_dtype(program, name)) for name, array in values.items()}
        if not program.order:
            return Trace(values)
        if not mistake.backward:
            return Trace(values, lacks_backward=BACKWARD)
        second = by_formula.second(program) if program.order == 2 else {}
        typed = {name: array.astype(program.dtype) for name, array in second.items()}
        return Trace(values, dict(_gradients(mistake, program, values)), second=typed)
    except Unanswerable as error:
        return Trace({}, unsupported=str(error))


def _dtype(program: Program, name: str) -> str:
    return "bool" if name in program.conditions else program.dtype


def _gradients(
    mistake: Mistake, program: Program, values: Mapping[str, Array]
) -> Iterator[tuple[str, Array]]:
    """The gradient of each name, as the mistake leaves it."""
    found: dict[str, Array] = {program.output: np.asarray(program.seed, np.float64)}
    for step in _met(program) if mistake.met else reversed(program.steps):
        upstream = found.get(step.name)
        if upstream is None or step.name not in program.differentiable:
            continue
        parts = local.contributions(program, step, values, upstream)
        for name, part in zip(step.operands, parts, strict=True):
            if part is not None and isinstance(name, str):
                own = part * OFF if taught(step) == mistake.wrong else part
                before = None if mistake.assigns else found.get(name)
                found[name] = own if before is None else before + own
    for name in program.differentiable:
        zero = np.zeros(program.shapes[name])
        yield name, found.get(name, zero).astype(program.dtype)


def _met(program: Program) -> Iterator[Step]:
    """The steps in the order in which a walk from the output meets them first."""
    waiting, met = [program.output], set[str]()
    while waiting:
        step = program.by_name.get(waiting.pop())
        if step is not None and step.name not in met:
            met.add(step.name)
            yield step
            waiting += reversed(step.parents)
