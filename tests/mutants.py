"""Mutants of minigrad: the same engine with one small mistake, made from its syntax tree.

Every expression that computes something is changed in every way that a slip of the pen might change
it. :func:`mutants` lists them,
:func:`build` makes an engine of one.
"""

from __future__ import annotations

import ast
import copy
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType

from harness.engines.adapter import ObjectEngine

PACKAGE = Path(__file__).resolve().parent.parent / "minigrad"
FILES = ("graph", "operations", "functions", "windows", "tensor")
"""In the order in which they import each other."""

SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
COMPUTED = (ast.Call, ast.UnaryOp)
RULES = {"operation": 3, "rules": 2}
"""What is given the rules of an operation, and with how many arguments these are at least two."""


@dataclass(frozen=True)
class Mutant:
    """One mistake: in which file and definition, what stood there, and what stands there now."""

    file: str
    place: str
    before: str
    after: str
    number: int
    """Which of the equal expressions of this definition it is, from 0."""

    def __str__(self) -> str:
        turn = f" #{self.number + 1}" if self.number else ""
        return f"{self.file}.{self.place}: {self.before} -> {self.after}{turn}"


def _changes(node: ast.AST) -> Iterator[ast.expr]:
    """Every way in which one expression is got wrong."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in SWAPPED:
            yield ast.BinOp(node.left, SWAPPED[type(node.op)](), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.MatMult):
            yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        if isinstance(node.value, float) and node.value not in (0.0, 1.0):
            yield ast.Constant(node.value / 2)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        for other in COMPARED[type(node.ops[0])]:
            yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _wrong_calls(node, node.func.id)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id == "out":
            yield ast.Name("x", ast.Load())
        elif node.id == "g":  # the upstream gradient forgotten: ones in its place
            zero = ast.BinOp(node, ast.Mult(), ast.Constant(0.0))
            yield ast.BinOp(zero, ast.Add(), ast.Constant(1.0))


def _wrong_calls(node: ast.Call, name: str) -> Iterator[ast.expr]:
    if not node.args:
        return
    first, *rest = node.args
    if name == "where":  # branches swapped, or one of them always taken
        yield ast.Call(node.func, [first, *reversed(rest)], node.keywords)
        yield from rest
    elif len(node.args) >= RULES.get(name, math.inf):  # each operand given the other one's rule
        yield ast.Call(node.func, [*node.args[:-2], *reversed(node.args[-2:])], node.keywords)
    elif name in ("reversed", "sorted", "sqrt", "exp", "log", "plain", "unbroadcast", "_shaped"):
        yield first


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions below a node that compute something: no annotation, text or error."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "exc", "defaults", "kw_defaults"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.JoinedStr | ast.ImportFrom | ast.Import):
                continue
            if isinstance(child, ast.AST):
                yield child
                yield from _expressions(child)


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The top-level definitions and assignments of a file, methods by themselves."""
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            for part in statement.body:
                if isinstance(part, ast.FunctionDef):
                    yield f"{statement.name}.{part.name}", part
        elif isinstance(statement, ast.FunctionDef):
            yield statement.name, statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(target, ast.Name) and isinstance(statement.value, COMPUTED):
                yield target.id, statement


def _tree(file: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{file}.py").read_text(encoding="utf-8"))


def _all(file: str) -> Iterator[tuple[Mutant, ast.AST, ast.expr]]:
    """Every mutant of a file, with the node that it changes and what it puts there."""
    tree = _tree(file)
    for place, definition in _definitions(tree):
        seen: dict[tuple[str, str], int] = {}
        for node in _expressions(definition):
            for change in _changes(node):
                before, after = ast.unparse(node), ast.unparse(change)
                if before == after:
                    continue
                number = seen[before, after] = seen.get((before, after), -1) + 1
                yield Mutant(file, place, before, after, number), node, change


def mutants() -> list[Mutant]:
    """Every mutant of minigrad."""
    return [mutant for file in FILES for mutant, _, _ in _all(file)]


def _first_line(definition: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(definition, "decorator_list", [])
    return min([definition.lineno, *(decorator.lineno for decorator in decorators)])


@cache
def _places() -> dict[tuple[str, int], str]:
    """The definition that a line of a file of minigrad belongs to."""
    return {
        (str(PACKAGE / f"{file}.py"), line): place
        for file in FILES
        for place, definition in _definitions(_tree(file))
        for line in range(_first_line(definition), (definition.end_lineno or 0) + 1)
    }


def executed(run: Callable[[], object]) -> set[tuple[str, str]]:
    """The definitions of minigrad, by file and name, whose code runs."""
    lines, found = _places(), set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        place = lines.get((code.co_filename, code.co_firstlineno))
        if event == "call" and place is not None:
            found.add((Path(code.co_filename).stem, place))

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return found


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            return ast.copy_location(copy.deepcopy(self.new), node)
        return self.generic_visit(node)


def build(mutant: Mutant, name: str = "mutant") -> ObjectEngine:
    """The engine with that one mistake."""
    for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[loaded]
    package = ModuleType(name)
    package.__path__ = []
    sys.modules[name] = package
    for file in FILES:
        if file == mutant.file:
            tree: ast.Module | None = None
            for found, node, change in _all(file):
                if found == mutant:
                    tree = _mutated(file, node, change)
                    break
            assert tree is not None
        else:
            tree = _tree(file)
        _run(tree, name, file)
    source = (PACKAGE / "__init__.py").read_text(encoding="utf-8").replace("minigrad", name)
    exec(compile(source, "__init__.py", "exec"), vars(package))
    return ObjectEngine(package.Tensor, package)


def _mutated(file: str, node: ast.AST, change: ast.expr) -> ast.Module:
    """The file's tree with the node replaced; found again by its place in a fresh tree."""
    position = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
    tree = _tree(file)
    for other in ast.walk(tree):
        if type(other) is type(node) and position == (
            getattr(other, "lineno", None),
            getattr(other, "col_offset", None),
            getattr(other, "end_lineno", None),
            getattr(other, "end_col_offset", None),
        ):
            changed = _Replace(other, change).visit(tree)
            assert isinstance(changed, ast.Module)
            return ast.fix_missing_locations(changed)
    raise AssertionError(f"{file}:{position} is not there")


def _run(tree: ast.Module, name: str, file: str) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            node.module = node.module.replace("minigrad", name)
    module = ModuleType(f"{name}.{file}")
    sys.modules[f"{name}.{file}"] = module
    setattr(sys.modules[name], file, module)
    exec(compile(tree, f"{file}.py", "exec"), vars(module))
