"""Engines whose nodes are no objects of a class: a node is a dictionary, a short list, a place in
the engine's lists, or a name in its dictionaries, and functions work with it.

Each node is put into a :class:`Handle`, which has as attributes what the node holds; around the
engine's functions, nodes are taken out of their handles, and put in again. So all that is known of
engines of objects holds for these, too.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Any, Final, Self
from weakref import WeakValueDictionary

import numpy as np

from harness import languages
from harness.engines.adapter import ObjectEngine
from harness.engines.clock import tried
from harness.engines.discovery import discover
from harness.engines.discovery.leaves import best_try
from harness.engines.discovery.trying import REACHED
from harness.engines.engine import EngineError
from harness.engines.names import MAKERS, METHODS, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.conventional import LABELS
from harness.engines.running.forward import RunningEngine
from harness.engines.running.held import attributes
from harness.engines.running.objects import NUMBERS
from harness.engines.running.telling import needed_of, owns, parameters_of
from harness.engines.sources import is_own
from harness.engines.writing import calls
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.aliases import ALIASES, NAMES
from harness.vocabulary.program import Program
from harness.vocabulary.signatures import OPERATIONS

MOST_ITEMS = 8
"""A node that is a list holds its number among so many items."""

COMPUTES = (*ALIASES["add"], *ALIASES["mul"])
"""What such an engine has at least one of."""


class Handle:
    """A node that is no object of a class of its own; what it holds are the attributes."""

    __slots__ = ("__weakref__",)


class Record(Handle):
    """A node that is a dictionary: the attributes are its entries."""

    def __init__(self, node: dict[str, Any]) -> None:
        if not isinstance(node, dict):
            raise TypeError(languages.told("engine", "no-dictionary"))
        self.__dict__ = node


class Row(Handle):
    """A node that is a short list: the attributes are its items, ``item0`` and so on."""

    __slots__ = ("node",)

    def __init__(self, node: list[Any]) -> None:
        if not isinstance(node, list):
            raise TypeError(languages.told("engine", "no-list"))
        self.node = node

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return {f"item{number}": item for number, item in enumerate(self.node)}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(name) from None


class Place(Handle):
    """A node that is a place or a name: the attributes are what the containers of its ``owner``, a
    graph or a module, hold there; and its methods, what the owner's tell when they are asked."""

    __slots__ = ("node", "owner")

    def __init__(self, node: int | str, owner: Any = None) -> None:
        if type(node) not in (int, str) or owner is None:
            raise TypeError(languages.told("engine", "no-place-in-list"))
        self.node, self.owner = node, owner

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        found = {}
        for key in attributes(self.owner):
            with suppress(Exception):
                container = getattr(self.owner, key)
                if not isinstance(container, str | type):
                    found[key] = container[self.node]
        return found

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__
        if name in found:
            return found[name]
        method = getattr(self.owner, name, None)
        if callable(method) and len(needed_of(method)) == 1 and name not in METHODS:
            return functools.partial(method, self.node)
        raise AttributeError(name)


HANDLES: Final[Mapping[type, type[Handle]]] = {dict: Record, list: Row}


class Nodes:
    """The nodes of a module and their handles, each of which is made once. ``like`` is a leaf as
    the engine makes it, ``label`` the parameter by which it is told the leaf's name, if it is."""

    def __init__(self, like: Any, module: ModuleType, label: str = "") -> None:
        base = next((base for kind, base in HANDLES.items() if isinstance(like, kind)), Place)
        self.kind: Any = type("Node", (base,), {"__module__": module.__name__, "__slots__": ()})
        self.like = like
        self.known: WeakValueDictionary[tuple[int | str, int], Handle] = WeakValueDictionary()
        self.calls = 0
        self.label, self.names = label, itertools.count(1)

    def handled(self, item: Any, owner: Any) -> Any:
        """A handle, if it is a node."""
        if isinstance(self.like, dict):
            if not isinstance(item, dict) or not self.like.keys() <= item.keys():
                return item
            return self._once((id(item), 0), lambda: self.kind(item))
        if isinstance(self.like, list):
            if not isinstance(item, list) or len(item) != len(self.like):
                return item
            number = number_in(item[self.like.index(NUMBERS[0])])
            return item if number is None else self._once((id(item), 0), lambda: self.kind(item))
        if isinstance(self.like, str):
            return self._named(item, owner)
        if type(item) is int:
            return self._once((item, id(owner)), lambda: self.kind(item, owner))
        if isinstance(item, list | tuple | array | np.ndarray) and np.ndim(item):  # for each place
            return {self.handled(place, owner): number for place, number in enumerate(item)}
        return item

    def _named(self, item: Any, owner: Any) -> Any:
        """A handle for a name, and in a dictionary for all its names."""
        if isinstance(item, str):
            return self._once((item, id(owner)), lambda: self.kind(item, owner))
        if isinstance(item, dict) and all(isinstance(key, str) for key in item):
            return {self._named(key, owner): one for key, one in item.items()}
        return item

    def _once(self, key: tuple[int | str, int], make: Callable[[], Handle]) -> Handle:
        made = self.known.get(key)
        if made is None:
            made = self.known[key] = make()
        return made

    def wrapped(self, function: Callable[..., Any], module: ModuleType | None) -> Any:
        """The function of a module, or a method of its object's, with handles for nodes, where it
        is not called by another one of these. What wants a name for its result is given one."""
        owners = int(module is None)
        parameters = parameters_of(function)
        told = [p.name for p in parameters[owners : owners + 1]]
        labels = bool(self.label) and told in [[name] for name in (self.label, *LABELS)]

        @functools.wraps(function)
        def with_handles(*given: Any, **named: Any) -> Any:
            label = [f"v{next(self.names)}"] if labels and not self.calls else []
            self.calls += 1
            try:
                plain = {key: _taken_out(item) for key, item in named.items()}
                taken = list(map(_taken_out, given))
                answer = function(*taken[:owners], *label, *taken[owners:], **plain)
            finally:
                self.calls -= 1
            if self.calls:
                return answer
            node = label[0] if label and answer is None else answer
            return self.handled(node, module or given[0])

        if labels:
            left = [p for p in parameters if p.name != told[0]]
            with_handles.__signature__ = inspect.Signature(left)  # type: ignore[attr-defined]
        return with_handles

    def of_class(self, kind: type) -> type:
        """A subclass whose methods take and give handles."""
        methods = {
            key: self.wrapped(item, None)
            for key, item in vars(kind).items()
            if inspect.isfunction(item) and not key.startswith("__")
        }
        return type(kind.__name__, (kind,), {"__module__": kind.__module__, **methods})


def _taken_out(item: Any) -> Any:
    if isinstance(item, Handle):
        return vars(item) if isinstance(item, Record) else item.node  # type: ignore[attr-defined]
    return [_taken_out(part) for part in item] if isinstance(item, list) else item


class HandleEngine(ObjectEngine):
    """Runs programs through functions on handles. An adapter's ``operations`` take nodes as the
    engine has them."""

    def __init__(self, module: ModuleType | None = None, nodes: Nodes | None = None) -> None:
        super().__init__(module=module)
        plain = self.module
        if plain is None or (nodes := nodes or _nodes_of(plain)) is None:
            raise EngineError(languages.told("engine", "no-node-functions"))
        self.cls, self.module = nodes.kind, _handled(plain, nodes)
        self.plain = plain
        self.operations = {
            op: own and nodes.wrapped(own, plain) for op, own in self.operations.items()
        }
        self.explore = discover

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's functions on nodes; None where it has none."""
        nodes = _nodes_of(module)
        return None if nodes is None else cls(module, nodes)

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the engine's functions."""
        return calls.written(self, program, asked, self.renewed(), _plain)


def _plain(engine: RunningEngine) -> list[ModuleType]:
    """The module as it was written."""
    return [engine.plain] if isinstance(engine, HandleEngine) else []


def _nodes_of(module: ModuleType) -> Nodes | None:
    """The nodes with which a module computes, and of which gradients can be had."""
    for like, label in _nodes(module):
        nodes = Nodes(like, module, label)
        if best_try(ObjectEngine(nodes.kind, _handled(module, nodes))).stage == REACHED:
            return nodes
    return None


def _nodes(module: ModuleType) -> Iterator[tuple[Any, str]]:
    """What functions of one number make, or methods of an object that is made of nothing, if it may
    be a node: a dictionary or a list that holds the number, another place each time, or a name.
    With it, by which parameter they are told a name, if they are."""
    for make in _makers(module):
        made: list[Any] = []
        label = _label(make)
        with tried():
            names = [("x",), ("y",)] if label else [(), ()]
            made = [make(*told, number) for told, number in zip(names, NUMBERS, strict=True)]
        match made:
            case [dict() as one, dict()] if NUMBERS[0] in one.values():
                yield one, label
            case [list() as one, list()] if NUMBERS[0] in one[:MOST_ITEMS]:
                yield one, label
            case [int() as one, int() as other] if other == one + 1:
                yield one, label
            case [str() as one, str() as other] if one != other:
                yield one, label
            case [None, None] if label:
                yield "x", label


def _label(make: Callable[..., Any]) -> str:
    """The first of two parameters of what makes a node, which wants a name; none of what wants a
    number alone."""
    wanted = needed_of(make)
    return wanted[0].name if len(wanted) == len(NUMBERS) else ""


def _makers(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """What may make a node of a number, what is usually called so first; nothing in a module that
    has no sums and products of its own."""
    own = {key: item for key, item in vars(module).items() if is_own(item, module)}
    found = dict(own) if any(map(_is_computing, own.items())) else {}
    for kind in (item for item in own.values() if isinstance(item, type)):
        if owns(kind, COMPUTES) and not needed_of(kind):
            with tried():
                holder = kind()
                found |= {key: getattr(holder, key) for key in vars(kind)}
    for name in sorted(found, key=lambda name: name not in MAKERS):
        known = name not in MAKERS and (name in NAMES or name in OPERATIONS)
        tries = may_be_tried(name) and not isinstance(found[name], type)
        if tries and not known and callable(found[name]):
            yield found[name]


def _is_computing(entry: tuple[str, Any]) -> bool:
    name, item = entry
    return inspect.isfunction(item) and name in COMPUTES


def _handled(module: ModuleType, nodes: Nodes) -> ModuleType:
    """A module like an engine's, with functions and classes that take and give handles."""
    like = ModuleType(module.__name__, module.__doc__)
    home = vars(module)
    for name, item in home.items():
        if inspect.isfunction(item) and is_own(item, module):
            setattr(like, name, nodes.wrapped(item, module))
        elif isinstance(item, type) and is_own(item, module) and owns(item, COMPUTES):
            setattr(like, name, nodes.of_class(item))
        elif name not in ("__name__", "__doc__", "__builtins__"):
            setattr(like, name, item)
    return like
