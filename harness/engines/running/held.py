"""All that objects hold, as plain data: to be compared with what they hold at another moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import FunctionType
from typing import Any, Final

import numpy as np

DEEPEST: Final = 12
"""So far from an object is looked for what it holds."""


def held(item: Any, seen: dict[int, int] | None = None, depth: int = 0) -> Any:
    """What an object holds, as plain data; ``seen`` numbers the objects that were met before."""
    seen = {} if seen is None else seen
    if isinstance(item, np.ndarray | np.generic) and item.dtype != object:
        return item.dtype.str, item.shape, item.tobytes()
    if item is None or isinstance(item, int | float | complex | str | bytes | type):
        return repr(item)
    if id(item) in seen or depth > DEEPEST:
        return seen.get(id(item))
    seen[id(item)] = len(seen)
    parts = [(str(name), held(part, seen, depth + 1)) for name, part in _parts(item)]
    return type(item).__name__, parts


def attributes(node: Any) -> list[str]:
    """The names of what an object holds itself: in its dictionary, in slots, as a named tuple."""
    slots = [vars(base).get("__slots__", ()) for base in type(node).__mro__]
    names = [name for s in slots for name in ([s] if isinstance(s, str) else s)]
    kept = [name for name in names if not name.startswith("__") and hasattr(node, name)]
    return [*getattr(node, "__dict__", {}), *kept, *getattr(type(node), "_fields", ())]


def _parts(item: Any) -> Iterator[tuple[Any, Any]]:
    """The elements of a container, the attributes of an object, what a closure has seen."""
    if isinstance(item, Mapping):
        yield from item.items()
    elif isinstance(item, list | tuple | set | frozenset):
        yield from enumerate(item)
    elif isinstance(item, FunctionType):
        for number, cell in enumerate(item.__closure__ or ()):
            with suppress(ValueError):  # an empty cell
                yield number, cell.cell_contents
    else:
        yield from ((name, getattr(item, name)) for name in attributes(item))
