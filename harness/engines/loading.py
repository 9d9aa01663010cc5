"""From what was written after ``--engine`` to an engine, or one clear line why not."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Final

from harness.bundled import bundled
from harness.engines import sources
from harness.engines.adapter import FunctionEngine, ObjectEngine
from harness.engines.discovery import discover, understand
from harness.engines.discovery.choosing import (
    CLASSES,
    choose,
    goes_backward,
    stands_alone,
    switched_on,
    transforms_functions,
)
from harness.engines.engine import EngineError as EngineError
from harness.engines.engine import is_general
from harness.engines.forms import formed
from harness.engines.importing import (
    KINDS,
    did_you_mean,
    executed,
    explain,
    forget,
    import_file,
    import_module,
    root_of,
)
from harness.engines.importing import PEERS as PEERS
from harness.engines.running.forward import RunningEngine
from harness.engines.siblings import siblings, submodules
from harness.engines.sources import is_own, is_somebodys, own_modules

MODEL: Final = "minigrad"
"""The model engine, which comes with the harness."""

PEER: Final = "peer:"
"""What a name begins with that can only be an installed engine, or the model."""

_OWN_NAME: Final = "harness.minigrad"
"""The model's name as a module here, so that any other package may be called minigrad."""


MOST_MODULES: Final = 8


def load(spec: str, tried: bool = True) -> RunningEngine:
    """The engine of a file ``path/file.py``, a notebook ``path/file.ipynb`` or a module
    ``package.module``, each with ``:Name`` or not; or ``peer:micrograd``, one of :data:`PEERS` or
    the model engine. The names of these do without ``peer:`` where nothing in the current folder
    is called so.

    A subclass of one in :mod:`harness.engines.adapter` is taken as it is; otherwise the class is
    wrapped in one. ``origin`` of what is returned says where it was found. It is ``tried`` out at
    once, or later by whoever wants to know how it is used. Raises :class:`EngineError`.
    """
    engine = _load(spec)
    if Path(split(spec)[0]).is_file():
        engine.renew = lambda: _load(spec)
    if tried:
        understand(engine)
    return engine


def is_model(spec: str) -> bool:
    """Whether it names minigrad, the model engine of the harness."""
    return is_ours(spec) and spec.removeprefix(PEER) == MODEL


def is_ours(spec: str) -> bool:
    """Whether it names the model engine or one of :data:`PEERS`, and no stranger's."""
    return spec.startswith(PEER) or (spec in (MODEL, *PEERS) and not _is_here(spec))


def _load(spec: str) -> RunningEngine:
    engine = _peer(spec.removeprefix(PEER)) if is_ours(spec) else _somebodys(spec)
    if isinstance(engine, ObjectEngine):
        engine.explore = discover
    return engine


def _somebodys(spec: str) -> RunningEngine:
    place, name = split(spec)
    module = import_spec(spec)
    engine = _of_module(module, place, name)
    with own_modules(root_of(module)):
        engine.modules = (*engine.modules, *siblings(module))
    engine.origin = _origin(engine, module)
    engine.notes = [*getattr(module.__loader__, "notes", ()), *engine.notes]
    return engine


def import_spec(spec: str) -> ModuleType:
    """The module that a stranger's engine is in. Raises :class:`EngineError`."""
    place, name = split(spec)
    if place.endswith(KINDS) or "/" in place or "\\" in place:
        return import_file(Path(place), [name] if name else [*CLASSES, "grad"])
    return import_module(place, (MODEL, *PEERS))


def _is_here(name: str) -> bool:
    """Whether the current folder has a module or a package of that name, other than the model."""
    folder = Path.cwd() / name
    package = folder.is_dir() and any(folder.rglob("*.py")) and folder.resolve() != bundled(MODEL)
    return package or folder.with_suffix(".py").is_file()


def _origin(engine: RunningEngine, module: ModuleType) -> str:
    """The file that the engine's class is defined in, from here where it lies below."""
    kind = engine.cls if is_general(type(engine)) else type(engine)
    owner = sys.modules.get(getattr(kind, "__module__", ""), module)
    place = getattr(owner, "__file__", None)
    if place is None or sources.is_ours(place):
        place = getattr(module, "__file__", None)
    file = Path(str(place or "?"))
    with suppress(ValueError):
        return f"./{file.relative_to(Path.cwd()).as_posix()}"
    return file.as_posix()


def _of_module(module: ModuleType, place: str, name: str | None) -> RunningEngine:
    """The engine in a module: the class ``name``, or the one that is meant without a name."""
    classes = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and not key.startswith("_")
    }
    if name is not None:
        found = getattr(module, name, None)
        if not isinstance(found, type):
            hint = did_you_mean(name, classes) or _list(classes)
            what = "is no class" if hasattr(module, name) else "does not exist"
            raise EngineError(f"{place}: {name} {what}{hint}")
        general = not issubclass(found, RunningEngine) and not goes_backward(found, module)
        other = formed(module) if general else None
        return other if other and other.cls is found else _engine(found, module, place)
    own = {key: found for key, found in classes.items() if is_own(found, module)}
    adapters = [c for c in own.values() if issubclass(c, RunningEngine)]
    if adapters:
        return _engine(adapters[-1], module, place)
    engines = choose(own.values(), module)
    if not engines and transforms_functions(module):
        return FunctionEngine(module)
    notes: list[str] = []
    going = bool(engines) and goes_backward(engines[0], module)
    if not going and (switch := switched_on(own.values(), module)):
        engines, going = choose(own.values(), module), True
        notes = [f"{switch}() was called: nothing goes backward without it"]
    if not (going and stands_alone(engines[0], module)) and (other := formed(module)):
        return other
    if engines:
        engine = _engine(engines[0], module, place)
        engine.notes = [*notes, *(_taken(engines[0], other, place) for other in engines[1:])]
        return engine
    if getattr(module, "__file__", None) is None:
        raise EngineError(f"{place}: this is a folder; name the .py file in it")
    for inner in submodules(module):
        with suppress(EngineError):
            return _of_module(inner, place, None)
    named = f"; name yours after a colon: {place}:Name" if own else ""
    raise EngineError(
        f"{place}: no class called {', '.join(CLASSES[:-1])} or {CLASSES[-1]}{_list(own)}{named}"
        f"{_modules_of(module)}; or write an adapter: harness adapt {place}"
    )


def _is_gap(found: type, name: str) -> bool:
    """Whether something in an adapter is as :mod:`harness.engines.adapting` has left it."""
    item = vars(found)[name]
    code = getattr(item, "__code__", None)
    return (name == "cls" and item is object) or (
        code is not None and f"GAP: {name}" in code.co_consts
    )


def _taken(kind: type, other: type, place: str) -> str:
    return (
        f"{place} has more than one engine: {kind.__name__} is taken; "
        f"for the other say {place}:{other.__name__}"
    )


def _modules_of(module: ModuleType) -> str:
    """The modules of a package, one of which may hold the engine."""
    names = [found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    if not names:
        return ""
    more = ", …" if len(names) > MOST_MODULES else ""
    listed = ", ".join(f"{module.__name__}.{name}" for name in names[:MOST_MODULES])
    return f"; or name a module of the package: {listed}{more}"


def _peer(name: str) -> RunningEngine:
    """The model engine, or an installed one of :data:`PEERS`, whatever the current folder holds."""
    if name == MODEL:
        engine = _of_module(_model(), MODEL, None)
        engine.origin = MODEL
        return engine
    if name not in PEERS:
        hint = did_you_mean(name, (MODEL, *PEERS), PEER.__add__)
        raise EngineError(f"{PEER}{name}: the peers are {', '.join((MODEL, *PEERS))}{hint}")
    here, path = Path.cwd().resolve(), list(sys.path)
    if is_somebodys(sys.modules.get(name)):
        forget(name)
    try:
        sys.path[:] = [entry for entry in path if Path(entry).resolve() != here]
        adapter = importlib.import_module(f"harness.engines.peers.{name}_")
        peer: RunningEngine = adapter.Peer()
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
        file = bundled(MODEL) / "__init__.py"
        return executed(_OWN_NAME, file, SourceFileLoader(_OWN_NAME, str(file)))
    return sys.modules[_OWN_NAME]


def _list(classes: dict[str, type]) -> str:
    return f" (its classes: {', '.join(classes)})" if classes else " (it has no class at all)"


def split(spec: str) -> tuple[str, str | None]:
    """``path:Name`` in two; a colon after a drive letter belongs to the path."""
    place, colon, name = spec.rpartition(":")
    if not colon or not name.isidentifier() or len(place) == 1:
        return spec, None
    return place, name


def _engine(found: type, module: ModuleType, place: str) -> RunningEngine:
    if not issubclass(found, RunningEngine):
        return ObjectEngine(found, module)
    if gaps := [name for name in vars(found) if _is_gap(found, name)]:
        raise EngineError(f"{place}: still to be filled in, where it says GAP: {', '.join(gaps)}")
    try:
        engine = found()
    except Exception as error:
        raise EngineError(explain(f"{place}: {found.__name__}() fails", error)) from None
    engine.module = engine.module or module
    return engine
