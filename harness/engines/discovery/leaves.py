"""How leaves are made and values read: each way that there may be, and which comes furthest.

Usual names come first, and a number that is wrong does not count against them: the engine may be a
broken one. What gives nothing is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from harness.engines.adapter import ObjectEngine
from harness.engines.clock import attempt, tried
from harness.engines.conventions import ARRAY, MATRIX, PLAIN, Conventions, Leaf, Way
from harness.engines.discovery.backwards import functions_of, with_backward
from harness.engines.discovery.trying import (
    COMPUTED,
    MADE,
    NOTHING,
    RANKS,
    REACHED,
    READ,
    Try,
    free_methods,
    gradient_number,
    shape_of,
    working,
)
from harness.engines.names import MAKERS, METHODS, VALUES, WANTED, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.conventional import LABELS
from harness.engines.running.objects import NUMBERS
from harness.engines.running.telling import is_variable, needed_of, offers, parameters_of
from harness.engines.running.ways import asked_ways, value_ways
from harness.vocabulary.aliases import NAMES

FILLERS: Final[tuple[Any, ...]] = ((), None, [], "", 0)
"""What is given for parameters of a constructor that say nothing to us."""

PAIR: Final = 2
"""What is made of so many things is made of operands."""


FORMS: Final = (PLAIN, ARRAY, MATRIX)
"""As what a constructor is given a number, in turn."""


def best_try(engine: ObjectEngine) -> Try:
    """How far one comes with an engine: by the first way to make a leaf that comes furthest; where
    there is none, inside of an object that may have to be entered."""
    best = _best_within(engine, "")
    for within in _contexts(engine) if best.stage < MADE else ():
        this = _best_within(engine, within)
        best = this if this.stage > best.stage else best
    return best


def _contexts(engine: ObjectEngine) -> Iterator[str]:
    """The classes of the engine's own that can be entered, made of nothing."""
    for name, kind in engine.classes():
        own = kind.__module__ == engine.cls.__module__ and may_be_tried(name)
        if own and offers(kind, "__enter__") and _wants(kind, 0):
            yield name


def _best_within(engine: ObjectEngine, within: str) -> Try:
    best = Try(NOTHING, Conventions())
    for number, leaf in enumerate(_leaves(engine)):
        if best.stage == REACHED and best.rank == 0:
            break
        this = _tried(engine, Conventions(leaf, within=within))
        other = leaf.maker and best.stage >= COMPUTED  # what is no constructor must do better
        if number == 0 or this.is_further(best, REACHED if other else NOTHING):
            best = this
    return best


def _leaves(engine: ObjectEngine) -> Iterator[Leaf]:
    """Every way to make a leaf: by the class, then by other makers; of a number, then of arrays."""
    if engine.overrides("wrap"):
        yield Leaf()
        return
    for maker in dict.fromkeys(("", *MAKERS, *_makers(engine))):
        function = None
        with suppress(Exception):
            function = engine.maker(maker) if maker != engine.cls.__name__ else None
        ways = [] if function is None else list(_fitting(maker, function))
        yield from (replace(way, number=number) for number in FORMS for way in ways)


def _makers(engine: ObjectEngine) -> Iterator[str]:
    """What else may make an object of a number: functions that are called like no operation,
    classes that come of the engine's, and methods of an object that is made of nothing,
    ``Tape().var``."""
    for name, function in functions_of(engine):
        if _wants(function, 1) and name not in NAMES:
            yield name
    for name, kind in engine.classes():
        leaf = engine.cls in kind.__mro__ and name.lower() not in NAMES
        if leaf and len(needed_of(kind)) < PAIR and may_be_tried(name):
            yield name
    for name, kind in engine.classes():
        own = kind.__module__ == engine.cls.__module__ and may_be_tried(name)
        for method in vars(kind) if own and _wants(kind, 0) else ():
            if may_be_tried(method) and offers(kind, method) and _wants(getattr(kind, method), 2):
                yield f"{name}.{method}"


def _wants(function: Callable[..., Any], count: int) -> bool:
    """Whether something has just so many parameters without a default."""
    needed = needed_of(function)
    return len(needed) == count and all(p.kind is p.POSITIONAL_OR_KEYWORD for p in needed)


def _fitting(maker: str, function: Callable[..., Any]) -> Iterator[Leaf]:
    """The ways to call a maker with a number, by its signature."""
    parameters = [p for p in parameters_of(function) if not is_variable(p)]
    named = [p.name for p in parameters]
    given: dict[str, Any] = {name: True for name in WANTED if name in named}
    needed = [p.name for p in parameters if p.default is p.empty and p.name not in given]
    by = next((name for name in named if name in (*VALUES, "x", "number")), "")
    by = by or next((name for name in needed if name not in LABELS), "")
    others = [name for name in needed if name != by]
    label = next((name for name in others if name in LABELS), "")
    others = [name for name in others if name != label]
    placed = by in ("", *named[:1]) and all(p.kind is not p.KEYWORD_ONLY for p in parameters[:1])
    leaf = Leaf(maker, "" if placed else by, label, given)
    for filler in FILLERS if others else ((),):
        yield replace(leaf, given={**given, **dict.fromkeys(others, filler)})
    switches = [p.name for p in parameters if p.default is False and p.name not in given]
    for name in [] if others else switches:  # one may ask for gradients
        yield replace(leaf, given={**given, name: True})


def _tried(engine: ObjectEngine, conventions: Conventions) -> Try:
    """How far one comes with a way of making leaves; values and gradients are found on the way."""
    engine.conventions = conventions
    stage = NOTHING
    try:
        with attempt():
            leaf = engine.wrap(NUMBERS[0])
            if leaf_is_plain(engine, leaf):
                return Try(NOTHING, conventions)
            stage = MADE
            ways = _ways(engine, leaf)
    except Exception as error:
        return Try(stage, conventions, error)
    first: Try | None = None
    for way in ways:
        engine.conventions = replace(conventions, value=way)
        if op := working(engine):
            this = replace(with_backward(engine, engine.conventions, op), rank=RANKS.index(op))
            first = first or this
            if this.stage < REACHED or _is_of_one_shape(engine, this, op):
                return this
    if first is not None:
        return first
    asked = () if engine.overrides("value") else asked_ways(leaf, NUMBERS[0])
    methods = (replace(conventions, value=way) for way in asked)
    for computing in chain(_computing(engine, leaf) if ways else (), methods):
        engine.conventions = computing
        if op := working(engine):
            return replace(with_backward(engine, engine.conventions, op), rank=RANKS.index(op))
    if not ways:
        return Try(MADE, conventions)
    named = any(hasattr(engine.cls, name) or engine.function(name) for name in METHODS)
    how = conventions.backward if named or engine.overrides("backward") else None
    return Try(READ, replace(conventions, value=ways[0], backward=how))


def _is_of_one_shape(engine: ObjectEngine, this: Try, op: str) -> bool:
    """Whether a leaf's value, as it is read, has the shape of its gradient: a matrix may tell the
    one number that it holds as a plain one."""
    engine.conventions = this.conventions
    with tried():
        nodes = engine.small_graph(op)
        engine.backward(nodes["out"], 1.0)
        gradient = gradient_number(engine, nodes["x"])
        return gradient is None or shape_of(engine.value(nodes["x"])) == gradient.shape
    return True


def leaf_is_plain(engine: ObjectEngine, leaf: Any) -> bool:
    """Whether what a maker has made is a mere number, and no object of the engine's."""
    made = engine.conventions.leaf.maker and not engine.is_object(leaf)
    return bool(made) and number_in(leaf) is not None


def _computing(engine: ObjectEngine, leaf: Any) -> Iterator[Conventions]:
    """With a method that may compute an object's number later, and where that is read then; or with
    a function that gives it."""
    if engine.overrides("value"):
        return
    found = engine.conventions
    owner, _, _ = engine.conventions.leaf.maker.rpartition(".")
    kind = dict(engine.classes()).get(owner)
    held = engine.owner(kind) if kind is not None else None
    names = [(leaf, name, name) for name in free_methods(leaf)]
    names += [(held, name, f"{owner}.{name}") for name in free_methods(held) if held is not None]
    for holder, name, told in names:
        ways: list[Way] = []
        with tried():
            if name not in METHODS:
                getattr(holder, name)()
                ways = value_ways(leaf, NUMBERS[0])
        yield from (replace(found, value=way, forward=told) for way in ways)
    for name, function in functions_of(engine):
        number = None
        with tried():
            number = number_in(function(leaf)) if _wants(function, 1) else None
        if number is not None and number.tolist() == NUMBERS[0]:
            yield replace(found, reads=name)


def _ways(engine: ObjectEngine, leaf: Any) -> list[Way]:
    """Where the number that was put in can be read."""
    if not engine.overrides("value"):
        return value_ways(leaf, NUMBERS[0])
    with suppress(Exception):
        return [("data",)] if number_in(engine.value(leaf)) is not None else []
    return []
