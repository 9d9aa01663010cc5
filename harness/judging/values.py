"""Why a value is wrong: the mistakes of a forward formula that would give the engine's number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from harness.judging.mistakes import (
    ENGINE,
    Mistake,
    Same,
    factor,
    few_digits,
    is_extreme,
    local_value,
    mistake,
    other_axes,
    overflows,
    reordered,
)
from harness.judging.verdict import INHERITED, Judgement, Verdict
from harness.vocabulary.program import Array, Program, Step

OPPOSITES = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}


def mistakes(verdict: Verdict, judgement: Judgement, same: Same) -> list[Mistake]:
    """The mistakes that explain a wrong value, the likeliest first; at least one."""
    program = verdict.case.program
    step = next((step for step in program.steps if step.name == judgement.name), None)
    got, expected = judgement.got, judgement.expected
    if judgement.status == INHERITED:
        op = step.op if step else ENGINE
        return [mistake("inherited", op, "inherited value", exact=False)]
    if step is None:
        return [_input(got, expected)]
    if got is None:
        return [mistake("wrong-value", step.op, "no value")]
    if step.operation.compares:
        return [
            mistake(
                "wrong-value", ENGINE, "not compared", facts={"symbol": str(step.operation.symbol)}
            )
        ]
    if got.dtype != expected.dtype and got.shape == expected.shape:
        dtypes = {"got": str(got.dtype), "expected": str(expected.dtype)}
        return [mistake("precision", step.op, "value dtype", facts=dtypes)]
    values = dict(verdict.trace.values)
    right = local_value(program, step, values)
    found = list(_exact(program, step, got, expected if right is None else right, values, same))
    return found or [mistake("wrong-value", step.op, "formula", exact=False)]


def _input(got: Array | None, expected: Array) -> Mistake:
    if got is None:
        return mistake("wrong-value", ENGINE, "input lost")
    if got.shape != expected.shape:
        shapes = {"got": str(got.shape), "expected": str(expected.shape)}
        return mistake("wrong-shape", ENGINE, "input shape", facts=shapes)
    if few_digits(got, expected):
        return mistake("precision", ENGINE, "input rounded")
    return mistake("wrong-value", ENGINE, "input wrong")


def _exact(
    program: Program,
    step: Step,
    got: Array,
    right: Array,
    values: dict[str, Array],
    same: Same,
) -> Iterator[Mistake]:
    op = step.op

    def is_value(other: Step) -> bool:
        """Whether the engine's number is that of another step."""
        number = local_value(program, other, values)
        return number is not None and number.shape == got.shape and same(got, number)

    if overflows(got, right, same):
        extreme = is_extreme(values[name] for name in step.parents if name in values)
        code, about = ("overflow", "value overflows") if extreme else ("wrong-value", "no number")
        yield mistake(code, op, about)
        return
    if len(step.operands) >= 2 and op != "index":
        first = 1 if op == "where" else 0
        exchanged = (*step.operands[:first], *step.operands[first:][::-1])
        if exchanged != step.operands and is_value(replace(step, operands=exchanged)):
            if op == "where":
                yield mistake("swapped-branches", op, "other branch")
            else:
                yield mistake("swapped-operands", op, "operands exchanged")
    if op in OPPOSITES and is_value(replace(step, op=OPPOSITES[op])):
        yield mistake("swapped-branches", op, "opposite", facts={"opposite": OPPOSITES[op]})
    for other in other_axes(program, step):
        if is_value(other):
            yield mistake(
                "wrong-axis", op, "another axis", facts={"axis": other.parameters["axis"]}
            )
            break
    if got.shape != right.shape:
        if got.size == right.size and got.ndim == right.ndim and reordered(got, right, same):
            yield mistake("wrong-permutation", op, "value order")
        shapes = {"got": str(got.shape), "expected": str(right.shape)}
        yield mistake("wrong-shape", op, "value shape", facts=shapes)
        return
    if few_digits(got, right):
        yield mistake("precision", op, "value digits")
        return
    for name in dict.fromkeys(step.parents):
        value = values.get(name)
        if value is not None and value.shape == got.shape and same(got, value):
            yield mistake("wrong-value", op, "unchanged", facts={"name": name})
    if same(got, -right):
        yield mistake("wrong-value", op, "value sign")
    elif reordered(got, right, same):
        yield mistake("wrong-permutation", op, "value order")
    elif (ratio := factor(got, right, same)) is not None and right.size > 1:
        count = int(np.size(values.get(str(step.operands[0]), 0))) // max(right.size, 1)
        yield mistake("wrong-value", op, "value factor", facts={"ratio": ratio, "count": count})
