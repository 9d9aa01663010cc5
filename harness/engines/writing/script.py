"""What is asked of a script, what it is, and its run: it is executed before anybody sees it."""

from __future__ import annotations

import ast
import builtins
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from keyword import iskeyword
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.failures import describe, printable
from harness.engines.undisturbed import unwarned

NAMED: Final = "<script>"
"""The file that its lines seem to come from."""

LONGEST: Final = 400
"""So many characters has a line at most: a longer one is no example."""


Reading = tuple[str, Callable[[Any, str], str]]
"""An expression, and what it has to be where it comes to an object of the engine."""


class NotWritable(Exception):
    """A program cannot be written in the engine's own class."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a script is to print: the value (``forward``) or the gradient (``backward``) of a step
    or an input; ``part`` is written behind it, an index, ``.shape`` or ``.dtype``."""

    direction: str
    name: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Lines of Python, and what comes of them: what the last one prints, or else the exception that
    it ``raised``."""

    lines: tuple[str, ...]
    printed: str
    raised: bool = False


class Imports:
    """The names that a script takes from the modules of an engine; ``fresh`` are the modules of
    another life of it, in the same order, in which the script is run."""

    def __init__(
        self,
        modules: Sequence[ModuleType],
        fresh: Sequence[ModuleType],
        home: Callable[[ModuleType], str],
    ) -> None:
        self.modules, self.home = modules, home
        self.fresh = dict(zip(map(id, modules), fresh, strict=False))
        self.names: dict[str, tuple[str, Any]] = {}

    def name_of(self, thing: Any) -> str:
        """How something of the engine's modules is called once it is imported, or the class that
        holds it; raises :class:`NotWritable` where no module has it under a name."""
        for module in self.modules:
            for name, item in list(vars(module).items()):
                if item is thing and name.isidentifier():
                    return self._taken(module, name)
        for module in self.modules:
            for name, item in list(vars(module).items()):
                own = isinstance(item, type) and item.__module__ == module.__name__
                for key in vars(item) if own else ():
                    if getattr(item, key, None) is thing:
                        return f"{self._taken(module, name)}.{key}"
        raise NotWritable(f"{thing!r} has no name")

    def numpy(self) -> str:
        """numpy, as everybody calls it."""
        self.names["np"] = "", np
        return "np"

    def _taken(self, module: ModuleType, name: str) -> str:
        found = getattr(self.fresh.get(id(module)), name, None)
        if found is None or self.names.get(name, ("", found))[1] is not found:
            raise NotWritable(f"{name} is two things")
        self.names[name] = self.home(module), found
        return name

    @property
    def lines(self) -> list[str]:
        """The lines that import them; a comment in place of a module that has no name."""
        places: dict[str, list[str]] = {}
        for name, (place, _) in self.names.items():
            if place:
                places.setdefault(place, []).append(name)
        usual = ["import numpy as np"] if "np" in self.names else []
        odd = [place for place in places if not _is_statement(place)]
        usual += ["from importlib import import_module"] if odd else []
        own = (_imported(place, sorted(names)) for place, names in places.items())
        return [*usual, *(line for lines in own for line in lines)]

    @property
    def scope(self) -> dict[str, Any]:
        """What the names mean."""
        return {name: item for name, (_, item) in self.names.items()}


def is_identifier(name: str) -> bool:
    """Whether Python takes it for a name."""
    return name.isidentifier() and not iskeyword(name)


def _is_statement(place: str) -> bool:
    """Whether a module can be imported by a statement. A comment stands for one without a name."""
    return place.startswith("#") or all(map(is_identifier, place.split(".")))


def _imported(place: str, names: Sequence[str]) -> list[str]:
    """The lines that import names from a module, whatever its file is called."""
    if place.startswith("#"):
        return [place]
    if _is_statement(place):
        return [f"from {place} import {', '.join(names)}"]
    return [f"{name} = import_module({place!r}).{name}" for name in names]


def attempted(write: Callable[[], Script | None]) -> Script | None:
    """What was written; None where it could not be, or the engine does something else again."""
    try:
        with unwarned():
            return write()
    except KeyboardInterrupt:
        raise
    except BaseException:
        return None


def tried(
    imports: Imports, lines: Sequence[str], printing: Iterable[Reading], part: str
) -> Script | None:
    """The script that prints the first of some readings that there is; or its lines up to the one
    that raises an exception of the engine's. None where there is neither."""
    scope = imports.scope
    try:
        exec(compile("\n".join(lines), NAMED, "exec", dont_inherit=True), scope)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        last = next((frame.lineno or 0 for frame in frames if frame.filename == NAMED), 0)
        return _script(imports, lines[:last], describe(error), True) if last else None
    for expression, value in printing:
        with suppress(Exception):
            shown = value(eval(expression, scope), expression)
            if part and not isinstance(eval(shown, scope), np.ndarray | np.generic):
                shown = f"{imports.numpy()}.array({shown})"
            printed = str(eval(f"{shown}{part}", scope | imports.scope))
            return _script(imports, [*lines, f"print({shown}{part})"], printed, False)
    return None


def _script(imports: Imports, lines: Sequence[str], printed: str, raised: bool) -> Script | None:
    text = [*imports.lines, "", *lines]
    if any(len(line) > LONGEST or not line.isprintable() for line in text):
        return None
    return Script(tuple(text), printable(printed[:LONGEST]), raised)


# -- literals --------------------------------------------------------------------------------------


def literal(item: Any, numpy: Callable[[], str]) -> str:
    """A number, an array or a parameter as Python writes it; ``numpy`` gives the name of that.
    Raises :class:`NotWritable`."""
    if isinstance(item, np.ndarray) and item.size > 1 and np.all(item == 1.0):
        return f"{numpy()}.ones({item.shape}{_dtype(item, numpy)})"
    if isinstance(item, np.ndarray):
        short = item.astype(str).astype(float) if item.dtype == np.float32 else item
        return f"{numpy()}.array({_nested(short.tolist(), numpy)}{_dtype(item, numpy)})"
    if isinstance(item, np.generic):
        return _nested(item.item(), numpy)
    if isinstance(item, list | tuple | str | int | float | bool | slice | type(None) | type(...)):
        return _nested(item, numpy)
    raise NotWritable(f"{type(item).__name__} is no literal")


def _dtype(array: np.ndarray[Any, Any], numpy: Callable[[], str]) -> str:
    usual = array.dtype in (np.float64, np.int64, np.bool_) and array.size
    return "" if usual else f", {numpy()}.{array.dtype}"


def _nested(item: Any, numpy: Callable[[], str]) -> str:
    if isinstance(item, float) and (item - item != 0):
        name = f"{numpy()}.{'nan' if item != item else 'inf'}"
        return f"-{name}" if item < 0 else name
    if isinstance(item, list):
        return f"[{', '.join(_nested(one, numpy) for one in item)}]"
    if isinstance(item, tuple):
        inside = ", ".join(_nested(one, numpy) for one in item)
        return f"({inside}{',' if len(item) == 1 else ''})"
    text = "..." if item is Ellipsis else repr(item)
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        raise NotWritable(f"{text} is no literal") from None
    return text


def names_for(wanted: Iterable[str], taken: Mapping[str, Any]) -> dict[str, str]:
    """An identifier for each name that Python takes: its own, or one by its number."""
    found: dict[str, str] = {}
    used = {*taken, *dir(builtins)}
    for number, name in enumerate(wanted, 1):
        own = name if is_identifier(name) else f"t{number}"
        while own in used:
            own += "_"
        used.add(own)
        found[name] = own
    return found
