"""The wrong forms of one contribution to a gradient: what it would be by each mistake of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from harness.engines.trace import Trace
from harness.judging.suspects import (
    Contribution,
    Same,
    factor,
    factor_text,
    is_extreme,
    other_axes,
    overflows,
    reordered,
)
from harness.vocabulary.choice import Choices
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program

BRANCHES = dict.fromkeys(("maximum", "minimum", "where"), "swapped-branches")
"""What it means, of operations that choose, that each operand gets the other's gradient."""


class Form(NamedTuple):
    """A mistake's code, what is to be said of it, and the contribution that it makes; ``ratio`` of
    that to the right one, where it is the same everywhere."""

    code: str
    message: str
    number: Array
    ratio: float = 1.0

    def same_mistake(self, other: Form) -> bool:
        """Whether it is the same mistake, in another contribution."""
        return self[:2] == other[:2]


class Forms:
    """Of the contributions in one trace; ``only``: there is only one, so that it may have another
    shape than the right one."""

    def __init__(self, program: Program, trace: Trace, same: Same, only: bool) -> None:
        self.program, self.trace, self.same, self.only = program, trace, same, only
        self.locals: dict[str, Local] = {}

    def _local(self, part: Contribution) -> Local:
        name = part.step.name
        if name not in self.locals:
            upstream = self.trace.gradients[name]
            self.locals[name] = Local(self.program, part.step, self.trace.values, upstream)
        return self.locals[name]

    def extreme(self, part: Contribution) -> bool:
        """Whether a number that it is made of is so large, or small, that it may overflow."""
        return is_extreme((*self._local(part).operands, self.trace.gradients[part.step.name]))

    def of(self, part: Contribution, arrived: Array | None) -> Iterator[Form]:
        """The wrong forms of a contribution: code, sentence, number. With ``arrived``, also those
        that can be read off the number itself."""
        right, op, position = part.number, part.step.op, part.position
        local, upstream = self._local(part), self.trace.gradients[part.step.name]
        operand = local.operation.operand(position)
        if arrived is not None:
            yield from self._shared(part, arrived)
        yield Form("wrong-sign", f"the term that {op} passes on has the wrong sign", -right)
        for slip in local.formula.slips.get(operand, ()):
            with suppress(Unanswerable):
                number = local.answer(slip.text, position)
                if number.shape == right.shape or self.only:
                    yield Form(slip.code, f"the derivative of {op} is wrong: {slip.what}", number)
        if not np.all(upstream == 1.0):
            with suppress(Unanswerable):
                ones = Local(self.program, part.step, self.trace.values, np.ones_like(upstream))
                message = f"{op} passes on its local derivative without the upstream gradient"
                yield Form("missing-upstream", message, ones.contribution(position))
        yield from self._elsewhere(part, local)
        for scale in (2.0, 0.5, -2.0, -0.5):
            message = f"the term that {op} passes on is off by the factor {factor_text(scale, 0)}"
            yield Form("wrong-scale", message, scale * right, scale)
        with suppress(Unanswerable):
            message = f"{op} passes on the upstream gradient without its local derivative"
            yield Form("wrong-rule", message, local.answer("1 * {dout}", position))
        if arrived is None:
            return
        as_it_is = local.formula.derivatives[operand] in ("1 * {dout}", "-1 * {dout}")
        if overflows(arrived, right, self.same) and not as_it_is:
            if self.extreme(part):
                yield Form("overflow", f"the term that {op} passes on is inf or nan", arrived)
            else:
                message = f"the term that {op} passes on is inf or nan: is it divided by zero?"
                yield Form("wrong-rule", message, arrived)
        elif reordered(arrived, right, self.same):
            message = f"the term that {op} passes on has its elements in another order"
            yield Form("wrong-permutation", message, arrived)
        elif right.size > 1 and (ratio := factor(arrived, right, self.same)) is not None:
            text = factor_text(ratio, local.count)
            message = f"the term that {op} passes on is off by the factor {text}"
            yield Form("wrong-scale", message, arrived, ratio)

    def _elsewhere(self, part: Contribution, local: Local) -> Iterator[Form]:
        """The right numbers for another operand, or along another axis."""
        step, op, position = part.step, part.step.op, part.position
        for other in range(len(local.operands)):
            if other != position and local.operation.operand(other) in local.formula.derivatives:
                with suppress(Unanswerable):
                    message = f"{op} gives each operand the other one's derivative"
                    text = local.formula.derivatives[local.operation.operand(other)]
                    each = local.operation.shape == "broadcast"
                    number = local.answer(text, position) if each else local.contribution(other)
                    yield Form(BRANCHES.get(op, "swapped-operands"), message, number)
        for moved in other_axes(self.program, step):
            message = f"{op} goes back along another axis"
            for kept in (False, True):
                with suppress(Unanswerable):
                    axis = moved.parameters["axis"]
                    yield Form("wrong-axis", message, local.along(axis, kept, position))
        with suppress(Unanswerable):
            for number in local.summed_elsewhere(position):
                message = f"{op} sums over the wrong axis where an operand was broadcast"
                yield Form("wrong-axis", message, number)

    def _shared(self, part: Contribution, arrived: Array) -> Iterator[Form]:
        """Shares of a tie of which each would be right, but not all of them together."""
        with suppress(Unanswerable):
            upstream = self.trace.gradients[part.step.name]
            choices = Choices(self.program, part.step, self.trace.values, upstream)
            choice = choices.of_contribution(part.position)
            if choice is None or not (choice.code and choices.formula.wholes):
                return
            clipped = np.clip(arrived, choice.least, choice.greatest)
            if arrived.shape == clipped.shape and self.same(arrived, clipped):
                op = part.step.op
                message = f"what {op} gives out where elements are equal is not the whole gradient"
                yield Form("wrong-rule", message, arrived)
