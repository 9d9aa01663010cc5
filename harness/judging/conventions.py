"""Whether a number is as right as torch's: another choice at a kink or a tie, or one that is left
open by mathematics; and what follows from such a choice.

The vocabulary says what may be chosen (``choice.py``), at the operands and the upstream gradients
that the engine itself has. What one step gives to several operands must agree: the shares of a tie
add up.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.mistakes import Mistake, mistake
from harness.judging.verdict import AGREES, CONVENTION, GUILTY, INHERITED, MISSING, Judgement
from harness.vocabulary.choice import Choice, Choices
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program, Step

INDETERMINATE: Final = "indeterminate"


def chosen_value(
    program: Program, step: Step, truth: Trace, trace: Trace, openly: Collection[str]
) -> Mistake | None:
    """The convention by which a wrong value is right; None where there is none. ``openly``: the
    names of values that are right by one, or follow from it."""
    got, expected = trace.values[step.name], truth.values[step.name]
    if got.shape != expected.shape or step.operation.compares:
        return None
    if _are_lost(truth.values, trace.values, {*step.parents} - {*openly}):
        return None
    try:
        choices = Choices(program, step, trace.values)
        opened = choices.of_value()
        right = choices.value()
    except Unanswerable:
        return None
    if opened is None or not (opened | _equal(got, right)).all():
        return None
    return _indeterminate(step, "", FORMULAS[step.op].code, trace, opened)


def _are_lost(right: Mapping[str, Array], own: Mapping[str, Array], names: Iterable[str]) -> bool:
    """Whether some numbers are inf or nan that ought not to be: they leave nothing open."""
    there = ((right[name], own[name]) for name in names if name in own and name in right)
    return any(
        one.shape == other.shape and bool(np.any(np.isfinite(one) & ~np.isfinite(other)))
        for one, other in there
    )


def _equal(got: Array, right: Array) -> Array:
    return np.asarray(np.isclose(got, right, 1e-6, 0.0, equal_nan=True))


@dataclass(frozen=True, slots=True)
class Use:
    """What one use of a name adds to its gradient: a contribution, and what else it may be."""

    step: Step
    position: int
    choices: Choices
    number: Array
    choice: Choice | None


class Gradients:
    """The gradients of a trace beside the truth, as far as its steps have a choice in them.
    ``openly``: the names of values that are right by a convention, or follow from one."""

    def __init__(
        self,
        program: Program,
        truth: Trace,
        trace: Trace,
        openly: Collection[str],
        rtol: float,
        atol: float,
    ) -> None:
        self.program, self.truth, self.trace, self.openly = program, truth, trace, openly
        self.rtol, self.atol = rtol, atol
        self.taken: dict[str, Array] = {}
        self.follow: set[str] = set()
        """The names whose gradients are by a convention, or made of such."""

    def chosen(self, name: str, ways: Sequence[Array]) -> Mistake | None:
        """The convention by which a wrong gradient is right; None where there is none. ``ways`` are
        those in which it may be taken: after a second backward it may be doubled."""
        if name == self.program.output or ways[0].shape != self.program.shapes[name]:
            return None
        uses = self._uses(name)
        for got in ways if any(use.choice is not None for use in uses) else ():
            if self._inside(got, uses) and (told := self._told(got, uses)) is not None:
                self.taken[name] = got
                self.follow.add(name)
                return told
        return None

    def inherits(self, name: str) -> None:
        """Notes that a gradient is right for what it was made of."""
        if any(step.name in self.follow for step, _ in self.program.uses.get(name, ())):
            self.follow.add(name)

    def reviewed(self, found: Sequence[Judgement]) -> list[Judgement]:
        """The judgements of the pass with what shows only when all are there: choices at one step
        that do not agree with each other, and what follows from a choice."""
        right = {item.name: item.expected for item in found if item.status == AGREES}
        apart = self._disagreeing(right) if self.taken else set()
        own = [
            replace(item, status=GUILTY, choice=None) if item.name in apart else item
            for item in found
        ]
        if self.openly or len(apart) < len(self.taken):
            return excused(self.program, own, bool(self.openly))
        return own

    def _disagreeing(self, right: Mapping[str, Array]) -> set[str]:
        """Of the names whose gradients are right by a convention, those that do not add up at a
        step with its other operands; ``right`` are gradients that are torch's."""
        sharing = {step.name: step for name in self.taken for step, _ in self.program.uses[name]}
        names = {name for step in sharing.values() for name in step.parents}
        given = {name: number for name, number in {**right, **self.taken}.items() if name in names}
        at: dict[str, dict[int, Array]] = {name: {} for name in sharing}
        choices: dict[str, Choices] = {}
        for name, got in given.items():
            uses = self._uses(name)
            choosing = {use.step.name for use in uses if use.choice is not None}
            for own in choosing & at.keys():
                here = [use for use in uses if use.step.name == own]
                rest = sum(use.number for use in uses if use.step.name != own)
                choices[own] = here[0].choices
                if len(choosing) == 1:
                    at[own][here[0].position] = np.asarray(got - rest)
                    at[own].update({use.position: np.zeros(got.shape) for use in here[1:]})
        wrong = [
            sharing[own]
            for own, step in choices.items()
            if at[own] and not step.is_whole(at[own], self.rtol, self.atol)
        ]
        return {name for step in wrong for name in step.parents} & self.taken.keys()

    def _uses(self, name: str) -> list[Use]:
        """All uses of a name that reach the output; none where one has no answer."""
        found = []
        try:
            for step, position in self.program.uses.get(name, ()):
                if step.name in self.program.reaching:
                    upstream = self.trace.gradients[step.name]
                    choices = Choices(self.program, step, self.trace.values, upstream)
                    number = choices.contribution(position)
                    choice = None if self._is_lost(step) else choices.of_contribution(position)
                    found.append(Use(step, position, choices, number, choice))
        except (Unanswerable, KeyError):
            return []
        return found

    def _is_lost(self, step: Step) -> bool:
        """Whether what the step's contributions are made of is inf or nan by a mistake."""
        values = {*step.parents, step.name} - {*self.openly}
        above = {step.name} - self.follow
        return _are_lost(self.truth.values, self.trace.values, values) or _are_lost(
            self.truth.gradients, self.trace.gradients, above
        )

    def _inside(self, got: Array, uses: Iterable[Use]) -> bool:
        least, greatest = np.zeros(got.shape), np.zeros(got.shape)
        undefined = np.zeros(got.shape, bool)
        for use in uses:
            own = use.choice
            least = least + (use.number if own is None else own.least)
            greatest = greatest + (use.number if own is None else own.greatest)
            undefined = undefined | (False if own is None else own.undefined)
        ends = np.stack([least, greatest])
        size = np.max(np.where(np.isfinite(ends), np.abs(ends), 0.0), axis=0)
        slack = self.atol + self.rtol * size
        inside = (got >= least - slack) & (got <= greatest + slack)
        return bool((inside | (np.isnan(got) & (undefined | np.isnan(least)))).all())

    def _told(self, got: Array, uses: Sequence[Use]) -> Mistake | None:
        """The first choice that is not torch's."""
        right = np.asarray(sum(use.number for use in uses))
        other = ~np.isclose(got, right, self.rtol, self.atol, equal_nan=True)
        if not other.any():
            return None
        for use in uses:
            step, choice = use.step, use.choice
            if choice is None or not (other & choice.chosen).any():
                continue
            op = step.op
            operand = step.operand(use.position) if len(step.parents) > 1 else ""
            if choice.code and not (other & (choice.open | ~np.isfinite(got))).any():
                return mistake(choice.code, op, CHOSEN[choice.code], operand, facts={"rule": op})
            text = FORMULAS[op].derivatives[step.operand(use.position)]
            return _indeterminate(step, operand, text, self.trace, other)
        return None


CHOSEN: Final[Mapping[str, str]] = {
    "tie-convention": "tie",
    "kink-convention": "kink",
}
"""The sentence of a choice, by its code."""


def _indeterminate(step: Step, operand: str, text: str, trace: Trace, where: Array) -> Mistake:
    """What is left open, with the numbers of the first element where it is."""
    place = tuple(int(i) for i in np.argwhere(where)[0]) if where.ndim else ()
    told = []
    for position, item in enumerate(step.operands):
        own = trace.values.get(item) if isinstance(item, str) else item
        number = np.asarray(np.nan if own is None else own)
        if own is not None and number.shape in ((), where.shape):
            shown = float(number[place] if number.ndim else number)
            told.append(f"{step.operand(position)} = {shown:g}")
    formula = ast.unparse(ast.parse(re.sub(r"[{}]", "", text).removesuffix(" * dout")))
    facts = {
        "what": "derivative" if "{dout}" in text else "value",
        "at": ", ".join(told),
        "formula": formula,
    }
    return mistake(INDETERMINATE, step.op, "left open", operand, facts=facts)


def excused(program: Program, found: Sequence[Judgement], openly: bool) -> list[Judgement]:
    """The judgements of a pass backward, in its order; what is right for what it was given follows
    from a convention where it lies below one, and below nothing that is wrong. ``openly``: some
    value is one of convention, from which all may follow."""
    below: dict[str, set[str]] = {}
    choices: dict[str, Mistake] = {}
    judged = {item.name: item for item in found}
    for name in (*(step.name for step in reversed(program.steps)), *program.inputs):
        above = below.get(name, set())
        item = judged.get(name)
        status = AGREES if item is None else item.status
        passes_on = above | ({status} & {GUILTY, MISSING, CONVENTION})
        follows = not above & {GUILTY, MISSING} and (CONVENTION in above or openly)
        if item is not None and status == INHERITED and follows:
            item = judged[name] = replace(item, status=CONVENTION, choice=choices.get(name))
        step = program.by_name.get(name)
        for parent in () if step is None else step.parents:
            below[parent] = below.get(parent, set()) | passes_on
            if item is not None and item.choice is not None:
                choices.setdefault(parent, item.choice)
    return [judged[item.name] for item in found]


def are_left_open(program: Program, truth: Trace, direction: str, name: str | None) -> bool:
    """Whether some number of a pass, of the step of that ``name`` where it is known, is one that
    mathematics leaves open. A forward pass may compute derivatives, too."""
    for step in program.steps:
        if name not in (None, step.name) or step.operation.compares:
            continue
        forward = direction == "forward"
        if forward and Choices(program, step, truth.values).of_value() is not None:
            return True
        if step.name in program.reaching and (name or not forward):
            choices = Choices(program, step, truth.values, truth.gradients[step.name])
            every = [choices.of_contribution(at) for at, _ in _operands(program, step)]
            if any(one is not None and one.undefined.any() for one in every):
                return True
    return False


def _operands(program: Program, step: Step) -> Iterator[tuple[int, str]]:
    """The operands of a step that have a gradient, with their positions."""
    for position, item in enumerate(step.operands):
        if isinstance(item, str) and item in program.differentiable:
            yield position, item


def chosen_twice(program: Program, trace: Trace) -> Mistake | None:
    """The first choice that there is in a program, on which gradients of gradients depend."""
    for step in (one for one in program.steps if one.name in program.reaching):
        choices = Choices(program, step, trace.values, trace.gradients[step.name])
        for position, _ in _operands(program, step):
            choice = choices.of_contribution(position)
            if choice is not None:
                code = choice.code or INDETERMINATE
                return mistake(code, step.op, "second open")
    return None
