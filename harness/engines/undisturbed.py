"""Trying an engine without a trace: what it keeps outside its objects is put back, and what it
prints is thrown away."""

from __future__ import annotations

import io
import operator
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.sources import is_somebodys

DEPTH: Final = 3
"""How far into an engine's modules its containers are looked for."""

MANY: Final = 1000
"""Of a container with more items, only the container itself is put back."""


@contextmanager
def undisturbed(modules: Iterable[ModuleType]) -> Iterator[None]:
    """Runs what is inside silently; lists, dictionaries, sets and the objects and classes of the
    modules' own that can be reached from them are afterwards as they were before."""
    kept = _kept(modules)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), unwarned():
            yield
    finally:
        for item, before in kept:
            _put_back(item, before)


@contextmanager
def unwarned() -> Iterator[None]:
    """Runs what is inside without warnings, of Python's or of numpy's."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        yield


def _kept(modules: Iterable[ModuleType]) -> list[tuple[Any, Any]]:
    """What may change, each with a copy."""
    kept: list[tuple[Any, Any]] = []
    modules = list(filter(is_somebodys, modules))
    homes = {module.__name__.partition(".")[0] for module in modules}
    seen: set[int] = set()
    waiting: list[tuple[Any, int]] = [(vars(module), 0) for module in modules]
    while waiting:
        item, depth = waiting.pop()
        if id(item) in seen or depth > DEPTH:
            continue
        seen.add(id(item))
        if isinstance(item, type):
            if item.__module__.partition(".")[0] in homes:
                kept.append((item, dict(vars(item))))
                waiting += [(part, depth + 1) for part in vars(item).values()]
        elif isinstance(item, dict | list | set | deque):
            kept.append((item, item.copy()))
            if len(item) <= MANY:
                parts = item.values() if isinstance(item, dict) else item
                waiting += [(part, depth + 1) for part in parts]
        elif type(item).__module__.partition(".")[0] in homes and hasattr(item, "__dict__"):
            waiting.append((vars(item), depth))
    return kept


def _put_back(item: Any, before: Any) -> None:
    if isinstance(item, type | dict):
        now: dict[Any, Any] = dict(vars(item)) if isinstance(item, type) else dict(item)
        of_dict: Any = (operator.delitem, operator.setitem)
        drop, put = (delattr, setattr) if isinstance(item, type) else of_dict
        for name in [name for name in now if name not in before]:
            drop(item, name)
        for name in [name for name in before if now.get(name, item) is not before[name]]:
            put(item, name, before[name])
    else:
        ids: Any = set if isinstance(item, set) else list
        if ids(map(id, item)) != ids(map(id, before)):
            item.clear()
            (item.update if isinstance(item, set) else item.extend)(before)
