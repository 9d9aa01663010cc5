"""Whole statements got wrong: what is not added, what is not there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from styles.change import Change
from styles.expressions import compared
from styles.marks import Mark


def of_statement(mark: Mark) -> Iterator[Change]:
    """A gradient that is not added, and a statement that is not there."""
    statement = mark.statement
    if mark.inside or mark.direction == "forward":
        return
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        if isinstance(statement.op, ast.Add):
            yield Change("overwritten", statement, f"{target} = {value}")
            yield Change("negated", statement, f"{target} -= {value}")
        elif isinstance(statement.op, ast.Sub):
            yield Change("overwritten", statement, f"{target} = -({value})")
            yield Change("negated", statement, f"{target} += {value}")
    if isinstance(statement, ast.AugAssign | ast.Expr):
        whole = isinstance(statement, ast.AugAssign) or not isinstance(statement.value, ast.Call)
        tables = isinstance(statement, ast.Expr) and any(
            isinstance(node, ast.Lambda) for node in ast.walk(statement.value)
        )
        if whole or not tables:
            yield Change("lost", statement, "pass")
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
        for masked in statement.targets:
            if isinstance(masked, ast.Subscript):
                yield Change("mask lost", statement, "pass")
                yield from compared(masked.slice, "backward")
    yield from replaced(statement)


def replaced(statement: ast.stmt) -> Iterator[Change]:
    """``a = a + b``, or with ``a`` only where there is one: the last one, the first, in place."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target = ast.unparse(statement.targets[0])
    if isinstance(statement.targets[0], ast.Name):
        return
    value = statement.value
    branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    sums = [one for one in branches if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add)]
    for total in sums:
        held = target.partition("[")[0]
        if not ast.unparse(total.left).startswith(held):
            continue
        yield Change("overwritten", value, ast.unparse(total.right))
        if isinstance(value, ast.IfExp):
            yield Change("first kept", total, ast.unparse(total.left))
