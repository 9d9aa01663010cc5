"""Which engine a module holds: an adapter, a class of objects, one of the other forms, functions
that are transformed; or, in a package, the one that a module of it holds."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Final

from harness import languages
from harness.engines.adapter import FunctionEngine, ObjectEngine
from harness.engines.discovery.choosing import (
    CLASSES,
    choose,
    goes_backward,
    only_transforms,
    reverse_of,
    stands_alone,
    switched_on,
    transforms_functions,
)
from harness.engines.engine import EngineError
from harness.engines.forms import DualEngine, formed
from harness.engines.importing import did_you_mean, explain
from harness.engines.running.forward import RunningEngine
from harness.engines.siblings import submodules
from harness.engines.sources import is_own

MOST_MODULES: Final = 8
"""So many modules of a package are told."""


def of_module(module: ModuleType, place: str, name: str | None) -> RunningEngine:
    """The engine in a module, which was asked for as ``place``: the class ``name``, or the one that
    is meant without a name. Raises :class:`EngineError`."""
    classes = {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and not key.startswith("_")
    }
    if name is not None:
        return _named(module, place, name, classes)
    if engine := _held(module, place) or _of_package(module, place):
        return engine
    raise EngineError(_absent(module, place, _own_classes(module)))


def _own_classes(module: ModuleType) -> dict[str, type]:
    """The public classes of a module's own, by name."""
    return {
        key: found
        for key, found in vars(module).items()
        if isinstance(found, type) and not key.startswith("_") and is_own(found, module)
    }


def _held(module: ModuleType, place: str) -> RunningEngine | None:
    """The engine that a module holds, or of a package the first module of it that holds one."""
    own = _own_classes(module)
    adapters = [c for c in own.values() if issubclass(c, RunningEngine)]
    if adapters:
        return _engine(adapters[-1], module, place)
    if engine := _meant(module, place, own):
        return engine
    for inner in submodules(module):
        with suppress(EngineError):
            if engine := _held(inner, place):
                return engine
    return None


def _named(module: ModuleType, place: str, name: str, classes: Mapping[str, type]) -> RunningEngine:
    """The engine of a class, which may be of another form."""
    found = getattr(module, name, None)
    if not isinstance(found, type):
        hint = did_you_mean(name, classes) or _list(classes)
        what = (
            languages.told("engine", "is-no-class")
            if hasattr(module, name)
            else languages.told("engine", "does-not-exist")
        )
        raise EngineError(f"{place}: {name} {what}{hint}")
    general = not issubclass(found, RunningEngine) and not goes_backward(found, module)
    other = formed(module) if general else None
    return other if other and other.cls is found else _engine(found, module, place)


def _meant(module: ModuleType, place: str, own: Mapping[str, type]) -> RunningEngine | None:
    """The engine that a module holds itself."""
    engines, notes = choose(own.values(), module), list[str]()
    only = bool(engines) and only_transforms(engines[0], module)
    if only or (not engines and transforms_functions(module)):
        return _of_functions(module, own)
    going = bool(engines) and goes_backward(engines[0], module)
    if not going and (switch := switched_on(own.values(), module)):
        engines, going = choose(own.values(), module), True
        notes = [languages.told("engine", "switch-called", switch=switch)]
    alone = going and stands_alone(engines[0], module)
    if not alone and (other := formed(module) or _formed_around(module, place)):
        both = _both_modes(other, own, module)
        if not both:
            return other
        engines = both
    if not engines:
        return None
    engine = _engine(engines[0], module, place)
    engine.notes = [*notes, *(_taken(engines[0], other, place) for other in engines[1:])]
    return engine


def _formed_around(module: ModuleType, place: str) -> RunningEngine | None:
    """The engine of another form that a module is a part of, with the rest of its package."""
    for package in _packages(module):
        if engine := formed(package):
            return _told_of(engine, package, place)
    return None


def _packages(module: ModuleType) -> Iterator[ModuleType]:
    """The packages that a module is in, the innermost first."""
    names = module.__name__.split(".")[:-1]
    inner = (".".join(names[:count]) for count in range(len(names), 0, -1))
    yield from (sys.modules[name] for name in inner if name in sys.modules)


def _told_of(engine: RunningEngine, package: ModuleType, place: str) -> RunningEngine:
    """The engine of a package, which says that it is not that of the module alone."""
    told = languages.told("engine", "that-of-package", place=place, package=package.__name__)
    engine.notes = [told, *engine.notes]
    return engine


def _of_functions(module: ModuleType, own: Mapping[str, type]) -> RunningEngine:
    """The engine of functions that are transformed. Where these take no plain number beside the
    object by which is differentiated, that of these objects, in reverse or forward mode."""
    engine = FunctionEngine(module)
    engine.cls = engine.symbols
    engine.symbolic = engine.cls is not None
    if engine.symbolic or engine.mixes:
        return engine
    reverse = reverse_of(own.values(), module)
    return ObjectEngine(reverse, module) if reverse else DualEngine.of(module) or engine


def _both_modes(engine: RunningEngine, own: Mapping[str, type], module: ModuleType) -> list[type]:
    """The classes of reverse and of forward mode, where there are both: reverse mode is taken."""
    if not isinstance(engine, DualEngine) or engine.cls is None:
        return []
    reverse = reverse_of(own.values(), module, engine.cls)
    return [] if reverse is None else [reverse, engine.cls]


def _of_package(module: ModuleType, place: str) -> RunningEngine | None:
    """The engine of the package that a module is a part of, where it holds none itself."""
    for package in _packages(module):
        if engine := _held(package, place):
            return _told_of(engine, package, place)
    return None


def _absent(module: ModuleType, place: str, own: Mapping[str, type]) -> str:
    """That there is no engine, and what may be meant."""
    if getattr(module, "__file__", None) is None:
        return languages.told("engine", "a-folder", place=place)
    named = languages.told("engine", "name-yours", place=place) if own else ""
    return languages.told(
        "engine",
        "no-class",
        place=place,
        classes=", ".join(CLASSES[:-1]),
        classes2=CLASSES[-1],
        own=_list(own),
        named=named,
        modules_of=_modules_of(module),
    )


def _engine(found: type, module: ModuleType, place: str) -> RunningEngine:
    if not issubclass(found, RunningEngine):
        return ObjectEngine(found, module)
    if gaps := [name for name in vars(found) if _is_gap(found, name)]:
        raise EngineError(languages.told("engine", "has-gaps", place=place, gaps=", ".join(gaps)))
    try:
        engine = found()
    except Exception as error:
        raise EngineError(
            explain(languages.told("engine", "call-fails", place=place, name=found.__name__), error)
        ) from None
    engine.module = engine.module or module
    return engine


def _is_gap(found: type, name: str) -> bool:
    """Whether something in an adapter is as :mod:`harness.engines.adapting` has left it."""
    item = vars(found)[name]
    code = getattr(item, "__code__", None)
    return (name == "cls" and item is object) or (
        code is not None and f"GAP: {name}" in code.co_consts
    )


def _taken(kind: type, other: type, place: str) -> str:
    return languages.told(
        "engine", "more-than-one", place=place, name=kind.__name__, other=other.__name__
    )


def _modules_of(module: ModuleType) -> str:
    """The modules of a package, one of which may hold the engine."""
    names = [found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ()))]
    if not names:
        return ""
    more = ", …" if len(names) > MOST_MODULES else ""
    listed = ", ".join(f"{module.__name__}.{name}" for name in names[:MOST_MODULES])
    return languages.told("engine", "name-a-module", listed=listed, more=more)


def _list(classes: Mapping[str, type]) -> str:
    return (
        languages.told("engine", "its-classes", classes=", ".join(classes))
        if classes
        else languages.told("engine", "no-class-at-all")
    )
