"""The code of an activation or a loss, written out, read as the one gate that it is."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.operation import Operation
from harness.vocabulary.signatures import OPERATIONS

GATES: Final = (
    "binary_cross_entropy",
    "cross_entropy",
    "layer_norm",
    "sigmoid",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "relu",
)
"""Operations whose code is read as the one gate that it is, not as its single steps."""


def recognised(tree: ast.expr) -> ast.expr:
    """An expression of a case, in which the code of an activation is that one gate."""
    expression: ast.expr = _Gates().visit(tree)
    return ast.fix_missing_locations(expression)


class _Gates(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call):
            for op in GATES:
                parts: dict[str, ast.expr] = {}
                if _same(_pattern(op), node, parts) and _is_literal(OPERATIONS[op], parts):
                    return ast.copy_location(self._filled(OPERATIONS[op], parts), node)
        return super().visit(node)

    def _filled(self, operation: Operation, parts: Mapping[str, ast.expr]) -> ast.Call:
        operands = [self.visit(parts[name]) for name in operation.operands]
        keywords = [
            ast.keyword(name, parts[name])
            for name, parameter in operation.parameters.items()
            if name in parts and getattr(parts[name], "value", None) != parameter.default
        ]
        return ast.Call(ast.Name(operation.name), operands, keywords)


def _is_literal(operation: Operation, parts: Mapping[str, ast.expr]) -> bool:
    """Whether numbers stand where the operation's parameters have to be such."""
    given = (parts[name] for name in operation.parameters if name in parts)
    return all(isinstance(getattr(one, "operand", one), ast.Constant) for one in given)


@cache
def _pattern(op: str) -> ast.expr:
    """The code of an operation, with a name in braces wherever something is put in."""
    operation = OPERATIONS[op]
    fields = [*operation.operands, *operation.parameters, "n"]
    text = FORMULAS[op].code.format(**{name: f"__{name}__" for name in fields})
    return ast.parse(text, mode="eval").body


def _same(pattern: Any, node: Any, parts: dict[str, ast.expr]) -> bool:
    """Whether the code is the pattern's; what stands in its places is put into ``parts``."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith("__"):
        first = parts.setdefault(pattern.id.strip("_"), node)
        return first is node or ast.dump(first) == ast.dump(node)
    if isinstance(pattern, ast.Constant):
        return isinstance(node, ast.Constant) and bool(pattern.value == node.value)
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list):
        pairs = zip(pattern, node, strict=False)
        return len(pattern) == len(node) and all(_same(*pair, parts) for pair in pairs)
    if isinstance(pattern, ast.AST):
        names = [name for name in pattern._fields if name not in ("ctx", "kind", "type_comment")]
        return all(_same(getattr(pattern, n, None), getattr(node, n, None), parts) for n in names)
    return bool(pattern == node)
