"""The wrong forms of one contribution to a gradient: what it would be by each mistake of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from harness.engines.trace import Trace
from harness.judging.mistakes import (
    Contribution,
    Facts,
    Same,
    factor,
    other_axes,
    overflows,
    reordered,
)
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program
from harness.vocabulary.slips import TIES

BRANCHES = dict.fromkeys(("maximum", "minimum", "where"), "swapped-branches")
"""What it means, of operations that choose, that each operand gets the other's gradient."""


class Form(NamedTuple):
    """A mistake's code, the id of its sentence with the facts, and the contribution that it
    makes; ``ratio`` of that to the right one, where it is the same everywhere."""

    code: str
    about: str
    facts: Facts
    number: Array
    ratio: float = 1.0

    def same_mistake(self, other: Form) -> bool:
        """Whether it is the same mistake, in another contribution."""
        return self[:3] == other[:3]


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

    def of(self, part: Contribution, arrived: Array | None) -> Iterator[Form]:
        """The wrong forms of a contribution: code, sentence, number. With ``arrived``, also those
        that can be read off the number itself."""
        right, op, position = part.number, part.step.op, part.position
        local, upstream = self._local(part), self.trace.gradients[part.step.name]
        operand = local.operation.operand(position)
        if arrived is not None:
            yield from self._tied(part, local, arrived)
        rule = (("rule", op),)
        yield Form("wrong-sign", "sign", rule, -right)
        for slip in local.formula.slips.get(operand, ()):
            with suppress(Unanswerable):
                number = local.answer(slip.text, position)
                if number.shape == right.shape or self.only:
                    yield Form(slip.code, "slip", (*rule, ("slip", slip.what)), number)
        if not np.all(upstream == 1.0):
            with suppress(Unanswerable):
                ones = Local(self.program, part.step, self.trace.values, np.ones_like(upstream))
                number = ones.contribution(position)
                yield Form("missing-upstream", "no upstream", rule, number)
        yield from self._elsewhere(part, local)
        for scale in (2.0, 0.5, -2.0, -0.5):
            yield Form("wrong-scale", "factor", (*rule, ("ratio", scale)), scale * right, scale)
        with suppress(Unanswerable):
            yield Form("wrong-rule", "no local", rule, local.answer("1 * {dout}", position))
        if arrived is None:
            return
        as_it_is = local.formula.derivatives[operand] in ("1 * {dout}", "-1 * {dout}")
        if overflows(arrived, right, self.same) and not as_it_is:
            yield Form("overflow", "overflows", rule, arrived)
        elif reordered(arrived, right, self.same):
            yield Form("wrong-permutation", "order", rule, arrived)
        elif right.size > 1 and (ratio := factor(arrived, right, self.same)) is not None:
            facts = (*rule, ("ratio", ratio), ("count", local.count))
            yield Form("wrong-scale", "factor", facts, arrived, ratio)

    def _elsewhere(self, part: Contribution, local: Local) -> Iterator[Form]:
        """The right numbers for another operand, or along another axis."""
        step, op, position = part.step, part.step.op, part.position
        rule = (("rule", op),)
        for other in range(len(local.operands)):
            if other != position and local.operation.operand(other) in local.formula.derivatives:
                with suppress(Unanswerable):
                    text = local.formula.derivatives[local.operation.operand(other)]
                    each = local.operation.shape == "broadcast"
                    number = local.answer(text, position) if each else local.contribution(other)
                    yield Form(
                        BRANCHES.get(op, "swapped-operands"), "each the other's", rule, number
                    )
        for moved in other_axes(self.program, step):
            for kept in (False, True):
                with suppress(Unanswerable):
                    axis = moved.parameters["axis"]
                    number = local.along(axis, kept, position)
                    yield Form("wrong-axis", "back along another axis", rule, number)
        with suppress(Unanswerable):
            for number in local.summed_elsewhere(position):
                yield Form("wrong-axis", "summed elsewhere", rule, number)

    def _tied(self, part: Contribution, local: Local, arrived: Array) -> Iterator[Form]:
        """A choice of another subgradient where torch's is only one of several."""
        with suppress(Unanswerable):
            bounds = local.bounds(part.position)
            if bounds is None:
                return
            least, greatest = bounds
            clipped = np.clip(arrived, least, greatest)
            usable = clipped.shape == arrived.shape and np.isfinite(arrived).all()
            if usable and self.same(arrived, clipped):
                op = part.step.op
                about = "tie" if op in TIES else "kink"
                yield Form(f"{about}-convention", about, (("rule", op),), arrived)
