"""Where an object of an engine's has the number that was put into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from inspect import isfunction
from typing import Any

import numpy as np

from harness.engines.clock import tried
from harness.engines.conventions import Way, reader
from harness.engines.names import METHODS, VALUES, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.held import attributes
from harness.engines.running.telling import needed_of
from harness.vocabulary.program import Array


def value_ways(node: Any, number: float) -> list[Way]:
    """Every way to read in ``node`` the number that was put in: those that give it as a plain one
    first, and of these the usual ones."""
    axes: dict[Way, int] = {}
    for way in _value_ways(node):
        with suppress(Exception):
            read = _read(way, node, number)
            if read is not None:
                axes[way] = read.ndim
    return sorted(axes, key=lambda way: axes[way])


def asked_ways(node: Any, number: float) -> Iterator[Way]:
    """The methods, whatever they are called, that give the number. They may do anything: one at a
    time is called, and only when it is wanted."""
    for name in _asked(node):
        way, read = (f"{name}()",), None
        with tried():
            read = _read(way, node, number)
        if read is not None:
            yield way


def _read(way: Way, node: Any, number: float) -> Array | None:
    """What is read, if it is the number."""
    read = number_in(reader(way)(node))
    same = read is not None and read.size == 1 and float(read.reshape(())) == number
    return read if same else None


def _value_ways(node: Any) -> Iterator[Way]:
    if isinstance(node, np.ndarray):
        yield ()
    yield from ((name,) for name in VALUES if has(node, name))
    if has(node, "detach"):
        yield "detach()", "numpy()"
    own = [*attributes(node), *properties(node)]
    for name in dict.fromkeys((*VALUES, *own)):
        inner = getattr(node, name, None) if has(node, name) else None
        if inner is not None and not callable(inner) and number_in(inner) is None:
            yield from ((name, further) for further in VALUES if has(inner, further))
    yield from ((name,) for name in own)
    yield from (("item()",), (), ("tolist()",), ("__float__()",))


def _asked(node: Any) -> list[str]:
    """The methods of an object's own that may be asked for its number, whatever they are called."""
    kind = type(node)
    names = [key for base in kind.__mro__[:-1] for key in vars(base)]
    usable = (name for name in dict.fromkeys(names) if may_be_tried(name) and name not in METHODS)
    found = ((name, getattr(kind, name, None)) for name in usable)
    return [name for name, item in found if isfunction(item) and len(needed_of(item)) == 1]


def has(node: Any, name: str) -> bool:
    """Whether an object has an attribute, or ``method()``, whatever it raises where it has not."""
    with suppress(Exception):
        getattr(node, name.removesuffix("()"))
        return True
    return False


def properties(node: Any) -> list[str]:
    """The names of what an object computes when it is asked for it."""
    kind = type(node)
    own = (name for name in dir(kind) if not name.startswith("_"))
    return [name for name in own if isinstance(getattr(kind, name, None), property)]
