"""Numbers in an engine's objects: where they are, and what backward has changed."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from harness.engines.calls import offers
from harness.engines.conventions import Way, reader
from harness.engines.usual import ASIDE, GRADIENTS, VALUES
from harness.vocabulary.program import Array

if TYPE_CHECKING:
    from harness.engines.objects import ObjectEngine


_NOTHING: Final = object()


def number_in(item: Any) -> Array | None:
    """What is read as a number or an array of numbers; None if it is none, or of no numbers."""
    if isinstance(item, Fraction | Decimal):
        return np.asarray(float(item))
    listed = isinstance(item, list | tuple) and len(item) > 0
    plain = isinstance(item, int | float | np.generic | np.ndarray) and not isinstance(item, bool)
    if not (listed or plain or hasattr(type(item), "__array__")):
        return None
    try:
        array = np.asarray(item)
    except Exception:
        return None
    return array if array.dtype.kind in "fiu" else None


def value_ways(node: Any, number: float) -> list[Way]:
    """Every way to read in ``node`` the number that was put in: those that give it as a plain one
    first, and of these the usual ones."""
    found: dict[Way, int] = {}
    for way in _value_ways(node):
        try:
            read = number_in(reader(way)(node))
        except Exception:
            continue
        if read is not None and read.size == 1 and float(read.reshape(())) == number:
            found[way] = read.ndim
    return sorted(found, key=lambda way: found[way])


def _value_ways(node: Any) -> Iterator[Way]:
    if isinstance(node, np.ndarray):
        yield ()
    for name in VALUES:
        if has(node, name):
            yield (name,)
    if has(node, "detach"):
        yield "detach()", "numpy()"
    own = [*attributes(node), *_properties(node)]
    for name in dict.fromkeys((*VALUES, *own)):
        inner = getattr(node, name, None) if has(node, name) else None
        if inner is not None and not callable(inner) and number_in(inner) is None:
            yield from ((name, further) for further in VALUES if has(inner, further))
    yield from ((name,) for name in own)
    yield from (way for way in (("item()",), (), ("tolist()",), ("__float__()",)))


def has(node: Any, name: str) -> bool:
    """Whether an object has an attribute, or ``method()``, whatever it raises where it has not."""
    try:
        getattr(node, _bare(name))
    except Exception:
        return False
    return True


def _bare(name: str) -> str:
    return name.removesuffix("()")


def attributes(node: Any) -> list[str]:
    """The names of what an object holds itself, in its dictionary or in slots."""
    slots = [
        name
        for base in type(node).__mro__
        for name in _as_names(vars(base).get("__slots__", ()))
        if not name.startswith("__") and hasattr(node, name)
    ]
    return [*getattr(node, "__dict__", {}), *slots]


def _properties(node: Any) -> list[str]:
    """The names of what an object computes when it is asked for it."""
    kind = type(node)
    own = (name for name in dir(kind) if not name.startswith("_"))
    return [name for name in own if isinstance(getattr(kind, name, None), property)]


def _as_names(slots: Any) -> list[str]:
    return [slots] if isinstance(slots, str) else list(slots)


def readings(engine: ObjectEngine, node: Any) -> dict[Way, bytes | None]:
    """The numbers in an object that may be its gradient, as bytes: under usual names (None where
    there is no number yet), then in its other attributes."""
    found: dict[Way, bytes | None] = {}
    for name in dict.fromkeys((*GRADIENTS, *attributes(node), *_properties(node))):
        try:
            item = getattr(node, _bare(name))
            if name.endswith("()"):
                item = item() if inspect.ismethod(item) and needs_nothing(item) else _NOTHING
        except Exception:
            continue
        way, number = _deep(engine, (name,), item)
        if number is not None and (name in GRADIENTS or number.dtype.kind == "f"):
            found[way] = number.astype(float).tobytes()
        elif item is None and name in GRADIENTS:
            found[way] = None
    return found


def needs_nothing(method: Any) -> bool:
    """Whether a bound method can be called without arguments."""
    return not any(
        p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        for p in inspect.signature(method).parameters.values()
    )


def may_be_tried(name: str) -> bool:
    """Whether what has this name is public, and is not called like what does more than compute."""
    return not name.lower().startswith(("_", *ASIDE))


def free_methods(node: Any) -> Iterator[str]:
    """An object's own methods that can be called without anything, and may be tried."""
    for name in filter(may_be_tried, dir(type(node))):
        if offers(type(node), name) and has(node, name):
            method = getattr(node, name)
            if inspect.ismethod(method) and needs_nothing(method):
                yield name


def _deep(engine: ObjectEngine, way: Way, item: Any) -> tuple[Way, Array | None]:
    """The number in ``item``: itself, an object of the engine's, or one that holds a number."""
    number = number_in(item)
    if number is not None or item is None or callable(item):
        return way, number
    if isinstance(item, getattr(engine, "cls", ())):
        try:
            return way, number_in(engine.value(item))
        except Exception:
            return way, None
    for name in VALUES:
        try:
            number = number_in(reader((name,))(item))
        except Exception:
            continue
        if number is not None:
            return (*way, name), number
    return way, None
