"""The answers of a rule that well-known mistakes would give, for one operand, in one experiment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from harness.judging.mistakes import Facts, other_axes
from harness.judging.verdict import Verdict
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.operation import REQUIRED
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.slips import CHOOSING

_NONE: Final[Facts] = ()


class Form(NamedTuple):
    """A mistake, by its code, the id of its sentence and facts, and the answer that it gives."""

    code: str
    about: str
    facts: Facts
    number: Array


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a rule has given to the operand at ``position``: the engine's number, which is zero
    where there is none, and the right one for the engine's own value and upstream gradient."""

    program: Program
    local: Choices
    position: int
    got: Array
    right: Array

    @property
    def operand(self) -> str:
        """The operand's name in the vocabulary."""
        return self.local.operation.operand(self.position)


def answer(alone: Verdict, position: int) -> Answer | None:
    """What the rule of an isolated step has given; None where nothing can be said of it."""
    program, trace = alone.case.program, alone.trace
    (step,) = program.steps
    upstream = trace.gradients.get(step.name, alone.truth.gradients[step.name])
    try:
        local = Choices(program, step, trace.values, upstream)
        right = local.contribution(position)
    except Unanswerable:
        return None
    got = trace.gradients.get(str(step.operands[position]), np.zeros_like(right))
    return Answer(program, local, position, got, right)


def forms(one: Answer) -> Iterator[Form]:
    """What each of the mistakes would give, those first that are said most simply."""
    local, position = one.local, one.position
    yield Form("wrong-sign", "sign", _NONE, -one.right)
    for slip in local.formula.slips.get(one.operand, ()):
        with suppress(Unanswerable):
            facts = (("slip", slip.what),)
            yield Form(slip.code, "slip", facts, local.answer(slip.text, position))
    with suppress(Unanswerable):
        alone = local.without_upstream(position)
        yield Form("missing-upstream", "no upstream", _NONE, alone)
        upstream = local.answer("1 * {dout}", position)
        if upstream.shape == alone.shape:
            yield Form("wrong-rule", "added", _NONE, alone + upstream)
    yield from _elsewhere(one)
    if local.operation.topic != "shapes":  # which have no numbers of their own
        with suppress(Unanswerable):
            yield Form("wrong-rule", "no local", _NONE, local.answer("1 * {dout}", position))
    if local.operation.shape == "same":
        yield from _of_a_function(one)


def _of_a_function(one: Answer) -> Iterator[Form]:
    """The derivative of a function at its output, or with its operand for it; or that of another
    function."""
    local, position = one.local, one.position
    text = local.formula.derivatives[one.operand]
    with suppress(Unanswerable):
        facts = (("slip", "taken at its output"),)
        yield Form("wrong-rule", "slip", facts, local.at_its_output().contribution(position))
    with suppress(Unanswerable):
        number = local.answer(text, position, out=local.operands[0])
        yield Form("wrong-rule", "slip", (("slip", "taken at its operand"),), number)
    for op in alike(local.step):
        with suppress(Unanswerable):
            other = local.instead(op).contribution(position)
            yield Form("wrong-rule", "of another", (("other", op),), other)


def alike(step: Step) -> Iterator[str]:
    """The other operations that could stand in a step's place."""
    own = step.operation
    for op, other in OPERATIONS.items():
        same = tuple(other.operands.values()) == tuple(own.operands.values())
        taken = step.parameters.keys() <= other.parameters.keys()
        lacking = other.parameters.keys() - step.parameters.keys()
        free = not any(other.parameters[name].default is REQUIRED for name in lacking)
        if same and taken and free and op != step.op and not (other.detaches or other.variadic):
            yield op


def _elsewhere(one: Answer) -> Iterator[Form]:
    """The right numbers for another operand, or along another axis."""
    local, position, formula = one.local, one.position, one.local.formula
    code = "swapped-branches" if local.step.op in CHOOSING else "swapped-operands"
    for other in range(len(local.operands)):
        name = local.operation.operand(other)
        if other != position and name in formula.derivatives:
            with suppress(Unanswerable):
                each = local.operation.shape == "broadcast"
                yield Form(
                    code,
                    "each the other's",
                    _NONE,
                    local.answer(formula.derivatives[name], position)
                    if each
                    else local.contribution(other),
                )
    for moved in other_axes(one.program, local.step):
        axis = moved.parameters["axis"]
        for kept in (0, 1):
            with suppress(Unanswerable):
                facts = (("along", str(axis)), ("kept", kept))
                number = local.along(axis, bool(kept), position)
                yield Form("wrong-axis", "back along another axis", facts, number)
    with suppress(Unanswerable):
        for which, number in enumerate(local.summed_elsewhere(position)):
            yield Form("wrong-axis", "summed elsewhere", (("which", which),), number)


def within_choice(one: Answer) -> bool:
    """Whether what was given is another subgradient, where torch's is only one of several, or is
    left open."""
    with suppress(Unanswerable):
        choice = one.local.of_contribution(one.position)
        if choice is not None and one.got.shape == one.right.shape:
            inside = np.isclose(one.got, np.clip(one.got, choice.least, choice.greatest), 1e-7, 0.0)
            free = choice.undefined | np.isnan(choice.least)
            return bool((inside | (free & np.isnan(one.got))).all())
    return False
