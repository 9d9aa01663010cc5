"""Trying an engine out: how its leaves are made, its values and gradients read, backward called.

Every guess is tried on graphs of two steps. Usual names come first, and a number that is wrong
does not count against them: the engine may be a broken one. What gives nothing is not understood.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.engines.answers import describe
from harness.engines.calls import parameters_of
from harness.engines.conventions import (
    ARRAY,
    LIST,
    PLAIN,
    Backward,
    Conventions,
    Leaf,
    Way,
    shown,
)
from harness.engines.engine import EngineError
from harness.engines.reading import attributes, number_in, readings, value_ways
from harness.engines.undisturbed import undisturbed
from harness.engines.usual import (
    FUNCTIONS,
    GRADIENTS,
    LABELS,
    MAKERS,
    METHODS,
    SEEDS,
    SOURCES,
    TAPES,
    VALUES,
    WANTED,
)
from harness.language.program import Step
from harness.language.vocabulary import OPERATIONS

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

NUMBERS: Final = (1.625, 0.75)
"""What is put in; float32 has them exactly."""

FIRST: Final = ("mul", "add", "sub", "neg", "exp", "tanh", "sigmoid", "relu", "log", "sin")
"""Operations to build a graph of: the first that works."""

FILLERS: Final[tuple[Any, ...]] = ((), None, [], "", 0)
"""What is given for parameters of a constructor that say nothing to us."""

MADE, READ, COMPUTED, RAN, REACHED = range(1, 6)
"""How far a try has come: an object was made, its number read, a step computed, backward run, and
a gradient of the leaf has changed by it."""


@dataclass(frozen=True, slots=True)
class Try:
    """How far one has come with some conventions, and what went wrong there."""

    stage: int
    conventions: Conventions
    error: BaseException | None = None


def discover(engine: ObjectEngine) -> Conventions:
    """What is found out about an engine; what an adapter overrides is used as it is. Raises
    :class:`EngineError` where no object can be made, or no number found in one."""
    with undisturbed(engine.homes()):
        best = _best_leaf(engine)
        if best.stage >= READ:
            engine.conventions = best.conventions
            return _finished(engine, best.conventions)
    raise EngineError(_told(engine, best))


# -- leaves and values -----------------------------------------------------------------------------


def _best_leaf(engine: ObjectEngine) -> Try:
    """The first way to make a leaf that comes furthest."""
    best = Try(0, Conventions())
    for leaf in _leaves(engine):
        if leaf.maker and best.stage >= READ:
            break
        tried = _tried(engine, Conventions(leaf))
        if tried.stage > best.stage or best.error is None:
            best = tried
        if tried.stage == REACHED:
            break
    return best


def _leaves(engine: ObjectEngine) -> Iterator[Leaf]:
    """Every way to make a leaf: by the class, then by other makers; of a number, then of arrays."""
    if engine.overrides("wrap"):
        yield Leaf()
        return
    makers = [engine.cls.__name__, *MAKERS]
    for maker in ("", *(name for name in makers if name != engine.cls.__name__)):
        function = engine.maker(maker)
        if function is None:
            continue
        for number in (PLAIN, ARRAY):
            for leaf in _fitting(maker, function):
                yield replace(leaf, number=number)


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
    first = not named or by in ("", named[0])
    for filler in FILLERS if others else ((),):
        filled = {**given, **dict.fromkeys(others, filler)}
        yield Leaf(maker, "" if first else by, label, filled)


def _tried(engine: ObjectEngine, conventions: Conventions) -> Try:
    """How far one comes with a way of making leaves; values and gradients are found on the way."""
    engine.conventions = conventions
    try:
        leaf = engine.wrap(NUMBERS[0])
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Try(0, conventions, error)
    ways = _ways(engine, leaf)
    if not ways:
        return Try(MADE, conventions)
    for way in ways:
        engine.conventions = replace(conventions, value=way)
        op = working(engine)
        if op:
            return _with_backward(engine, replace(conventions, value=way), op)
    return Try(READ, replace(conventions, value=ways[0]))


def _ways(engine: ObjectEngine, leaf: Any) -> list[Way]:
    """Where the number that was put in can be read."""
    if engine.overrides("value"):
        try:
            return [("data",)] if number_in(engine.value(leaf)) is not None else []
        except Exception:
            return []
    return value_ways(leaf, NUMBERS[0])


def working(engine: ObjectEngine) -> str:
    """An operation that gives objects with a number, also of its own results; or none."""
    plain = [name for name, operation in OPERATIONS.items() if _is_elementwise(operation)]
    for op in dict.fromkeys((*FIRST, *plain)):
        try:
            nodes = graph(engine, op)
            if all(number_in(engine.value(node)) is not None for node in nodes.values()):
                return op
        except KeyboardInterrupt:
            raise
        except BaseException:
            continue
    return ""


def _is_elementwise(operation: Any) -> bool:
    kinds = set(operation.operands.values())
    return operation.shape in ("same", "broadcast") and kinds == {"value"}


def graph(engine: ObjectEngine, op: str, leaf: Any = None) -> dict[str, Any]:
    """The objects of a graph of two steps: leaves ``x`` and ``y``, ``middle``, ``out``."""
    numbers = NUMBERS if leaf is None else (leaf, leaf)
    with engine.recording():
        nodes = {"x": engine.leaf(numbers[0])}
        binary = len(OPERATIONS[op].operands) == 2
        if binary:
            nodes["y"] = engine.leaf(numbers[1])
        for name, before in (("middle", "x"), ("out", "middle")):
            operands = [nodes[before], nodes["y"]] if binary else [nodes[before]]
            nodes[name] = engine.apply(Step(name, op, tuple("xy"[: len(operands)])), operands)
    engine.nodes = nodes
    return nodes


# -- backward and gradients ------------------------------------------------------------------------


def _with_backward(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """The first way to run backward that reaches the leaf; else the first that runs at all."""
    best: Try | None = None
    for how in _backwards(engine, op):
        tried = _backward_tried(engine, replace(conventions, backward=how), op)
        if best is None or tried.stage > best.stage:
            best = tried
        if tried.stage == REACHED:
            break
    if best is None:
        return Try(COMPUTED, replace(conventions, backward=None))
    return best


def _backwards(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """Every way that there may be to run backward, usual ones first."""
    if engine.overrides("backward"):
        yield Backward()
        return
    out = graph(engine, op)["out"]
    for name in METHODS:
        if callable(method := getattr(out, name, None)):
            yield _classified("method", name, parameters_of(method))
    for name in FUNCTIONS:
        if (function := engine.function(name)) is not None:
            yield _classified("function", name, parameters_of(function)[1:])
    for name, function in _methods_of_others(engine):
        yield _classified("function", name, parameters_of(function)[1:])
    for name, tape in engine.classes():
        if hasattr(tape, "__enter__") and any(callable(getattr(tape, n, None)) for n in TAPES):
            yield Backward("tape", name)
    for name in dir(out):
        told = name.lower()
        usual = name in METHODS or name.startswith("_") or "zero" in told or "no_" in told
        if ("backw" in told or "backp" in told) and not usual and callable(getattr(out, name)):
            yield _classified("method", name, parameters_of(getattr(out, name)))


def _methods_of_others(engine: ObjectEngine) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Backward as a method of an object of the module's, such as ``tape.backward(out)``."""
    if engine.module is None:
        return
    home = engine.module.__name__
    for key, item in list(vars(engine.module).items()):
        kind = item if isinstance(item, type) else type(item)
        if kind.__module__ != home or kind is getattr(engine, "cls", None):
            continue
        for name in METHODS:
            method = getattr(item, name, None)
            static = isinstance(inspect.getattr_static(item, name, None), staticmethod)
            if method is not None and (inspect.ismethod(method) or static):
                yield f"{key}.{name}", method


def _classified(kind: str, name: str, parameters: list[inspect.Parameter]) -> Backward:
    """A way to run backward, with what its parameters are by their names."""
    known = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    sources = kind == "function" and any(
        p.name in SOURCES and p.default is p.empty for p in known[:1]
    )
    known = known[1:] if sources else known
    seed = next((p for p in known if p.name in SEEDS), None)
    seed = seed or next((p for p in known[:1] if p.default is p.empty), None)
    if seed is None:
        return Backward(kind, name, sources=sources)
    first, needed = seed is known[0], seed.default is seed.empty
    return Backward(kind, name, seed.name, first, needed, PLAIN, sources)


def _backward_tried(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """Runs backward, looks what has changed by it, and finds how it is given its seed."""
    how = conventions.backward
    error: BaseException | None = None
    for form in engine.seed_forms() if how is not None and how.needed else (PLAIN,):
        engine.conventions = replace(conventions, backward=replace(how, form=form) if how else how)
        try:
            nodes = graph(engine, op)
            before = {name: readings(engine, node) for name, node in nodes.items()}
            engine.backward(nodes["out"], 1.0)
        except KeyboardInterrupt:
            raise
        except BaseException as raised:
            error = error or raised
            continue
        return _gradient_found(engine, nodes, before)
    engine.conventions = conventions
    return Try(COMPUTED, conventions, error)


def _gradient_found(
    engine: ObjectEngine, nodes: Mapping[str, Any], before: Mapping[str, dict[Way, bytes | None]]
) -> Try:
    """Where the gradient is, after backward: what has changed in the leaf, or a usual name."""
    conventions = engine.conventions
    if engine.overrides("gradient"):
        return Try(REACHED, conventions)
    after = readings(engine, nodes["x"])
    usual = [way for way in after if way[0] in GRADIENTS]
    changed = [way for way in _changed(before["x"], after) if way != conventions.value]
    if any(way in usual for way in changed):
        way = next(way for way in changed if way in usual)
        return Try(REACHED, replace(conventions, gradient=way))
    if engine.returned_for(nodes["x"]) is not None:
        return Try(REACHED, replace(conventions, gradient=None))
    if usual:
        return Try(RAN, replace(conventions, gradient=usual[0]))
    if changed:
        return Try(REACHED, replace(conventions, gradient=changed[0]))
    if moved := _changed(before["out"], readings(engine, nodes["out"])):
        return Try(RAN, replace(conventions, gradient=moved[0]))
    return Try(RAN, conventions)


def _changed(before: Mapping[Way, bytes | None], after: Mapping[Way, bytes | None]) -> list[Way]:
    return [way for way, now in after.items() if now is not None and now != before.get(way)]


# -- seeds -----------------------------------------------------------------------------------------


def _seeded(engine: ObjectEngine, conventions: Conventions, op: str) -> Conventions:
    """As what backward takes its seed, and by which parameter where none has a usual name."""
    how = conventions.backward
    if how is None or how.kind == "tape" or engine.overrides("backward"):
        return conventions
    named = [how] if how.seed is not None else list(_unnamed(engine, how, op))
    tries = [replace(item, form=form) for item in named for form in engine.seed_forms()]
    scored = [
        (_seed_score(engine, replace(conventions, backward=item), op), item) for item in tries
    ]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or (how.seed is None and best[0] < DOUBLES):
        return conventions
    return replace(conventions, backward=best[1])


def _unnamed(engine: ObjectEngine, how: Backward, op: str) -> Iterator[Backward]:
    """The parameters of backward that may take a seed, under no usual name."""
    out = graph(engine, op)["out"]
    skip = (how.kind == "function") + how.sources
    own = parameters_of(engine.target(how, out))[0 if how.kind == "method" else skip :]
    for position, p in enumerate(own):
        if p.kind is p.VAR_POSITIONAL:
            yield replace(how, seed="", first=True)
        elif p.kind is not p.VAR_KEYWORD and not isinstance(p.default, bool):
            yield replace(how, seed=p.name, first=position == 0)


def _seed_score(engine: ObjectEngine, conventions: Conventions, op: str) -> int:
    """How well a form of the seed goes: it runs; gradients are of one kind; they double."""
    engine.conventions = conventions
    found = []
    for seed in (2.0, 4.0):
        try:
            nodes = graph(engine, op)
            engine.start(nodes["out"], seed)
            found.append([engine.gradient(nodes[name]) for name in ("x", "out")])
        except KeyboardInterrupt:
            raise
        except BaseException:
            return 0
    kinds = {_kind(item) for item in found[0] if item is not None}
    numbers = [_number(engine, pair[0]) for pair in found]
    doubled = all(n is not None for n in numbers) and np.array_equal(2 * numbers[0], numbers[1])
    moved = numbers[0] is not None and bool(np.any(numbers[0]))
    return 1 + (len(kinds) < 2) + DOUBLES * (doubled and moved)


DOUBLES: Final = 4
"""What it counts that twice the seed gives twice the gradients."""


def _kind(item: Any) -> str:
    """A number of whatever type, or what else there is."""
    return "number" if number_in(item) is not None else type(item).__name__


def _number(engine: ObjectEngine, item: Any) -> Any:
    if isinstance(item, getattr(engine, "cls", ())):
        item = engine.value(item)
    return number_in(item)


# -- what else there is to know --------------------------------------------------------------------


def _finished(engine: ObjectEngine, conventions: Conventions) -> Conventions:
    """The conventions with what only matters once the rest is known."""
    op = working(engine)
    if op:
        conventions = _seeded(engine, conventions, op)
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
    """Whether arrays are taken as they are, or as lists."""
    for form in (ARRAY, LIST):
        found = replace(conventions, leaf=replace(conventions.leaf, array=form))
        engine.conventions = found
        try:
            if _shape(engine.value(engine.wrap(np.array(NUMBERS)))) == (2,):
                return found
        except Exception:
            continue
    return conventions


def _plain_numbers(engine: ObjectEngine, conventions: Conventions) -> frozenset[str]:
    """The operations found by name that want a plain number, ``pow(self, k)``: a power first of
    all; others where an object of the engine's does not go."""
    found = set()
    for op in engine.named_binary():
        for plain in (True, False) if op == "pow" else (False, True):
            engine.conventions = replace(conventions, numbers=frozenset([op] if plain else []))
            try:
                x = engine.leaf(NUMBERS[0])
                node = engine.apply(Step("out", op, ("x", 2.0)), [x, 2.0])
                if number_in(engine.value(node)) is None:
                    continue
            except Exception:
                continue
            found |= {op} if plain else set()
            break
        else:
            found |= {"pow"} & {op}
    return frozenset(found)


def _shape(item: Any) -> tuple[int, ...]:
    number = number_in(item)
    return () if number is None else number.shape


def _takes_pairs(engine: ObjectEngine) -> bool:
    """Whether ``transpose(x, axes)`` exchanges the two axes that it is given, and permutes none."""
    call = engine.call("transpose")
    if call is None or call.name.lower() != "transpose" or len(call.signature) != 2:
        return False
    shapes = []
    for axes in ((1, 0, 2), (0, 1)):
        try:
            node = call.function(engine.wrap(np.zeros((2, 3, 4))), axes)
            shapes.append(_shape(engine.value(node)))
        except Exception:
            shapes.append(())
    return shapes == [(), (3, 2, 4)]


def _starts_with_ones(engine: ObjectEngine, op: str) -> bool:
    """Whether backward runs without a seed from an output that is an array."""
    try:
        nodes = graph(engine, op, np.array(NUMBERS))
        engine.start(nodes["out"], None)
        return _shape(_number(engine, engine.gradient(nodes["x"]))) == (2,)
    except Exception:
        return False


# -- what is said ----------------------------------------------------------------------------------


def _told(engine: ObjectEngine, best: Try) -> str:
    """What was looked for and is not there, and what to do."""
    name = engine.cls.__name__
    file = Path(str(getattr(engine.module, "__file__", "FILE"))).name
    advice = f"Write an adapter: harness adapt {file}"
    if best.stage < MADE:
        names = ", ".join(p.name for p in parameters_of(engine.cls))
        why = f" {name}({NUMBERS[0]}) raises {describe(best.error)}" if best.error else ""
        return f"class {name}: no object can be made of a number.{why} (it takes {names}). {advice}"
    engine.conventions = best.conventions
    held = ", ".join(attributes(engine.wrap(NUMBERS[0]))) or "nothing"
    looked = ", ".join(shown((way,)) for way in VALUES[:4])
    return (
        f"class {name}: no number found in its objects (looked for {looked}, …; "
        f"they have: {held}). {advice}"
    )
