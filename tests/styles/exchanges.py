"""One number of an operation in the place of another one: the result, an operand, a derivative."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from harness.vocabulary.signatures import OPERATIONS
from styles.change import MODULES, Change, called_name
from styles.cores import cores_at
from styles.marks import VALUE, Mark, Source, header, read, targets_of

NUMBERLESS: Final = re.compile(
    r"^(axis|axes|dims?|shapes?|\w+_shape|keepdims?|kw\w*|ctx|context|self|cls|index|indices|key|items"
    r"|np|math|n|count|condition|cond|mask|c|low|high|lo|hi|alpha|negative_slope|slope|out_shape"
    r"|i|t|tie|half|hits|share|inverse|back|edges|cuts|tensors|items)$"
)
"""Names of what is no number of the graph."""


def renamed(source: Source, mark: Mark, node: ast.expr) -> Iterator[Change]:
    """Another number of the same operation: the result for an operand, one operand for another."""
    if not isinstance(getattr(node, "ctx", None), ast.Load) or not is_numeric(node):
        return
    if mark.direction == "backward" and source.is_upstream(node, mark.statement):
        return
    parent = source.parents[node]
    if isinstance(parent, ast.Call) and node is parent.func:
        return
    if isinstance(parent, ast.Attribute | ast.keyword):
        return
    text = ast.unparse(node)
    for other in sorted(_alternatives(source, mark, node)):
        if other != text:
            two = OPERATIONS[mark.op].operands.keys() >= {"x", "y"}
            two = two and {text, other} <= _operand_texts(source, mark)
            nothing = mark.direction == "backward" and _other_side(parent, node) == other
            kind = "the other operand" if two else "another number"
            yield Change("lost" if nothing else kind, node, other)


def _other_side(parent: ast.AST, node: ast.expr) -> str:
    """The other number of a difference, which comes to nothing where both are the same."""
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub):
        return ast.unparse(parent.right if node is parent.left else parent.left)
    return ""


def is_numeric(node: ast.expr) -> bool:
    """Whether it may stand for a number of the graph, as far as its name says."""
    if isinstance(node, ast.Attribute):
        base = node.value
        named = not NUMBERLESS.match(node.attr) and node.attr not in ("T", "mT", "ndim", "size")
        return named and isinstance(base, ast.Name) and base.id not in MODULES
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int)
    return isinstance(node, ast.Name) and not NUMBERLESS.match(node.id)


def _operand_texts(source: Source, mark: Mark) -> set[str]:
    """What the value of the operation is computed from."""
    marks = [one for one in source.marks if one.op == mark.op and VALUE in one.roles]
    found = {ast.unparse(node) for one in marks for node in read(one) if is_numeric(node)}
    return found or {"x", "y"}


def _alternatives(source: Source, mark: Mark, node: ast.expr) -> set[str]:
    """Expressions of the same form that the operation's marked lines read, or its function has
    been given, where they are known at this place."""
    known = _known(source, mark, node)
    marks = [one for one in source.marks if one.op == mark.op]
    every = [node for one in marks for node in read(one)]
    fitting = [
        one
        for one in every
        if type(one) is type(node) and is_numeric(one) and _ending(one) == _ending(node)
    ]
    texts = {
        ast.unparse(one)
        for one in fitting
        if not any(source.is_upstream(one, other.statement) for other in marks)
        and {name.id for name in ast.walk(one) if isinstance(name, ast.Name)} <= known
    }
    if isinstance(node, ast.Name):
        texts |= {name for name in _given(source, mark, node) if not NUMBERLESS.match(name)}
    return texts - _opened(source)


def _opened(source: Source) -> set[str]:
    """Names of objects that hold a number: a function of the engine takes it out, ``raw(x)``."""
    return {
        call.args[0].id
        for mark in source.marks
        if mark.direction == "forward"
        for expression in mark.inside or header(mark.statement)
        for call in ast.walk(expression)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in source.functions
        and len(call.args) == 1
        and isinstance(call.args[0], ast.Name)
    }


def _ending(node: ast.AST) -> str:
    """What an alternative must share: an attribute's name, and what an element is taken of."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""


def _given(source: Source, mark: Mark, node: ast.AST) -> set[str]:
    """The numbers that are the parameters of the lambda that a node lies in."""
    for around in source.above(node):
        if isinstance(around, ast.Lambda | ast.FunctionDef):
            given = around.args.args[: len(around.args.args) - len(around.args.defaults)]
            names = {arg.arg for arg in given} if isinstance(around, ast.Lambda) else set()
            return {
                name
                for name in names
                if not source.is_upstream(ast.Name(name, ast.Load()), mark.statement)
            }
    return set()


def _known(source: Source, mark: Mark, node: ast.AST) -> set[str]:
    """The names that have a value at a place: of the functions and lambdas around it."""
    names: set[str] = set()
    for around in source.above(node):
        if isinstance(around, ast.Lambda | ast.FunctionDef):
            names |= {arg.arg for arg in around.args.args}
        if isinstance(around, ast.FunctionDef):
            names |= {
                one.id
                for one in ast.walk(around)
                if isinstance(one, ast.Name)
                and isinstance(one.ctx, ast.Store)
                and one.lineno < mark.statement.lineno
                and source.function(one) is around
            }
    return names


def exchanged(
    source: Source, mark: Mark, cores: list[tuple[ast.expr, tuple[str, ...]]]
) -> Iterator[Change]:
    """Each operand given what the other one gets."""
    if len(mark.roles) == 2 and len(cores) == 2:
        (a, _), (b, _) = cores
    else:
        partner = _partner(source, mark)
        others = [] if partner is None else list(cores_at(source, partner))
        if len(cores) != 1 or len(others) != 1:
            return
        a, b = cores[0][0], others[0][0]
    a, b = _unwrapped(source, a), _unwrapped(source, b)
    names = {ast.unparse(target) for target in targets_of(mark.statement)}
    if names & {ast.unparse(node) for node in ast.walk(b) if isinstance(node, ast.Name)}:
        return  # the second one is made of the first
    one, other = ast.unparse(a), ast.unparse(b)
    if one.lstrip("-") == other.lstrip("-"):
        yield Change("signs exchanged", a, other, also=((b, one),))
    else:
        kind = "order of matrices" if mark.op in ("matmul", "outer") else "each the other's"
        yield Change(kind, a, other, also=((b, one),))


def _unwrapped(source: Source, node: ast.expr) -> ast.expr:
    """Without the call that undoes broadcasting."""
    if isinstance(node, ast.Call) and node.args and called_name(node) in source.unbroadcasting:
        return node.args[0]
    return node


def _partner(source: Source, mark: Mark) -> Mark | None:
    """The mark of the next operand, in the same function."""
    if mark.roles != ("x",):
        return None
    marks = [
        one
        for one in source.marks
        if one.op == mark.op and source.function(one.statement) is source.function(mark.statement)
    ]
    after = [one for one in marks[marks.index(mark) + 1 :] if VALUE not in one.roles]
    return after[0] if after and after[0].roles == ("y",) else None
