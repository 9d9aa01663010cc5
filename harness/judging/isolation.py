"""A wrong gradient, asked for step by step: which of the steps that it is made of is wrong alone?

Each step is run on the engine by itself, on fresh leaves that hold what the engine had there. What
is wrong then is wrong without any other step, term or order. Whether it is the mistake of a rule,
or of the machinery which all rules share, is told by other operations, asked the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations
from typing import Final

import numpy as np

from harness.engines import by_formula
from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.judging import gradients
from harness.judging.judge import contributions, judge
from harness.judging.snapshot import digest
from harness.judging.suspects import ENGINE, Same, Shown, Suspect
from harness.judging.verdict import GUILTY, MISSING, Judgement, Verdict
from harness.language.case import Case
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Operand, Program, Step, Value, default_seed
from harness.vocabulary.signatures import OPERATIONS

MOST_STEPS: Final = 30
"""So many steps are asked of one wrong gradient."""

UNEVEN: Final = 1.75
"""The upstream gradient of a number, where one that is not 1 is asked for."""

CONTROLS: Final = ("add", "mul", "sub", "div", "neg", "exp", "tanh")
"""Operations that most engines have: what is wrong with all of them alike is no rule's mistake."""


class Isolation:
    """What is asked of an ``engine`` about a failed case, and was answered."""

    def __init__(self, engine: Engine, verdict: Verdict, same: Same) -> None:
        self.engine, self.verdict, self.same = engine, verdict, same
        self.program, self.trace = verdict.case.program, verdict.trace

    def shown(self, judgement: Judgement) -> Shown:
        """Which of the steps that a wrong gradient is made of are wrong alone, and which right."""
        right: set[str] = set()
        found: dict[tuple[str, str, str], Suspect] = {}
        name, steps = judgement.name, self._to_ask(list(self._made_of(judgement.name)))
        for step in steps:
            wrong = self._wrong_alone(step, name)
            for one in wrong or ():
                found.setdefault((one.code, one.op, one.operand), one)
            if wrong == []:
                right.add(step.op)
        several = [step for step in steps if name in step.parents]
        if not found and len(self.program.uses.get(name, ())) > 1:
            for wrong_together in (self._wrong_beside, self._wrong_twice):
                for step in several if not found else ():
                    for one in wrong_together(step, name):
                        found.setdefault((one.code, one.op, one.operand), one)
        mistakes = tuple(found.values())
        return Shown(mistakes, frozenset(right) - {one.op for one in mistakes})

    def _wrong_alone(self, step: Step, name: str, apart: bool = True) -> list[Suspect] | None:
        """The mistakes of one step in what it gives to ``name``; None if that cannot be asked."""
        told: list[Suspect] | None = None
        for program in isolated(self.program, self.trace, step, apart):
            alone = self.asked(program)
            if alone is None or alone.forward.status != "passed":
                return told
            told = self._told(alone, step, name)
            if told:
                return self._blamed(told, step, program)
        return told

    def _wrong_twice(self, step: Step, name: str) -> list[Suspect]:
        """The mistakes of a step that takes ``name`` more than once, and is right otherwise."""
        twice = step.parents.count(name) > 1
        return self._wrong_alone(step, name, apart=False) or [] if twice else []

    def stopped(self) -> Shown:
        """Which of its steps stop the backward pass alone, of a program in which it has stopped."""
        found: dict[tuple[str, str], Suspect] = {}
        steps = [step for step in self.program.steps if step.name in self.program.reaching]
        for step in self._to_ask(steps):
            for program in isolated(self.program, self.trace, step):
                alone = self.asked(program)
                if alone is None or alone.forward.status != "passed":
                    break
                if alone.backward.failure is not None:
                    for one in self._blamed(self._told(alone, step, ""), step, program):
                        found.setdefault((one.code, one.op), one)
                    break
        return Shown(tuple(found.values()))

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

    def _wrong_beside(self, step: Step, name: str) -> list[Suspect]:
        """Whose mistake it is where ``name`` has a term of the step and one of another, which is
        evaluated before it, or after it, and one is lost; nothing if none is.

        Of two that are assigned the later one is left, whatever the steps are: then it is the
        machinery that assigns. If the same is lost beside any step, the other one assigns.
        """
        programs = list(beside(self.program, self.trace, step, name))
        told = [self._lost(program, step.name, name) for program in programs]
        lost = {code for code in told if code}
        if not lost:
            return []
        in_its_place = [other for program in programs for other in like(program, step, name)]
        of_others = {self._lost(other, step.name, name) for other in in_its_place}
        if lost | of_others >= BOTH:
            return [Suspect("overwrite", ENGINE, gradients.REPLACED, shown=True)]
        other = programs[0].by_name[OTHER].op
        (code,) = lost
        op = step.op
        if code in of_others:  # it is the other one's doing, seen from its side
            (code,), op = BOTH - lost, other
        message = gradients.REPLACED if code == "overwrite" else gradients.ONLY_ONE
        return [Suspect(code, op, message, shown=True)]

    def _lost(self, program: Program, own: str, name: str) -> str | None:
        """What is lost of the terms of two steps: the other's (``overwrite``) or the step's own
        (``missing-term``); nothing, ``""``, where none is, and None if that cannot be told."""
        alone = self.asked(program)
        if alone is None or alone.forward.status != "passed" or alone.backward.note:
            return None
        got = alone.trace.gradients.get(name)
        if got is None:
            return None
        try:
            parts = contributions(program, name, alone.truth)
        except Unanswerable:
            return None
        mine = [part.number for part in parts if part.step.name == own]
        theirs = np.asarray(sum(part.number for part in parts if part.step.name != own))
        if self.same(got, np.asarray(sum(mine, theirs))):
            return ""
        if self.same(got, theirs):
            return "missing-term"
        some = chain.from_iterable(combinations(mine, count) for count in range(1, len(mine) + 1))
        left = any(self.same(got, np.asarray(sum(numbers))) for numbers in some)
        return "overwrite" if left else None

    def asked(self, program: Program) -> Verdict | None:
        """The engine's answer to a small program, judged; None where it has none."""
        answers = self.engine.experiments
        key = digest(program)
        if key not in answers:
            answers[key] = asked(self.engine, self.verdict.case, program)
        answer: Verdict | None = answers[key]
        return answer

    def _told(self, alone: Verdict, step: Step, name: str) -> list[Suspect]:
        """What is wrong with a step alone, if it is with what it gives to ``name``."""
        judged = alone.backward
        if judged.failure is not None:
            code = self._stopped_by(alone, step)
            return [Suspect(code, step.op, judged.failure.message, shown=True)]
        found = []
        for item in judged.judgements:
            if item.status not in (GUILTY, MISSING) or item.name == step.name:
                continue
            if not self.trace.leaves_only and item.name.removesuffix(AGAIN) != name:
                continue
            told = gradients.suspects(alone, item, self.same)
            found += [one for one in told if one.exact] or told[:1]
        return [replace(one, shown=True) for one in found]

    def _blamed(self, told: list[Suspect], step: Step, program: Program) -> list[Suspect]:
        """The mistakes as the rule's; as the machinery's where other operations make them alike, or
        where a gradient is lost at some numbers only, as no rule loses one."""
        shared, asked_ = {one.code for one in told}, 0
        for other in controls(program, step):
            codes = self._codes(other)
            if codes is not None:
                asked_, shared = asked_ + 1, shared & codes
                if not codes:
                    break
        if asked_ > 1 and shared:
            every = [one for one in told if one.code in shared]
            likeliest = next((one for one in every if one.op == ENGINE), every[0])
            return [replace(likeliest, op=ENGINE, operand="")]
        own = [one for one in told if one.op == step.op] or told
        if {one.code for one in own} == {"lost-gradient"} and self._codes(
            elsewhere(program)
        ) == set():
            return [replace(one, op=ENGINE, operand="") for one in own]
        return [replace(one, op=step.op) for one in own]

    def _codes(self, program: Program) -> set[str] | None:
        """What a single step is wrong by, alone; None if that cannot be told."""
        alone = self.asked(program)
        if alone is None or alone.forward.status != "passed" or alone.backward.note:
            return None
        first, (step,) = alone.backward.first, program.steps
        if alone.backward.status == "passed":
            return set()
        name = "" if first is None else first.name.removesuffix(AGAIN)
        return {one.code for one in self._told(alone, step, name)}

    def _stopped_by(self, alone: Verdict, step: Step) -> str:
        """What has stopped the backward pass of a step alone: that an operand was stretched, where
        it goes back otherwise; else what was raised says all."""
        program = alone.case.program
        shape = program.shapes[step.name]
        stretched = any(program.shapes[name] != shape for name in program.inputs)
        if stretched and step.operation.stretches and self._codes(unstretched(program)) == set():
            return "missing-unbroadcast"
        return "crash"


BOTH: Final = frozenset({"overwrite", "missing-term"})

AGAIN: Final = " again"
"""What is added to the name of a leaf that stands for the second use of one."""


def isolated(program: Program, trace: Trace, step: Step, apart: bool = True) -> Iterator[Program]:
    """The step alone, at the engine's own numbers, each operand a leaf of its own if they are
    ``apart``; with an upstream gradient of 1 and one that is not, or an uneven one. Nothing where a
    number is missing."""
    inputs: dict[str, Value] = {}
    constants: dict[str, Array] = {}
    operands: list[Operand] = []
    for position, item in enumerate(step.operands):
        name = item
        if isinstance(item, str):
            number = program.constants.get(item, trace.values.get(item))
            if number is None or number.shape != program.shapes[item]:
                return
            if item in program.constants or step.kind(position) != "value":
                constants[item] = number
            elif number.dtype.kind != "f":
                return
            else:
                while apart and name in inputs:
                    name = f"{name}{AGAIN}"
                inputs[str(name)] = float(number) if number.ndim == 0 else number
        operands.append(name)
    if inputs:
        alone = replace(step, operands=tuple(operands))
        yield from _seeded(program, inputs, constants, alone, program.shapes[step.name])


def elsewhere(program: Program) -> Program:
    """The same near by, where no two numbers are equal by chance."""
    inputs = {
        name: value * (1 + (number + 1) / 64)
        for number, (name, value) in enumerate(program.inputs.items())
    }
    return replace(program, inputs=inputs)


OTHER: Final = "the other term"


def beside(program: Program, trace: Trace, step: Step, name: str) -> Iterator[Program]:
    """The step and another one that uses ``name``, added up, either of them first."""
    for alone in isolated(program, trace, step, apart=False):
        shape, whole = program.shapes[name], program.shapes[step.name]
        try:
            total = np.broadcast_shapes(shape, whole)
        except ValueError:
            continue
        other = Step(OTHER, "add" if step.op == "mul" else "mul", (name, "w"))
        inputs = {**alone.inputs, "w": _plain(shape, 1.5)}
        shapes = {**alone.shapes, "w": shape, OTHER: shape, "total": total}
        for steps in ((other, step), (step, other)):
            last = Step("total", "add", (steps[0].name, steps[1].name))
            yield replace(
                alone, inputs=inputs, steps=(*steps, last), shapes=shapes, seed=default_seed(total)
            )
        return


def like(program: Program, own: Step, name: str) -> Iterator[Program]:
    """The same with an operation on ``name`` alone in the place of the step."""
    for op in CONTROLS:
        if op not in (own.op, program.by_name[OTHER].op):
            other = Step(own.name, op, (name, "w")[: len(OPERATIONS[op].operands)])
            steps = tuple(other if one.name == own.name else one for one in program.steps)
            yield replace(program, steps=steps)


def _seeded(
    program: Program,
    inputs: Mapping[str, Value],
    constants: Mapping[str, Array],
    step: Step,
    shape: tuple[int, ...],
) -> Iterator[Program]:
    shapes = {name: np.shape(value) for name, value in {**inputs, **constants}.items()}
    for seed in (default_seed(shape),) if shape else (1.0, UNEVEN):
        shapes[step.name] = shape
        yield Program(inputs, constants, (step,), shapes, seed, program.dtype)


def controls(program: Program, step: Step) -> Iterator[Program]:
    """Other operations in the place of an isolated step, at numbers that suit them all: with an
    operand stretched where it stretches one, and one leaf twice where it takes one twice; else of
    the result's shape."""
    shape, twice = program.shapes[step.name], len(set(step.parents)) < len(step.parents)
    values = [item for position, item in enumerate(step.operands) if step.kind(position) == "value"]
    own = [program.shapes.get(str(item), ()) for item in values]
    stretched = [other for other in own if other != shape] if step.operation.stretches else []
    pair = own if stretched and len(own) == 2 else [*stretched, shape, shape][:2]
    for op in CONTROLS:
        count = len(OPERATIONS[op].operands)
        if op == step.op or ((twice or stretched) and count < 2):
            continue
        names = ("x0", "x0") if twice else ("x0", "x1")
        inputs: dict[str, Value] = {
            name: _plain(each, 0.5 + number / 4)
            for number, (name, each) in enumerate(zip(names[:count], pair, strict=False))
        }
        alone = Step(step.name, op, names[:count])
        shapes = {name: np.shape(value) for name, value in inputs.items()} | {step.name: shape}
        yield Program(inputs, {}, (alone,), shapes, program.seed, program.dtype)


def unstretched(program: Program) -> Program:
    """An isolated step with all operands as large as its result."""
    shape = program.shapes[program.output]
    inputs: dict[str, Value] = {
        name: np.broadcast_to(value, shape).copy() for name, value in program.inputs.items()
    }
    return replace(
        program, inputs=inputs, shapes={**program.shapes, **dict.fromkeys(inputs, shape)}
    )


def _plain(shape: tuple[int, ...], first: float) -> Value:
    """Numbers of which no two are equal, between 0.5 and 2."""
    if not shape:
        return first
    size = int(np.prod(shape))
    numbers: Array = (first + np.arange(size) / max(size, 1)).reshape(shape)
    return numbers


def asked(engine: Engine, case: Case, program: Program) -> Verdict | None:
    """The engine's answer to a small program, judged by the vocabulary's formulas; None where they
    have no answer, or the engine's process has ended."""
    try:
        truth = by_formula.evaluate(program)
    except Unanswerable:
        return None
    trace = engine.answer(program)
    if trace.ended:
        return None
    return judge(replace(case, program=program, expect=()), truth, trace)
