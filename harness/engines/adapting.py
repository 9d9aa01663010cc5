"""The text of an adapter for an engine: what was found of it as code, and its gaps marked."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

from harness.engines.adapter import FunctionEngine, ObjectEngine
from harness.engines.conventions import ARRAY, LIST, OBJECT, Backward, Leaf, shown
from harness.engines.discovery.choosing import computes
from harness.engines.discovery.leaves import best_try
from harness.engines.discovery.trying import MADE, RAN, REACHED, READ, Try
from harness.engines.engine import EngineError
from harness.engines.loading import import_spec, load, split
from harness.engines.running.calling import offers
from harness.engines.running.forward import RunningEngine
from harness.engines.running.held import attributes
from harness.engines.sources import is_own
from harness.vocabulary.signatures import OPERATIONS

MOST: int = 12
"""So many names are listed of what an engine has."""


def adapter(spec: str, folder: Path) -> str:
    """The text of an adapter in ``folder`` for the engine that ``spec`` names, be it understood or
    not. Raises :class:`EngineError` where it does not import, or is an adapter itself."""
    place, name = split(spec)
    module = import_spec(spec)
    try:
        engine: RunningEngine | None = load(spec)
    except EngineError:
        engine = _guessed(module, name)
    if isinstance(engine, FunctionEngine):
        kind, base = "FunctionEngine", "functions"
        body = list(_of_functions(engine))
    elif engine is not None and type(engine) is not ObjectEngine:
        raise EngineError(f"{spec}: {type(engine).__name__} is an adapter already")
    else:
        kind, base = "ObjectEngine", "objects"
        body = list(_of_objects(engine, module))
    return "\n".join(
        [
            f'"""How the harness is to use {Path(place).name}: found by trying it out.',
            "",
            'What is marked GAP was not found, and is for you to fill in."""',
            "",
            *_imports(module, folder, base, kind),
            "",
            "",
            f"class Adapter({kind}):",
            *(f"    {line}".rstrip() for line in body),
            "",
        ]
    )


def _guessed(module: ModuleType, name: str | None) -> ObjectEngine | None:
    """An engine of the class that is likeliest meant; None where there is no class."""
    classes = [c for c in vars(module).values() if isinstance(c, type) and is_own(c, module)]
    named = [c for c in classes if c.__name__ == name]
    computing = list(filter(computes, classes))
    found = next(iter((*named, *computing, *classes)), None)
    return None if found is None else ObjectEngine(found, module)


def _imports(module: ModuleType, folder: Path, base: str, kind: str) -> Iterator[str]:
    file = Path(str(module.__file__)).resolve()
    package = module.__name__.count(".") + (file.name == "__init__.py")
    root = file.parents[package] if package else file.parent
    notebook = file.suffix == ".ipynb"
    ours = [f"from harness.engines.adapter import {kind}"]
    if notebook:
        ours.insert(0, "from harness.engines.importing import import_file")
    if root != folder.resolve() and not notebook:
        yield "import sys"
    if root != folder.resolve() or notebook:
        yield from ("from pathlib import Path", "")
    yield from ours
    yield ""
    if notebook:
        wanted = [key for key, item in vars(module).items() if isinstance(item, type)]
        near = os.path.relpath(file, folder.resolve())
        yield f"engine = import_file(Path(__file__).with_name({near!r}), {wanted!r})"
        return
    if root != folder.resolve():
        near = os.path.relpath(root, folder.resolve())
        yield f"sys.path.insert(0, str((Path(__file__).parent / {near!r}).resolve()))"
    name = module.__name__ if "." in module.__name__ or package else file.stem
    yield f"import {name} as engine" + ("  # noqa: E402" if root != folder.resolve() else "")


def _of_functions(engine: FunctionEngine) -> Iterator[str]:
    yield "module = engine"
    yield ""
    yield "# gradients(self, function, point): by engine.grad(function)"
    yield from _operations(engine)


def _of_objects(engine: ObjectEngine | None, module: ModuleType) -> Iterator[str]:
    if engine is None:
        names = _listed(key for key, item in vars(module).items() if callable(item))
        yield f"cls = object  # GAP: the class of the engine's objects; the module has {names}"
        best = None
    else:
        yield f"cls = engine.{engine.cls.__name__}"
        best = best_try(engine)
    yield "module = engine"
    yield ""
    yield from _wrap(engine, best)
    yield ""
    yield from _value(engine, best)
    yield ""
    yield from _gradient(engine, best)
    yield ""
    yield from _backward(engine, best)
    if engine is not None:
        yield from _operations(engine)


def _wrap(engine: ObjectEngine | None, best: Try | None) -> Iterator[str]:
    what = "wrap(self, value)"
    means = "An object for a leaf: of a Python float, or of an array of float64"
    if engine is None or best is None or best.stage < MADE:
        yield from _gap(what, means, ["which class, and what does its constructor want?"])
        return
    yield from _code(what, means, f"return {_made(engine, best.conventions.leaf)}")


def _made(engine: ObjectEngine, leaf: Leaf) -> str:
    number = "value"
    if LIST in (leaf.number, leaf.array):
        number = "getattr(value, 'tolist', lambda: value)()"
    elif leaf.number == ARRAY:
        number = "numpy.asarray(value)"
    arguments = [f"{leaf.by}={number}" if leaf.by else number]
    arguments += [f'{leaf.label}="v"'] if leaf.label else []
    arguments += [f"{name}={value!r}" for name, value in leaf.given.items()]
    return f"engine.{leaf.maker or engine.cls.__name__}({', '.join(arguments)})"


def _value(engine: ObjectEngine | None, best: Try | None) -> Iterator[str]:
    what, means = "value(self, node)", "The number or the array that an object holds"
    if engine is None or best is None or best.stage < READ:
        yield from _gap(what, means, _held(engine, best))
        return
    yield from _code(what, means, f"return node{_path(shown(best.conventions.value))}")


def _gradient(engine: ObjectEngine | None, best: Try | None) -> Iterator[str]:
    what, means = "gradient(self, node)", "Its gradient after backward; None where it has none"
    if best is not None and best.stage >= RAN:
        way = best.conventions.gradient
        if way is None:
            yield "# gradient: what backward returns for the object"
            return
        if best.stage == REACHED or (engine is not None and way[0] in dir(engine.wrap(1.0))):
            yield from _code(what, means, f"return node{_path(shown(way))}")
            return
    yield from _gap(what, means, _held(engine, best))


def _backward(engine: ObjectEngine | None, best: Try | None) -> Iterator[str]:
    what = "backward(self, output, seed)"
    means = "Runs the backward pass from output, whose upstream gradient is seed"
    how = best.conventions.backward if best is not None and best.stage >= RAN else None
    if how is None:
        names = [] if engine is None else _methods(engine.cls)
        told = [f"the methods are {_listed(names)}"] if names else []
        yield from _gap(what, means, told)
    else:
        yield f"# backward: {_called(how)}"


def _called(how: Backward) -> str:
    """How the harness runs it by itself, which is more than one line of code can do."""
    if how.kind == "tape":
        return f"engine.{how.name}() is entered before the forward pass, and asked for gradients"
    call = f"output.{how.name}" if how.kind == "method" else f"engine.{how.name}"
    arguments = [] if how.kind == "method" else ["output"]
    arguments += ["the objects"] if how.sources else []
    if how.seed is None:
        return f"{call}({', '.join(arguments)}), which takes no seed: from sum(output * seed)"
    seed = "the seed as an object" if how.form == OBJECT else "the seed"
    arguments += [seed if how.first else f"{how.seed}={seed}"]
    return f"{call}({', '.join(arguments)})"


def _operations(engine: RunningEngine) -> Iterator[str]:
    missing = [op for op in OPERATIONS if engine.place_of(op) == "missing"]
    found = {call.name for op in OPERATIONS if (call := engine.call(op)) is not None}
    cls = getattr(engine, "cls", object)
    functions = vars(engine.module).items() if engine.module is not None else ()
    names = [*_methods(cls), *(key for key, item in functions if _plain(item, engine))]
    yield ""
    yield "operations = {"
    yield '    # what is not found by its name: "exp": engine.expo, or lambda x: x.expo()'
    yield from (f"    # not found: {line}" for line in _wrapped(missing))
    others = [name for name in dict.fromkeys(names) if name not in found]
    yield from (f"    # the engine also has: {line}" for line in _wrapped(others[: 3 * MOST]))
    yield "}"


def _plain(item: object, engine: ObjectEngine) -> bool:
    own = engine.module is not None and getattr(item, "__module__", "") == engine.module.__name__
    return own and callable(item) and not isinstance(item, type)


def _methods(cls: type) -> list[str]:
    return [
        key
        for key in dir(cls)
        if not key.startswith("_") and offers(cls, key) and callable(getattr(cls, key, None))
    ]


def _held(engine: ObjectEngine | None, best: Try | None) -> list[str]:
    if engine is None or best is None or best.stage < MADE:
        return []
    engine.conventions = best.conventions
    return [f"the objects have {_listed(attributes(engine.wrap(1.0)))}"]


def _code(what: str, means: str, line: str) -> Iterator[str]:
    yield f"def {what}:"
    yield f'    """{means}."""'
    yield f"    {line}"


def _gap(what: str, means: str, told: list[str]) -> Iterator[str]:
    yield f"def {what}:"
    yield f'    """GAP: {means}."""'
    yield from (f"    # {line}" for line in told)
    yield f'    raise NotImplementedError("GAP: {what.partition("(")[0]}")'


def _path(way: str) -> str:
    return way if way.startswith(".") else ""


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = ", …" if len(found) > MOST else ""
    return f"{', '.join(found[:MOST])}{more}" if found else "nothing"


def _wrapped(names: list[str]) -> Iterator[str]:
    yield from textwrap.wrap(", ".join(names), 72, break_on_hyphens=False)
