"""A step bound to values: its operands at hand, its parameters complete, its index in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.vocabulary.program import Operand, Step


@dataclass(frozen=True, slots=True)
class Bound:
    """What an operation is called with: ``operands`` in their order, of whatever kind the values
    are (arrays, tensors, an engine's own objects; numbers as they are written), and ``arguments``,
    the complete parameters. Constants that an index names stand in it as arrays."""

    step: Step
    operands: tuple[Any, ...]
    arguments: Mapping[str, Any]


def bind(step: Step, values: Mapping[str, Any], constants: Mapping[str, Any]) -> Bound:
    """The step with its operands out of ``values``, or else ``constants``. Raises
    :class:`KeyError` where there is no value of an operand."""
    arguments = step.arguments
    if "index" in arguments:
        arguments["index"] = tuple(
            constants[item] if isinstance(item, str) else item for item in arguments["index"]
        )
    return Bound(step, tuple(_looked_up(item, values, constants) for item in step.given), arguments)


def _looked_up(item: Operand, values: Mapping[str, Any], constants: Mapping[str, Any]) -> Any:
    if not isinstance(item, str):
        return item
    return values[item] if item in values else constants[item]
