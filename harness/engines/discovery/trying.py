"""How far one comes with an engine and some conventions, on a graph of two steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from harness.engines.adapter import ObjectEngine
from harness.engines.clock import tried
from harness.engines.conventions import Conventions
from harness.engines.numbers import number_in
from harness.vocabulary.examples import ELEMENTWISE, FIRST

MADE, READ, COMPUTED, RAN, REACHED = range(1, 6)
"""How far a try has come: an object was made, its number read, a step computed, backward run, and
a gradient of the leaf has changed by it."""

NOTHING: Final = 0
"""Not even an object was made."""


@dataclass(frozen=True, slots=True)
class Try:
    """How far one has come with some conventions, and what went wrong there."""

    stage: int
    conventions: Conventions
    error: BaseException | None = None


def working(engine: ObjectEngine) -> str:
    """An operation that gives objects with a number, also of its own results; or none."""
    for op in dict.fromkeys((*FIRST, *ELEMENTWISE)):
        with tried():
            nodes = engine.small_graph(op)
            if all(number_in(engine.value(node)) is not None for node in nodes.values()):
                return op
    return ""
