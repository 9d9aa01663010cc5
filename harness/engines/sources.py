"""How an engine's own modules are read: with sets in a given order, in place of Python's.

The names ``set`` and ``frozenset`` are exchanged in the module's builtins, displays and
comprehensions in its syntax tree, whose line numbers stay. What was installed is read as ever, and
nothing is kept of what was compiled.
"""

from __future__ import annotations

import ast
import builtins
import dis
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import decode_source
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import numpy as np

from harness.bundled import PACKAGE, bundled
from harness.engines.ordering import OrderedFrozenSet, OrderedSet

NEEDED: Final = ("harness", "numpy", "conftest")
"""What no file beside an engine takes the place of, wherever it was installed."""

HARNESS, MODEL, NUMPY = (
    f"{folder}{os.sep}" for folder in (PACKAGE, bundled("minigrad"), Path(np.__file__).parent)
)
"""Where code lies that is no engine's, and that of the model engine."""

INSTALLED: Final = {"site-packages", "dist-packages"}
"""The folders that installed packages lie in."""

BUILDS: Final = dis.opmap["BUILD_SET"]
_DISPLAY: Final = "__ordered_set__"
"""The name that a display calls, which no engine has."""


class OwnSource(SourceFileLoader):
    """Reads a module of an engine's own."""

    def get_code(self, fullname: str) -> CodeType:
        """The code as its file stands now: neither read from a cache nor written to one."""
        path = self.get_filename(fullname)
        return compiled(decode_source(self.get_data(path)), path)

    def exec_module(self, module: ModuleType) -> None:
        """Runs it with ordered sets for Python's."""
        exchange_sets(module)
        super().exec_module(module)


def exchange_sets(module: ModuleType) -> None:
    """Gives a module builtins of its own, in which sets are iterated in the order chosen."""
    own = {"set": OrderedSet, "frozenset": OrderedFrozenSet, _DISPLAY: OrderedSet}
    vars(module)["__builtins__"] = {**vars(builtins), **own}


def compiled(source: str | ast.Module, path: str, flags: int = 0) -> CodeType:
    """The code of a text, or of a syntax tree, its displays of sets exchanged."""
    code: CodeType = compile(source, path, "exec", flags, dont_inherit=True)
    if _displays_sets(code):
        tree = ast.parse(source, path) if isinstance(source, str) else source
        code = compile(_Displays().visit(tree), path, "exec", flags, dont_inherit=True)
    return code


def _displays_sets(code: CodeType) -> bool:
    """Whether code makes a set by a display, or has one that was made of numbers or texts."""
    if BUILDS in code.co_code[::2] or any(isinstance(one, frozenset) for one in code.co_consts):
        return True
    return any(_displays_sets(one) for one in code.co_consts if isinstance(one, CodeType))


class _Displays(ast.NodeTransformer):
    """Makes ``{a, b}`` and ``{f(x) for x in y}`` calls of the ordered set."""

    def visit_Set(self, node: ast.Set) -> ast.AST:
        return self._call(node, ast.Tuple(node.elts, ast.Load()))

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._call(node, ast.ListComp(node.elt, node.generators))

    def _call(self, node: ast.expr, elements: ast.expr) -> ast.AST:
        self.generic_visit(elements)
        name = ast.Name(_DISPLAY, ast.Load())
        call = ast.Call(name, [ast.copy_location(elements, node)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


@contextmanager
def own_modules(*folders: Path) -> Iterator[None]:
    """Modules that are imported from these folders meanwhile are the engine's own."""
    finder = _OwnModules(folders)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _OwnModules(MetaPathFinder):
    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = [folder for folder in folders if not is_installed(folder)]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> ModuleSpec | None:
        """Of a module that lies where its name says below one of the folders."""
        top = fullname.partition(".")[0]
        if top in sys.stdlib_module_names or top in NEEDED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or type(spec.loader) is not SourceFileLoader:
            return None
        place = Path(*fullname.split("."))
        own = (place.with_suffix(".py"), place / "__init__.py")
        origin = Path(spec.origin).resolve()
        if all(origin != folder / file for folder in self.folders for file in own):
            return None
        spec.loader = OwnSource(fullname, spec.origin)
        return spec


def is_installed(place: Path) -> bool:
    """Whether a file or folder belongs to what was installed."""
    return not INSTALLED.isdisjoint(place.parts)


def is_somebodys(module: ModuleType | None) -> bool:
    """Whether a module that is imported already is somebody's own file, and was not installed."""
    return module is not None and not is_installed(Path(str(getattr(module, "__file__", None))))


def is_own(found: Any, module: ModuleType) -> bool:
    """Whether a class or a function is of the engine's package, or of a file beside or below the
    engine's that was not installed there."""
    home = str(getattr(found, "__module__", None))
    if home.partition(".")[0] == module.__name__.partition(".")[0]:
        return True
    places = [getattr(m, "__file__", None) for m in (module, sys.modules.get(home))]
    if None in places:
        return False
    engine, other = (Path(str(place)).resolve() for place in places)
    below = other.is_relative_to(engine.parent)
    return below and not is_installed(other.relative_to(engine.parent))


def is_ours(file: str) -> bool:
    """Whether code is the harness's or the import system's, and not an engine's."""
    return file.startswith((HARNESS, "<frozen")) and not file.startswith(MODEL)


def is_engines(file: str) -> bool:
    """Whether code is an engine's: not the harness's, numpy's or the import system's."""
    return not is_ours(file) and not file.startswith(NUMPY)
