"""Why a value is wrong: the mistakes of a forward formula that would give the engine's number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.judging.suspects import (
    ENGINE,
    Same,
    Suspect,
    factor,
    factor_text,
    few_digits,
    is_extreme,
    local_value,
    other_axes,
    overflows,
    reordered,
)
from harness.judging.verdict import INHERITED, Judgement, Verdict
from harness.vocabulary.program import Array, Program, Step

OPPOSITES = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}


def suspects(verdict: Verdict, judgement: Judgement, same: Same) -> list[Suspect]:
    """The mistakes that explain a wrong value, the likeliest first; at least one."""
    program = verdict.case.program
    step = next((step for step in program.steps if step.name == judgement.name), None)
    got, expected = judgement.got, judgement.expected
    if judgement.status == INHERITED:
        op = step.op if step else ENGINE
        return [Suspect("inherited", op, "an operand is already wrong", exact=False)]
    if step is None:
        return [_input(got, expected)]
    if got is None:
        return [Suspect("wrong-value", step.op, "the engine has no value here")]
    if step.operation.compares:
        return [
            Suspect(
                "wrong-value",
                ENGINE,
                f"{step.operation.symbol} is not what the engine's own numbers say",
            )
        ]
    if got.dtype != expected.dtype and got.shape == expected.shape:
        message = f"{step.op} gives {got.dtype} where its operands are {expected.dtype}"
        return [Suspect("precision", step.op, message)]
    values = dict(verdict.trace.values)
    right = local_value(program, step, values)
    found = list(_exact(program, step, got, expected if right is None else right, values, same))
    return found or [
        Suspect("wrong-value", step.op, f"the forward formula of {step.op} is wrong", exact=False)
    ]


def _input(got: Array | None, expected: Array) -> Suspect:
    if got is None:
        return Suspect("wrong-value", ENGINE, "the engine does not hold an input")
    if got.shape != expected.shape:
        message = f"an input of shape {expected.shape} is held with shape {got.shape}"
        return Suspect("wrong-shape", ENGINE, message)
    if few_digits(got, expected):
        return Suspect("precision", ENGINE, "inputs are rounded; keep them in float64")
    return Suspect("wrong-value", ENGINE, "the engine does not hold the input that it was given")


def _exact(
    program: Program,
    step: Step,
    got: Array,
    right: Array,
    values: dict[str, Array],
    same: Same,
) -> Iterator[Suspect]:
    op = step.op

    def is_value(other: Step) -> bool:
        """Whether the engine's number is that of another step."""
        number = local_value(program, other, values)
        return number is not None and number.shape == got.shape and same(got, number)

    if overflows(got, right, same):
        message = f"{op} gives inf or nan where torch has a finite number"
        operands = [values[name] for name in step.parents if name in values]
        if is_extreme(operands):
            yield Suspect("overflow", op, message)
        else:
            yield Suspect("wrong-value", op, f"{message}: is it divided by zero?")
        return
    if len(step.operands) >= 2 and op != "index":
        first = 1 if op == "where" else 0
        exchanged = (*step.operands[:first], *step.operands[first:][::-1])
        if exchanged != step.operands and is_value(replace(step, operands=exchanged)):
            if op == "where":
                yield Suspect("swapped-branches", op, "where takes the other branch")
            else:
                yield Suspect("swapped-operands", op, f"{op} takes its operands in the wrong order")
    if op in OPPOSITES and is_value(replace(step, op=OPPOSITES[op])):
        yield Suspect("swapped-branches", op, f"{op} takes the {OPPOSITES[op]}")
    for other in other_axes(program, step):
        if is_value(other):
            axis = other.parameters["axis"]
            where = "all axes" if axis is None else f"axis {axis}"
            yield Suspect("wrong-axis", op, f"{op} works along {where} here")
            break
    if got.shape != right.shape:
        if got.size == right.size and got.ndim == right.ndim and reordered(got, right, same):
            yield Suspect("wrong-permutation", op, f"{op} puts its elements in another order")
        yield Suspect("wrong-shape", op, f"{op} gives shape {got.shape}, not {right.shape}")
        return
    if few_digits(got, right):
        yield Suspect("precision", op, f"{op} is right to a few digits only; compute in float64")
        return
    for name in dict.fromkeys(step.parents):
        value = values.get(name)
        if value is not None and value.shape == got.shape and same(got, value):
            yield Suspect("wrong-value", op, f"{op} returns its operand {name} unchanged")
    if same(got, -right):
        yield Suspect("wrong-value", op, f"{op} gives the right number with the wrong sign")
    elif reordered(got, right, same):
        yield Suspect("wrong-permutation", op, f"{op} puts its elements in another order")
    elif (ratio := factor(got, right, same)) is not None and right.size > 1:
        count = int(np.size(values.get(str(step.operands[0]), 0))) // max(right.size, 1)
        text = factor_text(ratio, count)
        yield Suspect("wrong-value", op, f"{op} is off by the factor {text}")
