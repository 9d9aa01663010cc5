"""The objects of staged code: their numbers, and what their attributes are called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Objects:
    """``owners``: for each call of a method the number of its object."""

    def __init__(self) -> None:
        self.owners: dict[int, int] = {}
        self._known: dict[int, tuple[int, Any]] = {}
        self._names: dict[tuple[int, str], str] = {}

    def number(self, whole: Any) -> int:
        """The number of an object, which is kept: there is no other with its address."""
        return self._known.setdefault(id(whole), (len(self._known) + 1, whole))[0]

    def has(self, whole: Any, key: str) -> bool:
        """Whether an attribute was written already."""
        return (self.number(whole), key) in self._names

    def named(self, whole: Any, key: str, name: str) -> tuple[str, int]:
        """What an attribute was called first, for ``net.W`` is ``self.W``; and the scope that its
        object is."""
        number = self.number(whole)
        return self._names.setdefault((number, key), name), -number


def is_own(item: Any) -> bool:
    """Whether something is an object of one of the code's own classes, with attributes."""
    own = type(item).__module__ == "__main__" or isinstance(item, SimpleNamespace)
    return own and hasattr(item, "__dict__")
