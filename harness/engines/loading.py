"""From what was written after ``--engine`` to an engine, or one clear line why not."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Final

from harness import languages
from harness.bundled import bundled
from harness.engines import sources
from harness.engines.adapter import ObjectEngine
from harness.engines.discovery import discover, understand
from harness.engines.discovery.choosing import CLASSES
from harness.engines.engine import EngineError as EngineError
from harness.engines.engine import is_general
from harness.engines.forms import FORMS, of_form
from harness.engines.importing import (
    KINDS,
    did_you_mean,
    executed,
    forget,
    import_file,
    import_module,
    root_of,
)
from harness.engines.importing import PEERS as PEERS
from harness.engines.running.forward import RunningEngine
from harness.engines.siblings import siblings
from harness.engines.sources import is_somebodys, own_modules
from harness.engines.taking import of_module

MODEL: Final = "minigrad"
"""The model engine, which comes with the harness."""

PEER: Final = "peer:"
"""What a name begins with that can only be an installed engine, or the model."""

_OWN_NAME: Final = "harness.minigrad"
"""The model's name as a module here, so that any other package may be called minigrad."""


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
        engine.renew = lambda: _again(engine, spec)
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


def _again(engine: RunningEngine, spec: str) -> RunningEngine:
    """The engine in a new life of its module: what is known of it is not looked for once more."""
    plain = type(engine) is ObjectEngine and not engine.notes
    if not plain and type(engine) not in FORMS:
        return _load(spec)
    module = import_spec(spec)
    home = _home(engine.module, module)
    again = _at(home, engine) if home is not None else None
    return _placed(again, module) if again is not None else _load(spec)


def _home(old: ModuleType | None, imported: ModuleType) -> ModuleType | None:
    """What an engine's module is now: what was imported, or a part of its package."""
    every = (imported, sys.modules.get(getattr(old, "__name__", "")))
    file = getattr(old, "__file__", None)
    return next((new for new in every if getattr(new, "__file__", None) == file), None)


def _at(home: ModuleType, engine: RunningEngine) -> RunningEngine | None:
    """The engine of the same form, and of a class of the same name, in another life of its module;
    None where there is none."""
    if type(engine) in FORMS:
        return of_form(type(engine), home, engine.class_name)
    found = getattr(home, engine.class_name, None)
    known = getattr(engine.module, engine.class_name, None) is engine.cls
    if not known or not isinstance(found, type):
        return None
    again = ObjectEngine(found, home)
    again.explore = discover
    return again


def _somebodys(spec: str) -> RunningEngine:
    place, name = split(spec)
    return engine_in(import_spec(spec), place, name)


def engine_in(module: ModuleType, place: str, name: str | None) -> RunningEngine:
    """The engine in a stranger's module, with the modules beside it."""
    return _placed(of_module(module, place, name), module)


def _placed(engine: RunningEngine, module: ModuleType) -> RunningEngine:
    """The engine, with what is around it and where it was found."""
    with own_modules(root_of(module)):
        engine.modules = (*engine.modules, *siblings(module))
    engine.file, engine.origin = module, _origin(engine, module)
    engine.notes = [*getattr(module.__loader__, "notes", ()), *engine.notes]
    return engine


def import_spec(spec: str) -> ModuleType:
    """The module that a stranger's engine is in. Raises :class:`EngineError`."""
    place, name = split(spec)
    if place.endswith(KINDS) or "/" in place or "\\" in place or Path(place).is_file():
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


def _peer(name: str) -> RunningEngine:
    """The model engine, or an installed one of :data:`PEERS`, whatever the current folder holds."""
    if name == MODEL:
        engine = of_module(_model(), MODEL, None)
        engine.origin = MODEL
        return engine
    if name not in PEERS:
        hint = did_you_mean(name, (MODEL, *PEERS), PEER.__add__)
        raise EngineError(
            languages.told(
                "engine",
                "peers-are",
                peer=PEER,
                name=name,
                value=", ".join((MODEL, *PEERS)),
                hint=hint,
            )
        )
    here, path = Path.cwd().resolve(), list(sys.path)
    if is_somebodys(sys.modules.get(name)):
        forget(name)
    try:
        sys.path[:] = [entry for entry in path if Path(entry).resolve() != here]
        adapter = importlib.import_module(f"harness.engines.peers.{name}_")
        peer: RunningEngine = adapter.Peer()
    except ModuleNotFoundError as error:
        raise EngineError(
            languages.told("engine", "not-installed", name=name, error=error)
        ) from None
    finally:
        sys.path[:] = path
    peer.origin = languages.told(
        "engine", "as-installed", name=name, partition=version(name).partition("+")[0]
    )
    return peer


def _model() -> ModuleType:
    """minigrad, imported under a name of its own."""
    if _OWN_NAME not in sys.modules:
        file = bundled(MODEL) / "__init__.py"
        return executed(_OWN_NAME, file, SourceFileLoader(_OWN_NAME, str(file)))
    return sys.modules[_OWN_NAME]


def split(spec: str) -> tuple[str, str | None]:
    """``path:Name`` in two; a colon after a drive letter belongs to the path."""
    place, colon, name = spec.rpartition(":")
    if not colon or not name.isidentifier() or len(place) == 1:
        return spec, None
    return place, name
