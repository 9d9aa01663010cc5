"""Scripts for engines of any other form: the calls that were made of the engine, written down.

A program is run, and every call of the engine's own code from outside is heard. Of these lines as
many are left out as can be, as long as the very same comes of the others.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, count, islice
from types import CodeType, FrameType, MethodType, ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.engine import Engine, is_general
from harness.engines.running.forward import RunningEngine
from harness.engines.sources import is_engines
from harness.engines.trace import Trace
from harness.engines.writing.objects import home_of, modules_of
from harness.engines.writing.script import (
    Asked,
    Imports,
    NotWritable,
    Reading,
    Script,
    attempted,
    literal,
    names_for,
    tried,
)
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Array, Program
from harness.vocabulary.spelling import ATOM, OPERATORS, Written, number

MOST_CALLS: Final = 60
"""So many calls are written down: what takes more is no short example."""

MOST_ITEMS, MOST_READINGS = 8, 60
"""So many items of a list have names, and in so many places a number is looked for."""

BACK: Final = ("back", "grad", "deriv", "vjp")
"""What is part of a name that a way back has."""

SIGNS: Final = {native.method: op for op, native in NATIVE.items()}
"""The operation that a method of Python's own is written as."""


@dataclass(slots=True, eq=False)
class Heard:
    """A call, as it begins: the code, what is around it, what it was given; and what came of it."""

    code: CodeType
    around: dict[str, Any]
    given: list[Any]
    named: dict[str, Any]
    result: Any = None


@dataclass(slots=True)
class Listening:
    """A function for :func:`sys.setprofile`, which hears calls from outside of the engine, whose
    code is in some ``files``."""

    files: frozenset[str]
    heard: list[Heard] = field(default_factory=list)
    inside: FrameType | None = None

    def __call__(self, frame: FrameType, event: str, result: Any) -> None:
        if event == "return" and frame is self.inside:
            self.heard[-1].result, self.inside = result, None
        own = event == "call" and self.inside is None
        if own and frame.f_code.co_filename in self.files:
            self.heard.append(_called(frame))
            self.inside = frame


def _called(frame: FrameType) -> Heard:
    names, spread, others, values = inspect.getargvalues(frame)
    first = frame.f_code.co_argcount
    given = [values[name] for name in names[:first]] + list(values[spread] if spread else ())
    named = {name: values[name] for name in names[first:]} | (values[others] if others else {})
    around = {name: values.get(name) for name in frame.f_code.co_freevars}
    return Heard(frame.f_code, around, given, named)


def _is_called(item: Any, one: Heard) -> bool:
    """Whether it is the function whose call that was, and not another one of the same lines."""
    plain = inspect.unwrap(getattr(item, "__func__", item))
    if getattr(plain, "__code__", None) is not one.code:
        return False
    cells = zip(one.code.co_freevars, plain.__closure__ or (), strict=False)
    return all(cell.cell_contents is one.around[name] for name, cell in cells)


Modules = Callable[[RunningEngine], list[ModuleType]]
"""Those that are the engine's own."""


def written(
    engine: RunningEngine,
    program: Program,
    asked: Asked,
    fresh: Engine | None,
    modules: Modules = modules_of,
) -> Script | None:
    """The calls that a program comes to, whose last one prints what is asked; None where they
    cannot be written, or something else comes of them."""
    if asked.direction == "second" or not is_general(type(engine)):
        return None
    again = fresh if isinstance(fresh, RunningEngine) else engine
    return attempted(lambda: _script(engine, program, asked, again, modules))


def _script(
    engine: RunningEngine,
    program: Program,
    asked: Asked,
    again: RunningEngine,
    modules: Modules,
) -> Script | None:
    files = {str(getattr(module, "__file__", "")) for module in modules(engine)}
    listening, before = Listening(frozenset(filter(is_engines, files))), sys.getprofile()
    sys.setprofile(listening)
    try:
        trace = engine.run(program)
    finally:
        sys.setprofile(before)
    if len(listening.heard) > MOST_CALLS:
        return None
    imports = Imports(modules(engine), modules(again), home_of)
    calls = _Calls(engine, imports, listening.heard)
    if trace.failure is not None:
        whole = tried(imports, calls.lines, [], "")
        return _shortened(calls, imports, [], "", whole) if whole is not None else None
    readings = list(islice(calls.readings(_number(trace, asked)), MOST_READINGS))
    whole = tried(imports, calls.lines, readings, asked.part)
    if whole is None or whole.raised:
        return None
    own = [one for one in readings if one[0] == calls.found]
    return _shortened(calls, imports, own, asked.part, whole)


def _number(trace: Trace, asked: Asked) -> Array:
    found = trace.values if asked.direction == "forward" else trace.gradients
    if asked.name not in found:
        raise NotWritable("it has no number")
    return found[asked.name]


def _shortened(
    calls: _Calls, imports: Imports, readings: list[Reading], part: str, whole: Script
) -> Script:
    """The script without the lines that may be left out."""
    lines = list(calls.lines)
    for index in reversed(range(len(calls.lines))):
        fewer = [*lines[:index], *lines[index + 1 :]]
        script = tried(imports, fewer, readings, part) if fewer else None
        same = script is not None and (script.printed, script.raised) == (
            whole.printed,
            whole.raised,
        )
        if script is not None and same:
            lines, whole = fewer, script
    return whole


class _Calls:
    """The lines of some calls, one each, and what their results are called."""

    def __init__(self, engine: RunningEngine, imports: Imports, heard: list[Heard]) -> None:
        self.engine, self.imports = engine, imports
        self.known: dict[int, str] = {}
        self.kept: list[tuple[str, Any]] = []
        own = names_for(engine.nodes, {"np": np, "print": print})
        self.names = {id(node): own[name] for name, node in engine.nodes.items()}
        self.taken = {"np", "print"}
        self.lines: list[str] = []
        self.found = ""
        """Where the number that was wanted stands."""
        for one in heard:
            with suppress(NotWritable):  # it may not be needed
                self._say(one)

    def _say(self, one: Heard) -> None:
        text = self._text(one)
        made = one.code.co_name == "__init__"
        back = any(part in one.code.co_name.lower() for part in BACK)
        result = one.given[0] if made else one.result
        usual = type(result).__name__.lower() if made else "grads" if back else "out"
        self._line(text, result, self.names.get(id(result), usual))

    def _line(self, text: str, result: Any, wish: str) -> str:
        """A line that keeps a result, and the name that it has there."""
        every = chain([wish], (f"{wish}{number_}" for number_ in count(2)))
        name = next(name for name in every if name not in self.taken)
        self.taken.add(name)
        self.lines.append(f"{name} = {text}")
        self._name(name, result)
        return name

    def _name(self, name: str, item: Any, deep: int = 2) -> None:
        """From here on the object is called like that; so are those in a list."""
        self.kept.append((name, item))
        if isinstance(item, list | tuple) and deep:
            for number_, one in enumerate(item[:MOST_ITEMS]):
                self._name(f"{name}[{number_}]", one, deep - 1)
        if not isinstance(item, int | str | type(None)):
            self.known.setdefault(id(item), name)

    # -- a call ------------------------------------------------------------------------------------

    def _text(self, one: Heard) -> str:
        """A call as it is written."""
        own, *rest = one.given or [None]
        name = one.code.co_name
        function = inspect.getattr_static(type(own), name, None)
        if getattr(function, "__code__", None) is one.code:
            if name == "__init__":
                return self._call(self.imports.name_of(type(own)), rest, one, function)
            if name in SIGNS and len(rest) < 2:
                sign = OPERATORS[SIGNS[name]]
                texts = [Written(self._argument(item)) for item in one.given]
                within = (t.within(least) for t, least in zip(texts, sign.operands, strict=True))
                return sign.form.format(*within)
            called = "" if name == "__call__" else f".{name}"
            owner = Written(self._argument(own)).within(ATOM)
            return self._call(f"{owner}{called}", rest, one, function)
        name, found = self._function(one)
        owned = isinstance(found, MethodType)  # by its class, which it is given first
        return self._call(name, rest if owned else one.given, one, found)

    def _call(self, function: str, given: list[Any], one: Heard, found: Any) -> str:
        given = given[: len(given) - _left_out(found, given)]
        named = [f"{name}={self._argument(item)}" for name, item in one.named.items()]
        return f"{function}({', '.join([*map(self._argument, given), *named])})"

    def _function(self, one: Heard) -> tuple[str, Any]:
        """A function, and its name, or that of what it came with."""
        for name, item in self.kept:
            if _is_called(item, one):
                return name, item
        for item in self._own():
            if _is_called(item, one):
                return self.imports.name_of(item), item
        raise NotWritable(one.code.co_name)

    def _own(self) -> Iterator[Any]:
        """What the engine's modules hold, and their classes."""
        for module in self.imports.modules:
            for item in list(vars(module).values()):
                yield item
                for key in vars(item) if isinstance(item, type) else ():
                    yield getattr(item, key, None)

    def _argument(self, item: Any) -> str:
        if id(item) in self.known:
            return self.known[id(item)]
        if isinstance(item, dict):
            pairs = (f"{self._argument(key)}: {self._argument(x)}" for key, x in item.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(item, list | tuple) and not all(map(_is_plain, item)):
            inside = ", ".join(map(self._argument, item))
            comma = "," if isinstance(item, tuple) and len(item) == 1 else ""
            return f"[{inside}]" if isinstance(item, list) else f"({inside}{comma})"
        if isinstance(item, float) and np.isfinite(item):
            return number(float(item)).text
        if callable(item) or isinstance(item, type):
            return self.imports.name_of(item)
        if not _is_plain(item) and type(item).__init__ is object.__init__:
            kind = type(item)  # which is made of nothing, so that nobody has heard of it
            return self._line(f"{self.imports.name_of(kind)}()", item, kind.__name__.lower())
        return literal(item, self.imports.numpy)

    # -- what is read ------------------------------------------------------------------------------

    def readings(self, wanted: Array) -> Iterator[Reading]:
        """Where the number that is wanted may stand, what came last first."""

        def checked(found: Any, text: str) -> str:
            if not np.array_equal(np.asarray(found, float), wanted, equal_nan=True):
                raise ValueError(text)
            self.found = text
            return text

        for name, item in reversed(self.kept):
            yield name, checked
            if isinstance(item, dict):
                yield from ((f"{name}[{self._argument(key)}]", checked) for key in item)
            elif not _is_plain(item):
                yield from ((f"{name}.{key}", checked) for key in getattr(item, "__dict__", ()))


def _left_out(function: Any, given: list[Any]) -> int:
    """How many of the last arguments are those that a function has by itself."""
    defaults = getattr(function, "__defaults__", None) or ()
    pairs = zip(reversed(given), reversed(defaults), strict=False)
    same = [one is other for one, other in pairs]
    return same.index(False) if False in same else len(same)


def _is_plain(item: Any) -> bool:
    """Whether it is a number, an array, a text or nothing."""
    if isinstance(item, list | tuple):
        return all(map(_is_plain, item))
    return isinstance(item, int | float | str | slice | np.ndarray | np.generic | type(None))
