"""Engines in notebooks: of all cells, what defines the engine, and nothing that trains or plots.

:class:`NotebookSource` imports a notebook as a module. What an engine needs is found from the
syntax tree: the statements that bind the names which it uses, and those that add to it later
(``Value.exp = exp``). A cell is called by its number among the code cells.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import json
import linecache
import symtable
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from harness import languages
from harness.engines.engine import EngineError
from harness.engines.failures import at_line, from_here
from harness.engines.sources import compiled, exchange_sets
from harness.vocabulary.aliases import NAMES

OTHER_LANGUAGES: Final = ("%%bash", "%%sh", "%%html", "%%javascript", "%%js", "%%latex")
TEXTS: Final = (*OTHER_LANGUAGES, "%%markdown", "%%svg", "%%writefile", "%%file", "%%script")
"""Magics whose cells are not Python."""

DEFINES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
ASSIGNS: Final = (ast.Assign, ast.AnnAssign)


class NotebookSource(SourceFileLoader):
    """Imports a notebook. ``wanted`` are the names that an engine may have; ``notes`` tell of cells
    that are no Python. ``cells`` are given of what is no file, such as a session. Raises
    :class:`EngineError` for a file that is no notebook."""

    def __init__(
        self, fullname: str, path: str, wanted: Sequence[str], cells: Sequence[str] = ()
    ) -> None:
        super().__init__(fullname, path)
        self.wanted, self.cells = wanted, cells
        self.notes: list[str] = []

    def exec_module(self, module: ModuleType) -> None:
        """Runs the statements that belong to the engine, cell by cell."""
        exchange_sets(module)
        statements: list[Statement] = []
        flags = 0
        for number, text in enumerate(self.cells or code_cells(Path(self.path)), 1):
            name = self._called(number)
            linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
            for node in self._parsed(number, text):
                if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                    names = (alias.name for alias in node.names)
                    flags |= sum(getattr(__future__, name).compiler_flag for name in names)
                else:
                    statements.append(Statement(name, node))
        for statement in Selection(statements).select(self.wanted):
            tree = ast.Module([statement.node], [])
            exec(compiled(tree, statement.cell, flags), vars(module))

    def _called(self, number: int) -> str:
        """The name of a cell; a script has one alone, and is called as it is."""
        return (
            languages.told("engine", "cell-of", path=self.path, number=number)
            if self.path.endswith(".ipynb")
            else self.path
        )

    def _parsed(self, number: int, text: str) -> list[ast.stmt]:
        try:
            return cell_tree(text).body
        except SyntaxError as error:
            place = at_line(self._called(number), error.lineno)
            self.notes.append(languages.told("engine", "cell-left-out", place=place, msg=error.msg))
            return []


def code_cells(path: Path) -> list[str]:
    """The texts of a notebook's code cells; raises :class:`EngineError`."""
    try:
        return cells_of(path.read_bytes())
    except EngineError as error:
        raise EngineError(f"{from_here(str(path))}: {error}") from None


def cells_of(content: bytes) -> list[str]:
    """The texts of a notebook's code cells; raises :class:`EngineError`."""
    try:
        notebook = json.loads(content.decode("utf-8"))
        sheets = notebook.get("worksheets", [notebook])  # format 3 has its cells there
        cells = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        sources = [cell.get("source", cell.get("input", "")) for cell in cells]
        texts = [source if isinstance(source, str) else "".join(source) for source in sources]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        told = f"{type(error).__name__}: {error}"
        raise EngineError(languages.told("engine", "unreadable-notebook", told=told)) from None
    if not texts:
        raise EngineError(languages.told("engine", "no-code-cell"))
    return texts


def cell_tree(text: str) -> ast.Module:
    """The syntax tree of a cell; lines that only a notebook understands (``%``, ``!``, ``?``) are
    nothing. Raises SyntaxError for other lines."""
    if text.startswith(TEXTS):
        return ast.Module([], [])
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.parse("\n".join(map(without_magic, text.splitlines())))


def without_magic(line: str) -> str:
    """The line, or one that does nothing in its place."""
    return " " * (len(line) - len(line.lstrip())) + "pass" if _is_magic(line) else line


def _is_magic(line: str) -> bool:
    bare = line.strip()
    assigned = bare.partition("=")[2].strip()
    return bare.startswith(("%", "!", "?")) or bare.endswith("?") or assigned.startswith(("%", "!"))


# -- what belongs to an engine ---------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """A statement of a notebook, outside of all others, and the name of its cell."""

    cell: str
    node: ast.stmt

    @cached_property
    def _table(self) -> symtable.SymbolTable:
        return symtable.symtable(ast.unparse(self.node), self.cell, "exec")

    @cached_property
    def binds(self) -> frozenset[str]:
        """The names that it defines."""
        symbols = self._table.get_symbols()
        return frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())

    @cached_property
    def reads(self) -> frozenset[str]:
        """The names that it reads when it runs."""
        own = {s.get_name() for s in self._table.get_symbols() if s.is_referenced()}
        return frozenset(own.union(*_globals(self._table, inside_functions=False)))

    @cached_property
    def uses(self) -> frozenset[str]:
        """The names that its functions read when they are called."""
        return frozenset(set[str]().union(*_globals(self._table, inside_functions=True)))

    @cached_property
    def changes(self) -> frozenset[str]:
        """The names whose objects it adds to: by an attribute, an item, ``setattr`` or a method."""
        return frozenset(filter(None, map(_changed, ast.walk(self.node))))

    @property
    def imports_all(self) -> bool:
        """Whether it is ``from module import *``."""
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"

    @property
    def is_plain(self) -> bool:
        """Whether it only defines: a function, a class, a usual import, or a constant."""
        if isinstance(self.node, ast.Import):
            return all(map(_is_usual, (alias.name for alias in self.node.names)))
        if isinstance(self.node, ast.ImportFrom):
            return self.node.level > 0 or _is_usual(str(self.node.module))
        if isinstance(self.node, ASSIGNS):
            return not any(isinstance(node, ast.Call) for node in ast.walk(self.node))
        return isinstance(self.node, DEFINES)


class Selection:
    """Statements by number, and which of them are kept."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.statements, self.kept = statements, set[int]()

    def select(self, wanted: Sequence[str]) -> list[Statement]:
        """What defines the names that are wanted, and all plain definitions beside them (an
        operation may be a function), in the notebook's order."""
        last = len(self.statements)
        usual = [self._provider(name, last) for name in wanted]
        classes = [
            number
            for number, statement in enumerate(self.statements)
            if isinstance(statement.node, ast.ClassDef)
        ]
        self.kept = self._with_needs([n for n in usual if n is not None] or classes)
        for number, statement in enumerate(self.statements):
            if self._is_offered(number, statement):
                self._keep_if_plain(number)
        for number, statement in enumerate(self.statements):
            if any(self._provider(name, number) in self.kept for name in statement.changes):
                self._keep_if_plain(number)
        return [self.statements[number] for number in sorted(self.kept)]

    def _is_offered(self, number: int, statement: Statement) -> bool:
        """Whether it defines, as the last that does, a class or a function, or an operation."""
        defines = isinstance(statement.node, DEFINES[:3])
        assigns = isinstance(statement.node, ASSIGNS)
        return any(
            self._provider(name, len(self.statements)) == number
            for name in statement.binds
            if defines or (assigns and name in NAMES)
        )

    def _keep_if_plain(self, number: int) -> None:
        """Keeps a statement that needs nothing but what is kept and what only defines."""
        more = self._with_needs([number]) - self.kept
        plain = all(self.statements[other].is_plain for other in more - {number})
        if plain and all(map(self._can_run, more)):
            self.kept |= more

    def _can_run(self, number: int) -> bool:
        """Whether every name that a statement reads is defined before it."""
        return all(
            hasattr(builtins, name) or self._provider(name, number) is not None
            for name in self.statements[number].reads
        )

    def _with_needs(self, numbers: Iterable[int]) -> set[int]:
        """The statements and all that these need."""
        found, waiting = set[int](), list(numbers)
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self._needs(number)
        return found

    def _needs(self, number: int) -> list[int]:
        """What provides the names that a statement uses: at once, those before it, or later."""
        statement = self.statements[number]
        names = [(name, number) for name in sorted(statement.reads)]
        names += [(name, len(self.statements)) for name in sorted(statement.uses)]
        return [n for name, before in names if (n := self._provider(name, before)) is not None]

    def _provider(self, name: str, before: int) -> int | None:
        """The last statement before that one which defines a name, or else imports all of a
        module."""
        earlier = [
            number
            for number in range(before - 1, -1, -1)
            if not isinstance(self.statements[number].node, LOOPS)
        ]
        binding = (number for number in earlier if name in self.statements[number].binds)
        stars = (number for number in earlier if self.statements[number].imports_all)
        return next(binding, None if hasattr(builtins, name) else next(stars, None))


def _globals(table: symtable.SymbolTable, inside_functions: bool) -> Iterator[set[str]]:
    """The module's names that the scopes within a scope read: those of functions, or the others."""
    for child in table.get_children():
        inner = child.get_type() == "function"
        if inner == inside_functions:
            symbols = child.get_symbols()
            yield {s.get_name() for s in symbols if s.is_referenced() and s.is_global()}
        if inside_functions or not inner:
            yield from _globals(child, inside_functions)


def _changed(node: ast.AST) -> str | None:
    """The name of the object that a part of a statement adds to."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        return _root(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Name) and call.func.id == "setattr" and call.args:
            return _root(call.args[0])
        return _root(call.func) if isinstance(call.func, ast.Attribute) else None
    return None


def _root(node: ast.expr) -> str | None:
    """``a`` of ``a.b[c].d``."""
    inner: Any = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else None


def _is_usual(module: str) -> bool:
    """Whether a module is Python's own, or numpy: there wherever engines are."""
    return module.partition(".")[0] in {*sys.stdlib_module_names, "numpy"}
