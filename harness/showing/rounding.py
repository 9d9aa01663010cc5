"""Numbers without what rounding alone has left of them: 0.1 + 0.2 − 0.3 is shown as 0."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import numpy as np

from harness.vocabulary.local import Unanswerable, contributions
from harness.vocabulary.program import Array, Program, Step

CANCELLING: Final = frozenset({"add", "sub", "sum", "mean", "sin", "cos", "tan"})
"""Operations by which large numbers may leave their rounding alone."""
SMALL: Final = 1e-6
"""What is no smaller is no rounding of numbers that a case has."""


class Rounding:
    """What is rounding in a program's numbers: what is some units in the last place of the numbers
    that it was made of. ``values`` are those of its leaves and steps; all are there before a
    gradient is asked for."""

    def __init__(self, program: Program, values: Mapping[str, Array]) -> None:
        self.program, self.values = program, values

    def value(self, name: str) -> Array:
        """The value of a step or a leaf as it is shown."""
        array, step = self._value(name), self.program.by_name.get(name)
        if step is None or step.op not in CANCELLING:
            return array
        sizes = (np.max(np.abs(self._value(parent)), initial=0) for parent in step.parents)
        return _settled(array, float(max(sizes, default=0.0)))

    def _value(self, name: str) -> Array:
        return np.asarray(
            self.values[name] if name in self.values else self.program.constants[name]
        )

    def gradient(self, name: str, array: Array) -> Array:
        """A gradient, or what has come of it so far, as it is shown."""
        uses = self.program.uses.get(name, ())
        return self._shown(array, [(step.name, position) for step, position in uses])

    def term(self, step: Step, position: int, array: Array) -> Array:
        """What a use of a step adds to its gradient, as it is shown."""
        return self._shown(array, [(step.name, position)])

    def _shown(self, array: Array, uses: list[tuple[str, int]]) -> Array:
        if array.dtype.kind != "f" or not np.any(np.abs(array) < SMALL):
            return array
        if not np.any(array):
            return np.abs(array)
        return _settled(array, sum(self._sizes.get(use, 0.0) for use in uses))

    @cached_property
    def _sizes(self) -> dict[tuple[str, int], Array]:
        """What each use would add if nothing cancelled: with the sizes of all numbers in place of
        them. An operation of a single operand has nothing that cancels."""
        program, uses = self.program, dict[tuple[str, int], Array]()
        sizes = {program.output: np.abs(program.seed)}
        own = {name: self._value(name) for name in program.shapes}
        positive = {name: np.abs(array) for name, array in own.items()}
        for step in reversed(program.steps):
            values = own if len(step.parents) == 1 else positive
            if step.name in sizes:
                for position, part in enumerate(_parts(program, step, values, sizes[step.name])):
                    if part is not None:
                        name = str(step.operands[position])
                        uses[step.name, position] = np.abs(part)
                        sizes[name] = sizes.get(name, 0.0) + np.abs(part)
        return uses


def _parts(
    program: Program, step: Step, values: Mapping[str, Array], upstream: Array
) -> tuple[Array | None, ...]:
    try:
        with np.errstate(all="ignore"):
            return contributions(program, step, values, upstream, own_result=True)
    except Unanswerable:
        return ()


def _settled(array: Array, sizes: Array | float) -> Array:
    """An array with zeros, without a sign, where it is rounding of numbers of such sizes."""
    if array.dtype.kind != "f":
        return array
    known = np.where(np.isfinite(sizes), sizes, 0.0)
    return np.where(np.abs(array) <= 4 * np.finfo(array.dtype).eps * known, 0.0, array)
