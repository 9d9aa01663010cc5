"""A mistake that would explain a wrong number, and what all explanations need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness.engines.failures import place, raised
from harness.engines.trace import Failure
from harness.vocabulary.program import Array, Program, Step

ENGINE = "engine"
"""The operation that is blamed where the fault lies in the machinery between the rules."""

SINGLE: Final = np.finfo(np.float32)
LARGE: Final = float(np.log(SINGLE.max) / 2)
SMALL: Final = float(np.sqrt(SINGLE.tiny))

FEW_DIGITS = 1e-3
"""A number is right to a few digits where its relative error is below this."""

SOME: Final = 8
"""So many roundings in a row are nothing but that."""

UNDOING: Final = frozenset({"missing-unbroadcast", "wrong-shape", "wrong-axis"})
"""What may come of it where a stretched operand's gradient is not summed up as it should be."""

Same = Callable[[Array, Array], bool]
"""Whether a number is the one that a mistake would give."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """One use of a step: what ``step`` adds to the gradient of its operand at ``position``."""

    step: Step
    position: int
    number: Array


@dataclass(frozen=True, slots=True)
class Term:
    """A contribution to the gradient, and whether it is part of the engine's number.

    ``arrived`` is None where that cannot be told.
    """

    contribution: Contribution
    arrived: bool | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake that explains what is wrong, as plain data: its code, and the operation and
    operand it is blamed on (``engine`` for the machinery between the rules).

    ``about`` is the id of the sentence that tells it, with ``facts`` for its fields. ``exact``: it
    reproduces the number; otherwise it is only not ruled out. ``experiment``: which one has shown
    it, one of :data:`EXPERIMENTS`; empty where the number alone speaks for it.
    """

    code: str
    op: str
    about: str
    facts: Facts = ()
    operand: str = ""
    exact: bool = True
    experiment: str = ""

    def fact(self, name: str) -> str:
        """What stands in that field of its facts; empty where nothing does."""
        return str(dict(self.facts).get(name, ""))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Mistake:
        """The inverse of ``dataclasses.asdict``."""
        return cls(**{**data, "facts": tuple((name, value) for name, value in data["facts"])})


Facts = tuple[tuple[str, str | int | float | None], ...]
"""Names of fields, each with what stands there."""

ALONE, BESIDE, TWICE, BELOW, FRESH, ONCE = EXPERIMENTS = (
    "alone",
    "beside",
    "twice",
    "below",
    "fresh",
    "once",
)
"""What an engine is asked: a step by itself, beside another one that uses the same name, with one
name in two places, below a step that uses its result; the case in a fresh life; and with one
backward pass for two."""

AGREED: Final = "agreed"
"""What stands in the place of an experiment where a course has agreed on something else."""

OF_STEPS: Final = frozenset({ALONE, BESIDE, TWICE, BELOW})
"""Those that are asked of the steps that a gradient is made of."""


def mistake(
    code: str,
    op: str,
    about: str,
    operand: str = "",
    exact: bool = True,
    experiment: str = "",
    facts: Mapping[str, str | int | float | None] = MappingProxyType({}),
) -> Mistake:
    """A mistake, with its facts by name."""
    return Mistake(code, op, about, tuple(facts.items()), operand, exact, experiment)


def stopped(
    code: str,
    op: str,
    failure: Failure,
    about: str = "raised",
    exact: bool = True,
    experiment: str = "",
    facts: Mapping[str, str | int | float | None] = MappingProxyType({}),
) -> Mistake:
    """A mistake that has stopped a pass: ``raised`` tells which exceptions are the same, ``place``
    the engine's own line, and ``within`` the function that it stands in."""
    told = {"message": failure.message, "raised": raised(failure), "place": place(failure)}
    told["within"] = failure.functions[-1] if failure.functions else ""
    return mistake(code, op, about, "", exact, experiment, {**facts, **told})


@dataclass(frozen=True, slots=True)
class Shown:
    """What experiments with the steps that a wrong gradient is made of have shown: mistakes, and
    the operations whose rules are right there."""

    mistakes: tuple[Mistake, ...] = ()
    right: frozenset[str] = frozenset()


NOTHING: Final = Shown()


def reordered(got: Array, right: Array, same: Same) -> bool:
    """Whether ``got`` holds the elements of ``right`` in another order."""
    if got.size != right.size or got.size < 2 or not np.isfinite(got).all():
        return False
    if got.shape == right.shape and same(got, right):
        return False
    ordered = np.sort(got, axis=None), np.sort(right, axis=None)
    return bool(same(*ordered)) and ordered[1][0] != ordered[1][-1]


def overflows(got: Array, right: Array, same: Same) -> bool:
    """Whether ``got`` is right but for elements that are inf or nan and ought not to be."""
    if got.shape != right.shape or not np.isfinite(right).all():
        return False
    bad = ~np.isfinite(got)
    return bool(bad.any()) and same(np.where(bad, right, got), right)


def is_extreme(arrays: Iterable[Array]) -> bool:
    """Whether a number is so large that exp(2x) overflows in float32, or so small that 1 / x**2
    does: what is inf or nan without one is no overflow."""
    sizes = [np.abs(array) for array in arrays if array.dtype.kind == "f"]
    return any(((size >= LARGE) | ((size > 0) & (size <= SMALL))).any() for size in sizes)


def few_digits(got: Array, right: Array) -> bool:
    """Whether ``got`` is right to a few digits only."""
    if got.shape != right.shape or not np.isfinite(got).all() or not np.isfinite(right).all():
        return False
    size = float(np.max(np.abs(right), initial=0.0))
    return bool(np.max(np.abs(got - right), initial=0.0) <= FEW_DIGITS * size)


def rounds_off(got: Array, right: Array, size: float, dtype: str) -> bool:
    """Whether ``got`` is off by some roundings, in that dtype, of numbers of that size."""
    if got.shape != right.shape or not np.isfinite(got).all() or not np.isfinite(right).all():
        return False
    most = SOME * float(np.finfo(dtype).eps) * size
    return bool(np.max(np.abs(got - right), initial=0.0) <= most)


def wrong_alike(got: Array, other: Array, right: Array, same: Same) -> bool:
    """Whether two wrong numbers are wrong by the same: if they differ, by far less than from what
    is right, as the roundings of different ways to compute a number do."""
    if got.shape != other.shape or got.shape != right.shape:
        return got.shape == other.shape and same(got, other)
    off, between = np.abs(got - right), np.abs(got - other)
    return same(got, other) or bool(np.max(between) <= FEW_DIGITS * np.max(off))


def factor(got: Array, right: Array, same: Same) -> float | None:
    """The number by which ``right`` was multiplied to become ``got``, if there is one."""
    if got.shape != right.shape or not np.isfinite(right).all():
        return None
    place = np.unravel_index(int(np.argmax(np.abs(right))), right.shape)
    if not right.size or right[place] == 0:
        return None
    ratio = float(got[place] / right[place])
    usable = np.isfinite(ratio) and ratio != 0 and abs(ratio - 1) > FEW_DIGITS
    return ratio if usable and same(got, np.asarray(ratio * right)) else None


def is_multiple(ratio: float | None) -> bool:
    """Whether a factor is a number of times, two or more."""
    return ratio is not None and ratio > 1.5 and abs(ratio - round(ratio)) < FEW_DIGITS


def operand_of(step: Step, position: int) -> str:
    """The operand's name in the vocabulary, or of a variadic operation's its number; nothing if it
    is the only name among the step's operands."""
    if len(step.parents) == 1:
        return ""
    operation = step.operation
    return f"#{position + 1}" if operation.variadic else operation.operand(position)


def other_axes(program: Program, step: Step) -> Iterator[Step]:
    """The step along every other axis, and along all, or none, of them."""
    operation = step.operation
    parameter = operation.parameters.get("axis")
    first = step.operands[0]
    if parameter is None or not isinstance(first, str):
        return
    rank = len(program.shapes[first]) + (step.op in ("stack", "unsqueeze"))
    given = step.arguments["axis"]
    every = tuple(range(rank)) if parameter.kind == "some axes" else None
    choices = [*range(rank), every]
    same = {given, given % rank if isinstance(given, int) and rank else given}
    for axis in choices:
        if axis not in same:
            yield replace(step, parameters={**step.parameters, "axis": axis})
