"""The expressions at a mark that compute something: the rest of a line keeps or passes it on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from styles.change import MODULES, upstream
from styles.marks import VALUE, Mark, Source, header


def cores_at(source: Source, mark: Mark) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """The expressions at a mark that compute what its roles are, each with its roles."""
    given: list[ast.expr] = list(mark.inside)
    if not given:
        statement = mark.statement
        value = getattr(statement, "value", None)
        given = [value] if isinstance(value, ast.expr) else header(statement)
    for expression in given:
        yield from _core(source, mark, expression, top=not mark.inside)


def _core(
    source: Source, mark: Mark, node: ast.expr, top: bool
) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    if isinstance(node, ast.Lambda):
        yield from _core(source, mark, node.body, top=False)
    elif isinstance(node, ast.Tuple | ast.List):
        lambdas = [one for one in node.elts if isinstance(one, ast.Lambda)]
        if lambdas:
            for rule in lambdas if VALUE not in mark.roles else ():
                yield from _core(source, mark, rule, top=False)
        elif len(node.elts) == len(mark.roles):
            for one, role in zip(node.elts, mark.roles, strict=True):
                yield one, (role,)
        elif node.elts:
            yield node.elts[-1], mark.roles
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _core(source, mark, value, top=False)
    elif isinstance(node, ast.Call) and _wraps(source, mark, node, top):
        yield from _wrapped(source, mark, node)
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, str | None)):
        yield node, mark.roles


def _wraps(source: Source, mark: Mark, node: ast.Call, top: bool) -> bool:
    """Whether a call keeps what it is given, and computes nothing itself."""
    if top and isinstance(mark.statement, ast.Expr):
        return True
    if isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
        return True
    nested = [
        one for arg in node.args for one in (arg.elts if isinstance(arg, ast.Tuple) else [arg])
    ]
    if any(isinstance(one, ast.Lambda) for one in nested):
        return True
    module = isinstance(node.func, ast.Attribute) and (
        isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    )
    pairs = any(isinstance(arg, ast.Tuple) and len(arg.elts) == 2 for arg in node.args)
    return pairs and not module and isinstance(node.func, ast.Attribute)


def _wrapped(
    source: Source, mark: Mark, node: ast.Call
) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """What of a call's arguments is meant: results by themselves, derivatives in pairs."""
    args = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    nested = [arg for arg in args if isinstance(arg, ast.Tuple | ast.Lambda)]
    plain = [arg for arg in args if arg not in nested and not isinstance(arg, ast.Constant)]
    if VALUE in mark.roles:
        lambdas = [arg for arg in nested if isinstance(arg, ast.Lambda)]
        computed = [arg for arg in plain if not isinstance(arg, ast.Name)] or lambdas or plain[:1]
        if computed:
            yield from _core(source, mark, computed[0], top=False)
        return
    if nested:
        for pair in nested:
            yield from _core(source, mark, pair, top=False)
        return
    arriving = [arg for arg in plain if upstream(source, mark, arg)]
    for arg in arriving or [arg for arg in plain if not isinstance(arg, ast.Name)] or plain[-1:]:
        yield from _core(source, mark, arg, top=False)
