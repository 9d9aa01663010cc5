"""From what was written after ``--engine`` to an engine, or one clear line why not."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

from harness.engines.answers import describe, own_lines
from harness.engines.functions import FunctionEngine
from harness.engines.objects import BACKWARD, ObjectEngine

CLASSES: Final = ("Tensor", "Value", "Variable", "Var", "Scalar", "Node")
"""Class names that need not be given after a colon, in order of preference."""


PEERS: Final = ("micrograd", "autograd", "mygrad", "jax", "torch")
"""Engines of others, each with an adapter in ``harness/engines/peers``."""


class EngineError(Exception):
    """There is no engine to be had; the message says why and what to do."""


def load(spec: str) -> ObjectEngine:
    """The engine ``minigrad``, ``package.module``, ``path/file.py``, each with ``:Name`` or not, or
    one of :data:`PEERS`.

    A subclass of :class:`ObjectEngine` in the module is taken as it is; otherwise the class is
    wrapped in one. Raises :class:`EngineError`.
    """
    engine = _load(spec)
    if Path(_split(spec)[0]).is_file():
        engine.renew = lambda: _load(spec)
    return engine


def _load(spec: str) -> ObjectEngine:
    if spec in PEERS:
        return _peer(spec)
    place, name = _split(spec)
    is_file = place.endswith(".py") or "/" in place or "\\" in place
    module = _import_file(Path(place)) if is_file else _import_module(place)
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
    for candidate in CLASSES:
        if candidate in own:
            return _engine(own[candidate], module, place)
    if callable(getattr(module, "grad", None)):
        return FunctionEngine(module)
    raise EngineError(
        f"{place}: no class called {', '.join(CLASSES[:-1])} or {CLASSES[-1]}"
        f"{_list(own)}; name yours after a colon: {place}:Name"
    )


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
    try:
        module = importlib.import_module(f"harness.engines.peers.{name}_")
    except ModuleNotFoundError as error:
        raise EngineError(
            f"{name} is not installed ({error}): pip install 'autograd-harness[peers]'"
        ) from None
    engine: ObjectEngine = module.Peer()
    return engine


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
        if not any(hasattr(found, name) or hasattr(module, name) for name in BACKWARD):
            raise EngineError(f"{place}: class {found.__name__} has no method backward()")
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
    name = path.stem if path.stem not in sys.modules else f"engine_{path.stem}"
    location = importlib.util.spec_from_file_location(name, path.resolve())
    if location is None or location.loader is None:
        raise EngineError(f"{path}: this is no Python file (its name must end in .py)")
    module = importlib.util.module_from_spec(location)
    sys.modules[name] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        location.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        del sys.modules[name]
        raise EngineError(_explain(f"{path}: does not import", error)) from None
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module


def _import_module(name: str) -> ModuleType:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            hint = f"; did you mean {name}.py?" if Path(f"{name}.py").is_file() else ""
            near = difflib.get_close_matches(name, PEERS, n=1)
            hint = f"; did you mean {near[0]}?" if near and not hint else hint
            raise EngineError(f"no module or file called {name!r}{hint}") from None
        raise EngineError(_explain(f"{name}: does not import", error)) from None
    except BaseException as error:
        raise EngineError(_explain(f"{name}: does not import", error)) from None
    finally:
        if here in sys.path:
            sys.path.remove(here)


def _explain(what: str, error: BaseException) -> str:
    """One line, and below it the engine's own traceback lines."""
    return "\n".join([f"{what}: {describe(error)}", *(f"    {line}" for line in own_lines(error))])
