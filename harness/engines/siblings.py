"""The modules beside an engine in which its operations may be."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Final

from harness.engines.names import ASIDE, SIBLINGS
from harness.engines.undisturbed import undisturbed

USES: Final = ("_", "run", "setup", *ASIDE)
"""How the name of a module begins that holds no engine."""


def siblings(module: ModuleType) -> list[ModuleType]:
    """The modules of usual names in the folder of an engine's ``module``: those of its package, and
    of files in no package those that import it or are imported by it. One that does not import is
    left out, and one of another name is never imported."""
    place = getattr(module, "__file__", None)
    if place is None:
        return []
    path = Path(place).resolve()
    package = module.__name__ if path.stem == "__init__" else module.__name__.rpartition(".")[0]
    files = {name: path.parent / f"{name}.py" for name in SIBLINGS}
    others = [
        _imported(f"{package}.{name}" if package else name, file, module)
        for name, file in files.items()
        if file != path and file.is_file() and (package or _is_related(file, path.stem, module))
    ]
    return [other for other in others if other is not None]


def submodules(module: ModuleType) -> Iterator[ModuleType]:
    """The modules and packages in a package that may hold its engine: none that only uses or tests
    it."""
    for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not found.name.startswith(USES):
            folder = Path(next(iter(module.__path__))) / found.name
            file = folder / "__init__.py" if found.ispkg else folder.with_suffix(".py")
            other = _imported(f"{module.__name__}.{found.name}", file.resolve(), module)
            if other is not None:
                yield other


def _imported(name: str, file: Path, engine: ModuleType) -> ModuleType | None:
    """The module in ``file``, in which the engine is imported by its name or its file's; None if it
    does not import."""
    known = sys.modules.get(name)
    if known is not None and Path(str(getattr(known, "__file__", None))).resolve() != file:
        return None
    if known is not None and not _is_stale(known, engine):
        return known
    names = [engine.__name__] if "." in name else [engine.__name__, Path(str(engine.__file__)).stem]
    before = {key: sys.modules.get(key) for key in names}
    sys.modules.pop(name, None)
    sys.path.insert(0, str(file.parent))
    try:
        sys.modules.update(dict.fromkeys(names, engine))
        with undisturbed(()):
            return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException:
        sys.modules.pop(name, None)
        return None
    finally:
        for key in names:
            sys.modules.pop(key, None)
        sys.modules.update({key: one for key, one in before.items() if one is not None})
        with suppress(ValueError):
            sys.path.remove(str(file.parent))


def _is_stale(known: ModuleType, engine: ModuleType) -> bool:
    """Whether a module has classes of the engine's file from an earlier time that it was loaded."""
    return any(
        isinstance(item, type)
        and item.__module__ == engine.__name__
        and getattr(engine, item.__name__, item) is not item
        for item in vars(known).values()
    )


def _is_related(file: Path, engine: str, module: ModuleType) -> bool:
    """Whether a file imports the engine's, or the engine has something of the file's."""
    names = {str(getattr(item, "__module__", None)) for item in vars(module).values()}
    modules = {item.__name__ for item in vars(module).values() if isinstance(item, ModuleType)}
    return file.stem in names | modules or engine in set(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    """The modules that a file imports."""
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
