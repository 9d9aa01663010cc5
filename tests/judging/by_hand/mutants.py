"""Mistakes made by program in backward passes that are right: one in one line each."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A text with one mistake: its ``kind``, the ``line`` that it is in, the codes that name it."""

    kind: str
    line: int
    text: str
    codes: frozenset[str]


def mutants(text: str, lines: set[int], gradients: set[str], steps: set[str]) -> Iterator[Mutant]:
    """One for each way in which one of the ``lines`` can be got wrong. ``gradients`` and ``steps``
    are the names of each."""
    for line in sorted(lines):
        for kind, codes, change in KINDS:
            tree = ast.parse(text)
            found = next(
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign | ast.AugAssign) and node.lineno == line
            )
            for changed in change(deepcopy(found), gradients, steps):
                rows = text.splitlines()
                indent = rows[line - 1][: len(rows[line - 1]) - len(rows[line - 1].lstrip())]
                new = "pass" if changed is None else ast.unparse(changed)
                end = found.end_lineno or line
                rows[line - 1 : end] = [indent + new] + [indent + "pass"] * (end - line)
                yield Mutant(kind, line, "\n".join(rows) + "\n", frozenset(codes))


Assignment = ast.Assign | ast.AugAssign
Changed = Iterator[ast.stmt | None]
Change = Callable[[Assignment, set[str], set[str]], Changed]


def _negated(node: Assignment, *_: set[str]) -> Changed:
    node.value = ast.UnaryOp(ast.USub(), node.value)
    yield node


def _doubled(node: Assignment, *_: set[str]) -> Changed:
    node.value = ast.BinOp(ast.Constant(2), ast.Mult(), node.value)
    yield node


def _assigned(node: Assignment, *_: set[str]) -> Changed:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield ast.copy_location(ast.Assign([node.target], node.value), node)


def _deleted(node: Assignment, *_: set[str]) -> Changed:
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        yield None


def _replaced(node: Assignment, choose: Callable[[ast.AST], ast.expr | None]) -> Changed:
    """The statement with each of the expressions in it replaced, one at a time."""
    count = sum(choose(part) is not None for part in ast.walk(node.value))
    for number in range(count):
        new = deepcopy(node)
        new.value = _Replace(choose, number).replaced(new.value)
        yield new


class _Replace(ast.NodeTransformer):
    """Replaces the expression of that number, of those that something is chosen for."""

    def __init__(self, choose: Callable[[ast.AST], ast.expr | None], number: int) -> None:
        self.choose, self.left = choose, number

    def replaced(self, node: ast.expr) -> ast.expr:
        new = self.visit(node)
        assert isinstance(new, ast.expr)
        return new

    def visit(self, node: ast.AST) -> ast.AST:
        other = self.choose(node)
        if other is not None:
            self.left -= 1
            if self.left == -1:
                return other
        return self.generic_visit(node)


def _upstream_lost(node: Assignment, gradients: set[str], _: set[str]) -> Changed:
    def choose(part: ast.AST) -> ast.expr | None:
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, ast.Name) and one.id in gradients:
                    return other
        return None

    yield from _replaced(node, choose)


def _sum_lost(node: Assignment, *_: set[str]) -> Changed:
    def choose(part: ast.AST) -> ast.expr | None:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            if part.func.attr == "sum" and any(k.arg in ("axis", "dim") for k in part.keywords):
                module = isinstance(part.func.value, ast.Name) and part.func.value.id in (
                    "np",
                    "torch",
                )
                return part.args[0] if module else part.func.value
            if part.func.attr == "sum" and part.args and isinstance(part.args[0], ast.Constant):
                return part.func.value
        return None

    yield from _replaced(node, choose)


def _not_transposed(node: Assignment, *_: set[str]) -> Changed:
    def choose(part: ast.AST) -> ast.expr | None:
        return part.value if isinstance(part, ast.Attribute) and part.attr == "T" else None

    yield from _replaced(node, choose)


def _share_lost(node: Assignment, *_: set[str]) -> Changed:
    def choose(part: ast.AST) -> ast.expr | None:
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            divisor = ast.unparse(part.right)
            if divisor in ("m", "N", "n", "5", "diff.size", "np.sqrt(d)", "B"):
                return part.left
        return None

    yield from _replaced(node, choose)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        yield None


def _elsewhere(node: Assignment, _: set[str], steps: set[str]) -> Changed:
    names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)} & steps
    for name in sorted(names):
        for other in sorted(steps - {name}):

            def choose(part: ast.AST, name: str = name, other: str = other) -> ast.expr | None:
                if isinstance(part, ast.Name) and part.id == name:
                    return ast.Name(other, ast.Load())
                return None

            yield next(_replaced(node, choose))


def _other_gradient(node: Assignment, gradients: set[str], _: set[str]) -> Changed:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    own = {part.id for t in targets for part in ast.walk(t) if isinstance(part, ast.Name)}
    names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)} & gradients
    for name in sorted(names - own):
        for other in sorted(gradients - own - {name}):

            def choose(part: ast.AST, name: str = name, other: str = other) -> ast.expr | None:
                if isinstance(part, ast.Name) and part.id == name:
                    return ast.Name(other, ast.Load())
                return None

            yield next(_replaced(node, choose))


KINDS: tuple[tuple[str, tuple[str, ...], Change], ...] = (
    ("negated", ("wrong-sign",), _negated),
    ("doubled", ("wrong-scale", "double-count"), _doubled),
    ("assigned", ("overwrite", "missing-term"), _assigned),
    ("deleted", ("missing-term",), _deleted),
    ("upstream lost", ("missing-upstream",), _upstream_lost),
    ("sum lost", ("missing-unbroadcast",), _sum_lost),
    ("not transposed", ("wrong-permutation", "swapped-operands"), _not_transposed),
    ("1/n lost", ("wrong-scale", "missing-term"), _share_lost),
    (
        "taken elsewhere",
        ("wrong-rule", "swapped-operands", "wrong-shape", "missing-unbroadcast", "lost-gradient"),
        _elsewhere,
    ),
    ("other gradient", ("wrong-rule", "wrong-shape", "missing-unbroadcast"), _other_gradient),
)
"""What is done to a line, the codes that name it, and how it is done."""
