"""Trying an engine out: how its leaves are made, its values and gradients read, backward called.

Every guess is tried on graphs of two steps. Usual names come first, and a number that is wrong
does not count against them: the engine may be a broken one. What gives nothing is not understood.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.engines.answers import describe
from harness.engines.backwards import gradient_number, seeded, with_backward
from harness.engines.calls import offers, parameters_of
from harness.engines.clock import attempt
from harness.engines.conventions import ARRAY, LIST, PLAIN, Conventions, Leaf, Way, shown
from harness.engines.engine import EngineError
from harness.engines.reading import attributes, free_methods, may_be_tried, number_in, value_ways
from harness.engines.trying import MADE, NUMBERS, REACHED, READ, Try, graph, working
from harness.engines.undisturbed import undisturbed
from harness.engines.usual import LABELS, MAKERS, METHODS, VALUES, WANTED
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.program import Step

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

_BY_NAME: Final = inspect.Parameter.KEYWORD_ONLY

OPERATION_NAMES: Final = frozenset(name for names in ALIASES.values() for name in names)

FILLERS: Final[tuple[Any, ...]] = ((), None, [], "", 0)
"""What is given for parameters of a constructor that say nothing to us."""


def discover(engine: ObjectEngine) -> Conventions:
    """What is found out about an engine; what an adapter overrides is used as it is. Raises
    :class:`EngineError` where no object can be made, or no number found in one."""
    with undisturbed(engine.homes()):
        best = best_try(engine)
        if best.stage >= READ:
            engine.conventions = best.conventions
            if best.stage == READ and _is_symbolic(engine):
                raise EngineError(_told(engine, best))
            return _finished(engine, best.conventions)
    raise EngineError(_told(engine, best))


def _is_symbolic(engine: ObjectEngine) -> bool:
    """Whether operations give objects without numbers, which are computed later by other means."""
    for op in ("mul", "add"):
        try:
            with attempt():
                out = graph(engine, op)["out"]
                if isinstance(out, engine.cls) and number_in(engine.value(out)) is None:
                    return True
        except Exception:
            continue
    return False


# -- leaves and values -----------------------------------------------------------------------------


def best_try(engine: ObjectEngine) -> Try:
    """How far one comes with an engine: by the first way to make a leaf that comes furthest."""
    best: Try | None = None
    for leaf in _leaves(engine):
        if best is not None and best.stage == REACHED:
            break
        tried = _tried(engine, Conventions(leaf))
        other = leaf.maker and best is not None and best.stage >= READ
        if best is None or tried.stage > (REACHED - 1 if other else best.stage):
            best = tried  # what is no constructor must do better
    return best or Try(0, Conventions())


def _leaves(engine: ObjectEngine) -> Iterator[Leaf]:
    """Every way to make a leaf: by the class, then by other makers; of a number, then of arrays."""
    if engine.overrides("wrap"):
        yield Leaf()
        return
    for maker in dict.fromkeys(("", *MAKERS, *_makers(engine))):
        if maker == engine.cls.__name__:
            continue
        try:
            function = engine.maker(maker)
        except Exception:
            continue
        if function is None:
            continue
        for number in (PLAIN, ARRAY):
            for leaf in _fitting(maker, function):
                yield replace(leaf, number=number)


def _makers(engine: ObjectEngine) -> Iterator[str]:
    """What else may make an object of a number: functions that are called like no operation, and
    methods of an object that is made of nothing, ``Tape().var``."""
    for name, function in engine.functions():
        if _wants_one(function, 0) and name not in OPERATION_NAMES:
            yield name
    for name, kind in engine.classes():
        own = kind.__module__ == engine.cls.__module__ and may_be_tried(name)
        if own and _wants_one(kind, -1):
            for method in vars(kind):
                own = may_be_tried(method) and offers(kind, method)
                if own and _wants_one(getattr(kind, method), 1):
                    yield f"{name}.{method}"


def _wants_one(function: Callable[..., Any], before: int) -> bool:
    """Whether something has just one parameter without a default, after ``before`` others; for
    ``before`` = -1, none."""
    needed = [p for p in parameters_of(function) if p.default is p.empty]
    return len(needed) == before + 1 and all(p.kind is p.POSITIONAL_OR_KEYWORD for p in needed)


def _fitting(maker: str, function: Callable[..., Any]) -> Iterator[Leaf]:
    """The ways to call a maker with a number, by its signature."""
    parameters = [
        p for p in parameters_of(function) if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    named = [p.name for p in parameters]
    given: dict[str, Any] = {name: True for name in WANTED if name in named}
    needed = [p.name for p in parameters if p.default is p.empty and p.name not in given]
    by = next((name for name in named if name in (*VALUES, "x", "number")), "")
    by = by or next((name for name in needed if name not in LABELS), "")
    others = [name for name in needed if name != by]
    label = next((name for name in others if name in LABELS), "")
    others = [name for name in others if name != label]
    first = not named or (by in ("", named[0]) and parameters[0].kind is not _BY_NAME)
    for filler in FILLERS if others else ((),):
        filled = {**given, **dict.fromkeys(others, filler)}
        yield Leaf(maker, "" if first else by, label, filled)
    switches = [p.name for p in parameters if p.default is False and p.name not in given]
    for name in [] if others else switches:  # one may ask for gradients
        yield Leaf(maker, "" if first else by, label, {**given, name: True})


def _tried(engine: ObjectEngine, conventions: Conventions) -> Try:
    """How far one comes with a way of making leaves; values and gradients are found on the way."""
    engine.conventions = conventions
    try:
        with attempt():
            leaf = engine.wrap(NUMBERS[0])
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Try(0, conventions, error)
    try:
        with attempt():
            ways = _ways(engine, leaf)
    except RuntimeError as error:
        return Try(MADE, conventions, error)
    if not ways:
        return Try(MADE, conventions)
    found: list[Try] = []
    for way in ways:
        engine.conventions = replace(conventions, value=way)
        op = working(engine)
        if op:
            found.append(with_backward(engine, engine.conventions, op))
            if found[-1].stage < REACHED or _is_of_one_shape(engine, found[-1], op):
                break
    if found:
        return found[-1] if _is_of_one_shape(engine, found[-1], op) else found[0]
    for way, name in _computing(engine, leaf):
        engine.conventions = replace(conventions, value=way, forward=name)
        op = working(engine)
        if op:
            return with_backward(engine, engine.conventions, op)
    named = any(hasattr(engine.cls, name) or engine.function(name) for name in METHODS)
    how = conventions.backward if named or engine.overrides("backward") else None
    return Try(READ, replace(conventions, value=ways[0], backward=how))


def _is_of_one_shape(engine: ObjectEngine, tried: Try, op: str) -> bool:
    """Whether a leaf's value, as it is read, has the shape of its gradient: a matrix may tell the
    one number that it holds as a plain one."""
    engine.conventions = tried.conventions
    try:
        with attempt():
            nodes = graph(engine, op)
            engine.backward(nodes["out"], 1.0)
            gradient = gradient_number(engine, engine.gradient(nodes["x"]))
            return gradient is None or _shape(engine.value(nodes["x"])) == gradient.shape
    except Exception:
        return True


def _computing(engine: ObjectEngine, leaf: Any) -> Iterator[tuple[Way, str]]:
    """The methods that may compute an object's number later, and where that is read then."""
    if engine.overrides("value"):
        return
    for name in free_methods(leaf):
        if name not in METHODS:
            ways: list[Way] = []
            with suppress(Exception), attempt():
                getattr(leaf, name)()
                ways = value_ways(leaf, NUMBERS[0])
            yield from ((way, name) for way in ways)


def _ways(engine: ObjectEngine, leaf: Any) -> list[Way]:
    """Where the number that was put in can be read."""
    if engine.overrides("value"):
        try:
            return [("data",)] if number_in(engine.value(leaf)) is not None else []
        except Exception:
            return []
    return value_ways(leaf, NUMBERS[0])


# -- what else there is to know --------------------------------------------------------------------


def _finished(engine: ObjectEngine, conventions: Conventions) -> Conventions:
    """The conventions with what only matters once the rest is known."""
    op = working(engine)
    if op:
        conventions = seeded(engine, conventions, op)
    engine.conventions = conventions
    if engine.takes_arrays and not engine.overrides("wrap"):
        conventions = _of_arrays(engine, conventions)
        engine.conventions = conventions
    conventions = replace(conventions, numbers=_plain_numbers(engine, conventions))
    engine.conventions = conventions
    if engine.takes_arrays:
        conventions = replace(conventions, pairs=_takes_pairs(engine))
        how = conventions.backward
        if op and how is not None and how.seed is None and _starts_with_ones(engine, op):
            conventions = replace(conventions, backward=replace(how, ones=True))
    return conventions


def _of_arrays(engine: ObjectEngine, conventions: Conventions) -> Conventions:
    """Whether arrays are taken as they are, or as lists: of one axis, or of two."""
    for rank in (1, 2):
        array = np.array(NUMBERS * rank).reshape((2,) * rank)
        for form in (ARRAY, LIST):
            found = replace(conventions, leaf=replace(conventions.leaf, array=form))
            engine.conventions = found
            try:
                if _shape(engine.value(engine.wrap(array))) == array.shape:
                    return found
            except Exception:
                continue
    return conventions


def _plain_numbers(engine: ObjectEngine, conventions: Conventions) -> frozenset[str]:
    """The operations found by name that want a plain number, ``pow(self, k)``: with an object of
    the engine's they do not work. Of a power that never works it is believed."""
    found = set()
    for op in engine.named_binary():
        for plain in (False, True):
            engine.conventions = replace(conventions, numbers=frozenset([op] if plain else []))
            try:
                with attempt():
                    x = engine.leaf(NUMBERS[0])
                    node = engine.apply(Step("out", op, ("x", 2.0)), [x, 2.0])
                works = number_in(engine.value(node)) is not None
            except Exception:
                works = False
            if works or (plain and op == "pow"):
                found |= {op} if plain else set()
                break
    return frozenset(found)


def _shape(item: Any) -> tuple[int, ...]:
    number = number_in(item)
    return () if number is None else number.shape


def _takes_pairs(engine: ObjectEngine) -> bool:
    """Whether ``transpose(x, axes)`` exchanges the two axes that it is given, and permutes none."""
    call = engine.call("transpose")
    if call is None or call.name.lower() != "transpose" or len(call.signature) != 2:
        return False
    try:
        with attempt():
            node = call.function(engine.wrap(np.zeros((2, 3, 4))), (0, 1))
            return _shape(engine.value(node)) == (3, 2, 4)
    except Exception:
        return False


def _starts_with_ones(engine: ObjectEngine, op: str) -> bool:
    """Whether backward runs without a seed from an output that is an array."""
    try:
        with attempt():
            nodes = graph(engine, op, np.array(NUMBERS))
            engine.start(nodes["out"], None)
        shape = _shape(gradient_number(engine, engine.gradient(nodes["x"])))
        return shape != () and shape == _shape(engine.value(nodes["x"]))
    except Exception:
        return False


# -- what is said ----------------------------------------------------------------------------------


def _told(engine: ObjectEngine, best: Try) -> str:
    """What was looked for and is not there, and what to do."""
    name = engine.cls.__name__
    file = Path(str(getattr(engine.module, "__file__", "FILE"))).name
    advice = f"Write an adapter: harness adapt {file}"
    engine.conventions = best.conventions
    if _is_skeleton(engine, best):
        return (
            f"class {name} is still empty: let {name}(2.0) keep its number first, in .data; "
            "then come + and *, then backward() with .grad"
        )
    if best.stage < MADE:
        names = ", ".join(p.name for p in parameters_of(engine.cls)) or "nothing"
        why = f": {name}({NUMBERS[0]}) raises {describe(best.error)}" if best.error else ""
        return f"class {name}: no object can be made of a number{why} (it takes {names}). {advice}"
    if best.stage == READ:
        return f"class {name}: the results of its operations hold no number yet. {advice}"
    held = ", ".join(attributes(engine.wrap(NUMBERS[0]))) or "nothing"
    looked = ", ".join(shown((way,)) for way in VALUES[:4])
    return (
        f"class {name}: no number found in its objects (looked for {looked}, …; "
        f"they have: {held}). {advice}"
    )


def _is_skeleton(engine: ObjectEngine, best: Try) -> bool:
    """Whether the constructor is still to be written: it is not there, or its body is empty."""
    if best.conventions.leaf.maker:
        return False
    if best.stage < MADE:
        return isinstance(best.error, NotImplementedError) or (
            not any(offers(engine.cls, name) for name in ("__init__", "__new__"))
        )
    try:
        return not list(attributes(engine.wrap(NUMBERS[0])))
    except Exception:
        return False
