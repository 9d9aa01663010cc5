"""What one sees of an engine: how far one comes with some conventions, where its objects have
numbers, and which of these backward has changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.engines.adapter import ObjectEngine
from harness.engines.clock import tried
from harness.engines.conventions import Conventions, Way, reader
from harness.engines.names import GRADIENTS, VALUES, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.held import attributes
from harness.engines.running.recognizing import recognized
from harness.engines.running.telling import is_variable, needed_of, offers
from harness.engines.running.ways import has, properties
from harness.vocabulary.examples import ELEMENTWISE, FIRST
from harness.vocabulary.program import Array

MADE, READ, COMPUTED, RAN, REACHED = range(1, 6)
"""How far a try has come: an object was made, its number read, a step computed, backward run, and
a gradient of the leaf has changed by it."""

RANKS: Final = tuple(dict.fromkeys((*FIRST, *ELEMENTWISE)))
"""The operations that are tried, the most usual first."""

NOTHING: Final = 0
"""Not even an object was made."""


@dataclass(frozen=True, slots=True)
class Try:
    """How far one has come with some conventions, and what went wrong there; with an operation of
    which ``rank``, one of :data:`RANKS`."""

    stage: int
    conventions: Conventions
    error: BaseException | None = None
    rank: int = 0

    def is_further(self, other: Try, least: int) -> bool:
        """Whether one has come further, and so far at least: by more usual operations, too."""
        return self.stage >= least and (self.stage, -self.rank) > (other.stage, -other.rank)


def working(engine: ObjectEngine) -> str:
    """An operation that gives objects with a finite number, also of its own results; or none. Where
    it has none by name, those that can be known by what they compute are looked for, and those that
    take their operands in one list."""
    found = engine.conventions
    if op := _working_by_name(engine):
        return op
    engine.conventions = replace(found, names=recognized(engine))
    if engine.conventions.names and (op := _working_by_name(engine)):
        return op
    engine.conventions = replace(found, gathers=True)
    if op := _working_by_name(engine):
        return op
    engine.conventions = found
    return ""


def _working_by_name(engine: ObjectEngine) -> str:
    for op in RANKS:
        with tried():
            nodes = engine.small_graph(op)
            if all(_is_number(engine.value(node)) for node in nodes.values()):
                return op
    return ""


def _is_number(item: Any) -> bool:
    number = number_in(item)
    return number is not None and bool(np.isfinite(number).all())


# -- numbers in objects ----------------------------------------------------------------------------


def readings(engine: ObjectEngine, node: Any, backward: str = "") -> dict[Way, bytes | None]:
    """The numbers in an object that may be its gradient, as bytes: under usual names (None where
    there is no number yet), then in its other attributes; what runs ``backward`` is not called."""
    found: dict[Way, bytes | None] = {}
    for name in dict.fromkeys((*GRADIENTS, *attributes(node), *properties(node))):
        with suppress(Exception):
            item = getattr(node, name.removesuffix("()"))
            if name.endswith("()"):
                if name == f"{backward}()" or not inspect.ismethod(item) or not needs_nothing(item):
                    continue
                item = item()
            way, number = _deep(engine, (name,), item)
            if number is not None and (name in GRADIENTS or number.dtype.kind == "f"):
                found[way] = number.astype(float).tobytes()
            elif item is None and name in GRADIENTS:
                found[way] = None
    return found


def needs_nothing(method: Callable[..., Any]) -> bool:
    """Whether a bound method can be called without arguments."""
    return _wanted(method) == 0


def _wanted(method: Callable[..., Any]) -> int:
    """How many arguments a bound method cannot be called without."""
    return sum(not is_variable(one) for one in needed_of(method))


def free_methods(node: Any, wanted: int = 0) -> Iterator[str]:
    """An object's own methods that may be tried, and want so many arguments."""
    for name in filter(may_be_tried, dir(type(node))):
        if offers(type(node), name) and has(node, name):
            method = getattr(node, name)
            if inspect.ismethod(method) and _wanted(method) == wanted:
                yield name


def gradient_number(engine: ObjectEngine, node: Any) -> Array | None:
    """The gradient of an object as a number, None where it is none."""
    return number_in(engine.own_gradient(node))


def shape_of(item: Any) -> tuple[int, ...]:
    """The shape of what is read as numbers; none of what is not."""
    number = number_in(item)
    return () if number is None else number.shape


def _deep(engine: ObjectEngine, way: Way, item: Any) -> tuple[Way, Array | None]:
    """The number in ``item``: itself, an object of the engine's, or one that holds a number."""
    number = number_in(item)
    if number is not None or item is None or callable(item):
        return way, number
    if engine.is_object(item):
        with suppress(Exception):
            return way, number_in(engine.value(item))
        return way, None
    for name in VALUES:
        with suppress(Exception):
            number = number_in(reader((name,))(item))
            if number is not None:
                return (*way, name), number
    return way, None
