"""How an engine's backward pass is run, where the gradients are then, and how it takes a seed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from harness.engines.calls import offers, parameters_of
from harness.engines.clock import attempt
from harness.engines.conventions import PLAIN, Backward, Conventions, Way
from harness.engines.reading import (
    attributes,
    free_methods,
    has,
    may_be_tried,
    number_in,
    readings,
)
from harness.engines.trying import COMPUTED, RAN, REACHED, Try, graph
from harness.engines.usual import FUNCTIONS, GRADIENTS, METHODS, SEEDS, SOURCES, TAPES

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

DOUBLES: Final = 4
"""What it counts that twice the seed gives twice the gradients."""


# -- backward and gradients ------------------------------------------------------------------------


def with_backward(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """The first way to run backward that reaches the leaf; else the first that runs at all."""
    best: Try | None = None
    for how in _backwards(engine, op):
        tried = _backward_tried(engine, replace(conventions, backward=how), op)
        if best is None or tried.stage > best.stage:
            best = tried
        if tried.stage == REACHED:
            return tried
    for how in () if engine.overrides("backward") else _unusual(engine, op):
        tried = _backward_tried(engine, replace(conventions, backward=how), op)
        if tried.stage == REACHED and _begins_with_one(engine, tried.conventions, op):
            return tried
    for found in () if engine.overrides("backward") else _asking(engine, conventions, op):
        if _seed_score(engine, found, op) > DOUBLES:
            return Try(REACHED, found)
    if best is None:
        return Try(COMPUTED, replace(conventions, backward=None))
    return best


def _begins_with_one(engine: ObjectEngine, conventions: Conventions, op: str) -> bool:
    """Whether the output's gradient is 1 then, so that it was the backward pass, and all of it."""
    engine.conventions = conventions
    with attempt():
        nodes = graph(engine, op)
        engine.backward(nodes["out"], 1.0)
        return bool(np.all(gradient_number(engine, engine.gradient(nodes["out"])) == 1.0))


def _backwards(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """Every way that there may be to run backward, usual ones first."""
    if engine.overrides("backward"):
        yield Backward()
        return
    out = graph(engine, op)["out"]
    for name in FUNCTIONS:
        if has(out, name) and callable(method := getattr(out, name)):
            yield _classified("method", name, parameters_of(method))
    for name in FUNCTIONS:
        if (function := engine.function(name)) is not None:
            yield _classified("function", name, parameters_of(function)[1:])
    for name, function in _methods_of_others(engine):
        yield _classified("function", name, parameters_of(function)[1:])
    for name, tape in engine.classes():
        if hasattr(tape, "__enter__"):
            own = [n for n in vars(tape) if not n.startswith("_") and offers(tape, n)]
            for method in sorted(own, key=lambda n: n not in TAPES):
                if len(parameters_of(getattr(tape, method))) > 2:
                    yield Backward("tape", f"{name}.{method}")


def _unusual(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """The methods of no usual name that can be called without anything, and such functions that
    want the output alone, or it and the objects by which to differentiate."""
    out = graph(engine, op)["out"]
    for name in free_methods(out):
        if name not in FUNCTIONS:
            yield Backward("method", name)
    for name in _methods_of_the_maker(engine):
        yield Backward("function", name)
    yield from _drivers(engine, out)
    for name, function in engine.functions():
        parameters = parameters_of(function)
        wanted = [p.default is p.empty for p in parameters if p.kind is not p.KEYWORD_ONLY]
        if name not in FUNCTIONS and wanted[:1] == [True] and not any(wanted[1:]):
            yield _classified("function", name, parameters[1:])
        if len(wanted) > 1 and wanted[0] and not any(wanted[2:]):
            yield Backward("function", name, sources=True)


def _methods_of_the_maker(engine: ObjectEngine) -> Iterator[str]:
    """Methods that want the output, of the object that makes leaves."""
    owner, _, maker = engine.conventions.leaf.maker.rpartition(".")
    kind = dict(engine.classes()).get(owner)
    if kind is None:
        return
    for name in vars(kind):
        if may_be_tried(name) and name != maker and offers(kind, name):
            needed = [p for p in parameters_of(getattr(kind, name)) if p.default is p.empty]
            if len(needed) == 2:
                yield f"{owner}.{name}"


def _drivers(engine: ObjectEngine, out: Any) -> Iterator[Backward]:
    """Classes that are made of the output, and then run: ``Backpropagator(out).run()``."""
    for key, kind in engine.classes():
        needed = [p for p in parameters_of(kind) if p.default is p.empty]
        if len(needed) == 1 and may_be_tried(key) and not issubclass(kind, engine.cls):
            try:
                with attempt():
                    driver: Any = cast(Callable[[Any], Any], kind)(out)
            except Exception:
                continue
            for name in free_methods(driver):
                yield Backward("driver", f"{key}.{name}")


def _asking(engine: ObjectEngine, conventions: Conventions, op: str) -> Iterator[Conventions]:
    """Engines whose objects compute their gradient when they are asked for it, once the output's
    is set: ``out.grad_value = 1.0; x.grad()``."""
    engine.conventions = conventions
    out = graph(engine, op)["out"]
    asked = list(free_methods(out))
    for name in attributes(out):
        held = getattr(out, name)
        if (held is None or isinstance(held, float)) and (name,) != conventions.value:
            for method in asked:
                how = Backward("asking", sets=name)
                yield replace(conventions, backward=how, gradient=(f"{method}()",))


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
    how = Backward(kind, name, sources=sources)
    seed = next((p for p in known if p.name in SEEDS), None)
    seed = seed or next((p for p in known[:1] if p.default is p.empty), None)
    if seed is None:
        return how
    first, needed = seed is known[0], seed.default is seed.empty
    return replace(how, seed=seed.name, first=first, needed=needed)


def _backward_tried(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """Runs backward, looks what has changed by it, and finds how it is given its seed."""
    how = conventions.backward
    error: BaseException | None = None
    for form in engine.seed_forms() if how is not None and how.needed else (PLAIN,):
        engine.conventions = replace(conventions, backward=replace(how, form=form) if how else how)
        try:
            with attempt():
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


def seeded(engine: ObjectEngine, conventions: Conventions, op: str) -> Conventions:
    """As what backward takes its seed, and by which parameter where none has a usual name."""
    how = conventions.backward
    if how is None or how.kind == "tape" or engine.overrides("backward"):
        return conventions
    if how.kind == "asking":
        return conventions
    named = [how] if how.seed is not None else list(_unnamed(engine, how, op))
    if how.seed is None and conventions.gradient is not None and len(conventions.gradient) == 1:
        (name,) = conventions.gradient
        named += [replace(how, sets=name)] if not name.endswith("()") else []
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
    """How well a form of the seed goes: it runs; gradients are of the seed's kind; they double."""
    engine.conventions = conventions
    found = []
    for seed in (2.0, 4.0):
        try:
            with attempt():
                nodes = graph(engine, op)
                engine.start(nodes["out"], seed)
            gradients = [engine.gradient(nodes[name]) for name in ("x", "out")]
            found.append([*gradients, engine.given(seed)])
        except KeyboardInterrupt:
            raise
        except BaseException:
            return 0
    kinds = {_kind(item) for item in found[0] if item is not None}
    numbers = [gradient_number(engine, pair[0]) for pair in found]
    doubled = all(n is not None for n in numbers) and np.array_equal(2 * numbers[0], numbers[1])
    moved = numbers[0] is not None and bool(np.any(numbers[0]))
    return 1 + (len(kinds) < 2) + DOUBLES * (doubled and moved)


def _kind(item: Any) -> str:
    """A number of whatever type, or what else there is."""
    return "number" if number_in(item) is not None else type(item).__name__


def gradient_number(engine: ObjectEngine, item: Any) -> Any:
    if isinstance(item, getattr(engine, "cls", ())):
        item = engine.value(item)
    return number_in(item)
