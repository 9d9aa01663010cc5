"""What goes through the graph, got wrong: sums, seed, order, broadcasting, what is left over."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mutants import COMPARED

from styles.change import Change, called_name, of_a_module, ones, short, upstream
from styles.expressions import axes
from styles.marks import Mark, Source, header
from styles.statements import replaced


def _accumulate(source: Source, mark: Mark) -> Iterator[Change]:
    """Gradients that are put where they are to be added, or added wrongly."""
    statement = mark.statement
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        yield Change("overwritten", statement, f"{target} = {value}")
        yield Change("negated", statement, f"{target} -= {value}")
        yield Change("doubled", statement, f"{target} += 2 * ({value})")
        yield Change("lost", statement, "pass")
        yield from _products(source, mark, statement.value)
    elif isinstance(statement, ast.Assign):
        yield from replaced(statement)
        held = ast.unparse(statement.targets[0])
        total = statement.value.body if isinstance(statement.value, ast.IfExp) else statement.value
        if isinstance(total, ast.BinOp) and isinstance(total.op, ast.Add):
            left, right = ast.unparse(total.left), ast.unparse(total.right)
            yield Change("first kept", total, left)
            yield Change("negated", total, f"{left} - ({right})")
            yield Change("doubled", total, f"{left} + 2 * ({right})")
            if left == held and total is statement.value and "numpy" in source.text:
                yield Change("in place", statement, f"{held} += {right}")
        else:
            text = ast.unparse(total)
            yield Change("negated", total, f"-({text})")
            yield Change("doubled", total, f"2 * ({text})")
    elif isinstance(statement, ast.Expr):
        yield Change("lost", statement, "pass")


def _products(source: Source, mark: Mark, value: ast.expr) -> Iterator[Change]:
    """Local derivative × upstream, with one of the two."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        for kept, lost in ((value.left, value.right), (value.right, value.left)):
            arriving = bool(upstream(source, mark, lost)) or "grad" in ast.unparse(lost)
            yield Change("upstream forgotten" if arriving else "factor lost", value, short(kept))


def _seed(source: Source, mark: Mark) -> Iterator[Change]:
    """A backward pass that begins with something else."""
    statement = mark.statement
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr) or not isinstance(statement, ast.Assign | ast.AugAssign):
        return
    value = value.elts[0] if isinstance(value, ast.Tuple) else value
    value = value.values[0] if isinstance(value, ast.Dict) else value
    if value is None:
        return
    text = ast.unparse(value)
    if isinstance(value, ast.IfExp):
        yield Change("seed", value, ast.unparse(value.body))
    elif not isinstance(value, ast.Constant) and "ones" not in text:
        yield Change("seed", value, ones(source, value))
    yield Change("doubled", value, f"2 * ({text})")
    yield Change("negated", value, f"-({text})")
    yield Change("lost", value, f"0 * ({text})")


def _order(source: Source, mark: Mark) -> Iterator[Change]:
    """Nodes in another order, more than once, or not at all."""
    statement = mark.statement
    roots = list(mark.inside) or header(statement)
    for node in (one for root in roots for one in ast.walk(root)):
        if isinstance(node, ast.Call):
            yield from _reordered(node)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "::-1":
            yield Change("not reversed", node, ast.unparse(node.value))
        elif isinstance(node, ast.Compare):
            yield from _visited(node)
        elif isinstance(node, ast.BoolOp):
            for kept in node.values:
                yield Change("order", node, ast.unparse(kept))
        elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
            yield Change("order", node, ast.unparse(node.operand))
        elif isinstance(node, ast.Lambda) and isinstance(node.body, ast.Attribute | ast.UnaryOp):
            yield Change("not reversed", node.body, f"-({ast.unparse(node.body)})")
    if isinstance(statement, ast.AugAssign):
        yield Change("order", statement, "pass")
        yield Change("order", statement.value, f"{ast.unparse(statement.value)} + 1")
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _moved(source, statement)


def _reordered(node: ast.Call) -> Iterator[Change]:
    name = called_name(node)
    if name == "reversed":
        yield Change("not reversed", node, ast.unparse(node.args[0]))
    elif name in ("max", "min") or name in ("heappop", "popleft", "pop", "appendleft"):
        other = {"max": "min", "min": "max", "popleft": "pop", "appendleft": "append"}.get(name)
        if other and isinstance(node.func, ast.Name):
            yield Change("order", node.func, other)
        elif other and isinstance(node.func, ast.Attribute):
            yield Change("order", node.func, f"{ast.unparse(node.func.value)}.{other}")
    elif name == "range" and len(node.args) == 3:
        yield Change("not reversed", node, f"reversed({ast.unparse(node)})")
    elif name in ("sorted", "sort"):
        if name == "sorted":
            yield Change("order", node, ast.unparse(node.args[0]))
        for keyword in node.keywords:
            if keyword.arg == "reverse" and isinstance(keyword.value, ast.Constant):
                yield Change("not reversed", keyword.value, str(not keyword.value.value))


def _visited(node: ast.Compare) -> Iterator[Change]:
    """A node that is taken again, or at another time."""
    operator = type(node.ops[0])
    if operator in (ast.NotIn, ast.In):
        yield Change("visited again", node, str(operator is ast.NotIn))
    elif operator in COMPARED:
        for other in COMPARED[operator]:
            after = ast.unparse(ast.Compare(node.left, [other()], node.comparators))
            yield Change("order", node, after)
        yield Change("order", node, "True")


def _moved(source: Source, statement: ast.Expr) -> Iterator[Change]:
    """A statement before the one above it: a node that is put down before its parents."""
    block = next(
        part
        for name in ("body", "orelse", "finalbody")
        if statement in (part := getattr(source.parents[statement], name, []))
    )
    place = block.index(statement)
    if place:
        before = block[place - 1]
        lines = source.text.splitlines()
        text = "\n".join(lines[before.lineno - 1 : before.end_lineno])[before.col_offset :]
        own = ast.unparse(statement)
        yield Change("order", statement, text, also=((before, own),))


def _unbroadcast(source: Source, mark: Mark) -> Iterator[Change]:
    """Broadcasting that is not undone, or along other axes."""
    statement = mark.statement
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr):
        return
    for node in ast.walk(value):
        if not isinstance(node, ast.Call):
            continue
        name = called_name(node)
        method = isinstance(node.func, ast.Attribute) and not of_a_module(node)
        if name == "sum" and isinstance(node.func, ast.Attribute):
            first = node.func.value if method else node.args[0]
            yield Change("broadcasting", node, ast.unparse(first))
            yield Change("rescaled", node.func, f"{ast.unparse(node.func.value)}.mean")
        for change in axes(node, name, method):
            kind = "broadcasting" if change.kind == "axes kept" else "axis"
            yield Change(kind, change.node, change.after)


def _reset(source: Source, mark: Mark) -> Iterator[Change]:
    """What an earlier pass has left."""
    statement = mark.statement
    if isinstance(statement, ast.Assign | ast.Expr | ast.AugAssign | ast.For):
        yield Change("not reset", statement, "pass")


MACHINES: Final[Mapping[str, Callable[[Source, Mark], Iterator[Change]]]] = {
    "accumulate": _accumulate,
    "seed": _seed,
    "order": _order,
    "unbroadcast": _unbroadcast,
    "reset": _reset,
}
