"""Functions of the code's own that stand for one operation: noted as that, and not followed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from harness.engines.staged.functions import _raw
from harness.engines.staged.nodes import OTHER
from harness.engines.staged.shapes import every
from harness.engines.staged.tape import TAPE
from harness.engines.staged.values import BLANK, Blank, Value, note
from harness.vocabulary.operation import Operation
from harness.vocabulary.signatures import OPERATIONS

OPERATION, HELP, FOLLOWED = "operation", "help", "followed"
"""A function that is an operation of the vocabulary, one that is only a part of a line, and one
whose own steps are followed."""


def whole(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """The function, whose results are noted as those of the ``operation`` that has its name, or of
    one that is not known."""
    signature = inspect.signature(function)
    operation = OPERATIONS[function.__name__] if kind == OPERATION else None

    def call(*args: Any, **given: Any) -> Any:
        items = list(every((*args, *given.values())))
        if any(isinstance(item, Blank) for item in items):
            return BLANK
        if kind == FOLLOWED:
            return function(*args, **given)
        values = [item for item in items if isinstance(item, Value)]
        before, TAPE.paused = TAPE.paused, True
        try:
            result = function(*map(_raw, args), **{key: _raw(item) for key, item in given.items()})
        finally:
            TAPE.paused = before
        if not values:
            return result
        if operation is None or (isinstance(result, (list, tuple)) and not _pieces(operation)):
            return _unknown(function.__name__, values, result)
        bound = signature.bind(*args, **given)
        bound.apply_defaults()
        count = len(operation.operands)
        operands = list(bound.arguments.values())[:count]
        parameters = {
            name: _raw(item)
            for name, item in list(bound.arguments.items())[count:]
            if _raw(item) != operation.parameters[name].default
        }
        if _pieces(operation):
            parts = (
                note(operation.name, operands, {**parameters, "piece": place}, part)
                for place, part in enumerate(result)
            )
            return type(result)(parts)
        return note(operation.name, operands, parameters, result)

    return call


def _pieces(operation: Operation) -> bool:
    """Whether an operation gives several results."""
    return "piece" in operation.parameters


def _unknown(name: str, values: Sequence[Value], result: Any) -> Any:
    """The result, or each of several, of a function that is no operation."""
    if not isinstance(result, (list, tuple)):
        return note(OTHER, values, {}, result, told=name)
    return type(result)(
        part if isinstance(part, int) else note(OTHER, values, {}, part, name) for part in result
    )
