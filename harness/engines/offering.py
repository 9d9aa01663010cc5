"""Where an engine offers an operation: a method of its class, a function or a class of its modules.

Names are tried as they are usual first, then with other case and underscores (``logSoftmax``), and
as those of classes (``ExpOp``) and in tables of operations (``register("exp", Exp)``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from types import ModuleType
from typing import Any, Final

from harness.engines.calls import Call, fits, of_class, offers, parameters_of
from harness.engines.sources import is_own
from harness.vocabulary.signatures import OPERATIONS

ENDINGS: Final = ("", "op", "function", "fn", "layer")
"""What people add to an operation's name."""


class Offering:
    """What the class ``cls`` and the modules of an engine have; ``others`` are modules of which
    everything counts, of ``module`` only what is its own. ``sample`` makes an object of the
    engine's."""

    def __init__(
        self,
        cls: type | None,
        module: ModuleType | None,
        others: Sequence[ModuleType],
        sample: Callable[[], Any],
    ) -> None:
        self.cls, self.module, self.others, self.sample = cls, module, others, sample

    def find(self, op: str, names: Sequence[str]) -> Call | None:
        """How ``op`` is called, under one of the names; None if it is not there."""
        for name in names:
            for exact in (self._method, self._function):
                if (call := exact(op, name)) is not None:
                    return call
        methods = partial(self._spelt_otherwise, kinds=("method",))
        for name in names:
            for likely in (methods, self._class, self._spelt_otherwise, self._by_instance):
                if (call := likely(op, name)) is not None:
                    return call
        return None

    def function(self, name: str) -> Callable[..., Any] | None:
        """The function of that name in the modules."""
        found = getattr(self.module, name, None)
        if callable(found) and not isinstance(found, type) and self._is_own(found):
            function: Callable[..., Any] = found
            return function
        for module in self.others:
            if callable(found := getattr(module, name, None)):
                function = found
                return function
        for kind in self._namespaces:
            if isinstance(vars(kind).get(name), staticmethod):
                function = getattr(kind, name)
                return function
        return None

    def _method(self, op: str, name: str) -> Call | None:
        if self.cls is None or not offers(self.cls, name):
            return None
        found = getattr(self.cls, name, None)
        if callable(found) and fits(OPERATIONS[op], parameters_of(found), name):
            return Call(op, name, found, kind="method")
        return None

    def _function(self, op: str, name: str) -> Call | None:
        found = self.function(name) if len(name) > 1 else None  # a letter may be anything
        if found is not None and fits(OPERATIONS[op], parameters_of(found), name):
            return Call(op, name, found)
        return None

    def _class(self, op: str, name: str) -> Call | None:
        for key, found in self._classes.get(_plain(name), ()):
            call = of_class(op, key, found, self.cls)
            if call is not None and fits(OPERATIONS[op], call.signature, name):
                return call
        return None

    def _spelt_otherwise(
        self, op: str, name: str, kinds: Sequence[str] = ("method", "function")
    ) -> Call | None:
        for kind, own, found in self._loosely.get(_plain(name), ()):
            if kind not in kinds or (kind == "function" and len(own) == 1):
                continue
            call = Call(op, own, found, kind=kind)
            if fits(OPERATIONS[op], call.signature, name):
                return call
        return None

    def _by_instance(self, op: str, name: str) -> Call | None:
        """A method that is no attribute of the class: its ``__getattr__`` looks it up."""
        if self.cls is None or not offers(self.cls, "__getattr__"):
            return None
        try:
            there = callable(getattr(self.sample(), name, None))
        except Exception:
            return None

        def method(x: Any, *others: Any, **given: Any) -> Any:
            return getattr(x, name)(*others, **given)

        return Call(op, name, method, kind="method") if there else None

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
    def _classes(self) -> dict[str, list[tuple[str, type]]]:
        """All classes but the engine's own, by name without case, underscores and endings; those
        in tables too."""
        found: dict[str, list[tuple[str, type]]] = {}
        for key, item in self._items():
            if isinstance(item, type) and item is not self.cls:
                for name in _stems(key):
                    found.setdefault(name, []).append((key, item))
        return found

    @cached_property
    def _loosely(self) -> dict[str, list[tuple[str, str, Callable[..., Any]]]]:
        """All methods and functions, by name without case, underscores and endings."""
        found: dict[str, list[tuple[str, str, Callable[..., Any]]]] = {}
        cls = self.cls or object
        for key in dir(cls):
            if not key.startswith("_") and not key.endswith("_") and offers(cls, key):
                method = getattr(cls, key, None)
                if callable(method):
                    found.setdefault(_plain(key), []).append(("method", key, method))
        for key, item in self._items():
            if callable(item) and not isinstance(item, type) and not key.startswith("_"):
                for name in _stems(key):
                    found.setdefault(name, []).append(("function", key, item))
        return found

    def _items(self) -> Iterator[tuple[str, Any]]:
        """The own names of all modules, and the entries of their tables of operations."""
        for module in (self.module, *self.others):
            for key, item in list(vars(module).items()) if module is not None else ():
                if isinstance(item, dict) and not key.startswith("__"):
                    yield from _entries(item)
                elif isinstance(item, type) or module is not self.module or self._is_own(item):
                    yield key, item


def _entries(table: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in list(table.items())[:1000]:
        if isinstance(key, str) and callable(item):
            yield key, item


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _stems(name: str) -> list[str]:
    """A name without case and underscores, and without one of the endings."""
    plain = _plain(name)
    return [plain.removesuffix(end) for end in ENDINGS if plain.endswith(end) and plain != end]
