"""Functions of the code's own that stand for one operation: noted as that, and not followed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from harness.engines.staged.functions import _every, _raw
from harness.engines.staged.nodes import OTHER
from harness.engines.staged.values import BLANK, TAPE, Blank, Value, note
from harness.vocabulary.signatures import OPERATIONS


def whole(function: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """The function, whose results are noted as those of the ``operation`` that has its name, or of
    one that is not known."""
    signature = inspect.signature(function)
    operation = OPERATIONS[function.__name__] if kind == "operation" else None

    def call(*args: Any, **given: Any) -> Any:
        every = list(_every((*args, *given.values())))
        if any(isinstance(item, Blank) for item in every):
            return BLANK
        values = [item for item in every if isinstance(item, Value)]
        before, TAPE.paused = TAPE.paused, True
        try:
            result = function(*map(_raw, args), **{key: _raw(item) for key, item in given.items()})
        finally:
            TAPE.paused = before
        if not values:
            return result
        if isinstance(result, (list, tuple)):
            parts = (note(OTHER, values, {}, part, told=function.__name__) for part in result)
            return type(result)(parts)
        if operation is None:
            return note(OTHER, values, {}, result, told=function.__name__)
        bound = signature.bind(*args, **given)
        bound.apply_defaults()
        count = len(operation.operands)
        operands = list(bound.arguments.values())[:count]
        parameters = {
            name: _raw(item)
            for name, item in list(bound.arguments.items())[count:]
            if _raw(item) != operation.parameters[name].default
        }
        return note(operation.name, operands, parameters, result)

    return call
