"""Trying an engine on a graph of two steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from harness.engines.clock import attempt
from harness.engines.conventions import Conventions
from harness.engines.reading import number_in
from harness.vocabulary.program import Step, Value
from harness.vocabulary.signatures import OPERATIONS, Operation

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine

NUMBERS: Final = (1.625, 0.75)
"""What is put in; float32 has them exactly."""

FIRST: Final = ("mul", "add", "sub", "neg", "exp", "tanh", "sigmoid", "relu", "log", "sin")
"""Operations to build a graph of: the first that works."""

MADE, READ, COMPUTED, RAN, REACHED = range(1, 6)
"""How far a try has come: an object was made, its number read, a step computed, backward run, and
a gradient of the leaf has changed by it."""


@dataclass(frozen=True, slots=True)
class Try:
    """How far one has come with some conventions, and what went wrong there."""

    stage: int
    conventions: Conventions
    error: BaseException | None = None


def working(engine: ObjectEngine) -> str:
    """An operation that gives objects with a number, also of its own results; or none."""
    plain = [name for name, operation in OPERATIONS.items() if _is_elementwise(operation)]
    for op in dict.fromkeys((*FIRST, *plain)):
        try:
            with attempt():
                nodes = graph(engine, op)
            if all(number_in(engine.value(node)) is not None for node in nodes.values()):
                return op
        except KeyboardInterrupt:
            raise
        except BaseException:
            continue
    return ""


def _is_elementwise(operation: Operation) -> bool:
    kinds = set(operation.operands.values())
    return operation.shape in ("same", "broadcast") and kinds == {"value"}


def graph(engine: ObjectEngine, op: str, leaf: Value | None = None) -> dict[str, Any]:
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
