"""Engines of parts: each operation has a forward and a backward pass, and no graph holds them
together. So it is done here what their programmer does: the parts are called in their order, and
gone back through, and what comes back to a wire from several parts is added up.

A part is found by its name, is of one of the :data:`~harness.engines.forms.kinds.KINDS`, and is
tried on operands of few axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import ModuleType
from typing import Any, Final, Self

import numpy as np

from harness import languages
from harness.engines.engine import Unsupported
from harness.engines.forms.kinds import KINDS, SHAPES, Kind, Part, named
from harness.engines.forms.weights import layers
from harness.engines.running.objects import GraphEngine
from harness.engines.trace import Trace
from harness.engines.writing import calls
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.examples import ELEMENTWISE
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Program, Step, Value
from harness.vocabulary.signatures import OPERATIONS

BROADCAST: Final = ((2,), (3, 2))
"""Shapes by which is seen whether a part undoes broadcasting."""

THERE_AND_BACK: Final = 2
"""As far as operands come through a part."""


@dataclass
class Wire:
    """What leads from part to part: a number, and the gradient that has come back so far."""

    data: Any
    grad: Any = None


class PartsEngine(GraphEngine):
    """Runs a program through the parts of ``module``. An adapter's ``operations`` name those that
    are not found: a class with forward and backward, a function that gives its way back, or two
    functions."""

    cls: type = Wire

    def __init__(self, module: ModuleType | None = None) -> None:
        super().__init__(Wire, module)
        self._tried: dict[tuple[str, tuple[tuple[int, ...], ...]], int] = {}
        self.done: list[tuple[Callable[[Any], list[Any]], list[Wire], Wire]] = []

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's parts; None where it has none that can be used."""
        engine = cls(module)
        return engine if engine.parts else None

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """The parts that can be used, by op."""
        usable = {op: next(filter(_is_usable, self._likely(op)), None) for op in OPERATIONS}
        found = {op: part for op, part in usable.items() if part is not None}
        return self.of_layers | found

    @cached_property
    def of_layers(self) -> dict[str, Part]:
        """The parts that layers with weights are used for."""
        known = layers(self.module) if self.module is not None else ()
        parts = [part for layer in known for part in layer.parts()]
        return {part.op: part for part in reversed(parts) if part.best == THERE_AND_BACK}

    def _likely(self, op: str) -> Iterator[Part]:
        """What may be a part for ``op``."""
        own = self.operations.get(op, op)
        if own is None or set(OPERATIONS[op].operands.values()) != {"value"}:
            return
        found = named(self.module, op) if own == op else [(getattr(own, "__name__", op), own)]
        for kind, (name, item) in product(self.kinds, found):
            part = kind(op, name, item, self.module)
            if part is not None:
                yield part

    @property
    def kinds(self) -> Sequence[Kind]:
        """How its parts may be written."""
        return KINDS

    @property
    def way_back(self) -> None:
        """Backward is run here, and no method of the engine's does it."""
        return None

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether one of its own functions takes them, or a layer has weights: operators are
        numpy's in any case."""
        named = self.parts.keys() - NATIVE.keys()
        return bool(self.of_layers) or any(
            self._far(op, (shape,) * 2) for op in named for shape in SHAPES[1:]
        )

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        return self.parts[op].told if op in self.parts else "missing"

    def wrap(self, value: Value) -> Wire:
        """A wire."""
        return Wire(value)

    def value(self, node: Any) -> Any:
        """The number on a wire."""
        return node.data

    def run(self, program: Program) -> Trace:
        """A program, from its first part on."""
        self.done = []
        return super().run(program)

    def apply(self, step: Step, operands: list[Any]) -> Wire:
        """The wire that leaves a new part."""
        part = self.part(step, operands)
        wires = [x if isinstance(x, Wire) else Wire(x) for x in operands]
        out, back = part.run([wire.data for wire in wires])
        self.done.append((back, wires, made := Wire(out)))
        return made

    def part(self, step: Step, operands: Sequence[Any]) -> Part:
        """The part for a step, if it takes such operands; else raises Unsupported."""
        part = self.parts.get(step.op)
        if part is None:
            raise Unsupported(step.op)
        if step.parameters:
            raise Unsupported(f"{step.op} with {', '.join(step.parameters)}")
        wires = [np.shape(self.value(x)) if self.is_object(x) else None for x in operands]
        first = next(shape for shape in wires if shape is not None)
        self._need(part, [first if shape is None else shape for shape in wires])
        return part

    def _need(self, part: Part, shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises Unsupported where operands are of another kind than a part takes."""
        if len(set(shapes)) > 1 and part.op in ELEMENTWISE:
            if self._far(part.op, BROADCAST) < THERE_AND_BACK:
                raise Unsupported(f"{part.op} with broadcasting")
        elif self._far(part.op, tuple((2,) * len(shape) for shape in shapes)) < part.best:
            ranks = " and ".join(str(len(shape)) for shape in shapes)
            raise Unsupported(f"{part.op} of arrays of {ranks} axes")

    def _far(self, op: str, shapes: tuple[tuple[int, ...], ...]) -> int:
        """How far operands of such shapes come, tried once."""
        if (op, shapes) not in self._tried:
            self._tried[op, shapes] = self.parts[op].takes(*shapes)
        return self._tried[op, shapes]

    def backward(self, output: Any, seed: Value) -> None:
        """Back through all parts, the last first."""
        for _, wires, out in self.done:
            for wire in (*wires, out):
                wire.grad = None
        output.grad = seed
        for back, wires, out in reversed(self.done):
            if out.grad is not None:
                for wire, more in zip(wires, back(out.grad), strict=True):
                    if more is not None:
                        wire.grad = more if wire.grad is None else wire.grad + more

    def gradient(self, node: Any) -> Any:
        """What has come back to a wire."""
        return node.grad

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the calls that are made here."""
        return calls.written(self, program, asked, self.renewed())

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        return [
            languages.told("engine", "parts-of", module=getattr(self.module, "__name__", "?")),
            languages.told("engine", "parts-backward"),
        ]


def _is_usable(part: Part) -> bool:
    """Whether operands come through a part and back, or at least plain numbers through it."""
    return part.best == THERE_AND_BACK or part.takes((), ()) > 0
