"""Staged code with a note after each statement that writes a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.engines.staged.helping import FOLLOWED
from harness.engines.staged.supplied import MODULES, UNSAID

NAMED, WRITTEN, HELD, BLANKED, WHOLE = (
    "__named__", "__written__", "__held__", "__blank__", "__whole__"
)  # fmt: skip
TURNED = "__turned__"
ENTERED, SCOPE, APPENDED, SHOWN = "__entered__", "__scope__", "__appended__", "__shown__"
TESTED, FLAGGED, BRANCHED = "__tested__", "__flagged__", "__branched__"
_WRITERS: Final = frozenset({"at", "index_add_", "scatter_add_", "scatter_", "add_", "sub_"})
"""Calls that add to an array: to their first operand, or to what they are a method of."""


class Watched(ast.NodeTransformer):
    """The code with a note after each statement that writes a name."""

    def __init__(self, tree: ast.Module, helpers: Mapping[str, str]) -> None:
        self.helpers, self.depth = helpers, 0
        self.methods: set[ast.FunctionDef] = set()
        self.tree = ast.fix_missing_locations(self.visit(tree))

    def visit_Constant(self, node: ast.Constant) -> Any:
        """A blank is written ``...``."""
        if node.value is not Ellipsis:
            return node
        return ast.copy_location(ast.Name(BLANKED, ast.Load()), node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """``"%.4f" % loss`` shows a value, and computes nothing."""
        self.generic_visit(node)
        if not isinstance(node.op, ast.Mod):
            return node
        call = ast.Call(ast.Name(SHOWN, ast.Load()), [node.left, node.right], [])
        return ast.copy_location(ast.fix_missing_locations(ast.copy_location(call, node)), node)

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        self.generic_visit(node)
        flag = isinstance(node.test, ast.Name)
        node.test = ast.Call(ast.Name(FLAGGED if flag else TESTED, ast.Load()), [node.test], [])
        call = ast.Call(ast.Name(BRANCHED, ast.Load()), [node], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        node.value = self.visit(node.value)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not any(isinstance(item, ast.Constant) and item.value is Ellipsis for item in items):
            node.slice = self.visit(node.slice)
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        literal = not any(
            isinstance(part, (ast.Name, ast.Subscript)) and not _is_module(part)
            for part in ast.walk(node.value)
        ) or any(isinstance(part, (ast.IfExp, ast.Compare)) for part in ast.walk(node.value))
        self.generic_visit(node)
        notes = [one for target in node.targets for one in self._notes(target, node, literal)]
        return [node, *notes]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        self.generic_visit(node)
        if node.value is None:
            return node
        return [node, *self._notes(node.target, node, True)]

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        return [node, *self._notes(node.target, node, False, "+=")]

    def visit_Expr(self, node: ast.Expr) -> Any:
        """``hs.append(h)`` writes to the list, ``np.add.at(dE, …)`` to the array."""
        self.generic_visit(node)
        call = node.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            return node
        into = call.args[:1] if call.func.attr == "at" else [call.func.value]
        if call.func.attr in _WRITERS and into and isinstance(into[0], ast.Name | ast.Attribute):
            return [node, *self._notes(into[0], node, False, "+=")]
        whole = call.func.value
        name = called(whole)
        if call.func.attr != "append" or not name:
            return node
        noted = _call(APPENDED, name, node, _load(whole))
        noted.args += [self._scope(), *_holder(whole)]
        return [node, _placed(ast.Expr(noted), node)]

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.body = [_turned(node), *self._notes(node.target, node, False, "for"), *node.body]
        return node

    def visit_While(self, node: ast.While) -> Any:
        self.generic_visit(node)
        node.body = [_turned(node), *node.body]
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.methods |= {part for part in node.body if isinstance(part, ast.FunctionDef)}
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        kind = self.helpers.get(node.name)
        if kind is None:
            return self._noted(node)
        call = ast.Call(
            ast.Name(WHOLE, ast.Load()),
            [ast.Name(node.name, ast.Load()), ast.Constant(kind)],
            [],
        )
        target = ast.Name(node.name, ast.Store())
        wrapped = _placed(ast.Assign([target], call), node)
        return [self._noted(node) if kind == FOLLOWED else node, wrapped]

    def _noted(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function, with a note of what its parameters are."""
        self.depth += 1
        self.generic_visit(node)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        names = [ast.copy_location(ast.Name(one.arg, ast.Load()), one) for one in arguments]
        notes = [one for name in names for one in self._notes(name, node, False, "parameter")]
        first = bool(node.body) and isinstance(node.body[0], ast.Expr) and isinstance(
            node.body[0].value, ast.Constant
        )  # fmt: skip
        own = [_load(name) for name in names[:1] if node in self.methods]
        call = ast.Call(ast.Name(ENTERED, ast.Load()), own, [])
        entered = _placed(ast.Assign([ast.Name(SCOPE, ast.Store())], call), node)
        node.body = [*node.body[:first], entered, *notes, *node.body[first:]]
        self.depth -= 1
        return node

    def _notes(
        self, target: ast.expr, where: ast.stmt, literal: bool, how: str = "="
    ) -> Iterator[ast.stmt]:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                yield from self._notes(part, where, literal, how)
        elif isinstance(target, ast.Starred):
            return
        elif isinstance(target, ast.Name):
            call = _call(NAMED, target.id, where, _load(target), literal, how)
            call.args.append(self._scope())
            yield _placed(ast.Assign([ast.Name(target.id, ast.Store())], call), where)
        elif name := called(target):
            yield _placed(ast.Expr(self._part(target, name, where, literal, how)), where)

    def _part(
        self, target: ast.expr, name: str, where: ast.stmt, literal: bool, how: str
    ) -> ast.Call:
        """The note of an attribute, or of an item, that was written."""
        if isinstance(target, ast.Attribute):
            call = _call(HELD, name, where, _load(target.value), target.attr, literal, how)
            call.args.append(self._scope())
            return call
        assert isinstance(target, ast.Subscript)
        call = _call(WRITTEN, name, where, _load(target.value))
        several = isinstance(target.slice, ast.Slice | ast.Tuple)
        key = ast.Constant(None) if several else _load(target.slice)
        call.args += [_load(target), key, self._scope(), *_holder(target)]
        return call

    def _scope(self) -> ast.expr:
        return ast.Name(SCOPE, ast.Load()) if self.depth else ast.Constant(0)


def _is_module(part: ast.expr) -> bool:
    return isinstance(part, ast.Name) and part.id in (*UNSAID, *MODULES, "random")


def called(target: ast.expr) -> str:
    """What something that is written is called: ``W``, ``x.grad``, ``self.grads['W1']``, and of
    ``hs[t]`` or ``dx[:, t]`` the whole; nothing where it has no name."""
    if isinstance(target, ast.Name):
        return target.id
    if not isinstance(target, ast.Subscript | ast.Attribute) or not called(target.value):
        return ""
    if isinstance(target, ast.Attribute):
        return f"{called(target.value)}.{target.attr}"
    key = target.slice
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return f"{called(target.value)}[{key.value!r}]"
    return called(target.value)


def _holder(target: ast.expr) -> list[ast.expr]:
    """The object that has what is written, and the name of that there; nothing where none has."""
    while isinstance(target, ast.Subscript):
        target = target.value
    if not isinstance(target, ast.Attribute):
        return []
    return [_load(target.value), ast.Constant(target.attr)]


def _turned(loop: ast.For | ast.While) -> ast.stmt:
    """The note that a turn of a loop begins."""
    call = ast.Call(ast.Name(TURNED, ast.Load()), [ast.Constant(loop.lineno)], [])
    return _placed(ast.Expr(call), loop)


def _load(target: ast.expr) -> ast.expr:
    copy = ast.parse(ast.unparse(target), mode="eval").body
    return copy


def _call(function: str, name: str, where: ast.stmt, value: ast.expr, *more: Any) -> ast.Call:
    given = [ast.Constant(name), ast.Constant(where.lineno), value, *map(ast.Constant, more)]
    return ast.Call(ast.Name(function, ast.Load()), given, [])


def _placed(statement: ast.stmt, where: ast.stmt) -> ast.stmt:
    for node in ast.walk(statement):
        ast.copy_location(node, where)
    return statement
