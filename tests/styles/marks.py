"""The marked places of an engine: what can be broken there, and whose mistake that is.

A comment ``#: tanh value`` marks what computes an operation's value, ``#: tanh x`` what its operand
x gets in the backward pass, ``#: add x y`` what both get, ``#: neg value x`` both passes;
``#: engine order`` marks machinery. A mark belongs to the statement that it stands behind, or to
the statement below where it has a line of its own. In a statement with several marks (a table) it
belongs to the expression that ends on its line.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from harness.vocabulary.signatures import OPERATIONS

ENGINE, VALUE = "engine", "value"
MACHINERY = ("accumulate", "seed", "order", "unbroadcast", "reset")
MARK = re.compile(r"#:\s*(\w+)((?:[\s,]+\w+)+)\s*$")

UPSTREAM = re.compile(
    r"(^|_)(g|dg|gy|gz|gout|grads?|gradients?|upstream|dout|d_out|dz|dl|adj|adjoints?|cotangents?"
    r"|ct|bar|delta|arriving|incoming|derivative|deriv|sensitivity|flow|outgrad|seed)$",
    re.IGNORECASE,
)
"""What people call the gradient that arrives from above."""

LEAST_NAMED = 0.2
"""Where fewer of the rules than this share have such a name, it is what most of them read."""


@dataclass(frozen=True)
class Mark:
    """``roles`` are operands, :data:`VALUE` or a part of :data:`MACHINERY`."""

    op: str
    roles: tuple[str, ...]
    statement: ast.stmt
    inside: tuple[ast.expr, ...]
    """The expressions that are meant, where it is not the whole statement."""

    @property
    def direction(self) -> str:
        return "forward" if VALUE in self.roles else "backward"

    @property
    def name(self) -> str:
        return f"{self.op} {' '.join(self.roles)}"


class Source:
    """An engine's text, its tree, and its marks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self.parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }
        self._statements = [node for node in self.parents if isinstance(node, ast.stmt)]
        lines = text.encode().splitlines(keepends=True)
        self.starts = [0, *itertools.accumulate(map(len, lines))]
        """Where each line begins, in bytes."""

    @cached_property
    def marks(self) -> list[Mark]:
        """In the order of the lines."""
        found = [
            (line, self._statement(line), op, roles) for line, op, roles in comments(self.text)
        ]
        marks = []
        for line, statement, op, roles in found:
            lines = {other for other, owner, _, _ in found if owner is statement}
            last = max(statement.lineno, header_end(statement))
            alone = lines == {line} and line in (statement.lineno, last)
            inside = () if alone else tuple(self._ending(statement, line, lines - {line}))
            operands = tuple(role for role in roles if role != VALUE)
            parts = [(VALUE,)] * (VALUE in roles) + [operands] * bool(operands)
            marks += [Mark(op, part, statement, inside) for part in parts]
        return marks

    def _statement(self, line: int) -> ast.stmt:
        """The smallest statement with a line; where there is none, the next one below."""
        around = [one for one in self._statements if one.lineno <= line <= (one.end_lineno or 0)]
        own = self.text.splitlines()[line - 1].lstrip().startswith("#:")
        if own:
            below = (one for one in self._statements if one.lineno > line)
            return min(below, key=lambda one: one.lineno)
        return min(around, key=lambda one: (one.end_lineno or 0) - one.lineno)

    def _ending(self, statement: ast.stmt, line: int, others: set[int]) -> Iterator[ast.expr]:
        """The largest expressions of a statement that end on a line and have no other mark."""

        def fits(node: ast.AST) -> bool:
            return (
                isinstance(node, ast.expr)
                and node.end_lineno == line
                and not any(node.lineno <= other <= line for other in others)
            )

        for node in ast.walk(statement):
            if fits(node) and not any(fits(one) for one in self.above(node)):
                assert isinstance(node, ast.expr)
                yield node

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node lies in, the nearest first."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def function(self, node: ast.AST) -> ast.AST:
        """The innermost function that a node lies in, or the module."""
        kinds = (ast.FunctionDef, ast.Module)
        return next(one for one in self.above(node) if isinstance(one, kinds))

    @cached_property
    def functions(self) -> set[str]:
        """The names of the functions that the engine itself defines, outside of classes."""
        return {node.name for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def unbroadcasting(self) -> set[str]:
        """Those that undo broadcasting: a mark in them says so."""
        marked = [m.statement for m in self.marks if m.roles == ("unbroadcast",)]
        functions = (self.function(statement) for statement in marked)
        return {one.name for one in functions if isinstance(one, ast.FunctionDef)}

    @cached_property
    def _commonest(self) -> str | None:
        """What most rules read, where few of them read anything that is called a gradient."""
        rules = [mark for mark in self.marks if mark.op != ENGINE and mark.direction == "backward"]
        reads = [{ast.unparse(node) for node in read(mark)} for mark in rules]
        named = [any(UPSTREAM.search(last_name(text)) for text in texts) for texts in reads]
        if not rules or sum(named) >= LEAST_NAMED * len(rules):
            return None
        values = {ast.unparse(node) for m in self.marks if VALUE in m.roles for node in read(m)}
        every = {text for texts in reads for text in texts} - values - {"self"}
        counts = {text: sum(text in texts for texts in reads) for text in sorted(every)}
        best = max(counts, key=lambda text: counts[text], default=None)
        return best if best is not None and 2 * counts[best] > len(rules) else None

    def is_upstream(self, node: ast.AST, statement: ast.stmt) -> bool:
        """Whether it is the gradient from above, and not the one that is added to."""
        if not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return False
        if not isinstance(node.ctx, ast.Load):
            return False
        text = ast.unparse(node)
        targets = [t for t in targets_of(statement) if not isinstance(t, ast.Name)]
        if any(text == ast.unparse(target) for target in targets):
            return False
        if self._commonest is not None:
            return text == self._commonest
        return bool(UPSTREAM.search(last_name(text)))


def comments(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Every mark: its line, operation and roles. Raises ValueError for one that cannot be meant."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or not token.string.startswith("#:"):
            continue
        match = MARK.fullmatch(token.string)
        if match is None:
            raise ValueError(f"line {token.start[0]}: {token.string!r} is no mark")
        op, roles = match[1], tuple(re.split(r"[\s,]+", match[2].strip()))
        operands = (*OPERATIONS[op].operands, VALUE) if op in OPERATIONS else MACHINERY
        if op not in (ENGINE, *OPERATIONS) or not set(roles) <= set(operands):
            raise ValueError(f"line {token.start[0]}: {token.string!r} is not in the vocabulary")
        yield token.start[0], op, roles


def header_end(statement: ast.stmt) -> int:
    """The last line of a statement, or of what comes before the body of one that has a body."""
    body = getattr(statement, "body", None)
    return body[0].lineno - 1 if body else statement.end_lineno or statement.lineno


def targets_of(statement: ast.stmt) -> list[ast.expr]:
    """What a statement assigns to."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, ast.AugAssign | ast.AnnAssign):
        return [statement.target]
    return []


def header(statement: ast.stmt) -> list[ast.expr]:
    """The expressions of a statement itself, without those of the statements in it."""
    return [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.expr)]


def read(mark: Mark) -> Iterator[ast.expr]:
    """The names, attributes and elements that are read at a mark, the largest of each."""
    skipped = {id(target) for target in targets_of(mark.statement)}
    todo: list[ast.AST] = [
        one for one in mark.inside or header(mark.statement) if id(one) not in skipped
    ]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            yield node
        elif isinstance(node, ast.Call):
            todo += _arguments(node)
        elif isinstance(node, ast.Lambda):
            todo.append(node.body)
        elif isinstance(node, ast.Tuple):
            todo += [one for one in node.elts if isinstance(one, ast.Lambda)] or node.elts
        else:
            todo += ast.iter_child_nodes(node)


def _arguments(node: ast.Call) -> list[ast.expr]:
    """What a call computes with: of pairs and of rules among its arguments, the rule alone."""
    tuples = [arg for arg in node.args if isinstance(arg, ast.Tuple)]
    lambdas = [arg for arg in node.args if isinstance(arg, ast.Lambda)]
    if lambdas:
        return [*lambdas]
    if any(isinstance(one, ast.Lambda) for pair in tuples for one in pair.elts):
        return [*tuples]
    pairs = [pair.elts[-1] for pair in tuples if len(pair.elts) == 2]
    plain = [arg for arg in node.args if arg not in tuples]
    object_of = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return [*pairs, *plain, *object_of, *(keyword.value for keyword in node.keywords)]


def last_name(text: str) -> str:
    """``grad`` of ``self.out.grad`` and ``adjoints`` of ``adjoints[index]``."""
    return text.partition("[")[0].rpartition(".")[2]
