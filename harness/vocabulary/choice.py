"""What else is right: where mathematics leaves a step's value or derivative open, and how far.

At a kink or a tie any subgradient is right. Where a formula comes to 0 * inf, inf - inf, 0 / 0 or
an infinity, which near by it does not, and wherever an operand is nan or an infinity already, no
number is better than another. What is too large for a float may be nan as well. Outside of an
operation's domain, as for the logarithm of a negative number, nothing is left open: there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.vocabulary.local import Local, Unanswerable
from harness.vocabulary.program import Array, Program, Step

NEAR: Final = 2.0**-20
"""So far off, relatively and absolutely, lies what is near by."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a step may give to an operand, element by element: anything from ``least`` to
    ``greatest``, and where it is ``undefined`` nan, too. ``code`` is that of the kink or the tie,
    empty where there is none."""

    least: Array
    greatest: Array
    undefined: Array
    code: str

    @property
    def open(self) -> Array:
        """Where it may be anything."""
        where: Array = np.isinf(self.greatest - self.least)
        return where

    @property
    def chosen(self) -> Array:
        """Where there is a choice at all."""
        where: Array = self.undefined | (self.least < self.greatest)
        return where


class Choices(Local):
    """A step, asked what else would be right beside its value and its contributions."""

    def __init__(
        self,
        program: Program,
        step: Step,
        values: Mapping[str, Array],
        upstream: Array | None = None,
    ) -> None:
        super().__init__(program, step, values, upstream)
        self._values, self._upstream = values, upstream

    def instead(self, op: str) -> Choices:
        """The same with another operation in the step's place."""
        step = replace(self.step, op=op)
        return Choices(self.program, step, self._values, self._upstream)

    def at_its_output(self) -> Choices:
        """A function once more, of its own output."""
        values = {name: self.value() for name in self.step.parents}
        return Choices(self.program, self.step, values, self._upstream)

    def of_value(self) -> Array | None:
        """Where the step's value is left open; None where it is nowhere."""
        raw = np.asarray(self._value())
        operands = [item for item in self.operands if item.dtype.kind == "f"]
        left_open = np.zeros(raw.shape, bool)
        if not all(np.isfinite(item).all() for item in operands):
            left_open |= np.isnan(raw)
        for item in operands:
            left_open |= _stretched(np.isnan(item), raw)
        singular = np.isnan(raw) & ~left_open
        if singular.any():
            for near in self._nearby():
                left_open |= singular & np.isfinite(np.asarray(near._value()))
        stated = np.asarray(self._run(self.formula.indeterminate, 0))
        left_open |= stated if stated.shape == raw.shape else stated.any()
        return left_open if left_open.any() else None

    def of_contribution(self, position: int) -> Choice | None:
        """What else the step may give to one operand; None where it has no choice."""
        operand = self.operation.operand(position)
        text = self.formula.derivatives[operand]
        raw, right = self._raw(text, position), self._raw(text, position)
        if (edge := self.formula.edges.get(operand)) is not None:
            right = np.where(self._run(edge[0], position), self._run(edge[1], position), right)
        least, greatest, kinked = right, right, np.zeros(right.shape, bool)
        kink = self.formula.kinks.get(operand)
        if kink is not None:
            ends = self._raw(kink.one, position), self._raw(kink.other, position)
            there = np.asarray(self._run(kink.where, position), bool)
            kinked = there & np.isfinite(ends[0]) & np.isfinite(ends[1])
            least = np.where(kinked, np.minimum(*ends), right)
            greatest = np.where(kinked, np.maximum(*ends), right)
        opened = self._open(text, raw, position) & ~kinked
        overflown = np.isinf(raw) | _stretched(np.isinf(self._names["out"]), raw)
        undefined = opened | overflown | (kinked & ~np.isfinite(raw))
        if not (undefined.any() or kinked.any()):
            return None
        return Choice(
            self._fitted(np.where(opened, -np.inf, least), position),
            self._fitted(np.where(opened, np.inf, greatest), position),
            self._fitted(undefined, position) > 0,
            kink.code if kink is not None and kinked.any() else "",
        )

    def is_whole(self, given: Mapping[int, Array], rtol: float, atol: float) -> bool:
        """Whether what operands have been ``given``, by their positions, agrees with each other at
        a kink; true where that cannot be told."""
        numbers = {f"d{self.operation.operand(at)}": number for at, number in given.items()}
        every = (self._result[1], *given.values())
        slack = atol + rtol * max(float(np.max(np.abs(number), initial=0.0)) for number in every)
        for whole in self.formula.wholes:
            needed = {
                f"d{name}" for name in self.operation.operands if f"{{d{name}}}" in whole.what
            }
            if needed <= numbers.keys():
                texts = (whole.what, whole.least, whole.greatest)
                what, least, greatest = (self._run(text, 0, **numbers) for text in texts)
                inside = (what >= least - slack) & (what <= greatest + slack)
                if np.isfinite(what).all() and not np.all(inside):
                    return False
        return True

    def _raw(self, text: str, position: int) -> Array:
        """What a line for a derivative comes to, before it is summed where it was stretched."""
        array = np.asarray(self._run(text, position), float)
        return np.broadcast_to(array, self._shape) if self.operation.shape == "broadcast" else array

    def _open(self, text: str, raw: Array, position: int) -> Array:
        """Where a derivative is left open, though there is no kink."""
        out, dout = self._names["out"], self._names["dout"]
        named = {self.operation.operand(at): item for at, item in enumerate(self.operands)}
        own = self.operation.operand(position)
        every = {**named, own: self.operands[position]}.items()
        read = [array for name, array in every if name == own or f"{{{name}}}" in text]
        left_open = _stretched(np.isnan(out), raw)
        for array in (item for item in read if item.dtype.kind == "f"):
            left_open = left_open | _stretched(~np.isfinite(array), raw)
        floats = [array for array in (*self.operands, dout) if array.dtype.kind == "f"]
        if not all(np.isfinite(array).all() for array in floats):
            left_open = left_open | np.isnan(raw)
        singular = ~np.isfinite(raw) & ~left_open
        if singular.any():
            for near in self._nearby():
                left_open = left_open | (singular & np.isfinite(near._raw(text, position)))
        return left_open | _stretched(
            np.asarray(self._run(self.formula.indeterminate, position)), raw
        )

    def _nearby(self) -> Iterator[Choices]:
        """The step with one operand a little smaller or greater; none where a number does not fit
        any more."""
        for name in dict.fromkeys(self.step.parents):
            value = self._values.get(name)
            if value is None or value.dtype.kind != "f":
                continue
            for by in (NEAR, -NEAR):
                moved = np.asarray(value + by * (1.0 + np.abs(value)))
                try:
                    yield Choices(
                        self.program, self.step, {**self._values, name: moved}, self._upstream
                    )
                except Unanswerable:
                    return


def _stretched(mask: Any, like: Array) -> Array:
    """The mask in the shape of an array; nowhere true if it does not fit."""
    try:
        return np.broadcast_to(mask, like.shape)
    except ValueError:
        return np.zeros(like.shape, bool)
