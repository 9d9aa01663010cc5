"""Whether a file is staged code, with a backward pass below its forward pass, and no engine."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from harness.engines.staged.cells import MARK
from harness.judging.staged import names

TRANSFORMS: Final = frozenset({"grad", "vjp", "value_and_grad", "grad_fn"})
"""Functions that an engine of functions has."""

EXERCISE: Final = re.compile(rf"(?:{MARK.pattern}\s+)?#\s*harness exercise:?\s+(?P<case>\S+)")
"""The first line of an exercise: the case that it belongs to."""


def case_of(text: str) -> str | None:
    """The case that an exercise belongs to; None where it is none."""
    found = EXERCISE.match(text)
    return None if found is None else found["case"]


def is_staged(text: str) -> bool:
    """Whether the text is code without classes that writes gradients of what it has computed."""
    if case_of(text) is not None:
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    every = list(ast.walk(tree))
    functions = {node.name for node in every if isinstance(node, ast.FunctionDef)}
    if functions & TRANSFORMS or any(isinstance(node, ast.ClassDef) for node in every):
        return False
    inside = {
        id(part)
        for node in every
        if isinstance(node, ast.FunctionDef)
        for part in ast.walk(node)
        if part is not node
    }
    written = [
        name
        for node in every
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for name in _written(node)
    ]
    runs = any(isinstance(node, ast.Assign) and id(node) not in inside for node in every)
    known = set(written)
    return runs and any(
        (names.is_alike(name) or name.startswith("g"))
        and (
            names.meant(name, known - {name}, known - {name}) is not None
            or names.is_partial(name, known - {name}, ())
        )
        for name in written
    )


def _written(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    found = []
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                found.append(part.id)
            elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                found.append(f"{part.value.id}.{part.attr}")
    return found
