"""What a literal parameter and a literal index may be."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final

NOT_LITERAL: Final = object()
"""Stands for what is no literal."""


def literal(node: ast.expr, index: Mapping[str, int] = MappingProxyType({})) -> Any:
    """The literal that is written, or ``NOT_LITERAL``. The ``index`` of a loop stands for where it
    is, also in sums, differences and products: ``t + 1``."""
    sign, bare = 1, node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, bare = -1, node.operand
    if isinstance(bare, ast.Name) and bare.id == "inf":
        return sign * math.inf
    try:
        return ast.literal_eval(_Counted(index).visit(deepcopy(node)) if index else node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return NOT_LITERAL


class _Counted(ast.NodeTransformer):
    """Whole numbers in the places of a loop's index and of what is worked out of it."""

    def __init__(self, index: Mapping[str, int]) -> None:
        self.index = index

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Constant(self.index[node.id]) if node.id in self.index else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        fold = _FOLDS.get(type(node.op))
        sides = [getattr(side, "value", None) for side in (node.left, node.right)]
        if fold is None or not all(map(is_int, sides)):
            return node
        return ast.Constant(fold(*sides))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        number: Any = getattr(node.operand, "value", None)
        minus = isinstance(node.op, ast.USub) and is_int(number)
        return ast.Constant(-number) if minus else node


_FOLDS: Final = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31


def is_index(value: Any) -> bool:
    """An integer, None, ``...``, or a list of integers or booleans, possibly nested."""
    return value is None or value is Ellipsis or is_int(value) or _is_index_list(value)


def _is_index_list(value: Any) -> bool:
    """A list (of lists) of integers, or a list of booleans."""
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(item, bool) for item in value) or all(
        is_int(item) or _is_index_list(item) for item in value
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**1023


def _all_int(value: Any) -> bool:
    return isinstance(value, tuple) and all(is_int(item) for item in value)


KINDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "axis": is_int,
    "axis or all": lambda value: value is None or is_int(value),
    "axes": lambda value: value is None or is_int(value) or _all_int(value),
    "some axes": lambda value: is_int(value) or _all_int(value),
    "order": _all_int,
    "shape": lambda value: _all_int(value) and all(item >= 0 for item in value),
    "flag": lambda value: isinstance(value, bool),
    "number": _is_number,
    "bound": lambda value: value is None or _is_number(value),
    "count": lambda value: is_int(value) and value >= 0,
    "size": lambda value: is_int(value) and value >= 1,
    "size or none": lambda value: value is None or (is_int(value) and value >= 1),
    "correction": lambda value: is_int(value) and value in (0, 1),
    "widths": lambda value: (
        _all_int(value) and len(value) % 2 == 0 and len(value) > 0 and min(value) >= 0
    ),
    "reduction": lambda value: value in ("mean", "sum", "none"),
    "label": is_int,
    "positive": lambda value: _is_number(value) and value > 0,
    "norm": lambda value: (_is_number(value) and value != 0) or value in (math.inf, -math.inf),
    "approximation": lambda value: value in ("none", "tanh"),
    "share": lambda value: _is_number(value) and 0 <= value < 1,
    "sections": lambda value: (
        (is_int(value) and value >= 1) or (_all_int(value) and min(value, default=0) >= 0)
    ),
    "equation": lambda value: isinstance(value, str) and len(value) <= 60,
}
"""What a literal of each kind of ``vocabulary.KINDS`` may be."""
