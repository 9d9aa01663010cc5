"""A step that an engine is asked for alone: what its rule is wrong by, whose mistake that is, and
what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging.asking import Asking
from harness.judging.experiments import (
    RESULT,
    controls,
    elsewhere,
    functions,
    isolated,
    leaf_of,
    smaller,
    square,
    unstretched,
)
from harness.judging.forms import Answer, answer
from harness.judging.gradients import Reading
from harness.judging.mistakes import (
    ALONE,
    ENGINE,
    UNDOING,
    Mistake,
    Same,
    is_multiple,
    operand_of,
    overflows,
    stopped,
    wrong_alike,
)
from harness.judging.naming import Named, names
from harness.judging.parts import written_out
from harness.judging.verdict import GUILTY, MISSING, Judgement, Verdict
from harness.vocabulary.compositions import COMPOSITIONS, OF_ITSELF, Composition
from harness.vocabulary.program import Program, Step

RULE: Final[Named] = ("wrong-rule", "rule", ())
OVERFLOW: Final[Named] = ("overflow", "overflows", ())
UNDONE: Final[Named] = ("wrong-axis", "summed elsewhere", ())


FEW: Final = 3
"""As many functions are asked at least, to speak of all."""


class Alone(Asking):
    """The steps of a failed case, each asked by itself. ``same`` tells whether two numbers are."""

    def __init__(self, engine: Engine, verdict: Verdict, same: Same) -> None:
        super().__init__(engine, verdict)
        self.same = same
        self.written: tuple[str, ...] = ()

    def _wrong_alone(
        self, program: Program, trace: Trace, step: Step, name: str = ""
    ) -> list[Mistake] | None:
        """The mistakes of one step in what it gives to ``name``, or to any operand; None if that
        cannot be asked."""
        own = list(map(self.passing, isolated(program, trace, step)))
        judged = [one for one in own if one is not None]
        if not judged:
            return None
        stopped = next((one for one in judged if one.backward.failure), None)
        if stopped is not None:
            return self._stopping(stopped)
        found: list[Mistake] = []
        for position, item in enumerate(step.operands):
            asked_for = not name or self.trace.leaves_only or item == name
            if asked_for and any(_is_wrong(one, leaf_of(position)) for one in judged):
                found += self._named(judged, position)
        return found

    def _named(self, alone: Sequence[Verdict], position: int) -> list[Mistake]:
        """What is wrong with a rule that is, by what it gives to one operand: at the engine's own
        numbers, and at chosen ones."""
        wrong = next(one for one in alone if _is_wrong(one, leaf_of(position)))
        program = wrong.case.program
        (step,) = program.steps
        own = self._answers(alone, position)
        known = self._looks(program, self._answers([wrong], position), position)
        if shared := self._shared(program, {code for code, _, _ in known}):
            return [_told(one, step, ENGINE) for one in known if one[0] in shared][:1]
        if every := self._of_functions(program, known):
            return [_told(every, step, ENGINE)]
        if parts := self._of_parts(program, position):
            return parts
        others = self._answers(map(self.passing, elsewhere(program)), position)
        if others and all(self.same(one.got, one.right) for one in others):
            small = self._answers([self.passing(smaller(program))], position)
            if any(overflows(one.got, one.right, self.same) for one in own) and all(
                self.same(one.got, one.right) for one in small
            ):
                return [_told(OVERFLOW, step, step.op, operand_of(step, position))]
        found = self._looks(program, [*own, *others], position)
        if found == [RULE] and (parts := self._of_parts(program, position, OF_ITSELF)):
            return parts
        return [_told(one, step, step.op, operand_of(step, position)) for one in found]

    def _looks(self, program: Program, own: Sequence[Answer], position: int) -> list[Named]:
        """What explains wrong answers. What nothing does, and is right where no operand has to be
        stretched, is how that is undone."""
        found = names(own, self.same) if own else []
        if found or program.shapes[leaf_of(position)] == program.shapes[RESULT]:
            return found or [RULE]
        return [UNDONE] if self._is_right_unstretched(program) else [RULE]

    def _answers(self, alone: Iterable[Verdict | None], position: int) -> list[Answer]:
        found = [answer(one, position) for one in alone if one is not None]
        return [one for one in found if one is not None]

    def _shared(self, program: Program, codes: set[str]) -> set[str]:
        """Those of the codes by which most other operations are wrong as well, asked the same; but
        for those that are made of this one."""
        op = program.steps[0].op
        alike = {code: {code} for code in codes}
        if not codes.isdisjoint(UNDOING) and self._is_right_unstretched(program):
            alike |= {code: set(UNDOING) for code in codes & UNDOING}
        told = [
            found
            for other in controls(program)
            if (found := self._codes(other)) is not None
            and not (found & codes and self._is_made_of(other, op))
        ]
        return {
            code
            for code, known in alike.items()
            if 2 * sum(not known.isdisjoint(found) for found in told) > len(told)
        }

    def _of_functions(self, program: Program, known: Sequence[Named]) -> Named | None:
        """What most functions of one operand are wrong by in the very same way, if that explains a
        step with one leaf: they share something that others do not."""
        shapes = [program.shapes[name] for name in program.inputs]
        if shapes != [program.shapes[RESULT]]:
            return None
        found = [self._answers([self.passing(one)], 0) for one in functions(program)]
        told = [names(own, self.same) if _is_off(own, self.same) else [] for own in found if own]
        if len(told) < FEW:
            return None
        alike = (one for one in known if 2 * sum(one in each for each in told) > len(told))
        return next((one for one in alike if one != RULE), None)

    def _is_right_unstretched(self, program: Program) -> bool:
        """Whether a step alone that stretches an operand is right where it need not."""
        (step,) = program.steps
        stretched = any(program.shapes[name] != program.shapes[RESULT] for name in program.inputs)
        return stretched and step.operation.stretches and self._codes(unstretched(program)) == set()

    def _is_made_of(self, program: Program, op: str) -> bool:
        """Whether a step alone is wrong just as it is where it is written out with an operation."""
        return any(
            op in {step.op for step in other.steps} and self._is_wrong_alike(program, other)
            for other in self._written_out(program)
        )

    def _is_wrong_alike(self, program: Program, other: Program) -> bool:
        """Whether two programs of the same leaves have the same wrong gradients."""
        whole, parts = self.asked(program), self.asked(other)
        if whole is None or parts is None or parts.backward.status != "failed":
            return False
        own, others = whole.trace.gradients, parts.trace.gradients
        leaves = program.inputs.keys() & own.keys()
        right = whole.truth.gradients
        return leaves <= others.keys() and all(
            wrong_alike(own[leaf], others[leaf], right[leaf], self.same) for leaf in leaves
        )

    def _codes(self, program: Program) -> set[str] | None:
        """What a single step is wrong by, alone; None if that cannot be told."""
        alone = self.passing(program)
        if alone is None or alone.backward.note:
            return None
        if alone.backward.status == "passed":
            return set()
        if alone.backward.failure is not None:
            return {one.code for one in self._stopped(alone)}
        (step,) = program.steps
        if len(set(step.parents)) < len(step.parents):
            return {one.code for one in self._read(alone)}
        wrong = [i for i in range(len(step.operands)) if _is_wrong(alone, leaf_of(i))]
        found = [self._looks(program, self._answers([alone], i), i) for i in wrong]
        return {code for each in found for code, _, _ in each}

    def _of_parts(
        self,
        program: Program,
        position: int,
        known: Mapping[str, tuple[Composition, ...]] = COMPOSITIONS,
    ) -> list[Mistake]:
        """The mistakes of simpler operations, where the step is wrong just as it is where it is
        written out in them: it is made of them, and not to blame."""
        leaf, (step,) = leaf_of(position), program.steps
        for other in self._written_out(program, known):
            whole, parts = self.asked(program), self.asked(other)
            if whole is None or parts is None or parts.backward.status != "failed":
                continue
            one, same = whole.trace.gradients.get(leaf), parts.trace.gradients.get(leaf)
            right = whole.truth.gradients[leaf]
            if one is None or same is None or not wrong_alike(one, same, right, self.same):
                continue
            self.written += (step.op,)
            found = [self._wrong_alone(other, parts.trace, part) for part in other.steps]
            told = [one for each in found for one in each or ()] or self._together(parts)
            self.written = self.written[:-1]
            if told and not all(one.op == step.op for one in told):
                return told
        return []

    def _together(self, parts: Verdict) -> list[Mistake]:
        """What explains a few steps that are right alone, and wrong together."""
        raise NotImplementedError

    def _written_out(
        self, program: Program, known: Mapping[str, tuple[Composition, ...]] = COMPOSITIONS
    ) -> Iterator[Program]:
        """A step in simpler ones, but for those of which it is a part itself."""
        for other in written_out(program, known):
            if not {step.op for step in other.steps} & {*self.written}:
                yield other

    def _stopping(self, alone: Verdict) -> list[Mistake]:
        """Whose mistake it is that a step alone stops the backward pass."""
        told = self._stopped(alone)
        if self._shared(alone.case.program, {one.code for one in told}):
            return [replace(one, op=ENGINE) for one in told]
        return told

    def _stopped(self, alone: Verdict) -> list[Mistake]:
        """What has stopped the backward pass of a step alone: that an operand was stretched, where
        it goes back otherwise; else what was raised says all."""
        program, failure = alone.case.program, alone.backward.failure
        if failure is None:
            return []
        (step,) = program.steps
        code = "crash"
        if self._is_right_unstretched(program):
            code = "missing-unbroadcast"
        elif (known := self._where_it_fits(program)) is not None:
            code = known
        return [stopped(code, step.op, failure, experiment=ALONE)]

    def _where_it_fits(self, program: Program) -> str | None:
        """The mistake of a step that stops where its operands' axes differ in length, as it shows
        in its numbers where they do not."""
        fitting = square(program)
        alone = None if fitting is None else self.passing(fitting)
        if fitting is None or alone is None or alone.backward.failure is not None:
            return None
        wrong = [i for i in range(len(program.steps[0].operands)) if _is_wrong(alone, leaf_of(i))]
        chosen = [one for other in elsewhere(fitting) if (one := self.passing(other))]
        told = {
            found[0][0]
            for i in wrong
            if (found := names(self._answers([alone, *chosen], i), self.same))
        }
        return told.pop() if len(told) == 1 else None

    def _read(self, alone: Verdict) -> list[Mistake]:
        """What the numbers of a step alone look like."""
        wrong = [item for item in alone.backward.judgements if _is_guilty(item)]
        found = [one for item in wrong for one in Reading(alone, item, self.same).mistakes]
        return [one for one in found if one.exact] or found[:1]


def _told(one: Named, step: Step, op: str, operand: str = "") -> Mistake:
    """The mistake of a rule; of the machinery, a factor for all rules is how often it passes on."""
    code, about, facts = one
    given: dict[str, Any] = dict(facts)
    if op == ENGINE and code == "wrong-scale" and is_multiple(given.get("ratio")):
        code, about, facts = "double-count", "passed on often", (("name", "a step"),)
    return Mistake(code, op, about, (("rule", step.op), *facts), operand, experiment=ALONE)


def _is_off(answers: Sequence[Answer], same: Same) -> bool:
    return not all(same(one.got, one.right) for one in answers)


def _is_guilty(item: Judgement) -> bool:
    return item.status in (GUILTY, MISSING) and item.name != RESULT


def _is_wrong(alone: Verdict, leaf: str) -> bool:
    """Whether a step alone gives a leaf what it should not."""
    return any(_is_guilty(item) and item.name == leaf for item in alone.backward.judgements)


def is_unfit(alone: Verdict) -> bool:
    """Whether a gradient is missing, or has another shape than it should have."""
    wrong = (item for item in alone.backward.judgements if _is_guilty(item))
    return any(item.got is None or item.got.shape != item.expected.shape for item in wrong)
