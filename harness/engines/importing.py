"""From a file, a notebook or a module's name to the module, and one clear line why not.

What lies beside an engine comes before what is installed under the same name.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Final

from harness import languages
from harness.engines.engine import EngineError
from harness.engines.failures import describe, own_lines
from harness.engines.notebook import NotebookSource
from harness.engines.sources import (
    NEEDED,
    OwnSource,
    is_installed,
    is_ours,
    is_somebodys,
    own_modules,
)

PEERS: Final = ("micrograd", "autograd", "mygrad", "jax", "torch")
"""Engines of others, each with an adapter in ``harness/engines/peers``."""

KINDS: Final = (".py", ".ipynb")
"""What the name of an engine's file ends in."""

DEFINING: Final = ("import ", "from ", "class ", "def ", "@")
"""What a line begins with that defines something, and does not use it."""

MAY_BE_RELATIVE: Final = re.compile(rb"(?:^|[\n;:])\s*from[\s\\]*\.")
"""What a text has in which there is a relative import."""


def guarded() -> str:
    """What is said where an import ends, or does not end, in code that is no definition."""
    return languages.told("engine", "belongs-below")


def import_file(path: Path, wanted: Sequence[str]) -> ModuleType:
    """The module of a file, as part of its package where there is one, or of the folders above it
    by whose names it imports; of a notebook, what defines one of the names that are ``wanted``.
    Raises :class:`EngineError`."""
    path = _file_of(path)
    full = path.resolve()
    try:
        try:
            return _imported(full, *_package_of(full), wanted)
        except ModuleNotFoundError as error:
            above = [folder for folder in full.parents if folder.name == _first(error)]
            if not above:
                raise
            return _imported(full, *_below(above[0].parent, full), wanted)
    except EngineError:
        raise
    except BaseException as error:
        raise EngineError(explain(f"{path}: {_ends(error)}", error)) from None


def _imported(path: Path, root: Path, name: str, wanted: Sequence[str]) -> ModuleType:
    """The module of a file that is called so below ``root``."""
    if "." not in name and name in sys.modules:
        name = f"engine_{name}"
    with first_on_path(path.parent), first_on_path(root):
        try:
            if "." in name:
                sys.modules.pop(name, None)
                return importlib.import_module(name)
            return executed(name, path, _loader(name, path, wanted))
        except BaseException:
            sys.modules.pop(name, None)
            raise


def _first(error: ModuleNotFoundError) -> str:
    """The package in which something was looked for that is not there."""
    return str(error.name).partition(".")[0]


def _below(root: Path, path: Path) -> tuple[Path, str]:
    """A folder, and the name of a file's module from there."""
    parts = path.relative_to(root).with_suffix("").parts
    return root, ".".join(parts[:-1] if path.stem == "__init__" else parts)


def import_module(name: str, others: Sequence[str]) -> ModuleType:
    """The module of that name, with the current folder as root; ``others`` are names that may have
    been meant. Raises :class:`EngineError`."""
    if not name.strip("."):
        raise EngineError(
            languages.told(
                "engine", "name-a-file", name=name or languages.told("engine", "nothing")
            )
        )
    with first_on_path(Path.cwd()):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name and (name == error.name or name.startswith(f"{error.name}.")):
                files = [path.name for path in Path.cwd().iterdir() if path.suffix in KINDS]
                meant = [name + kind for kind in KINDS if name + kind in files]
                hint = did_you_mean(meant[0] if meant else name, meant or [*files, *others])
                raise EngineError(
                    languages.told("engine", "no-module", name=name, hint=hint)
                ) from None
            raise EngineError(
                explain(languages.told("engine", "does-not-import-name", name=name), error)
            ) from None
        except BaseException as error:
            raise EngineError(explain(f"{name}: {_ends(error)}", error)) from None


def did_you_mean(name: str, known: Iterable[str], written: Callable[[str], object] = str) -> str:
    """``; did you mean …?`` for the nearest of the known names, as it is to be written; nothing
    where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return languages.told("engine", "did-you-mean", written=written(near[0])) if near else ""


def explain(what: str, error: BaseException) -> str:
    """One line, and below it the engine's own traceback lines."""
    lines = [f"{what}: {describe(error)}", *(f"    {line}" for line in own_lines(error))]
    return "\n".join([*lines, guarded()] if _ran_code(error) else lines)


def forget(name: str) -> None:
    """Takes a package out of the modules that are imported, so that another may be."""
    for key in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[key]


@contextmanager
def first_on_path(folder: Path) -> Iterator[None]:
    """Modules in ``folder`` come before all others of the same name, and are the engine's own."""
    _make_way(folder)
    sys.path.insert(0, str(folder))
    try:
        with own_modules(folder):
            yield
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))


def root_of(module: ModuleType) -> Path:
    """The folder that a module is imported from, below which its package lies."""
    path = Path(str(getattr(module, "__file__", None))).resolve()
    up = module.__name__.count(".") + (path.stem == "__init__")
    return path.parents[min(up, len(path.parents) - 1)]


def _file_of(path: Path) -> Path:
    """The file that is meant: of a folder that is a package, the one that makes it one; of another,
    the only one in it."""
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if file.suffix in KINDS]
        package = [file for file in files if file.name == "__init__.py"]
        if len(package or files) != 1:
            named = ", ".join(file.name for file in files) or languages.told(
                "engine", "there-is-none"
            )
            raise EngineError(languages.told("engine", "a-folder-with", path=path, named=named))
        return (package or files)[0]
    if not path.is_file():
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        siblings = [file.name for file in beside if file.suffix in KINDS]
        hint = did_you_mean(path.name, siblings, path.with_name)
        raise EngineError(languages.told("engine", "no-file", path=path, hint=hint))
    if path.suffix not in KINDS:
        raise EngineError(languages.told("engine", "no-python-file", path=path))
    if path.stem != "__init__" and not path.read_bytes().strip():
        raise EngineError(languages.told("engine", "file-is-empty", path=path))
    return path


def _loader(name: str, path: Path, wanted: Sequence[str]) -> SourceFileLoader:
    """What reads a file that stands alone."""
    if path.suffix == ".ipynb":
        return NotebookSource(name, str(path), wanted)
    return (SourceFileLoader if is_installed(path) else OwnSource)(name, str(path))


def executed(name: str, path: Path, loader: SourceFileLoader) -> ModuleType:
    """The module of a file, read by ``loader``."""
    location = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert location is not None
    module = importlib.util.module_from_spec(location)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def _package_of(path: Path) -> tuple[Path, str]:
    """The folder that a file is imported from, and its name there: that of a module in a package
    where an ``__init__.py`` lies beside it, and further up, or where its relative imports ask for
    one. A notebook is part of no package."""
    folder = path.parent
    if path.suffix != ".py" or "." in path.stem:
        return folder, path.stem.replace(".", "_")
    parts, levels = [path.stem] if path.stem != "__init__" else [], _levels(path)
    while folder.name.isidentifier():
        if not (folder / "__init__.py").is_file() and len(parts) > levels:
            break
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts) or path.stem


def _levels(path: Path) -> int:
    """How many folders up the relative imports of a file go."""
    text = path.read_bytes()
    if not MAY_BE_RELATIVE.search(text):
        return 0
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return 0
    return max((n.level for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)), default=0)


def _make_way(folder: Path) -> None:
    """Forgets modules of the names of those in ``folder`` that were imported from elsewhere: other
    people's files, and installed peers. What Python and the harness need themselves stays."""
    for name in {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}:
        module = sys.modules.get(name)
        if module is None or name in sys.stdlib_module_names or name in NEEDED:
            continue
        place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        is_elsewhere = folder not in Path(place).resolve().parents
        if is_elsewhere and (name in PEERS or is_somebodys(module)):
            forget(name)


def _ends(error: BaseException) -> str:
    """How an import ends."""
    return (
        languages.told("engine", "interrupted")
        if isinstance(error, KeyboardInterrupt)
        else languages.told("engine", "does-not-import")
    )


def _ran_code(error: BaseException) -> bool:
    """Whether the error comes from a line that uses what the module has defined."""
    lines = [
        frame.line or ""
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.name == "<module>"
        and not is_ours(frame.filename)
        and frame.filename.endswith(".py")
    ]
    return bool(lines) and not lines[-1].startswith(DEFINING)
