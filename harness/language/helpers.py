"""The functions that a listing brings along, as it has them."""

from __future__ import annotations

import ast
import inspect
from functools import cache

from harness.vocabulary.local import FUNCTIONS


@cache
def source(name: str) -> str:
    """The source of a function of ``numerics`` as a listing has it, without annotations; nothing
    where there is none."""
    function = FUNCTIONS.get(name)
    if function is None:
        return ""
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)
