"""What is changed in an engine's text, and what its expressions are, as far as all need to know."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Final

from styles.marks import Mark, Source

MODULES: Final = frozenset({"np", "numpy", "math", "builtins"})


@dataclass(frozen=True)
class Change:
    """What is put in the place of a node, as text."""

    kind: str
    node: ast.expr | ast.stmt
    after: str
    roles: tuple[str, ...] = ()
    also: tuple[tuple[ast.expr, str], ...] = ()
    """Other places that change with it."""


def short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def called_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def of_a_module(node: ast.Call) -> bool:
    """Whether it is a function of numpy or math, or of Python itself."""
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    return isinstance(node.func, ast.Name)


def upstream(source: Source, mark: Mark, node: ast.AST) -> list[ast.expr]:
    """Where the gradient from above is read, the largest expressions."""
    found: list[ast.expr] = []
    todo = [node]
    while todo:
        one = todo.pop()
        if source.is_upstream(one, mark.statement):
            assert isinstance(one, ast.expr)
            found.append(one)
        else:
            todo += ast.iter_child_nodes(one)
    return found


def ones(source: Source, node: ast.expr) -> str:
    return f"np.ones_like({ast.unparse(node)})" if "import numpy as np" in source.text else "1.0"
