"""A failure in the engine's own class: lines to paste, of a program as small as can be.

The engine writes and runs them. They are told only where they print the very number that was
judged, or raise the very exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from harness import languages
from harness.engines.engine import Engine
from harness.engines.failures import raised
from harness.engines.ordering import ORDERS
from harness.engines.trace import Breach, Failure, not_run
from harness.engines.writing import Asked
from harness.engines.writing.script import Script
from harness.judging.asking import judged
from harness.judging.comparing import quiet
from harness.judging.diagnosis import explain
from harness.judging.experiments import (
    RESULT,
    beside,
    elsewhere,
    isolated,
    leaf_of,
    rejoined,
)
from harness.judging.mistakes import ALONE, BESIDE, ONCE
from harness.judging.plainly import plainer, renamed, text_of, unfolded
from harness.judging.snapshot import digest
from harness.judging.verdict import GUILTY, MISSING, Direction, Explanation, Judgement, Verdict
from harness.vocabulary.program import Program, Step, default_seed

ENOUGH: Final = 3
"""So many cases of one mistake are written, and smaller ones."""

MOST_FAILED: Final = 12
"""After so many cases of one mistake for which no lines could be had, no more are tried: some
engines' calls cannot be written down."""

MOST_STEPS, MOST_NUMBERS = 12, 24
"""So many steps, and numbers in its leaves, has a program that is written."""

MOST_TRIES: Final = 16
"""So many smaller programs are tried."""

NEAR: Final = 1e-6
"""What is printed is the number that was judged, to this relative error, as float32 has it."""


@dataclass(frozen=True, slots=True)
class Try:
    """A program that may show the failure, and the names of which one must then be wrong, if it
    matters which. ``made``: it is an experiment's, and no part of the case."""

    program: Program
    places: Set[str]
    made: bool = False


def reproduced(engine: Engine, verdict: Verdict) -> Verdict:
    """The verdict, whose explanations have a repro where one can be had: for the first cases of
    each mistake, and for such as are smaller."""
    for direction in verdict.directions:
        explanation = explain(verdict, direction)
        if explanation is None or verdict.trace.ended:
            continue
        mistake = explanation.mistake
        key = f"repro {direction} {mistake.op} {mistake.operand} {mistake.code}"
        steps = len(verdict.case.program.steps)
        written: list[int] = engine.experiments.setdefault(key, [])
        failed: list[int] = engine.experiments.setdefault(f"no {key}", [])
        wanted = len(written) < ENOUGH or steps < min(written)
        if wanted and len(failed) < MOST_FAILED:
            text = repro(engine, verdict, explanation)
            (written if text else failed).append(steps)
            verdict.explanations[direction] = replace(explanation, repro=text)
    return verdict


@quiet
def repro(engine: Engine, verdict: Verdict, explanation: Explanation) -> str:
    """The lines, with what they print and what it should be; empty where none can be had."""
    unordered = verdict.unordered and not explanation.mistake.experiment
    vague = verdict.alone or unordered or verdict.trace.seed is not None
    if vague or explanation.direction == "second":
        return ""
    if explanation.breach is not None:
        return _changed(engine, verdict, explanation.breach)
    failure = explanation.failure if explanation.places[0].judgement is None else None
    if failure is not None and (failure.code or failure.message.startswith(not_run())):
        return ""
    found = _texts(engine, verdict, explanation, failure)
    if failure is None:
        return next(found, "")
    every = list(islice(found, ENOUGH))
    own = (text for text in every if failure.message in unfolded(text))
    return next(own, next(iter(every), ""))


def _texts(
    engine: Engine, verdict: Verdict, explanation: Explanation, failure: Failure | None
) -> Iterator[str]:
    """The lines of one program after another that shows the failure."""
    what = explanation.mistake.fact("raised") or (raised(failure) if failure is not None else "")
    tries = filter(_is_small, islice(_tries(verdict, explanation, failure), MOST_TRIES))
    for one in sorted(tries, key=lambda one: len(one.program.steps)):
        for program in plainer(one.program):
            answer = _answer(engine, verdict, program)
            if answer is None or _hangs_on_a_set(engine, answer, explanation.direction):
                continue
            outcome, this = answer.direction(explanation.direction), replace(one, program=program)
            if failure is not None:
                text = _raising(engine, this, outcome, what)
            else:
                text = _printing(engine, this, outcome, explanation.direction)
            if text:
                yield text


def _hangs_on_a_set(engine: Engine, answer: Verdict, direction: str) -> bool:
    """Whether something else comes of it in another order of the engine's sets: then it may in
    Python's own, which no line decides."""
    for order in range(1, ORDERS if answer.trace.iterates_sets else 1):
        engine.order = order
        try:
            other = judged(engine, answer.case, answer.case.program)
        finally:
            engine.order = 0
        if other is None or _outcome(other, direction) != _outcome(answer, direction):
            return True
    return False


def _outcome(answer: Verdict, direction: str) -> tuple[str, str]:
    """What is wrong first in a pass, and with what number; or what it raises."""
    outcome = answer.direction(direction)
    if outcome.failure is not None or outcome.first is None:
        return "", raised(outcome.failure) if outcome.failure is not None else ""
    return outcome.first.name, repr(outcome.first.got)


def _changed(engine: Engine, verdict: Verdict, breach: Breach) -> str:
    """The lines for the case, if it shows that the forward pass changes a value."""
    this = Try(verdict.case.program, set())
    right = verdict.truth.values.get(breach.name)
    if breach.direction != "forward" or right is None or right.shape or not _is_small(this):
        return ""
    script = engine.written(this.program, Asked("forward", breach.name))
    item = Judgement(breach.name, GUILTY, right, right)
    if script is None or script.raised or _is_got(script.printed, item):
        return ""
    return text_of(script, _told(script, item))


def _raising(engine: Engine, this: Try, outcome: Direction, what: str) -> str:
    """The lines for a program, if the very same is raised there."""
    if outcome.failure is None or raised(outcome.failure) != what:
        return ""
    named, _ = renamed(this.program, this.made)
    script = engine.written(named, Asked(outcome.failure.direction, named.output))
    same = script is not None and script.raised and script.printed == outcome.failure.message
    return text_of(script, script.printed) if script is not None and same else ""


def _printing(engine: Engine, this: Try, outcome: Direction, direction: str) -> str:
    """The lines for a program, if its number is wrong in one of the places."""
    first = outcome.first
    if first is None or first.status not in (GUILTY, MISSING) or outcome.failure is not None:
        return ""
    if this.places and first.name not in this.places:
        return ""
    named, names = renamed(this.program, this.made)
    script = engine.written(
        named, Asked(direction, names.get(first.name, first.name), _part(first))
    )
    if script is None or script.raised or not _is_got(script.printed, first):
        return ""
    return text_of(script, _told(script, first))


def _answer(engine: Engine, verdict: Verdict, program: Program) -> Verdict | None:
    if program is verdict.case.program:
        return verdict
    key = digest(program)
    if key not in engine.experiments:
        engine.experiments[key] = judged(engine, verdict.case, program)
    answer: Verdict | None = engine.experiments[key]
    return answer


def _part(item: Judgement) -> str:
    """What of a value or a gradient shows that it is wrong."""
    if item.got is None:
        return ""
    if item.got.shape != item.expected.shape:
        return ".shape"
    if item.got.dtype != item.expected.dtype and not item.error:
        return ".dtype"
    return str(list(item.index)) if item.index else ""


def _is_got(printed: str, item: Judgement) -> bool:
    """Whether what is printed is what was judged."""
    if item.got is None:
        return printed == "None"
    part = _part(item)
    if part in (".shape", ".dtype"):
        return printed == str(getattr(item.got, part[1:]))
    with suppress(ValueError):
        return bool(np.isclose(float(printed), item.got[item.index], NEAR, 0.0, equal_nan=True))
    return False


def _told(script: Script, item: Judgement) -> str:
    """What lines print, and what it should be."""
    return languages.told("truth", "should-be", printed=script.printed, expected=_expected(item))


def _expected(item: Judgement) -> str:
    part = _part(item)
    if part in (".shape", ".dtype"):
        return str(getattr(item.expected, part[1:]))
    if item.expected.shape and not item.index:
        return languages.told("truth", "array-of-shape", shape=item.expected.shape)
    number = item.expected[item.index]
    return str(number) if number.dtype == np.float32 else f"{float(number):.10g}"


# -- which program ---------------------------------------------------------------------------------


def _tries(verdict: Verdict, explanation: Explanation, failure: Failure | None) -> Iterator[Try]:
    """Programs of the experiment that has decided, if there was one; else the steps alone; then the
    case without its end, and the case itself."""
    program, trace, mistake = verdict.case.program, verdict.trace, explanation.mistake
    place, decided = explanation.first if failure is None else None, mistake.experiment
    name = place.judgement.name if place is not None and place.judgement is not None else ""
    whole = Try(program, {name} - {""})
    if decided == ONCE or (program.backward_calls > 1 and not decided):
        yield whole
        return
    steps = _steps(program, explanation.direction, name, failure)
    own = [step for step in steps if step.op == mistake.op] or steps
    for step in own if decided in (ALONE, "") else ():
        places = {leaf_of(i) for i, item in enumerate(step.operands) if item == name}
        places = {RESULT} if explanation.direction == "forward" else places
        alone = list(isolated(program, trace, step))
        chosen = elsewhere(alone[0]) if alone and decided and failure is None else ()
        for one in (*alone, *chosen):
            yield Try(one, set() if trace.leaves_only else places, made=True)
    if explanation.direction == "backward" and name:
        for step in own if decided != BESIDE else ():
            if step.parents.count(name) > 1:
                for one in isolated(program, trace, step, apart=False):
                    yield Try(one, {leaf_of(step.operands.index(name))}, made=True)
        for step in steps if decided == BESIDE else ():
            for one in (
                *rejoined(program, trace, step, name),
                *beside(program, trace, step, name),
            ):
                yield Try(one, {leaf_of(step.operands.index(name))}, made=True)
        for one in _heads(program, name):
            yield Try(one, {name})
    yield whole


def _steps(program: Program, direction: str, name: str, failure: Failure | None) -> list[Step]:
    """The steps that may be wrong alone."""
    if failure is not None:
        known = program.by_name.get(str(failure.step))
        reaching = [step for step in program.steps if step.name in program.reaching]
        return [known] if known is not None else reaching[::-1]
    if direction == "forward":
        return [program.by_name[name]] if name in program.by_name else []
    return list({step.name: step for step, _ in program.uses.get(name, ())}.values())


def _heads(program: Program, name: str) -> Iterator[Program]:
    """The program up to each of the steps that ``name`` goes into, without what comes after."""
    below = {name}
    for number, step in enumerate(program.steps[:-1], 1):
        if below.isdisjoint(step.parents) or step.operation.compares:
            continue
        below.add(step.name)
        if len(below) > 2 and program.order == 1:
            yield _cut(program, program.steps[:number])


def _cut(program: Program, steps: tuple[Step, ...]) -> Program:
    """The last of the steps, and what it is made of."""
    needed, kept = {steps[-1].name}, list[Step]()
    for step in reversed(steps):
        if step.name in needed:
            needed.update(step.parents)
            kept.append(step)
    return Program(
        {key: value for key, value in program.inputs.items() if key in needed},
        {key: value for key, value in program.constants.items() if key in needed},
        tuple(reversed(kept)),
        {key: shape for key, shape in program.shapes.items() if key in needed},
        default_seed(program.shapes[steps[-1].name]),
        program.dtype,
    )


def _is_small(this: Try) -> bool:
    program = this.program
    leaves = (*program.inputs.values(), *program.constants.values())
    numbers = sum(np.size(value) for value in leaves)
    return len(program.steps) <= MOST_STEPS and numbers <= MOST_NUMBERS
