"""Whose functions an exception has gone through: operations, by what people call them."""

from __future__ import annotations

import re

from harness.engines.trace import Failure
from harness.judging.mistakes import ENGINE
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Program


def operations_of(program: Program, failure: Failure) -> list[str]:
    """The operations that may have raised an exception: the step's own forward; backward, those
    that the names of the running functions tell of, and if none does, all of the program."""
    if failure.direction == "forward":
        step = program.by_name.get(str(failure.step))
        return [ENGINE if step is None else step.op]
    ops = list(dict.fromkeys(step.op for step in program.steps if not step.operation.compares))
    for function in reversed(failure.functions):
        named = [(len(name), op) for op in ops for name in _names(op) if _contains(function, name)]
        if named:
            return [max(named)[1]]
    return [ENGINE, *ops] if failure.step is None else [ENGINE]


def _names(op: str) -> set[str]:
    """What a function of an operation may be called."""
    native = NATIVE.get(op)
    methods = () if native is None else (native.method, native.reflected)
    return {op, *ALIASES.get(op, ()), *methods}


def _contains(function: str, name: str) -> bool:
    """Whether a qualified name (``Exp.backward``, ``exp.<locals>._backward``, ``grad_exp``) speaks
    of an operation: as a whole, or between underscores."""
    if name.startswith("__"):
        return name in function
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", function).lower()
    parts = [part for part in re.split(r"\W+", snake) if part]
    flat = name.replace("_", "")
    return any(
        flat == part.replace("_", "") or re.search(rf"(^|_){name.lower()}(_|$)", part)
        for part in parts
    )


def stands_in(op: str, function: str) -> bool:
    """Whether a function, by its qualified name, is one of an operation's."""
    return any(_contains(function, name) for name in _names(op))
