"""Where an engine offers an operation: a method of its class, a function or a class of its modules.

Names are tried as they are usual first, then with other case and underscores (``logSoftmax``), and
as those of classes (``ExpOp``) and in tables of operations (``register("exp", Exp)``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from types import ModuleType
from typing import Any, Final

from harness.engines.running.calling import Call, fits, of_class
from harness.engines.running.telling import needed_of, offers, owns, parameters_of, takes
from harness.engines.sources import is_own
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.signatures import OPERATIONS

ENDINGS: Final = ("", "op", "function", "fn", "layer")
"""What people add to an operation's name."""

LARGEST_TABLE: Final = 1000
"""So many entries of a table of operations are looked at."""


class Offering:
    """What the class ``cls`` and the modules of an engine have; ``others`` are modules of which
    everything counts, of ``module`` only what is its own. ``sample`` makes an object of the
    engine's, ``owner`` gives the object of a class that the graph has of its own. Where it
    ``gathers``, operations take their operands in one list."""

    def __init__(
        self,
        cls: type | None,
        module: ModuleType | None,
        others: Sequence[ModuleType],
        sample: Callable[[], Any],
        owner: Callable[[type], Any],
        gathers: bool = False,
    ) -> None:
        self.cls, self.module, self.others = cls, module, others
        self.sample, self.owner, self.gathers = sample, owner, gathers
        self.absent: set[tuple[str, ...]] = set()

    def find(self, op: str, names: Sequence[str]) -> Call | None:
        """How ``op`` is called, under one of the names; None if it is not there."""
        if (op, *names) in self.absent:
            return None
        exact = (self._method, self._function, self._by_owner)
        likely = (self._methods_spelt_otherwise, self._class, self._functions_spelt_otherwise)
        for ways in (exact, (*likely, self._by_instance)):
            for name in names:
                for call in (call for way in ways for call in way(op, name)):
                    if fits(OPERATIONS[op], call.signature, name, self.gathers):
                        return replace(call, gathers=self.gathers)
        if not self._has_getattr:  # which may find another time what it has not found now
            self.absent.add((op, *names))
        return None

    def function(self, name: str) -> Callable[..., Any] | None:
        """The function of that name in the modules."""
        found = getattr(self.module, name, None)
        own = not isinstance(found, type) and self._is_own(found)
        spaces = [
            kind for kind in self._namespaces if isinstance(vars(kind).get(name), staticmethod)
        ]
        candidates = [found] if own else []
        candidates += [getattr(place, name, None) for place in (*self.others, *spaces)]
        return next(filter(callable, candidates), None)

    def modules(self) -> list[ModuleType]:
        """All modules that functions are looked for in."""
        return [module for module in (self.module, *self.others) if module is not None]

    def _method(self, op: str, name: str) -> Iterator[Call]:
        method = getattr(self.cls, name, None)
        if self.cls is not None and offers(self.cls, name) and callable(method):
            yield Call.of(op, name, method, "method")

    def _function(self, op: str, name: str) -> Iterator[Call]:
        function = self.function(name) if len(name) > 1 else None  # a letter may be anything
        if function is not None:
            yield Call.of(op, name, function)

    def _by_owner(self, op: str, name: str) -> Iterator[Call]:
        """A method of an object that the graph has of its own: ``graph.mul(a, b)``."""
        count = 1 if self.gathers else len(OPERATIONS[op].operands)
        for kind in self.owners:
            method = getattr(kind, name, None)
            if inspect.isfunction(method) and takes(method, 1 + count):

                def bound(*operands: Any, kind: type = kind, **given: Any) -> Any:
                    return getattr(self.owner(kind), name)(*operands, **given)

                yield Call(op, name, bound, "method", parameters_of(method)[1:])

    def _class(self, op: str, name: str) -> Iterator[Call]:
        for own, kind in self._by_stem.get(_plain(name), ()):
            call = of_class(op, own, kind, self.cls) if isinstance(kind, type) else None
            if call is not None:
                yield call

    def _methods_spelt_otherwise(self, op: str, name: str) -> Iterator[Call]:
        for own in self._methods_by_plain.get(_plain(name), ()):
            yield from self._method(op, own)

    def _functions_spelt_otherwise(self, op: str, name: str) -> Iterator[Call]:
        for own, function in self._by_stem.get(_plain(name), ()):
            if not isinstance(function, type) and len(own) > 1 and not own.startswith("_"):
                yield Call.of(op, own, function)

    def _by_instance(self, op: str, name: str) -> Iterator[Call]:
        """A method that is no attribute of the class: its ``__getattr__`` looks it up."""
        if not self._has_getattr:
            return
        try:
            there = callable(getattr(self.sample(), name, None))
        except Exception:
            return

        def method(x: Any, *others: Any, **given: Any) -> Any:
            return getattr(x, name)(*others, **given)

        if there:
            yield Call.of(op, name, method, "method")

    @cached_property
    def _methods_by_plain(self) -> dict[str, list[str]]:
        """What the class has, by its name without case and underscores."""
        found: dict[str, list[str]] = {}
        for own in dir(self.cls or object):
            if not (own.startswith("_") or own.endswith("_")):
                found.setdefault(_plain(own), []).append(own)
        return found

    @cached_property
    def _has_getattr(self) -> bool:
        return self.cls is not None and offers(self.cls, "__getattr__")

    @cached_property
    def owners(self) -> list[type]:
        """Classes that are made of nothing and have sums or products of other objects."""
        kinds = [item for _, item in self._items() if isinstance(item, type)]
        names = (*ALIASES["add"], *ALIASES["mul"])
        least = 1 if self.gathers else 2
        return [kind for kind in kinds if owns(kind, names, least) and not needed_of(kind)]

    @cached_property
    def _namespaces(self) -> list[type]:
        """Classes that only hold functions, such as ``F`` with ``F.exp``."""
        return [
            item
            for _, item in self._items()
            if isinstance(item, type)
            and len(functions := [f for n, f in vars(item).items() if not n.startswith("__")]) > 1
            and all(isinstance(function, staticmethod) for function in functions)
        ]

    def _is_own(self, found: Any) -> bool:
        return self.module is not None and is_own(found, self.module)

    @cached_property
    def _by_stem(self) -> dict[str, list[tuple[str, Callable[..., Any]]]]:
        """All functions and classes but the engine's own, those in tables too, by name without
        case, underscores and endings."""
        found: dict[str, list[tuple[str, Callable[..., Any]]]] = {}
        for name, item in self._items():
            if callable(item) and item is not self.cls:
                for stem in _stems(name):
                    found.setdefault(stem, []).append((name, item))
        return found

    def _items(self) -> Iterator[tuple[str, Any]]:
        """The own names of all modules, and the entries of their tables of operations."""
        for module in self.modules():
            for name, item in list(vars(module).items()):
                if isinstance(item, dict) and not name.startswith("__"):
                    entries = list(item.items())[:LARGEST_TABLE]
                    yield from ((key, one) for key, one in entries if isinstance(key, str))
                elif isinstance(item, type) or module is not self.module or self._is_own(item):
                    yield name, item


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _stems(name: str) -> list[str]:
    """A name without case and underscores, and without one of the endings."""
    plain = _plain(name)
    return [plain.removesuffix(end) for end in ENDINGS if plain.endswith(end) and plain != end]
