"""Numbers as Python code has them: ``1 / 3``, ``math.pi``, ``-np.inf``, nested lists."""

from __future__ import annotations

import ast
import math
from typing import Any, Final

from harness.vocabulary.spelling import BY_NODE, OPERATORS

MODULES: Final = {
    **dict.fromkeys(("math", "np", "numpy", "jnp", "anp"), "numpy"),
    **dict.fromkeys(("torch", "F"), "torch"),
}
"""What stands in front of a function's name, and whose conventions it has."""

NUMBERS: Final = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
"""Numbers that modules have."""


def number(tree: ast.expr) -> Any:
    """A number, or nested lists of them, as Python has them; None where it is none."""
    try:
        return _worked_out(tree)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError, MemoryError):
        return None


def numeral(name: str) -> ast.expr:
    """A number that modules have, as a case writes it: infinities and NaN are names."""
    value = NUMBERS[name]
    return ast.Constant(value) if math.isfinite(value) else ast.Name(str(value))


def _worked_out(tree: ast.expr) -> Any:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, bool | int | float):
        return tree.value
    if isinstance(tree, ast.List | ast.Tuple):
        return [_worked_out(item) for item in tree.elts]
    if isinstance(tree, ast.Attribute) and root(tree.value) in MODULES:
        return NUMBERS[tree.attr]
    if isinstance(tree, ast.Name) and tree.id in ("inf", "nan"):
        return NUMBERS[tree.id]
    if isinstance(tree, ast.Call) and called(tree) == "float":
        (word,) = tree.args
        text = getattr(word, "value", "")
        return float(text) if isinstance(text, str) and text else _single(word)
    if not isinstance(tree, ast.UnaryOp | ast.BinOp):
        raise ValueError("no number")
    parts = [tree.operand] if isinstance(tree, ast.UnaryOp) else [tree.left, tree.right]
    fold: Any = OPERATORS[BY_NODE[type(tree.op).__name__]].fold
    value = fold(*map(_single, parts))
    if isinstance(value, complex):
        raise ValueError("no real number")
    return value


def _single(tree: ast.expr) -> float:
    value = _worked_out(tree)
    if isinstance(value, list):
        raise ValueError("no single number")
    return float(value) if isinstance(value, float) or abs(value) > 2**53 else int(value)


def root(node: ast.expr) -> str:
    """The first name of ``torch.nn.functional``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called(call: ast.Call) -> str:
    """The name of what is called, without its module or object."""
    function = call.func
    return str(getattr(function, "id", "") or getattr(function, "attr", ""))
