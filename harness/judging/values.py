"""Why a value is wrong: the mistakes of a forward formula that would give the engine's numbers.

One number is explained by many mistakes. Where a step has been asked at several points, only what
gives all of its answers, the right ones among them, is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.judging.forms import alike
from harness.judging.mistakes import (
    ENGINE,
    Mistake,
    Same,
    factor,
    few_digits,
    is_extreme,
    mistake,
    other_axes,
    overflows,
    reordered,
    rounds_off,
)
from harness.judging.naming import Named, is_one_factor
from harness.judging.verdict import INHERITED, Judgement, Verdict
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.value_slips import VALUE_SLIPS

OPPOSITES: Final = {"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"}


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a step has given: the engine's number, and the right one for its operands' values."""

    local: Local
    got: Array
    right: Array

    @property
    def step(self) -> Step:
        """The step."""
        return self.local.step

    def value_of(self, step: Step) -> Array | None:
        """What another step gives for the same values; None where it gives nothing."""
        with suppress(Unanswerable):
            return Local(self.local.program, step, self.values).value()
        return None

    @property
    def values(self) -> dict[str, Array]:
        """The values of the operands, by name."""
        pairs = zip(self.step.operands, self.local.operands, strict=False)
        return {name: value for name, value in pairs if isinstance(name, str)}


def given(program: Program, step: Step, values: dict[str, Array], got: Array) -> Given | None:
    """What the step has given for the values; None where nothing can be said of it."""
    try:
        local = Local(program, step, values)
        return Given(local, got, local.value())
    except Unanswerable:
        return None


def mistakes(verdict: Verdict, judgement: Judgement, same: Same) -> list[Mistake]:
    """The mistakes that explain a wrong value, the likeliest first; at least one."""
    program = verdict.case.program
    step = program.by_name.get(judgement.name)
    got, expected = judgement.got, judgement.expected
    if judgement.status == INHERITED:
        op = step.op if step else ENGINE
        return [mistake("inherited", op, "inherited value", exact=False)]
    if step is None:
        return [_input(got, expected)]
    if got is None:
        return [mistake("wrong-value", step.op, "no value")]
    if step.operation.compares:
        symbol = {"symbol": str(step.operation.symbol)}
        return [mistake("wrong-value", ENGINE, "not compared", facts=symbol)]
    if got.dtype != expected.dtype and got.shape == expected.shape:
        dtypes = {"got": str(got.dtype), "expected": str(expected.dtype)}
        return [mistake("precision", step.op, "value dtype", facts=dtypes)]
    one = given(program, step, dict(verdict.trace.values), got)
    found = [] if one is None else named([one], same)
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


def named(answers: Sequence[Given], same: Same) -> list[Mistake]:
    """What explains all that a step has given, the likeliest first; nothing where no mistake that
    is known gives it."""
    wrong = [one for one in answers if not same(one.got, one.right)]
    if not wrong:
        return [mistake("precision", answers[0].step.op, "value digits")]
    finite = [one for one in wrong if not overflows(one.got, one.right, same)]
    found = [*_forms(answers, same), *_looks(finite, same)] if finite else _overflowing(wrong)
    return [Mistake(code, answers[0].step.op, about, facts) for code, about, facts in found]


def at_extremes(one: Given, same: Same) -> list[Mistake]:
    """What a single number tells for sure: that it overflows, or is right to a few digits."""
    return [each for each in named([one], same) if each.code in ("overflow", "precision")]


def beside_a_number(step: Step, found: Sequence[Mistake]) -> Mistake:
    """The mistake of a step whose value is wrong beside a plain number only."""
    sides = [item for item in step.operands if not isinstance(item, str)]
    left = not isinstance(step.operands[0], str)
    symbol = f" {step.operation.symbol} " if step.operation.symbol else ", "
    facts = {
        "side": "left" if left else "right",
        "example": symbol.join((f"{sides[0]:g}", "x") if left else ("x", f"{sides[0]:g}")),
    }
    swapped = any(one.code == "swapped-operands" for one in found)
    code, about = ("wrong-value", "number wrong")
    if swapped:
        code, about = ("swapped-operands", "number exchanged")
    return mistake(code, step.op, about, facts=facts)


def _overflowing(wrong: Sequence[Given]) -> list[Named]:
    extreme = all(is_extreme(one.values.values()) for one in wrong)
    return [("overflow", "value overflows", ()) if extreme else ("wrong-value", "no number", ())]


def _forms(answers: Sequence[Given], same: Same) -> list[Named]:
    """The mistakes whose forms are what was given, in each of the answers. A single number may be
    what another operation gives by chance."""
    found: dict[Named, int] = {}
    for one in answers:
        told = {
            name: number
            for name, number in (*_exchanged(one), *(_others(one) if len(answers) > 1 else ()))
            if number.shape == one.got.shape and same(one.got, number)
        }
        for name in told:
            found[name] = found.get(name, 0) + 1
    return [name for name, count in found.items() if count == len(answers)]


def _exchanged(one: Given) -> Iterator[tuple[Named, Array]]:
    """What the step gives with operands exchanged, for the opposite, along another axis, or with
    nothing done, or the wrong sign."""
    step, op = one.step, one.step.op
    for name, other in _changed(step):
        if (number := one.value_of(other)) is not None:
            yield name, number
    for other in other_axes(one.local.program, step):
        if (number := one.value_of(other)) is not None:
            yield ("wrong-axis", "another axis", (("axis", other.parameters["axis"]),)), number
    for position, value in enumerate(one.local.operands):
        if step.is_number(position):
            facts = (("name", one.local.operation.operand(position)),)
            yield ("wrong-value", "unchanged", facts), value
    if op != "neg":
        yield ("wrong-value", "value sign", ()), -one.right


def _changed(step: Step) -> Iterator[tuple[Named, Step]]:
    """The step with its operands exchanged, or its operation for the opposite."""
    first = 1 if step.op == "where" else 0
    exchanged = (*step.operands[:first], *step.operands[first:][::-1])
    if exchanged != step.operands and step.op != "index":
        name: Named = ("swapped-operands", "operands exchanged", ())
        if step.op == "where":
            name = ("swapped-branches", "other branch", ())
        yield name, replace(step, operands=exchanged)
    if step.op in OPPOSITES:
        facts = (("opposite", OPPOSITES[step.op]),)
        yield ("swapped-branches", "opposite", facts), replace(step, op=OPPOSITES[step.op])


def _others(one: Given) -> Iterator[tuple[Named, Array]]:
    """The well-known slips of the forward formula, and what other operations give."""
    for what, text in VALUE_SLIPS.get(one.step.op, ()):
        with suppress(Unanswerable):
            yield ("wrong-value", "value slip", (("slip", what),)), one.local.value_by(text)
    for op in alike(one.step):
        if (
            op != OPPOSITES.get(one.step.op)
            and (number := one.value_of(replace(one.step, op=op))) is not None
        ):
            yield ("wrong-value", "value of another", (("other", op),)), number


def _looks(wrong: Sequence[Given], same: Same) -> Iterator[Named]:
    """What can be read off the wrong numbers themselves: their shape, digits, order or a factor."""
    odd = next((one for one in wrong if one.got.shape != one.right.shape), None)
    if odd is not None:
        got, right = odd.got, odd.right
        if got.size == right.size and got.ndim == right.ndim and reordered(got, right, same):
            yield "wrong-permutation", "value order", ()
        yield (
            "wrong-shape",
            "value shape",
            (("got", str(got.shape)), ("expected", str(right.shape))),
        )
    elif all(few_digits(one.got, one.right) or _is_rounded(one) for one in wrong):
        yield "precision", "value digits", ()
    elif all(reordered(one.got, one.right, same) for one in wrong):
        yield "wrong-permutation", "value order", ()
    else:
        yield from _factor(wrong, same)


def _is_rounded(one: Given) -> bool:
    """Whether the number is off by no more than some roundings of its operands' size, or of 1."""
    sizes = [np.max(np.abs(array), initial=1.0) for array in one.values.values()]
    return rounds_off(one.got, one.right, max(sizes, default=1.0), one.local.program.dtype)


def _factor(wrong: Sequence[Given], same: Same) -> Iterator[Named]:
    """The factor by which all of them are off. A single number is off by some factor always."""
    ratios = [factor(one.got, one.right, same) for one in wrong]
    known = [
        (ratio, one.local.count)
        for ratio, one in zip(ratios, wrong, strict=True)
        if ratio is not None
    ]
    if len(known) < len(wrong) or (len(wrong) == 1 and wrong[0].right.size == 1):
        return
    if is_one_factor(known):
        facts = (("ratio", known[0][0]), ("count", known[0][1]))
        yield "wrong-value", "value factor", facts
