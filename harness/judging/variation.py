"""A case with other inputs, which asks the same: numbers that nobody has seen, drawn from a seed.

Every number is moved by some part of itself, equal ones alike, in all cases: what an engine mixes
up it still does. What is zero, infinite or nan stays. Of what is drawn, that is taken which asks
what the case asks: on the same side of every kink, with the same zeros and infinities, and as well
conditioned. An input that cannot be moved so stays as it is, and where none can, the case does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from harness.engines import by_formula
from harness.engines.trace import Trace, Undefined
from harness.judging.comparing import TOLERANCES, largest, quiet
from harness.judging.judge import judge
from harness.judging.precision import SINGLE
from harness.language.case import Case
from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program, Value

SPREADS: Final = (1 / 2, 1 / 8, 1 / 32)
"""By what part of itself a number is moved at most, and by half of that at least: much where the
case allows it, little where not."""

TRIES: Final = 2
"""How often inputs are drawn with each spread."""

DIGITS: Final = 4
"""A number that is drawn has so many significant digits: few enough to be read."""

STRAIN: Final = 0.5
"""So much of float32's tolerance its roundings may use up, or as much as with the case's inputs."""


@quiet
def varied(
    case: Case, truth: Trace, seed: str, compute: Callable[[Case], Trace]
) -> tuple[Case, Trace] | None:
    """The case with inputs that ``seed`` gives, and its truth by ``compute``, which may raise
    :class:`Undefined`; None where the case does not allow it."""
    try:
        like = _Like(case)
    except Unanswerable:
        return None
    every = list(case.program.inputs)
    for names in [every, *([name] for name in every)]:
        like.draw(names, seed)
        if len(like.drawn) == len(every):
            break
    if not like.drawn:
        return None
    own = replace(case, program=like.program, expect=())
    try:
        found = compute(own)
    except Undefined:
        return None
    formulas = replace(like.trace, second=found.second)
    same = judge(own, found, formulas).passed and _kinds(found.second) == _kinds(truth.second)
    return (own, found) if same else None


class _Like:
    """A program that asks what ``case`` asks: at first the case's own, then with other numbers for
    the inputs in ``drawn``. Raises :class:`Unanswerable` where the formulas do not fit."""

    def __init__(self, case: Case) -> None:
        self.case, self.program = case, case.program
        self.trace = by_formula.evaluate(case.program)
        self.asks = _asks(case.program, self.trace)
        self.drawn: set[str] = set()

    def draw(self, names: Iterable[str], seed: str) -> None:
        """Other numbers for the inputs of those names, where some are found that ask the same."""
        own = {name: self.program.inputs[name] for name in names}
        for number, spread in enumerate(SPREADS * TRIES):
            moved = _moved(own, self.program.dtype, spread, f"{seed} {number}")
            if not moved:
                return
            program = replace(self.program, inputs={**self.program.inputs, **moved})
            try:
                trace = by_formula.evaluate(program)
            except Unanswerable:
                continue
            if _asks(program, trace) == self.asks and self._is_as_well_conditioned(program, trace):
                self.program, self.trace = program, trace
                self.drawn.update(moved)
                return

    def _is_as_well_conditioned(self, program: Program, trace: Trace) -> bool:
        strain = _strain(program, trace)
        return strain <= STRAIN or strain <= self.strain

    @cached_property
    def strain(self) -> float:
        """That of the case as it is."""
        return _strain(self.case.program, by_formula.evaluate(self.case.program))


def _moved(inputs: Mapping[str, Value], dtype: str, spread: float, seed: str) -> dict[str, Value]:
    """Those of the inputs that have a number to be moved, moved."""
    arrays = {name: np.asarray(value, np.float64) for name, value in inputs.items()}
    sizes = np.unique(np.concatenate([np.abs(array).ravel() for array in arrays.values()]))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0)]
    chance = _chance(sizes, seed)
    by = spread * np.where(chance < 0.5, -0.5 - chance, chance)
    drawn = np.array([float(f"{size:.{DIGITS}g}") for size in sizes * (1.0 + by)])
    moved: dict[str, Value] = {}
    for name, array in arrays.items():
        there = np.isin(np.abs(array), sizes)
        if there.any():
            place = np.searchsorted(sizes, np.abs(array[there]))
            array = array.copy()
            array[there] = np.copysign(drawn[place], array[there])
            typed = array.astype(dtype)
            moved[name] = float(typed) if isinstance(inputs[name], float) else typed
    return moved


def _chance(sizes: Array, seed: str) -> Array:
    """A number from 0 to 1 for each of the sizes, by the seed: the same for the same size. (The
    mixing of SplitMix64: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*.)"""
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    mixed = sizes.view(np.uint64) ^ np.uint64(start)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed / 2.0**64


def _asks(program: Program, trace: Trace) -> list[object]:
    """What a program asks, beside its numbers: what is a number at all, and the side of each kink.
    Raises :class:`Unanswerable`."""
    sides = [
        side.tobytes()
        for step in program.steps
        if step.name in program.differentiable
        for side in Local(
            program, step, trace.values, trace.gradients[step.name], own_result=True
        ).sides()
    ]
    compared = [trace.values[name].tobytes() for name in sorted(program.conditions)]
    return [_kinds(trace.values), _kinds(trace.gradients), sides, compared]


def _kinds(arrays: Mapping[str, Array]) -> dict[str, bytes]:
    """Where each array is zero, infinite of either sign, or nan."""
    return {
        name: (np.isnan(a) * 3 + np.isinf(a) * np.sign(a) + (a == 0) * 5).tobytes()
        for name, a in arrays.items()
        if a.dtype.kind == "f"
    }


def _strain(program: Program, trace: Trace) -> float:
    """What part of float32's tolerance its roundings use up, those of the inputs included, where
    the vocabulary's formulas compute the program."""
    try:
        found = by_formula.evaluate(program, np.float32)
    except Unanswerable:
        return np.inf
    rtol, atol = TOLERANCES[SINGLE]
    most = 0.0
    for got, exact in (found.values, trace.values), (found.gradients, trace.gradients):
        scale = atol * min(1.0, largest(exact))
        for name, number in exact.items():
            if number.dtype.kind == "f":
                off = np.abs(got[name] - number) / (scale + rtol * np.abs(number))
                most = max(most, float(np.max(off[np.isfinite(off)], initial=0.0)))
    return most
