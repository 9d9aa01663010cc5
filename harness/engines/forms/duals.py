"""Forward mode: objects that carry a derivative along with their number.

One pass gives the derivative by one argument, whose objects alone are made with the derivative 1.
Whether a class does that is tried on a sum and a product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any, Final, Self

import numpy as np

from harness import languages
from harness.engines.clock import tried
from harness.engines.conventions import Way, reader, shown
from harness.engines.engine import Unsupported
from harness.engines.names import may_be_tried
from harness.engines.numbers import as_array, number_in
from harness.engines.running.forward import Run
from harness.engines.running.held import attributes
from harness.engines.running.telling import parameters_of
from harness.engines.running.ways import value_ways
from harness.engines.sources import is_own
from harness.engines.transforms import FunctionEngine
from harness.engines.writing import calls
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.program import Array, Program, Value

NUMBERS: Final = (1.625, 0.75)
"""What is added and multiplied."""

LOCAL: Final = {"add": (1.0, 1.0), "mul": (NUMBERS[1], NUMBERS[0])}
"""The derivatives of a sum and a product of these by either of them."""


class DualEngine(FunctionEngine):
    """A program in as many passes as it has arguments, on objects of ``cls``, which is made of a
    number and a derivative, or of a list of both."""

    listed = False

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a class of the module's that carries derivatives along."""
        for name, kind in vars(module).items():
            own = isinstance(kind, type) and is_own(kind, module) and may_be_tried(name)
            for listed in (False, True) if own and parameters_of(kind) else ():
                engine = cls(module)
                engine.cls, engine.listed = kind, listed
                if engine.ways is not None:
                    return engine
        return None

    @cached_property
    def ways(self) -> tuple[Way, Way] | None:
        """Where an object has its number and its derivative; None where it carries none."""
        for ways in _ways(self):
            self.ways = ways
            if any(_carries(self, op) for op in LOCAL):
                return ways
        return None

    def read_at(self, place: int, node: Any) -> Any:
        """An object's number, or its derivative."""
        assert self.ways is not None
        return reader(self.ways[place])(node)

    def wrap(self, value: Value) -> Any:
        """An object with the derivative 0."""
        return self.made(value, np.zeros(np.shape(value)))

    def value(self, node: Any) -> Any:
        """An object's number."""
        return self.read_at(0, node) if self.is_object(node) else node

    def gradients(self, function: Callable[..., Any], point: Sequence[Any]) -> list[Any]:
        """One pass for each argument, of an array for each of its elements."""
        found = []
        for chosen in point:
            number = self.value(chosen)
            slopes = np.zeros(np.shape(number))
            for place in np.ndindex(slopes.shape):
                along = np.zeros(slopes.shape)
                along[place] = 1.0
                passed = [self.made(number, along) if x is chosen else x for x in point]
                answer = function(*passed)
                slopes[place] = self.read_at(1, answer) if self.is_object(answer) else 0.0
            found.append(slopes)
        return found

    def made(self, number: Value, slope: Array) -> Any:
        """An object that carries a derivative."""
        make: Any = self.cls
        both = number, slope if slope.shape else float(slope)
        return make(list(both)) if self.listed else make(*both)

    def at_once(self, program: Program) -> bool:
        """A pass for each input is what forward mode takes, and none of it the harness's doing."""
        return True

    def second_order(self, run: Run) -> Iterator[tuple[str, Array]]:
        """Dual numbers are of plain ones, and carry no derivative of a derivative."""
        raise Unsupported("gradients of gradients (dual numbers of dual numbers)")

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the calls that are made here."""
        return calls.written(self, program, asked, self.renewed())

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        value, slope = map(shown, self.ways or ((), ()))
        name = self.class_name
        return [
            languages.told(
                "engine", "duals-class", name=name, module=getattr(self.module, "__name__", "?")
            ),
            f"leaf       {name}({'[number, derivative]' if self.listed else 'number, derivative'})",
            f"value      {value}",
            languages.told("engine", "duals-gradients", slope=slope),
            languages.told("engine", "by-zero-below"),
        ]


def _ways(engine: DualEngine) -> Iterator[tuple[Way, Way]]:
    """Where an object may have its number and, in another place, its derivative."""
    number, slope = NUMBERS
    found: list[tuple[Way, Way]] = []
    with tried():
        node = engine.made(number, np.asarray(slope))
        for value_way in value_ways(node, number)[:1]:
            for way in _places(node):
                held = number_in(reader(way)(node))
                if held is not None and held.shape == () and held == slope:
                    found.append((value_way, way))
    yield from found


def _places(node: Any) -> Iterator[Way]:
    """Where an object may have a number: in an attribute, or at the second place of a list."""
    for name in attributes(node):
        held = getattr(node, name)
        several = isinstance(held, list | np.ndarray) and np.size(held) > 1
        yield (name, "[1]") if several else (name,)


def _carries(engine: DualEngine, op: str) -> bool:
    """Whether a sum or a product has the right derivatives."""
    with tried():
        point = [engine.wrap(x) for x in NUMBERS]
        return [
            float(as_array(item))
            for item in engine.gradients(lambda x, y: engine.on(op, x, y), point)
        ] == list(LOCAL[op])
    return False
