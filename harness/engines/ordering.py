"""Sets in a given order, so that no engine's answer depends on memory addresses.

Python iterates a set of objects in the order of their addresses, and one of texts in the order of
hashes that every process draws anew. In an engine's own modules ``set`` and ``frozenset`` are the
classes here, which iterate in one of :data:`ORDERS` orders that depend on nothing but the order in
which the elements came. Small whole numbers and fractions keep Python's order, which is the same
in every run.
"""

from __future__ import annotations

import sys
from abc import ABCMeta
from collections.abc import Callable, Generator, Iterable, Iterator, Set
from contextlib import contextmanager
from itertools import chain
from random import Random
from reprlib import recursive_repr
from typing import Any, Final

import numpy as np

ORDERS: Final = 6
"""How many orders there are: as the elements came, reversed, and shuffled in some ways."""

LOWEST_ADDRESS: Final = 1 << 16
"""No object lies below: a smaller number in a set is nobody's ``id``."""

MOST_PLACES: Final = 3
"""So many lines that iterate over sets are told."""


class _Run:
    """A stretch of an engine's work in one order: the sets made in it are numbered, so that each
    is shuffled in its own way, and the lines that iterate over one are noted."""

    def __init__(self, order: int) -> None:
        self.order, self.count = order, 0
        self.places: dict[tuple[str, int], None] = {}


_now = _Run(0)


@contextmanager
def chosen(order: int) -> Generator[dict[tuple[str, int], None]]:
    """Sets are iterated in the ``order`` of that number. Gives the places, as file and line, where
    a set of two elements or more was iterated whose order Python leaves open."""
    global _now
    before, _now = _now, _Run(order)
    try:
        yield _now.places
    finally:
        _now = before


class _Kind(ABCMeta):
    """Makes Python's own sets, which come from other modules, instances of these classes."""

    def __subclasscheck__(cls, other: type) -> bool:
        return super().__subclasscheck__(other) or (
            cls in (OrderedSet, OrderedFrozenSet) and issubclass(other, _BUILTIN[cls])
        )


class _Ordered:
    """What both kinds share: ``_came`` holds the elements as they came, beside Python's own set."""

    __slots__ = ()
    _came: dict[Any, None]
    _number: int

    def __iter__(self) -> Iterator[Any]:
        if len(self._came) < 2 or all(map(_is_steady, self._came)):
            return super().__iter__()  # type: ignore[misc,no-any-return]
        _note_place()
        return self._given()

    def _given(self) -> Iterator[Any]:
        """The elements in the order chosen; as Python does, it refuses a set that has changed."""
        size = len(self._came)
        for element in _arranged(self._came, self._number):
            if len(self._came) != size:
                raise RuntimeError("Set changed size during iteration")
            yield element

    @recursive_repr("set(...)")
    def __repr__(self) -> str:
        name = type(self).__name__
        if not self._came:
            return f"{name}()"
        listed = f"{{{', '.join(map(repr, self._came))}}}"
        return listed if name == "set" else f"{name}({listed})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self._came),), getattr(self, "__dict__", None)

    def copy(self) -> Any:
        return _like(self, self)

    def union(self, *others: Iterable[Any]) -> Any:
        return _like(self, chain(_came(self), *map(_came, others)))

    def intersection(self, *others: Iterable[Any]) -> Any:
        kept = [set(other) for other in others]
        return _like(self, [e for e in _came(self) if all(e in other for other in kept)])

    def difference(self, *others: Iterable[Any]) -> Any:
        gone = set(chain(*map(_came, others)))
        return _like(self, [element for element in _came(self) if element not in gone])

    def symmetric_difference(self, other: Iterable[Any]) -> Any:
        right = OrderedSet(other)
        return _like(self, chain(_Ordered.difference(self, right), right.difference(self)))


class OrderedSet(_Ordered, set[Any], metaclass=_Kind):
    """A ``set`` that is iterated in the order chosen."""

    __slots__ = ("_came", "_number")

    def __new__(cls, *args: Any, **keywords: Any) -> OrderedSet:
        made = super().__new__(cls)
        made._came, made._number = {}, _next_number()
        return made

    def __init__(self, elements: Iterable[Any] = (), /) -> None:
        super().__init__()
        self._came.clear()
        self.update(elements)

    def add(self, element: Any, /) -> None:
        super().add(element)
        self._came.setdefault(element)

    def discard(self, element: Any, /) -> None:
        super().discard(element)
        self._came.pop(_hashable(element), None)

    def remove(self, element: Any, /) -> None:
        super().remove(element)
        self._came.pop(_hashable(element), None)

    def pop(self) -> Any:
        for element in self:
            self.remove(element)
            self._number = _next_number()  # what is popped next does not hang on its place
            return element
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        super().clear()
        self._came.clear()

    def update(self, *others: Iterable[Any]) -> None:
        new = dict.fromkeys(chain(*map(_came, others)))
        super().update(new)
        self._came.update(new)

    def difference_update(self, *others: Iterable[Any]) -> None:
        self._become(self.difference(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._become(self.intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any], /) -> None:
        self._become(self.symmetric_difference(other))

    def _become(self, other: Iterable[Any]) -> None:
        self.clear()
        self.update(other)


class OrderedFrozenSet(_Ordered, frozenset[Any], metaclass=_Kind):
    """A ``frozenset`` that is iterated in the order chosen."""

    __slots__ = ("_came", "_number")

    def __new__(cls, elements: Iterable[Any] = (), /) -> OrderedFrozenSet:
        if cls is OrderedFrozenSet and type(elements) is cls:
            return elements
        came = dict.fromkeys(_came(elements))
        made = super().__new__(cls, came)
        made._came, made._number = came, _next_number()
        return made


OrderedSet.__name__, OrderedFrozenSet.__name__ = "set", "frozenset"

OPERATORS: Final = {
    "or": "union",
    "and": "intersection",
    "sub": "difference",
    "xor": "symmetric_difference",
}
"""Python's operators of sets, and the methods that do the same."""


def _operator(method: str, reflects: bool) -> Callable[[Any, Any], Any]:
    def operate(self: Any, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        left, right = (_like(other, other), self) if reflects else (self, other)
        return getattr(left, method)(right)

    return operate


def _in_place(method: str) -> Callable[[Any, Any], Any]:
    def change(self: Any, other: Any) -> Any:
        if not isinstance(other, Set):
            return NotImplemented
        getattr(self, method)(other)
        return self

    return change


for _sign, _method in OPERATORS.items():
    setattr(_Ordered, f"__{_sign}__", _operator(_method, reflects=False))
    setattr(_Ordered, f"__r{_sign}__", _operator(_method, reflects=True))
    setattr(OrderedSet, f"__i{_sign}__", _in_place(f"{_method}_update".replace("union_", "")))


_BUILTIN: Final[dict[type, type]] = {OrderedSet: set, OrderedFrozenSet: frozenset}


def _came(elements: Iterable[Any]) -> Iterable[Any]:
    """The elements as they came, where that is known: looking at it is no iteration."""
    return elements._came if isinstance(elements, _Ordered) else elements


def _like(one: Any, elements: Iterable[Any]) -> Any:
    """A set of the kind of ``one``, as Python's operators make it."""
    kind = OrderedFrozenSet if isinstance(one, frozenset) else OrderedSet
    return kind(elements)


def _hashable(element: Any) -> Any:
    """What an element is looked up by: Python finds a set by its frozen copy."""
    return frozenset(element) if isinstance(element, set) else element


def _next_number() -> int:
    """A number of the run's, and none for what is made outside of runs."""
    if _now.order:
        _now.count += 1
    return _now.count


def _arranged(came: dict[Any, None], number: int) -> Iterable[Any]:
    """The elements in the order chosen. Only ``Random.random`` is the same on every version."""
    if _now.order == 0:
        return list(came)
    if _now.order == 1:
        return list(reversed(came))
    chance = Random(_now.order * LOWEST_ADDRESS + number)
    return sorted(came, key=lambda _: chance.random())


def _is_steady(element: Any) -> bool:
    """Whether an element's hash is the same in every process."""
    if type(element) in (int, bool):
        return bool(abs(element) < LOWEST_ADDRESS)
    return isinstance(element, np.number | np.bool_) or type(element) is float


def _note_place() -> None:
    frame = sys._getframe(2)
    while frame.f_code.co_filename == __file__ and frame.f_back is not None:
        frame = frame.f_back
    if len(_now.places) < MOST_PLACES:
        _now.places.setdefault((frame.f_code.co_filename, frame.f_lineno))
