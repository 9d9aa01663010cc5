"""The computational graph of a case: an ordered list of steps over named leaves.

A :class:`Program` is what every engine is given and turns into a trace. It is plain data (numpy
and the standard library only), so that it can be sent to another process or written down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from harness.vocabulary.operation import Operation
from harness.vocabulary.signatures import GATES

Array = np.ndarray[Any, np.dtype[Any]]
Value = float | Array
"""A leaf's value: a Python float for a number, otherwise an array of the program's dtype."""

Operand = str | int | float
"""The name of an input, a constant or an earlier step; or a number written in the expression."""


DTYPES: Final = ("float64", "float32")
"""What a program's numbers may be; the first unless something else is said."""

DIRECTIONS: Final = ("forward", "backward", "second")
"""What can be judged of an engine: values, gradients, and gradients of gradients."""


@dataclass(frozen=True, slots=True)
class Step:
    """One gate of the circuit: ``name = op(*operands, **parameters)``.

    ``parameters`` holds the literal parameters that were written, no defaults. An index is the
    parameter ``index``, a tuple of ints, slices, None, Ellipsis, lists, and names of constants.
    """

    name: str
    op: str
    operands: tuple[Operand, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def parents(self) -> tuple[str, ...]:
        """The names among the operands, one for each use, left to right."""
        return tuple(operand for operand in self.operands if isinstance(operand, str))

    @property
    def operation(self) -> Operation:
        """The entry of the vocabulary."""
        return GATES[self.op]

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters, complete with the defaults."""
        return self.operation.complete(self.parameters)

    @property
    def given(self) -> tuple[Operand, ...]:
        """The operands that the operation works on: not the constants that its index names."""
        operation = self.operation
        return tuple(x for i, x in enumerate(self.operands) if operation.kind(i) != "index")

    def operand(self, position: int) -> str:
        """The vocabulary's name of the operand at ``position``."""
        return self.operation.operand(position)

    def kind(self, position: int) -> str:
        """The kind of the operand at ``position``."""
        return self.operation.kind(position)

    def is_number(self, position: int) -> bool:
        """Whether the operand at ``position`` is of the program's dtype, and an engine's object."""
        return self.kind(position) in ("value", "constant")


@dataclass(frozen=True, slots=True)
class Stage:
    """A line as its author wrote it: a name and an expression, which is one step or several; in a
    loop, where it starts, how many turns it has, and what counts them from 0, if anything does."""

    name: str
    text: str
    start: str | None = None
    turns: int = 1
    index: str | None = None

    def __str__(self) -> str:
        if self.start is None:
            return f"{self.name} = {self.text}"
        times = f"{self.turns} times" if self.index is None else f"for {self._range}"
        return f"{self.name} = {self.text}, {times} from {self.name} = {self.start}"

    @property
    def _range(self) -> str:
        return f"{self.index} = 0" + (f" to {self.turns - 1}" if self.turns > 1 else "")


@dataclass(frozen=True)
class Program:
    """Leaves, steps and the upstream gradient of the last step, the output.

    ``inputs`` are differentiated; ``constants`` are not, and keep their integers and booleans.
    ``shapes`` holds the shape of every leaf and step. ``seed`` has the output's shape. ``stages``
    are what the steps were made from, where they were made from texts.
    """

    inputs: Mapping[str, Value]
    constants: Mapping[str, Array]
    steps: tuple[Step, ...]
    shapes: Mapping[str, tuple[int, ...]]
    seed: Value
    dtype: str = "float64"
    order: int = 1
    """0 where values alone are asked for, 2 where the gradient of the gradient is as well."""
    backward_calls: int = 1
    """How often backward is called on the one graph."""
    stages: tuple[Stage, ...] = field(default=(), compare=False)

    @property
    def output(self) -> str:
        """The name of the last step."""
        return self.steps[-1].name

    @property
    def directions(self) -> tuple[str, ...]:
        """Those that are judged: as many as the order says beyond the forward pass."""
        return DIRECTIONS[: self.order + 1]

    @cached_property
    def by_name(self) -> Mapping[str, Step]:
        """The steps by their names."""
        return {step.name: step for step in self.steps}

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each step, from 1 on."""
        return {step.name: number for number, step in enumerate(self.steps, 1)}

    @cached_property
    def scalar(self) -> bool:
        """Whether every number is a plain one, so that an engine of Python floats can run it."""
        return not any(self.shapes.values()) and not any(
            isinstance(value, np.ndarray) for value in self.inputs.values()
        )

    @cached_property
    def conditions(self) -> frozenset[str]:
        """The steps that are true or false: the comparisons."""
        return frozenset(step.name for step in self.steps if step.operation.compares)

    @cached_property
    def differentiable(self) -> frozenset[str]:
        """The inputs, and the steps that depend on one: what has a gradient. What is detached has
        none, and neither has what depends on nothing else."""
        names = set(self.inputs)
        for step in self.steps:
            if step.operation.differentiable and any(parent in names for parent in step.parents):
                names.add(step.name)
        return frozenset(names)

    @cached_property
    def reaching(self) -> frozenset[str]:
        """The differentiable names with a path to the output; any other has gradient zero."""
        names = {self.output}
        for step in reversed(self.steps):
            if step.name in names and step.operation.differentiable:
                names.update(step.parents)
        return frozenset(names) & self.differentiable

    @cached_property
    def uses(self) -> Mapping[str, tuple[tuple[Step, int], ...]]:
        """For each name, the (step, operand number) pairs that use it, latest first."""
        users: dict[str, list[tuple[Step, int]]] = {}
        for step in reversed(self.steps):
            for position in range(len(step.operands) - 1, -1, -1):
                operand = step.operands[position]
                if isinstance(operand, str):
                    users.setdefault(operand, []).append((step, position))
        return {name: tuple(pairs) for name, pairs in users.items()}


def leaf(value: Any, dtype: str = "float64") -> Value:
    """A number as a Python float, anything else as an array, rounded to ``dtype``."""
    array: Array = np.asarray(value, dtype=dtype)
    return array if array.shape else float(array)


def default_seed(shape: tuple[int, ...]) -> Value:
    """The output's upstream gradient where a case gives none: 1.0 for a number, else uneven.

    Never all ones, which would hide permuted, flipped and transposed gradients: element i
    (row-major) is 0.5 + frac(0.618… (i + 1)), and every third element is negative.
    """
    if not shape:
        return 1.0
    index = np.arange(int(np.prod(shape)), dtype=np.float64)
    uneven = 0.5 + (0.6180339887498949 * (index + 1.0)) % 1.0
    uneven[2::3] *= -1.0
    result: Array = uneven.reshape(shape)
    return result
