"""As what a backward pass takes its seed, and by which parameter: found by doubling it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.engines.adapter import ObjectEngine
from harness.engines.clock import tried
from harness.engines.conventions import Backward, Conventions
from harness.engines.discovery.trying import gradient_number
from harness.engines.numbers import number_in
from harness.engines.running.telling import parameters_of

DOUBLES: Final = 4
"""What it counts that twice the seed gives twice the gradients."""


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
    scores = [seed_score(engine, replace(conventions, backward=item), op) for item in tries]
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


def seed_score(engine: ObjectEngine, conventions: Conventions, op: str) -> int:
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
