"""A failure in the engine's own class: lines to paste, of a program as small as can be.

The engine writes and runs them. They are told only where they print the very number that was
judged, or raise the very exception.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from harness.engines.engine import Engine
from harness.engines.trace import NOT_RUN, Failure
from harness.engines.writing import Asked, Script
from harness.judging.comparing import quiet
from harness.judging.diagnosis import Explanation, explain
from harness.judging.isolation import AGAIN, asked, beside, isolated
from harness.judging.mistakes import ALONE, BESIDE, ONCE, TWICE
from harness.judging.snapshot import digest
from harness.judging.verdict import GUILTY, MISSING, Judgement, Verdict
from harness.vocabulary.program import Array, Operand, Program, Step, Value, default_seed

WIDTH: Final = 76
"""So wide is a line."""

ENOUGH: Final = 3
"""So many cases of one mistake are written, and smaller ones."""

MOST_STEPS, MOST_NUMBERS = 12, 24
"""So many steps, and numbers in its leaves, has a program that is written."""

MOST_TRIES: Final = 12
"""So many smaller programs are tried."""

LEAVES: Final = "xyzabcuvw"
"""What leaves are called that have no name of their own."""

NEAR: Final = 1e-6
"""What is printed is the number that was judged, to this relative error, as float32 has it."""


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
        if len(written) < ENOUGH or steps < min(written):
            text = repro(engine, verdict, explanation)
            written += [steps] * bool(text)
            verdict.explanations[direction] = replace(explanation, repro=text)
    return verdict


@quiet
def repro(engine: Engine, verdict: Verdict, explanation: Explanation) -> str:
    """The lines, with what they print and what it should be; empty where none can be had."""
    vague = verdict.alone or verdict.unordered or verdict.trace.seed is not None
    if vague or explanation.direction == "second" or explanation.breach is not None:
        return ""
    failure = explanation.failure if explanation.places[0].judgement is None else None
    if failure is not None and (failure.code or failure.message.startswith(NOT_RUN)):
        return ""
    programs = filter(_is_small, islice(_programs(verdict, explanation, failure), MOST_TRIES))
    for program in sorted(programs, key=lambda program: len(program.steps)):
        for one in (_plainer(program), program):
            if text := _shown(engine, verdict, one, explanation, failure):
                return text
    return ""


def _shown(
    engine: Engine,
    verdict: Verdict,
    program: Program,
    explanation: Explanation,
    failure: Failure | None,
) -> str:
    """The lines for a program, if it shows the failure."""
    answer = _answer(engine, verdict, program)
    if answer is None:
        return ""
    direction, names = explanation.direction, dict[str, str]()
    outcome = answer.direction(direction)
    named = _named(program, names)
    if failure is not None:
        if outcome.failure is None or _kind(outcome.failure) != _kind(failure):
            return ""
        script = engine.written(named, Asked(direction, named.output))
        same = script is not None and script.raised and script.printed == outcome.failure.message
        return _text(script, script.printed) if script is not None and same else ""
    first = outcome.first
    if first is None or first.status not in (GUILTY, MISSING) or outcome.failure is not None:
        return ""
    if not verdict.trace.leaves_only and first.name.removesuffix(AGAIN) != _place(explanation):
        return ""
    asked_ = Asked(direction, names.get(first.name, first.name), _part(first))
    script = engine.written(named, asked_)
    if script is None or script.raised or not _is_got(script.printed, first):
        return ""
    return _text(script, f"{script.printed}, should be {_expected(first)}")


def _answer(engine: Engine, verdict: Verdict, program: Program) -> Verdict | None:
    if program is verdict.case.program:
        return verdict
    key = digest(program)
    if key not in engine.experiments:
        engine.experiments[key] = asked(engine, verdict.case, program)
    answer: Verdict | None = engine.experiments[key]
    return answer


def _place(explanation: Explanation) -> str:
    """The step that is wrong first."""
    first = explanation.first
    return first.judgement.name if first is not None and first.judgement is not None else ""


def _kind(failure: Failure) -> str:
    return failure.message.partition(":")[0]


# -- which program ---------------------------------------------------------------------------------


def _programs(
    verdict: Verdict, explanation: Explanation, failure: Failure | None
) -> Iterator[Program]:
    """Programs that may show the failure, the smallest first: those of the experiment that has
    decided; else the steps alone, the case without its end, the case itself."""
    program, trace, decided = verdict.case.program, verdict.trace, explanation.mistake.experiment
    first = None if failure is not None else verdict.direction(explanation.direction).first
    if decided == ONCE or (program.backward_calls > 1 and not decided):
        yield program
        return
    if decided in (ALONE, ""):
        for step in _steps(program, explanation.direction, first, failure):
            yield from isolated(program, trace, step)
    if explanation.direction == "backward" and first is not None:
        users = _users(program, first.name)
        if decided in (ALONE, TWICE, ""):
            for step in users:
                if step.parents.count(first.name) > 1:
                    yield from isolated(program, trace, step, apart=False)
        if decided == BESIDE:
            for step in users:
                yield from beside(program, trace, step, first.name)
        yield from _heads(program, first.name)
    yield program


def _steps(
    program: Program, direction: str, first: Judgement | None, failure: Failure | None
) -> list[Step]:
    """The steps that may be wrong alone."""
    by_name = program.by_name
    if failure is not None:
        known = by_name.get(str(failure.step))
        if known is not None:
            return [known]
        return [step for step in reversed(program.steps) if step.name in program.reaching]
    assert first is not None
    if direction == "forward":
        return [by_name[first.name]] if first.name in by_name else []
    return _users(program, first.name)


def _users(program: Program, name: str) -> list[Step]:
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


def _is_small(program: Program) -> bool:
    leaves = (*program.inputs.values(), *program.constants.values())
    numbers = sum(np.size(value) for value in leaves)
    return len(program.steps) <= MOST_STEPS and numbers <= MOST_NUMBERS


# -- as people would write it ----------------------------------------------------------------------


def _plainer(program: Program) -> Program:
    """The same at numbers of two digits."""
    inputs = {name: _short(value) for name, value in program.inputs.items()}
    return replace(program, inputs=inputs, seed=_short(program.seed))


def _short(value: Value) -> Value:
    if isinstance(value, float):
        return float(f"{value:.2g}")
    array: Array = np.array([float(f"{item:.2g}") for item in value.flat])
    return array.reshape(value.shape).astype(value.dtype)


def _named(program: Program, names: dict[str, str]) -> Program:
    """The same with names that Python takes, for the output and the leaves; ``names`` is told what
    they were."""
    taken = {*program.shapes}
    free = (name for name in LEAVES if name not in taken)
    for name in (*program.inputs, *program.constants):
        if not name.isidentifier():
            names[name] = next(free, name)
    if not program.output.isidentifier() and "f" not in taken:
        names[program.output] = "f"
    return _renamed(program, names) if names else program


def _renamed(program: Program, names: dict[str, str]) -> Program:
    def called(item: Operand) -> Operand:
        return names.get(item, item) if isinstance(item, str) else item

    steps = tuple(
        replace(step, name=str(called(step.name)), operands=tuple(map(called, step.operands)))
        for step in program.steps
    )
    return replace(
        program,
        inputs={str(called(key)): value for key, value in program.inputs.items()},
        constants={str(called(key)): value for key, value in program.constants.items()},
        steps=steps,
        shapes={str(called(key)): shape for key, shape in program.shapes.items()},
        stages=(),
    )


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


def _expected(item: Judgement) -> str:
    part = _part(item)
    if part in (".shape", ".dtype"):
        return str(getattr(item.expected, part[1:]))
    if item.expected.shape and not item.index:
        return f"an array of shape {item.expected.shape}"
    return f"{float(item.expected[item.index]):.10g}"


def _text(script: Script, told: str) -> str:
    """The lines, the long ones folded; behind the last one what comes of it."""
    *lines, last = script.lines
    folded = [part for line in lines for part in _folded(line)]
    if len(last) + len(told) + 4 <= WIDTH:
        return "\n".join([*folded, f"{last}  # {told}"])
    comment = textwrap.wrap(told, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join([*folded, *_folded(last), *(f"# {part}" for part in comment)])


def _folded(line: str) -> list[str]:
    """The line in several that mean the same, where it is too long and can be had in several."""
    code = line.lstrip()
    indent = " " * (len(line) - len(code))
    parts = textwrap.wrap(
        code,
        WIDTH - len(indent),
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    with suppress(SyntaxError):
        if len(parts) > 1 and ast.dump(ast.parse(code)) == ast.dump(ast.parse("\n".join(parts))):
            return [f"{indent}{part}" for part in parts]
    return [line]
