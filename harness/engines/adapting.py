"""The text of an adapter for an engine: what was found of it as code, and its gaps marked."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from harness import languages
from harness.engines.adapter import FunctionEngine, ObjectEngine
from harness.engines.conventions import ARRAY, LIST, Leaf, Way, explained, shown
from harness.engines.discovery.choosing import computes
from harness.engines.discovery.leaves import best_try
from harness.engines.discovery.trying import MADE, RAN, REACHED, READ, Try
from harness.engines.engine import EngineError, is_general
from harness.engines.forms import DualEngine, FeedEngine
from harness.engines.loading import import_spec, load, split
from harness.engines.running.forward import RunningEngine
from harness.engines.running.held import attributes
from harness.engines.running.telling import offers
from harness.engines.sources import is_own
from harness.vocabulary.signatures import OPERATIONS

MOST: Final = 12
"""So many names are listed of what an engine has."""


def adapter(spec: str, folder: Path) -> str:
    """The text of an adapter in ``folder`` for the engine that ``spec`` names, be it understood or
    not. Raises :class:`EngineError` where it does not import, or is an adapter itself."""
    place, name = split(spec)
    module = import_spec(spec)
    engine: RunningEngine | None
    try:
        engine = load(spec)
    except EngineError:
        engine = _guessed(module, name)
    if engine is not None and not is_general(type(engine)):
        raise EngineError(
            languages.told("engine", "adapter-already", spec=spec, name=type(engine).__name__)
        )
    kind = ObjectEngine if engine is None else type(engine)
    return "\n".join(
        [
            f'"""How the harness is to use {Path(place).name}: found by trying it out.',
            "",
            'What is marked GAP was not found, and is for you to fill in."""',
            "",
            *_imports(module, folder, kind),
            "",
            "",
            f"class Adapter({kind.__name__}):",
            *(f"    {line}".rstrip() for line in _body(engine, module)),
            "",
        ]
    )


def _guessed(module: ModuleType, name: str | None) -> ObjectEngine | None:
    """An engine of the class that is likeliest meant; None where there is no class."""
    classes = [c for c in vars(module).values() if isinstance(c, type) and is_own(c, module)]
    named = [c for c in classes if c.__name__ == name]
    likeliest = next(iter((*named, *filter(computes, classes), *classes)), None)
    return None if likeliest is None else ObjectEngine(likeliest, module)


def _imports(module: ModuleType, folder: Path, kind: type) -> Iterator[str]:
    file, here = Path(str(module.__file__)).resolve(), folder.resolve()
    package = module.__name__.count(".") + (file.name == "__init__.py")
    root = file.parents[package] if package else file.parent
    home = "adapter" if kind in (FunctionEngine, ObjectEngine) else "forms"
    ours = f"from harness.engines.{home} import {kind.__name__}"
    if file.suffix == ".ipynb":
        wanted = [key for key, item in vars(module).items() if isinstance(item, type)]
        near = os.path.relpath(file, here)
        yield from ("from pathlib import Path", "", ours)
        yield from ("from harness.engines.importing import import_file", "")
        yield f"engine = import_file(Path(__file__).with_name({near!r}), {wanted!r})"
        return
    name = module.__name__ if "." in module.__name__ or package else file.stem
    if root == here:
        yield from (ours, "", f"import {name} as engine")
    else:
        near = os.path.relpath(root, here)
        yield from ("import sys", "from pathlib import Path", "", ours, "")
        yield f"sys.path.insert(0, str((Path(__file__).parent / {near!r}).resolve()))"
        yield f"import {name} as engine  # noqa: E402"


def _body(engine: RunningEngine | None, module: ModuleType) -> Iterator[str]:
    if engine is not None and type(engine) is not ObjectEngine:
        if engine.class_name in vars(module):
            yield f"cls = engine.{engine.class_name}"
        yield "module = engine"
        if isinstance(engine, FeedEngine):
            yield from (f'placeholder = "{engine.placeholder}"', f"named = {engine.named}")
        if isinstance(engine, DualEngine) and engine.listed:
            yield "listed = True"
        if type(engine) is FunctionEngine and engine.transform is None:
            yield from ("", *_gap("gradients(self, function, point)", GRADIENTS))
        else:
            yield from ("", *(f"# {line}" for line in engine.told()[1:]))
    elif isinstance(engine, ObjectEngine):
        yield f"cls = engine.{engine.class_name}"
        yield "module = engine"
        best = best_try(engine)
        engine.conventions = best.conventions
        yield from _methods(_known(engine, best), _told(engine, best))
    else:
        names = _listed(key for key, item in vars(module).items() if callable(item))
        yield f"cls = object  # GAP: the class of the engine's objects; the module has {names}"
        yield "module = engine"
        yield from _methods({}, {"wrap": WANTING})
    if engine is not None:
        yield from _operations(engine)


METHODS: Final = {
    "wrap(self, value)": "An object for a leaf: of a Python float, or of an array of float64",
    "value(self, node)": "The number or the array that an object holds",
    "gradient(self, node)": "Its gradient after backward; None where it has none",
    "backward(self, output, seed)": (
        "Runs the backward pass from output, whose upstream gradient is seed"
    ),
}
"""What an adapter of objects has, and what each method is to do."""

GRADIENTS: Final = (
    "A list with the gradient of function(*point), a number, by each of its arguments"
)
"""What an adapter of functions has, where nothing was found that gives the right ones."""

WANTING: Final = "which class, and what does its constructor want?"
"""What is asked where no object can be made."""


def _methods(known: Mapping[str, str], told: Mapping[str, str]) -> Iterator[str]:
    """Each method with its one line, or a comment where there is nothing to write, or as a gap with
    what is told of the engine."""
    for signature, means in METHODS.items():
        name = signature.partition("(")[0]
        line = known.get(name, "")
        yield ""
        if line.startswith("#"):
            yield line
            continue
        if not line:
            yield from _gap(signature, means, told.get(name, ""))
            continue
        yield from (f"def {signature}:", f'    """{means}."""', f"    {line}")


def _gap(signature: str, means: str, told: str = "") -> Iterator[str]:
    """A method that is to be filled in, with what is told of the engine."""
    yield from (f"def {signature}:", f'    """GAP: {means}."""')
    yield from [f"    # {told}"] if told else []
    yield f'    raise NotImplementedError("GAP: {signature.partition("(")[0]}")'


def _known(engine: ObjectEngine, best: Try) -> dict[str, str]:
    """What a method does, where that was found."""
    found, known = best.conventions, {}
    if best.stage >= MADE:
        known["wrap"] = f"return engine.{_made(found.leaf, engine.class_name)}"
    if best.stage >= READ:
        known["value"] = f"return node{_path(found.value)}"
    if best.stage >= RAN:
        known["backward"] = f"# backward: {explained(found, engine.class_name)['backward']}"
        if found.gradient is None:
            known["gradient"] = "# gradient: what backward returns for the object"
        elif best.stage == REACHED or found.gradient[0] in dir(engine.wrap(1.0)):
            known["gradient"] = f"return node{_path(found.gradient)}"
    return known


def _told(engine: ObjectEngine, best: Try) -> dict[str, str]:
    """What the engine has, where something was not found."""
    kinds = [key for key, item in vars(engine.module).items() if isinstance(item, type)]
    told, names = {"wrap": f"{WANTING} There are {_listed(kinds)}"}, _public(engine.cls)
    if names:
        told["backward"] = f"the methods are {_listed(names)}"
    if best.stage >= MADE:
        told["value"] = f"the objects have {_listed(attributes(engine.wrap(1.0)))}"
        told["gradient"] = told["value"]
    return told


def _made(leaf: Leaf, cls: str) -> str:
    number = "numpy.asarray(value)" if leaf.number == ARRAY else "value"
    if LIST in (leaf.number, leaf.array):
        number = "getattr(value, 'tolist', lambda: value)()"
    return leaf.call(cls, number, "v")


def _operations(engine: RunningEngine) -> Iterator[str]:
    missing = [op for op in OPERATIONS if not engine.has(op)]
    found = {call.name for op in OPERATIONS if (call := engine.call(op)) is not None}
    functions = vars(engine.module).items() if engine.module is not None else ()
    names = _public(engine.cls or object)
    names += [key for key, item in functions if _plain(item, engine)]
    others = [name for name in dict.fromkeys(names) if name not in found]
    yield from ("", "operations = {")
    yield '    # what is not found by its name: "exp": engine.expo, or lambda x: x.expo()'
    yield from (f"    # not found: {line}" for line in _wrapped(missing))
    yield from (f"    # the engine also has: {line}" for line in _wrapped(others[: 3 * MOST]))
    yield "}"


def _plain(item: Any, engine: RunningEngine) -> bool:
    own = engine.module is not None and getattr(item, "__module__", "") == engine.module.__name__
    return own and callable(item) and item is not engine.cls


def _public(cls: type) -> list[str]:
    """The names of a class's own methods."""
    names = [key for key in dir(cls) if not key.startswith("_") and offers(cls, key)]
    return [key for key in names if callable(getattr(cls, key, None))]


def _path(way: Way) -> str:
    return shown(way) if way else ""


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = ", …" if len(every) > MOST else ""
    return f"{', '.join(every[:MOST])}{more}" if every else "nothing"


def _wrapped(names: list[str]) -> list[str]:
    return textwrap.wrap(", ".join(names), 72, break_on_hyphens=False)
