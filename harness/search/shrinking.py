"""Smaller programs than one that was found: what Hypothesis, which sees only choices, cannot try.

It leaves out choices; here a program ends earlier, or takes a step's operand, or an input of its
value, for the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.engines.trace import Trace
from harness.search.naming import renamed, tidied
from harness.vocabulary.program import Array, Program

LONGEST: Final = 100


def smaller(program: Program, truth: Trace) -> Iterator[Program]:
    """Programs with fewer steps, without loops and nesting, or with plainer numbers, the smallest
    first. ``truth`` has the values of ``program``. Of a long chain there are none."""
    if len(program.steps) > LONGEST:
        return
    names = [step.name for step in program.steps if step.name in program.differentiable]
    for name in names:
        yield from _plain(program, name)
    for name in names[:-1]:
        if np.isfinite(truth.values[name]).all():
            yield from _plain(_with_input(program, name, truth.values[name]), program.output)
    for name in names[:-1]:
        for parent in program.by_name[name].parents:
            if program.shapes[parent] == program.shapes[name] and parent in program.differentiable:
                steps = tuple(renamed(step, {name: parent}) for step in program.steps)
                yield from _plain(replace(program, steps=steps), program.output)
    for name, value in program.inputs.items():
        for number in _plainer(np.asarray(value)):
            yield from _plain(_with_input(program, name, number), program.output)


def _with_input(program: Program, name: str, value: Array) -> Program:
    """The program with an input of that value in the place of a step, or of an input."""
    steps = tuple(step for step in program.steps if step.name != name)
    return replace(program, inputs={**program.inputs, name: value}, steps=steps)


def _plain(program: Program, output: str) -> Iterator[Program]:
    """What ``output`` is made from: with the usual settings first, and then with its own."""
    yield tidied(replace(program, dtype="float64", backward_calls=1), output)
    own = tidied(program, output)
    yield own
    if np.shape(program.seed) == program.shapes[output]:
        yield replace(own, seed=program.seed)


def _plainer(number: Array) -> Iterator[Any]:
    if np.isfinite(number).all():
        yield np.arange(2.0, 2.0 + number.size).reshape(number.shape)
        yield np.round(number)
        yield np.round(number, 1)
