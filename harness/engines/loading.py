"""From what was written after ``--engine`` to an engine, or one clear line why not."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Final

from harness.bundled import bundled
from harness.engines.answers import describe, own_lines
from harness.engines.conventional import GENERAL
from harness.engines.engine import EngineError as EngineError
from harness.engines.functions import FunctionEngine
from harness.engines.objects import ObjectEngine
from harness.engines.siblings import siblings
from harness.engines.usual import METHODS

CLASSES: Final = ("Tensor", "Value", "Variable", "Var", "Scalar", "Node")
"""Class names that need not be given after a colon, in order of preference."""

MODEL: Final = "minigrad"
"""The model engine, which comes with the harness."""

PEERS: Final = ("micrograd", "autograd", "mygrad", "jax", "torch")
"""Engines of others, each with an adapter in ``harness/engines/peers``."""

PEER: Final = "peer:"
"""What a name begins with that can only be an installed engine, or the model."""

_OWN_NAME: Final = "harness.minigrad"
"""The model's name as a module here, so that any other package may be called minigrad."""


MOST_MODULES: Final = 8

NEEDED: Final = ("harness", "numpy", "conftest")
"""What no file beside an engine takes the place of, wherever it was installed."""


def load(spec: str) -> ObjectEngine:
    """The engine of a file ``path/file.py`` or a module ``package.module``, each with ``:Name`` or
    not; or ``peer:micrograd``, one of :data:`PEERS` or the model engine. The names of these do
    without ``peer:`` where nothing in the current folder is called so.

    A subclass of :class:`ObjectEngine` in the module is taken as it is; otherwise the class is
    wrapped in one. ``origin`` of what is returned says where it was found. Raises
    :class:`EngineError`.
    """
    engine = _load(spec)
    if Path(_split(spec)[0]).is_file():
        engine.renew = lambda: _load(spec)
    engine.understand()
    return engine


def is_model(engine: ObjectEngine) -> bool:
    """Whether it is minigrad, the model engine of the harness."""
    return engine.module is not None and engine.module.__name__ == _OWN_NAME


def _load(spec: str) -> ObjectEngine:
    if spec.startswith(PEER):
        return _peer(spec.removeprefix(PEER))
    if spec in (MODEL, *PEERS) and not _is_here(spec):
        return _peer(spec)
    place, name = _split(spec)
    is_file = place.endswith(".py") or "/" in place or "\\" in place
    module = _import_file(Path(place)) if is_file else _import_module(place)
    engine = _of_module(module, place, name)
    engine.modules = (*engine.modules, *siblings(module))
    engine.origin = _origin(engine, module)
    return engine


def _is_here(name: str) -> bool:
    """Whether the current folder has a module or a package of that name, other than the model."""
    folder = Path.cwd() / name
    package = folder.is_dir() and any(folder.rglob("*.py")) and folder.resolve() != bundled(MODEL)
    return package or folder.with_suffix(".py").is_file()


def _origin(engine: ObjectEngine, module: ModuleType) -> str:
    """The file that the engine's class is defined in, from here where it lies below."""
    plain = type(engine).__module__ in GENERAL
    kind = getattr(engine, "cls", None) if plain else type(engine)
    owner = sys.modules.get(getattr(kind, "__module__", ""), module)
    file = Path(str(getattr(owner, "__file__", None) or getattr(module, "__file__", None) or "?"))
    with suppress(ValueError):
        return f"./{file.relative_to(Path.cwd()).as_posix()}"
    return file.as_posix()


def _of_module(module: ModuleType, place: str, name: str | None) -> ObjectEngine:
    """The engine in a module: the class ``name``, or the one that is meant without a name."""
    classes = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and not key.startswith("_")
    }
    if name is not None:
        found = getattr(module, name, None)
        if not isinstance(found, type):
            near = difflib.get_close_matches(name, classes, n=1)
            hint = f"; did you mean {near[0]}?" if near else _list(classes)
            what = "is no class" if hasattr(module, name) else "does not exist"
            raise EngineError(f"{place}: {name} {what}{hint}")
        return _engine(found, module, place)
    home = module.__name__.partition(".")[0]
    own = {key: found for key, found in classes.items() if _is_own(found, module, home)}
    adapters = [c for c in own.values() if issubclass(c, ObjectEngine)]
    if adapters:
        return _engine(adapters[-1], module, place)
    functions = callable(getattr(module, "grad", None))
    for candidate in CLASSES:
        if candidate in own and not (functions and _is_helper(own[candidate])):
            return _engine(own[candidate], module, place)
    if functions:
        return FunctionEngine(module)
    raise EngineError(
        f"{place}: no class called {', '.join(CLASSES[:-1])} or {CLASSES[-1]}"
        f"{_list(own)}; name yours after a colon: {place}:Name{_modules_of(module)}"
    )


def _is_helper(found: type) -> bool:
    """Whether a class beside a function ``grad`` is no engine: it has no backward pass."""
    return not any(hasattr(found, name) for name in METHODS)


def _modules_of(module: ModuleType) -> str:
    """The modules of a package, one of which may hold the engine."""
    names = [found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    if not names:
        return ""
    more = ", …" if len(names) > MOST_MODULES else ""
    listed = ", ".join(f"{module.__name__}.{name}" for name in names[:MOST_MODULES])
    return f"; or name a module of the package: {listed}{more}"


def _is_own(found: type, module: ModuleType, home: str) -> bool:
    """Whether a class is of the engine's package, or of a file beside or below the engine's that
    was not installed there."""
    if found.__module__.partition(".")[0] == home:
        return True
    places = [getattr(m, "__file__", None) for m in (module, sys.modules.get(found.__module__))]
    if None in places:
        return False
    engine, other = (Path(str(place)).resolve() for place in places)
    below = other.is_relative_to(engine.parent)
    return below and not {"site-packages", "dist-packages"} & {
        *other.relative_to(engine.parent).parts
    }


def _peer(name: str) -> ObjectEngine:
    """The model engine, or an installed one of :data:`PEERS`, whatever the current folder holds."""
    if name == MODEL:
        module = _model()
        engine = _of_module(module, MODEL, None)
        engine.origin = MODEL
        return engine
    if name not in PEERS:
        near = difflib.get_close_matches(name, (MODEL, *PEERS), n=1)
        hint = f"; did you mean {PEER}{near[0]}?" if near else ""
        raise EngineError(f"{PEER}{name}: the peers are {', '.join((MODEL, *PEERS))}{hint}")
    here, path = Path.cwd().resolve(), list(sys.path)
    if not _is_installed(sys.modules.get(name)):
        _forget(name)
    try:
        sys.path[:] = [entry for entry in path if Path(entry).resolve() != here]
        adapter = importlib.import_module(f"harness.engines.peers.{name}_")
        peer: ObjectEngine = adapter.Peer()
    except ModuleNotFoundError as error:
        raise EngineError(
            f"{name} is not installed ({error}): pip install 'autograd-harness[peers]'"
        ) from None
    finally:
        sys.path[:] = path
    peer.origin = f"{name} {version(name).partition('+')[0]}, as installed"
    return peer


def _model() -> ModuleType:
    """minigrad, imported under a name of its own."""
    if _OWN_NAME not in sys.modules:
        folder = bundled(MODEL)
        location = importlib.util.spec_from_file_location(
            _OWN_NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert location is not None and location.loader is not None
        module = importlib.util.module_from_spec(location)
        sys.modules[_OWN_NAME] = module
        location.loader.exec_module(module)
    return sys.modules[_OWN_NAME]


def _is_installed(module: ModuleType | None) -> bool:
    """Whether a module that is imported already was installed, and is nobody's own file."""
    parts = Path(str(getattr(module, "__file__", None))).parts
    return module is None or not {"site-packages", "dist-packages"}.isdisjoint(parts)


def _forget(name: str) -> None:
    """Takes a package out of the modules that are imported, so that another may be."""
    for key in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
        del sys.modules[key]


def _make_way(folder: Path) -> None:
    """Forgets modules of the names of those in ``folder`` that were imported from elsewhere: other
    people's files, and installed peers. What Python and the harness need themselves stays."""
    for name in {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}:
        module = sys.modules.get(name)
        if module is None or name in sys.stdlib_module_names or name in NEEDED:
            continue
        place = getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
        is_elsewhere = folder not in Path(place).resolve().parents
        if is_elsewhere and (name in PEERS or not _is_installed(module)):
            _forget(name)


def _list(classes: dict[str, type]) -> str:
    return f" (its classes: {', '.join(classes)})" if classes else " (it has no class at all)"


def _split(spec: str) -> tuple[str, str | None]:
    """``path:Name`` in two; a colon after a drive letter belongs to the path."""
    place, colon, name = spec.rpartition(":")
    if not colon or not name.isidentifier() or len(place) == 1:
        return spec, None
    return place, name


def _engine(found: type, module: ModuleType, place: str) -> ObjectEngine:
    if not issubclass(found, ObjectEngine):
        return ObjectEngine(found, module)
    try:
        engine = found()
    except Exception as error:
        raise EngineError(_explain(f"{place}: {found.__name__}() fails", error)) from None
    engine.module = engine.module or module
    return engine


def _import_file(path: Path) -> ModuleType:
    if path.is_dir():
        raise EngineError(f"{path}: this is a folder; name the .py file in it")
    if not path.is_file():
        siblings = [p.name for p in path.parent.glob("*.py")] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, siblings, n=1)
        hint = f"; did you mean {path.with_name(near[0])}?" if near else ""
        raise EngineError(f"{path}: no such file{hint}")
    root, name = _package_of(path.resolve())
    if "." not in name and name in sys.modules:
        name = f"engine_{name}"
    location = importlib.util.spec_from_file_location(name, path.resolve())
    if location is None or location.loader is None:
        raise EngineError(f"{path}: this is no Python file (its name must end in .py)")
    with _first_on_path(path.resolve().parent), _first_on_path(root):
        try:
            if "." in name:
                sys.modules.pop(name, None)
                return importlib.import_module(name)
            module = importlib.util.module_from_spec(location)
            sys.modules[name] = module
            location.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            sys.modules.pop(name, None)
            raise EngineError(_explain(f"{path}: does not import", error)) from None
    return module


def _package_of(path: Path) -> tuple[Path, str]:
    """The folder that a file is imported from, and its name there: that of a module in a package
    where an ``__init__.py`` lies beside it, and further up."""
    parts = [path.stem] if path.stem != "__init__" else []
    folder = path.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts) or path.stem


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    """Modules in ``folder`` come before all others of the same name."""
    _make_way(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        if str(folder) in sys.path:
            sys.path.remove(str(folder))


def _import_module(name: str) -> ModuleType:
    with _first_on_path(Path.cwd()):
        try:
            return importlib.import_module(name)
        except KeyboardInterrupt:
            raise
        except ModuleNotFoundError as error:
            if error.name and (name == error.name or name.startswith(f"{error.name}.")):
                hint = f"; did you mean {name}.py?" if Path(f"{name}.py").is_file() else ""
                near = difflib.get_close_matches(name, (MODEL, *PEERS), n=1)
                hint = f"; did you mean {near[0]}?" if near and not hint else hint
                raise EngineError(f"no module or file called {name!r}{hint}") from None
            raise EngineError(_explain(f"{name}: does not import", error)) from None
        except BaseException as error:
            raise EngineError(_explain(f"{name}: does not import", error)) from None


def _explain(what: str, error: BaseException) -> str:
    """One line, and below it the engine's own traceback lines."""
    return "\n".join([f"{what}: {describe(error)}", *(f"    {line}" for line in own_lines(error))])
