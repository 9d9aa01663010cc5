"""How an engine's backward pass is run, where the gradients are then, and how it takes a seed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, product
from typing import Any, Final, cast

import numpy as np

from harness.engines.adapter import ObjectEngine
from harness.engines.clock import attempt, tried
from harness.engines.conventions import PLAIN, Backward, Conventions, Way
from harness.engines.discovery.trying import (
    COMPUTED,
    RAN,
    REACHED,
    Try,
    free_methods,
    gradient_number,
    readings,
)
from harness.engines.names import (
    FUNCTIONS,
    GRADIENTS,
    METHODS,
    SEEDS,
    SOURCES,
    TAPES,
    may_be_tried,
)
from harness.engines.numbers import number_in
from harness.engines.running.held import attributes
from harness.engines.running.objects import NUMBERS
from harness.engines.running.telling import is_variable, needed_of, offers, parameters_of
from harness.engines.running.ways import has
from harness.vocabulary.aliases import NAMES
from harness.vocabulary.signatures import OPERATIONS

NUDGE: Final = 2.0**-8
"""By how much a leaf is changed to see a slope."""

NEAR: Final = 1e-2
"""Up to so much a slope that is seen, also in float32, differs from a derivative."""

DOUBLES: Final = 4
"""What it counts that twice the seed gives twice the gradients."""


# -- backward and gradients ------------------------------------------------------------------------


def with_backward(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """The first way to run backward that reaches the leaf; else the first that runs at all."""
    best = Try(COMPUTED, replace(conventions, backward=None))
    for number, how in enumerate(_of_leaves_too(_usual(engine, op))):
        this = _backward_tried(engine, replace(conventions, backward=how), op)
        if number == 0 or this.stage > best.stage:
            best = this
        if this.stage == REACHED:
            return this
    if engine.overrides("backward"):
        return best
    reached: list[Try] = []
    unusual = chain(_unusual(engine, op), _prepared(engine, op))
    for how in _of_leaves_too(sorted(unusual, key=lambda how: how.name not in METHODS)):
        this = _backward_tried(engine, replace(conventions, backward=how), op)
        if this.stage == REACHED and _begins_with_one(engine, this.conventions, op):
            if _is_slope(engine, this.conventions, op):
                return this
            if not (how.leaves or how.prepares):
                reached.append(this)
    if reached:
        return reached[0]
    for how in _held_functions(engine, op):
        this = _backward_tried(engine, replace(conventions, backward=how), op)
        if this.stage == REACHED and _seed_score(engine, this.conventions, op) > DOUBLES:
            return this
    own = best.conventions.backward
    if best.stage == RAN and own is not None and own.kind == "method" and own.name in METHODS:
        return best  # it has a backward pass, which is wrong
    for found in _asking(engine, conventions, op):
        if _seed_score(engine, found, op) > DOUBLES:
            return Try(REACHED, found)
    return best


def _of_leaves_too(ways: Iterable[Backward]) -> Iterator[Backward]:
    """Each way, and after those that ask for gradients by objects the same of leaves alone."""
    for how in ways:
        yield how
        if how.sources or how.each or how.kind == "tape":
            yield replace(how, leaves=True)


def functions_of(engine: ObjectEngine) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions of the engine's own modules that may be tried out."""
    for name, item in engine.members():
        own = inspect.isfunction(item) and engine.function(name) is item
        if own and may_be_tried(name.lstrip("_")):
            yield name, item


def _begins_with_one(engine: ObjectEngine, conventions: Conventions, op: str) -> bool:
    """Whether the output's gradient is 1 then, so that it was the backward pass, and all of it."""
    engine.conventions = conventions
    with tried():
        nodes = engine.small_graph(op)
        engine.backward(nodes["out"], 1.0)
        return bool(np.all(gradient_number(engine, nodes["out"]) == 1.0))
    return False


def _is_slope(engine: ObjectEngine, conventions: Conventions, op: str) -> bool:
    """Whether the leaf's gradient is how the output's own number changes with the leaf's."""
    engine.conventions = conventions
    with tried():
        nodes = engine.small_graph(op)
        engine.backward(nodes["out"], 1.0)
        told = gradient_number(engine, nodes["x"])
        ends = [engine.small_graph(op, NUMBERS[0] + sign * NUDGE)["out"] for sign in (1, -1)]
        upper, lower = (number_in(engine.value(end)) for end in ends)
        if told is not None and upper is not None and lower is not None:
            seen = (upper - lower) / (2 * NUDGE)
            return bool(np.allclose(told, seen, NEAR, NEAR))
    return False


def _usual(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """The ways to run backward by usual names, and by a gradient tape."""
    if engine.overrides("backward"):
        yield Backward()
        return
    out = engine.small_graph(op)["out"]
    for name in FUNCTIONS:
        if has(out, name) and callable(method := getattr(out, name)):
            yield _classified("method", name, parameters_of(method))
    named = [(name, engine.function(name)) for name in FUNCTIONS]
    for name, function in (*named, *_methods_of_others(engine)):
        if function is not None:
            yield _classified("function", name, parameters_of(function)[1:])
    for name, tape in engine.classes():
        own = [n for n in vars(tape) if not n.startswith("_") and offers(tape, n)]
        methods = [n for n in own if has(tape, n) and len(parameters_of(getattr(tape, n))) > 2]
        for opens in _openers(tape, own) if methods else ():
            for method in sorted(methods, key=lambda n: n not in TAPES):
                yield Backward("tape", f"{name}.{method}", opens=opens)


def _openers(tape: Any, own: Sequence[str]) -> Iterator[str]:
    """By what a tape is opened: by itself (an empty name), or by a method of its own that gives
    what can be entered, ``with tape.record():``."""
    if hasattr(tape, "__enter__"):
        yield ""
        return
    for name in filter(may_be_tried, own):
        found = False
        with tried():
            needs = needed_of(tape) or len(needed_of(getattr(tape, name))) > 1
            found = not needs and hasattr(getattr(tape(), name)(), "__enter__")
        if found:
            yield name


def _unusual(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """The methods of no usual name that can be called without anything, or with a seed alone, and
    such functions that want the output alone, or it and the objects by which to differentiate."""
    out = engine.small_graph(op)["out"]
    yield from (Backward("method", name) for name in free_methods(out) if name not in FUNCTIONS)
    for name in free_methods(out, wanted=1):
        if name not in FUNCTIONS:
            yield _classified("method", name, parameters_of(getattr(out, name)))
    yield from (Backward("function", name) for name, _ in _methods_of_owners(engine, 2))
    yield from (Backward("owner", name) for name, _ in _methods_of_owners(engine, 1))
    yield from (Backward("owner", n, sources=True) for n, _ in _methods_of_owners(engine, 2))
    yield from (Backward("driver", name) for name in _drivers(engine, out))
    for name, function in functions_of(engine):
        parameters = parameters_of(function)
        wanted = [p.default is p.empty for p in parameters if p.kind is not p.KEYWORD_ONLY]
        if name not in FUNCTIONS and wanted[:1] == [True] and not any(wanted[1:]):
            yield _classified("function", name, parameters[1:])
        if len(wanted) > 1 and wanted[0] and not any(wanted[2:]):
            yield Backward("function", name, sources=True)
    yield from _by_sources(engine, out)


def _prepared(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """The methods that fail alone, each after one that gives nothing: ``out.sort();
    out.go_back()``."""
    failing, preparing = [], []
    for name in free_methods(engine.small_graph(op)["out"]):
        done, answer = False, None
        with tried():
            answer, done = getattr(engine.small_graph(op)["out"], name)(), True
        if not done:
            failing.append(name)
        elif answer is None:
            preparing.append(name)
    for name, before in product(failing, preparing):
        yield Backward("method", name, prepares=before)


def _by_sources(engine: ObjectEngine, out: Any) -> Iterator[Backward]:
    """The methods and functions that are asked for the gradient of an object, or of several."""
    found = [("method", name, getattr(out, name), 1) for name in free_methods(out, wanted=1)]
    found += [("method", name, getattr(out, name), 0) for name in free_methods(out)]
    found += [("function", name, function, 2) for name, function in functions_of(engine)]
    found += [("function", name, method, 2) for name, method in _methods_of_owners(engine, 3)]
    for kind, name, function, wanted in found:
        needed = [p for p in needed_of(function) if not is_variable(p)]
        spread = any(p.kind is p.VAR_POSITIONAL for p in parameters_of(function))
        if (last := name.rpartition(".")[2]) in NAMES or last in OPERATIONS:
            continue
        if spread or (wanted == 1 and kind == "method") or "." in name:
            yield Backward(kind, name, sources=True)
        if len(needed) == wanted > 0:
            yield Backward(kind, name, each=True)


def _held_functions(engine: ObjectEngine, op: str) -> Iterator[Backward]:
    """The functions that an object holds and that want one thing, such as its pullback."""
    out = engine.small_graph(op)["out"]
    for name in filter(may_be_tried, attributes(out)):
        held = getattr(out, name)
        if inspect.isfunction(held) and len(needed_of(held)) == 1:
            yield _classified("method", name, parameters_of(held))


def _methods_of_owners(
    engine: ObjectEngine, wanted: int
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Methods that want the output, or more, of the object that makes leaves or computes with
    them: those of so many parameters, with the object itself."""
    owner, _, maker = engine.conventions.leaf.maker.rpartition(".")
    kinds = {owner: dict(engine.classes()).get(owner, object)}
    kinds |= {kind.__name__: kind for kind in engine.owners()}
    kinds |= {key: kind for key, kind in engine.classes() if key == engine.conventions.within}
    for owner, kind in kinds.items():
        for name in vars(kind):
            tries = may_be_tried(name) and name != maker and offers(kind, name)
            if tries and len(needed_of(method := getattr(kind, name))) == wanted:
                yield f"{owner}.{name}", method.__get__(object())


def _drivers(engine: ObjectEngine, out: Any) -> Iterator[str]:
    """Classes that are made of the output, and then run: ``Backpropagator(out).run()``."""
    for key, kind in engine.classes():
        if len(needed_of(kind)) == 1 and may_be_tried(key) and not issubclass(kind, engine.cls):
            names: list[str] = []
            with tried():
                driver: Any = cast(Callable[[Any], Any], kind)(out)
                names = list(free_methods(driver))
            yield from (f"{key}.{name}" for name in names)


def _asking(engine: ObjectEngine, conventions: Conventions, op: str) -> Iterator[Conventions]:
    """Engines whose objects compute their gradient when they are asked for it, once the output's
    is set: ``out.grad_value = 1.0; x.grad()``."""
    engine.conventions = conventions
    out = engine.small_graph(op)["out"]
    for name in attributes(out):
        held = getattr(out, name)
        if (held is None or isinstance(held, float)) and (name,) != conventions.value:
            for method in free_methods(out):
                how = Backward("asking", sets=name)
                yield replace(conventions, backward=how, gradient=(f"{method}()",))


def _methods_of_others(engine: ObjectEngine) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Backward as a method of an object of the module's, such as ``tape.backward(out)``."""
    for key, item in list(vars(engine.module).items()) if engine.module is not None else ():
        kind = item if isinstance(item, type) else type(item)
        own = engine.module is not None and kind.__module__ == engine.module.__name__
        for name in METHODS if own and kind is not engine.cls else ():
            method = getattr(item, name, None)
            static = isinstance(inspect.getattr_static(item, name, None), staticmethod)
            if method is not None and (inspect.ismethod(method) or static):
                yield f"{key}.{name}", method


def _classified(kind: str, name: str, parameters: Sequence[inspect.Parameter]) -> Backward:
    """A way to run backward, with what its parameters are by their names."""
    known = [p for p in parameters if not is_variable(p)]
    sources = kind == "function" and any(
        p.name in SOURCES and p.default is p.empty for p in known[:1]
    )
    known = known[1:] if sources else known
    usual = [p for p in known if p.name in SEEDS]
    seed = next((p for p in (*usual, *known[:1]) if p.name in SEEDS or p.default is p.empty), None)
    if seed is None:
        return Backward(kind, name, sources=sources)
    first, needed = seed is known[0], seed.default is seed.empty
    return Backward(kind, name, seed.name, first, needed, sources=sources)


def _backward_tried(engine: ObjectEngine, conventions: Conventions, op: str) -> Try:
    """How far one comes with a way to run backward, in whichever form it takes its seed; where the
    gradient is then, is what has changed."""
    how = conventions.backward
    error: BaseException | None = None
    for form in engine.seed_forms() if how is not None and how.needed else (PLAIN,):
        engine.conventions = replace(conventions, backward=replace(how, form=form) if how else how)
        try:
            with attempt():
                nodes = engine.small_graph(op)
                own = "" if how is None else how.name
                before = {name: readings(engine, node, own) for name, node in nodes.items()}
                engine.backward(nodes["out"], 1.0)
        except Exception as raised:
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
    own = conventions.backward.name if conventions.backward is not None else ""
    after = readings(engine, nodes["x"], own)
    usual = [way for way in after if way[0] in GRADIENTS]
    changed = [way for way in _changed(before["x"], after) if way != conventions.value]
    returned: list[Way | None] = [None] if engine.returned_for(nodes["x"]) is not None else []
    moved = _changed(before["out"], readings(engine, nodes["out"], own))
    for stage, ways in (
        (REACHED, [way for way in changed if way in usual]),
        (REACHED, returned),
        (RAN, usual),
        (REACHED, changed),
        (RAN, moved),
    ):
        for way in ways:
            return Try(stage, replace(conventions, gradient=way))
    return Try(RAN, conventions)


def _changed(before: Mapping[Way, bytes | None], after: Mapping[Way, bytes | None]) -> list[Way]:
    return [way for way, now in after.items() if now is not None and now != before.get(way)]


# -- seeds -----------------------------------------------------------------------------------------


def seeded(engine: ObjectEngine, conventions: Conventions, op: str) -> Conventions:
    """As what backward takes its seed, and by which parameter where none has a usual name."""
    how = conventions.backward
    if how is None or how.kind in ("tape", "asking") or engine.overrides("backward"):
        return conventions
    named = [how] if how.seed is not None else list(_unnamed(engine, how, op))
    if how.seed is None and conventions.gradient is not None and len(conventions.gradient) == 1:
        (name,) = conventions.gradient
        named += [replace(how, sets=name)] if not name.endswith("()") else []
    tries = [replace(item, form=form) for item in named for form in engine.seed_forms()]
    scores = [_seed_score(engine, replace(conventions, backward=item), op) for item in tries]
    best = max(scores, default=0)
    if not tries or (how.seed is None and best < DOUBLES):
        return conventions
    return replace(conventions, backward=tries[scores.index(best)])


def _unnamed(engine: ObjectEngine, how: Backward, op: str) -> Iterator[Backward]:
    """The parameters of backward that may take a seed, under no usual name."""
    out = engine.small_graph(op)["out"]
    skip = 0 if how.kind == "method" else (how.kind == "function") + how.sources
    for position, p in enumerate(parameters_of(engine.target(how, out))[skip:]):
        if p.kind is p.VAR_POSITIONAL:
            yield replace(how, seed="", first=True)
        elif p.kind is not p.VAR_KEYWORD and not isinstance(p.default, bool):
            yield replace(how, seed=p.name, first=position == 0)


def _seed_score(engine: ObjectEngine, conventions: Conventions, op: str) -> int:
    """How well a form of the seed goes: it runs; gradients are of the seed's kind; they double."""
    engine.conventions = conventions
    numbers: list[Any] = []
    kinds: set[str] = set()
    with tried():
        for seed in (2.0, 4.0):
            nodes = engine.small_graph(op)
            engine.start(nodes["out"], seed)
            items = [engine.gradient(nodes["x"]), engine.gradient(nodes["out"])]
            kinds |= {_kind(item) for item in (*items, engine.as_seed(seed)) if item is not None}
            numbers.append(gradient_number(engine, nodes["x"]))
        once, twice = numbers
        moved = once is not None and twice is not None and np.any(once)
        doubled = moved and np.array_equal(2 * once, twice)
        return 1 + (len(kinds) < 2) + DOUBLES * bool(doubled)
    return 0


def _kind(item: Any) -> str:
    """A number of whatever type, or what else there is."""
    return "number" if number_in(item) is not None else type(item).__name__
