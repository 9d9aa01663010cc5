"""A wrong gradient, asked for step by step: which of the steps that it is made of is wrong alone?

Each step is run on the engine by itself, on fresh leaves that hold what the engine had there. What
is wrong then is wrong without any other step, term or order. Whether it is the mistake of a rule,
or of the machinery which all rules share, is told by other operations, asked the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging import values
from harness.judging.alone import Alone, is_unfit
from harness.judging.experiments import (
    RESULT,
    again,
    beside,
    contraction,
    controls,
    curved,
    elsewhere,
    isolated,
    leaf_of,
    unnumbered,
)
from harness.judging.judge import contributions
from harness.judging.machinery import has_equals, nothing_comes, takes_equals, wrong_order
from harness.judging.mistakes import (
    ALONE,
    ENGINE,
    TWICE,
    Mistake,
    Shown,
    mistake,
    stopped,
    wrong_alike,
)
from harness.judging.pairs import often, wrong_below, wrong_beside
from harness.judging.parts import written_out
from harness.judging.verdict import GUILTY, Verdict
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Program, Step

MOST_STEPS: Final = 30
"""So many steps are asked of one wrong gradient."""

COUNTED: Final = (("missing-term", "one of two"), ("double-count", "more than once"))
"""What it is that a term of a step is never passed on, or several times."""


class Isolation(Alone):
    """What a wrong number, or a pass that has stopped, of a failed case is made of."""

    def shown(self, direction: str, name: str) -> Shown:
        """What the steps show, each alone, that a wrong number is made of, and, where no name is
        given, those of a pass that has stopped, or of the second."""
        if direction == "second":
            return _all(self._second())
        if not name:
            return _all(self._stop() if direction == "backward" else self._no_value())
        return _all(self._value(name)) if direction == "forward" else self._gradient(name)

    def _gradient(self, name: str) -> Shown:
        """Which of the steps that a wrong gradient is made of are wrong alone, and which right."""
        if told := self._of_all(name):
            return _all(told)
        right: set[str] = set()
        found: list[Mistake] = []
        steps = self._to_ask(list(self._made_of(name)))
        for step in steps:
            wrong = self._wrong_alone(self.program, self.trace, step, name)
            found += wrong or ()
            if wrong == []:
                right.add(step.op)
        several = [step for step in steps if name in step.parents]
        if not found or all(map(self._is_right_begun_with_1, steps)):
            found = self._kept_for_one(steps) or found
        if not found and len(self.program.uses.get(name, ())) > 1:
            for step in several if not found else ():
                found += wrong_beside(self, self.same, step, name)
            for step in several if not found else ():
                found += self._wrong_twice(step, name)
        if not found and name != self.program.output:
            found += wrong_order(self, self.same)
        for step in several if not found else ():
            found += wrong_below(self, step, name)
        if not found and name == self.program.output:
            found += self._contracted()
        return _all(found or self._written_over(name), right)

    def _of_all(self, name: str) -> list[Mistake]:
        """Whether equal numbers are taken for one, or nothing comes back anywhere."""
        if has_equals(self.program, self.trace.values) and takes_equals(self):
            return [mistake("lost-gradient", ENGINE, "equals", experiment=ALONE)]
        got = self.trace.gradients.get(name)
        lost = (got is None or not np.any(got)) and np.any(self.verdict.truth.gradients[name])
        return nothing_comes(self) if lost else []

    def _kept_for_one(self, steps: Sequence[Step]) -> list[Mistake]:
        """Which of the operations that are used more than once is right alone, and wrong as soon as
        it is called again; the machinery, if most that have anything to keep are as well, or one is
        as soon as another is called."""
        used = Counter(step.op for step in self.program.steps)
        for step in {step.op: step for step in steps}.values():
            if any(map(self._fails, again(self.program, self.trace, step))):
                alone = next(isolated(self.program, self.trace, step))
                known = [one for one in controls(alone) if _keeps(one) and self.passing(one)]
                others = [self._fails_again(one) for one in known]
                shared = 2 * sum(others) > len(others)
                op, about = (ENGINE, "kept for all") if shared else (step.op, "kept for one")
                if shared or used[op] > 1:
                    facts = {"rule": step.op}
                    return [mistake("state-leak", op, about, facts=facts, experiment=TWICE)]
        return []

    def _is_right_begun_with_1(self, step: Step) -> bool:
        """Whether a step alone is right where nothing needs to be multiplied with a seed."""
        for program in islice(isolated(self.program, self.trace, step), 1):
            alone = self.passing(replace(program, seed=np.ones_like(program.seed)[()]))
            return alone is not None and alone.backward.status == "passed"
        return False

    def _fails_again(self, program: Program) -> bool:
        (step,) = program.steps
        values = {name: np.asarray(value) for name, value in program.inputs.items()}
        return any(map(self._fails, again(program, Trace(values), step)))

    def _fails(self, program: Program) -> bool:
        """Whether a few steps, each of which is right alone, have no right gradients."""
        found = self.passing(program)
        if found is None or found.backward.status != "failed":
            return False
        alone = [
            self.passing(one)
            for step in program.steps
            for one in islice(isolated(program, found.trace, step), 1)
        ]
        return all(one is not None and one.backward.status == "passed" for one in alone)

    def _together(self, parts: Verdict) -> list[Mistake]:
        inner = Isolation(self.engine, parts, self.same)
        inner.written = self.written
        wrong = [item.name for item in parts.backward.judgements if item.status == GUILTY]
        return [one for name in wrong for one in inner._gradient(name).mistakes]

    def _contracted(self) -> list[Mistake]:
        """The mistakes of the operations that contract an output with its seed, where an engine
        takes none: a sum, and a product before it."""
        found: list[Mistake] = []
        for program in contraction(self.program):
            alone = self.passing(program)
            if alone is not None and not alone.backward.failure:
                found += self._wrong_alone(program, alone.trace, program.steps[0]) or ()
        return found

    def _written_over(self, name: str) -> list[Mistake]:
        """The mistakes of a step that has passed a gradient on, or one in the same memory, beside
        another: what is assigned in place of added may be one array with it, and changes it."""
        names = (name, *self.trace.shared.get(name, ()))
        for step in (one for one in self.program.steps if one.name in names):
            right = self._wrong_alone(self.program, self.trace, step) == []
            for operand in dict.fromkeys(step.parents) if right else ():
                if told := wrong_beside(self, self.same, step, operand):
                    return told
        return []

    def _value(self, name: str) -> list[Mistake]:
        """The mistakes in a wrong value: of simpler operations, where it is wrong just as it is
        where the step is written out in them; else those that the step makes alone."""
        step = self.program.by_name.get(name)
        alone = () if step is None else isolated(self.program, self.trace, step)
        for program in islice(alone, 1):
            return self._parts_of_a_value(program) or self._values_alone(program)
        return []

    def _parts_of_a_value(self, program: Program) -> list[Mistake]:
        for other in written_out(program):
            whole, parts = self.asked(program), self.asked(other)
            if whole is None or parts is None or parts.forward.status != "failed":
                continue
            one, same = whole.trace.values.get(RESULT), parts.trace.values.get(RESULT)
            right = whole.truth.values[RESULT]
            if one is not None and same is not None and wrong_alike(one, same, right, self.same):
                return self._wrong_values(parts)
        return []

    def _values_alone(self, program: Program) -> list[Mistake]:
        """What explains all values of a step alone, at the engine's numbers and at chosen ones; and
        whether it is wrong beside a plain number only."""
        (step,) = program.steps
        answers = [self._given(one) for one in (program, *elsewhere(program))]
        if answers[0] is None:
            return []
        found = values.named([one for one in answers if one is not None], self.same)
        found = found or values.at_extremes(answers[0], self.same)
        lifted = unnumbered(program)
        right = None if lifted is None else self.asked(lifted)
        if right is not None and right.forward.status == "passed":
            found = [values.beside_a_number(step, found)]
        found = found or [mistake("wrong-value", step.op, "formula")]
        return [replace(one, experiment=ALONE) for one in found]

    def _given(self, program: Program) -> values.Given | None:
        """What a step alone has given."""
        alone = self.asked(program)
        got = None if alone is None else alone.trace.values.get(RESULT)
        if alone is None or got is None:
            return None
        return values.given(program, program.steps[0], dict(alone.trace.values), got)

    def _no_value(self) -> list[Mistake]:
        """Why the forward pass has stopped at a step: it recurses without an end where it is alone,
        so that it is not for a chain's length; or does not stop for the right operands, so that it
        is for a wrong value before it."""
        failure, truth = self.trace.failure, self.verdict.truth
        step = self.program.by_name.get(str(failure.step)) if failure is not None else None
        if failure is None or step is None:
            return []
        if self._stops(step):
            endless = "RecursionError" in failure.message
            own = [stopped("crash", step.op, failure, experiment=ALONE)] if endless else []
            return own or (self._early_rule(step) if failure.arithmetic else [])
        before = self.program.steps[: self.program.steps.index(step)]
        for other in self._to_ask(before):
            for program in islice(isolated(self.program, truth, other), 1):
                if (alone := self.asked(program)) and alone.forward.status == "failed":
                    return self._wrong_values(alone)
        return []

    def _early_rule(self, step: Step) -> list[Mistake]:
        """The mistakes of a rule that is worked out with the value, and may be what has no number:
        those that it makes at other points."""
        for alone in islice(isolated(self.program, self.verdict.truth, step), 1):
            for program in elsewhere(alone):
                own = self.passing(program)
                found = (
                    None if own is None else self._wrong_alone(program, own.trace, program.steps[0])
                )
                if found:
                    return [replace(one, facts=(*one.facts, ("pass", "backward"))) for one in found]
        return []

    def _stops(self, step: Step) -> bool:
        """Whether a step stops the forward pass alone, for the right operands; true where that
        cannot be asked."""
        answers = [self.asked(one) for one in isolated(self.program, self.verdict.truth, step)]
        known = [one for one in answers if one is not None]
        return not known or any(one.forward.failure is not None for one in known)

    def _wrong_values(self, alone: Verdict) -> list[Mistake]:
        """The mistakes that explain the wrong values of a few steps."""
        wrong = [item for item in alone.forward.judgements if item.status == GUILTY]
        told = [one for item in wrong for one in values.mistakes(alone, item, self.same)]
        return [replace(one, experiment=ALONE) for one in told]

    def _stop(self) -> list[Mistake]:
        """Which of its steps stop the backward pass alone, of a program in which it has stopped; if
        none does, which of them give gradients that do not fit."""
        steps = [step for step in self.program.steps if step.name in self.program.reaching]
        found: list[Mistake] = []
        unfit: list[Mistake] = []
        for step in self._to_ask(steps):
            alone = [self.passing(one) for one in isolated(self.program, self.trace, step)]
            stopping = next((one for one in alone if one and one.backward.failure), None)
            found += [] if stopping is None else self._stopping(stopping)
            if not found and any(one is not None and is_unfit(one) for one in alone):
                unfit += self._wrong_alone(self.program, self.trace, step) or ()
        if not (found or unfit) or all(map(self._is_right_begun_with_1, steps)):
            return self._kept_for_one(self._to_ask(steps)) or found or unfit
        return found or unfit

    def _second(self) -> list[Mistake]:
        """Which of its steps are differentiated twice wrongly, alone; the machinery, if other
        operations are likewise."""
        steps = [step for step in self.program.steps if step.name in self.program.reaching]
        for step in self._to_ask(steps):
            for program in list(isolated(self.program, self.trace, step))[:1]:
                if not any(map(self._is_bent, (program, *elsewhere(program)))):
                    continue
                others = [self._is_bent(other) for other in controls(program)]
                op = ENGINE if 2 * sum(others) > len(others) > 1 else step.op
                return [mistake("wrong-rule", op, "second", experiment=ALONE)]
        return []

    def _is_bent(self, program: Program) -> bool:
        """Whether a step alone is right, and its gradient's gradient is not."""
        alone = self.passing(curved(program))
        right = alone is not None and alone.backward.status == "passed"
        return right and alone is not None and alone.second.status == "failed"

    def _to_ask(self, steps: Sequence[Step]) -> list[Step]:
        """The steps that are asked, where there are more than can be: each kind first, that is an
        operation with its parameters and its operands' shapes."""
        kinds: dict[object, Step] = {}
        for step in steps:
            shapes = tuple(self.program.shapes.get(str(item)) for item in step.operands)
            kinds.setdefault((step.op, repr(step.parameters), shapes), step)
        chosen = {step.name: step for step in (*kinds.values(), *steps)}
        return list(chosen.values())[:MOST_STEPS]

    def _made_of(self, name: str) -> Iterator[Step]:
        """The steps whose rules give the gradient: those that use the name; of an engine that keeps
        gradients of leaves alone all that come after."""
        below = {name}
        for step in self.program.steps:
            if step.name in self.program.reaching and not below.isdisjoint(step.parents):
                if self.trace.leaves_only:
                    below.add(step.name)
                yield step

    def _wrong_twice(self, step: Step, name: str) -> list[Mistake]:
        """The mistakes of a step that takes ``name`` more than once, and is right otherwise."""
        if step.parents.count(name) < 2 or self.verdict.unordered:
            return []
        for program in isolated(self.program, self.trace, step, apart=False):
            alone = self.passing(program)
            told = [] if alone is None else self._counted(alone, step, name) or self._read(alone)
            if told:
                shared = self._shared(program, {one.code for one in told})
                own = [one for one in told if one.code in shared] or told
                op = ENGINE if shared else step.op
                return [replace(own[0], op=op, operand="", experiment=TWICE)]
        return []

    def _counted(self, alone: Verdict, step: Step, name: str) -> list[Mistake]:
        """How often a step that takes a name more than once, alone, has passed each of its terms
        on. That one is lost is only told where it is known that nothing is assigned."""
        leaf = leaf_of(step.operands.index(name))
        got = alone.trace.gradients.get(leaf)
        adds = any(map(self.passing, beside(self.program, self.trace, step, name)))
        if got is None:
            return []
        try:
            made_of = Trace(alone.trace.values, alone.truth.gradients)
            parts = contributions(alone.case.program, leaf, made_of)
        except Unanswerable:
            return []
        times = often([part.number for part in parts], got, self.same, 0 if adds else 1)
        if times is not None:
            code, about = COUNTED[min(times) > 0]
            return [mistake(code, step.op, about, facts={"rule": step.op}, experiment=TWICE)]
        return []


def _keeps(program: Program) -> bool:
    """Whether the rule of a single step needs anything but the upstream gradient, and so has to
    keep it."""
    (step,) = program.steps
    texts = FORMULAS[step.op].derivatives.values()
    return any(
        f"{{{name}}}" in text for text in texts for name in (*step.operation.operands, "out")
    )


def _all(found: Sequence[Mistake], right: Iterable[str] = ()) -> Shown:
    """Each of the mistakes once, and the operations that are right and make none of them."""
    mistakes: dict[tuple[str, str, str], Mistake] = {}
    for one in found:
        mistakes.setdefault((one.code, one.op, one.operand), one)
    wrong = {one.op for one in mistakes.values()}
    return Shown(tuple(mistakes.values()), frozenset(right) - wrong)
