"""Engines of objects that are used by their own conventions, which are tried out once.

How a leaf is made, a value and a gradient are read, and backward is called: all that does not
depend on the operation or on the program.
"""

from __future__ import annotations

import inspect
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.clock import tried
from harness.engines.conventions import (
    ARRAY,
    OBJECT,
    PLAIN,
    Backward,
    Conventions,
    formed,
)
from harness.engines.engine import Engine, Unsupported
from harness.engines.names import EMPTIES
from harness.engines.running.forward import RunningEngine
from harness.engines.running.held import attributes
from harness.engines.running.telling import needed_of, parameters_of
from harness.engines.sources import is_somebodys
from harness.vocabulary.program import Program, Value

LASTING: Final = ("persistent",)
"""A tape's parameter by which it can be used twice."""

ASKED: Final = ("wrt", "get", "of", "__getitem__")
"""How an object that backward returns is asked for a gradient."""

LABELS: Final = ("label", "name", "tag", "id", "symbol")
"""The constructor's parameter for a name, and the attribute that keeps it."""


class ConventionalEngine(RunningEngine):
    """Objects of ``cls`` that are made, read and sent backward as ``conventions`` says."""

    cls: type
    records = False
    """Whether a tape is open."""
    explore: Callable[[Any], Conventions] | None = None
    """What finds the conventions where they are first asked for; they are the usual ones without.
    It raises :class:`~harness.engines.engine.EngineError` where the engine is not understood."""

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        super().__init__(cls, module)
        self._known: Conventions | None = None
        self._names = itertools.count(1)
        self._alive: list[Any] = []
        self._factory: Any = None
        self._entered = False
        self._tape: Any = None
        self._open = ExitStack()
        self._returned: dict[int, Any] = {}
        self._answer: Any = None
        self._own: dict[str, ModuleType] = {}

    @property
    def conventions(self) -> Conventions:
        """How the engine is used."""
        if self._known is None:
            self._known = Conventions() if self.explore is None else self.explore(self)
        return self._known

    @conventions.setter
    def conventions(self, known: Conventions) -> None:
        self._known = known
        if known.gathers != self.gathers:
            self.gathers = known.gathers
            self._calls.clear()
            vars(self).pop("_offering", None)

    @property
    def way_back(self) -> Backward | None:
        """How backward is called, where no adapter does that; None also where there is none."""
        return None if self.overrides("backward") else self.conventions.backward

    def at_once(self, program: Program) -> bool:
        """Whether one call gives all gradients, and not each object its own when it is asked."""
        return self.way_back is None or self.way_back.kind != "asking"

    # -- its lives ---------------------------------------------------------------------------------

    def renewed(self) -> Engine | None:
        """A new life of the engine, which is used as this one."""
        new = super().renewed()
        if isinstance(new, ConventionalEngine):
            if self._known is not None:
                new.conventions = self._known
            new.settle()
        return new

    def settle(self) -> None:
        """Remembers the modules of the engine's package as they are now: what an engine imports
        while it runs must be of its own life, and not of a later one."""
        own = self.module.__name__ if self.module is not None else ""
        inside = own.partition(".")[0] == __name__.partition(".")[0]  # as the model engine travels
        home = own if inside else own.partition(".")[0]
        others = {module.__name__ for module in self.modules}
        if home and is_somebodys(self.module):
            self._own = {
                name: module
                for name, module in sys.modules.items()
                if f"{name}.".startswith(f"{home}.") or name in others
            }

    def _return_home(self) -> None:
        for name, module in self._own.items():
            sys.modules[name] = module
            package, _, child = name.rpartition(".")
            if package in self._own:
                setattr(self._own[package], child, module)

    # -- leaves ------------------------------------------------------------------------------------

    def made(self, value: Value) -> Any:
        """An object for a number."""
        leaf = self.conventions.leaf
        self._enter()
        maker = self.maker(leaf.maker)
        if maker is None:
            raise Unsupported(f"{leaf.maker}(number)")
        return self.kept(leaf.make(maker, value, f"v{next(self._names)}"))

    def empties(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        """The engine's functions that let it forget the graph before."""
        for name, function in list(vars(self.module or self).items()):
            likely = name.startswith(EMPTIES) and inspect.isfunction(function)
            own = likely and function.__module__ == getattr(self.module, "__name__", None)
            if own and not needed_of(function):
                yield name, function

    def _empty(self) -> None:
        """Lets the engine forget the graph before, where it has a function for that."""
        for _, function in self.empties():
            function()

    def _enter(self) -> None:
        """Enters what must be entered before anything is made, once for each graph."""
        within = self.conventions.within
        if within and not self._entered and (kind := dict(self.classes()).get(within)) is not None:
            self._factory = None
            self._open.callback(setattr, self, "_entered", False)
            self._open.enter_context(self.owner(kind))
            self._entered = True

    def kept(self, node: Any) -> Any:
        """The object, kept until the next graph: an engine may know it by its ``id`` alone."""
        self._alive.append(node)
        return node

    def maker(self, name: str) -> Callable[..., Any] | None:
        """What makes an object of a number: the class, or what the module or the class calls so."""
        if not name:
            return self.cls
        owner, _, method = name.rpartition(".")
        if owner:
            return getattr(self.owner(dict(self.classes())[owner]), method, None)
        found = getattr(self.module, name, None) or getattr(self.cls, name, None)
        return found if callable(found) else self.function(name)

    def owner(self, kind: type) -> Any:
        """The object of a graph's own that makes its leaves, or computes with them."""
        if type(self._factory) is not kind:
            self._factory = kind()
        return self._factory

    def leaf(self, value: Value) -> Any:
        """A leaf by which is differentiated: what a tape must be told of."""
        node = self.wrap(value)
        if self._tape is not None and hasattr(self._tape, "watch"):
            self._tape.watch(node)
        return node

    # -- a tape ------------------------------------------------------------------------------------

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Where the forward pass runs: in the engine's own modules, and inside its tape, if it has
        one, which stays open until backward starts."""
        self._return_home()
        self._alive.clear()
        self._factory = self._tape = None
        self._open.close()
        self._empty()
        how = self.way_back
        if how is not None and how.kind == "tape":
            kind = dict(self.classes())[how.name.partition(".")[0]]
            tape = kind(**{p.name: True for p in parameters_of(kind) if p.name in LASTING})
            opened = self._open.enter_context(getattr(tape, how.opens)() if how.opens else tape)
            self._tape = tape if opened is None or how.opens else opened
            self._open.callback(setattr, self, "records", False)
            self.records = True
        try:
            yield
        except BaseException:
            self._open.close()
            raise

    # -- backward ----------------------------------------------------------------------------------

    def start(self, output: Any, seed: Value | None) -> None:
        """Calls what runs the backward pass, with a seed or without."""
        how = self.conventions.backward
        assert how is not None
        if self.conventions.forward:
            self.value(output)
        if how.prepares:
            getattr(output, how.prepares)()
        if how.sets:
            setattr(output, how.sets, self.as_seed(1.0 if seed is None else seed))
        if how.kind == "asking":
            return
        run = self.target(how, output)
        first: list[Any] = [output] if how.kind in ("function", "tape") else []
        nodes = [n for name, n in self.nodes.items() if name in self.leaves or not how.leaves]
        if how.each:
            self._open.close()
            own = {id(output): 1.0 if seed is None else seed} if how.leaves else {}
            self._returned = own | {id(node): run(*first, node) for node in nodes}
            return
        arguments = list(first)
        if how.sources or how.kind == "tape":
            spread = any(p.kind is p.VAR_POSITIONAL for p in parameters_of(run))
            arguments += nodes if spread else [nodes]
        keywords = {}
        if seed is not None and how.seed is not None and how.first:
            arguments.append(self.as_seed(seed))
        elif seed is not None and how.seed is not None:
            keywords[how.seed] = self.as_seed(seed)
        self._open.close()
        self._returned = {}
        self._answer = run(*arguments, **keywords)  # its objects live as long as their ids are used
        self._returned = self._by_object(self._answer, nodes, output, seed)

    def as_seed(self, seed: Value) -> Any:
        """A seed as the engine wants it."""
        how = self.conventions.backward
        assert how is not None
        return self.wrap(seed) if how.form == OBJECT else formed(seed, how.form)

    def target(self, how: Backward, output: Any) -> Callable[..., Any]:
        """What runs the backward pass from ``output``."""
        owner, _, name = how.name.rpartition(".")
        if how.kind == "function" and not owner:
            found = self.function(name)
        else:
            places: Mapping[str, Callable[[], Any]] = {
                "tape": lambda: self._tape,
                "driver": lambda: dict(self.classes())[owner](output),
                "method": lambda: output,
                "function": lambda: self._holder(owner),
                "owner": lambda: self._holder(owner),
            }
            found = getattr(places[how.kind](), name, None)
        if not callable(found):
            raise Unsupported("backward")
        return found

    def forwarding(self, node: Any) -> Callable[[], Any]:
        """What computes the numbers of objects that have none yet."""
        owner, _, name = self.conventions.forward.rpartition(".")
        found: Callable[[], Any] = getattr(self._holder(owner) if owner else node, name)
        return found

    def _holder(self, owner: str) -> Any:
        """The object that has backward as a method: what makes leaves, or one of the module's."""
        own = type(self._factory).__name__ == owner
        return self._factory if own else getattr(self.module, owner, None)

    def returned_for(self, node: Any) -> Any:
        """The gradient that backward has returned for an object, None if it has not."""
        return self._returned.get(id(node))

    def _by_object(
        self, answer: Any, nodes: Sequence[Any], output: Any, seed: Any
    ) -> dict[int, Any]:
        """Gradients that backward has returned, by the ``id`` of their objects, the ``nodes``: it
        may know these by themselves, by their ids, names or places, in the order in which they were
        given to it, or when it is asked, ``answer.wrt(x)``. The output's own, which many leave out,
        is the seed."""
        if isinstance(answer, Mapping):
            known = {key if type(key) is int else id(key): item for key, item in answer.items()}
            for node in nodes:
                names = [getattr(node, label, None) for label in LABELS]
                known |= {id(node): answer[n] for n in names if isinstance(n, str) and n in answer}
        elif isinstance(answer, list | tuple) or (isinstance(answer, np.ndarray) and answer.ndim):
            known = _by_place(nodes, list(answer))
        elif (ask := _asked(answer)) is not None:
            known = {id(node): ask(node) for node in nodes}
        else:
            return {}
        own = {id(output): 1.0 if seed is None else seed}
        return own | {key: item for key, item in known.items() if item is not None}

    def seed_forms(self) -> tuple[str, ...]:
        """As what a seed may be given; an engine object first where an annotation says so, and an
        array where values are arrays."""
        how = self.conventions.backward
        wanted = ""
        if how is not None and how.kind == "method" and hasattr(self.cls, how.name):
            parameters = parameters_of(getattr(self.cls, how.name))
            wanted = " ".join(str(p.annotation) for p in parameters if p.name == how.seed)
        if re.search(rf"\b{self.class_name}\b", wanted):
            return OBJECT, PLAIN, ARRAY
        with tried():
            if isinstance(self.value(self.wrap(1.0)), np.ndarray):
                return ARRAY, PLAIN, OBJECT
        return PLAIN, OBJECT, ARRAY


def _by_place(nodes: Sequence[Any], answer: Sequence[Any]) -> dict[int, Any]:
    """Gradients by the ``id`` of their objects, each of which knows its place in the answer by a
    number that no other has; or else in their order, if there are as many."""
    for name in attributes(nodes[0]):
        places = [getattr(node, name, None) for node in nodes]
        numbers = [place for place in places if type(place) is int and 0 <= place < len(answer)]
        if len(numbers) == len(nodes) == len(set(numbers)):
            return {id(node): answer[place] for node, place in zip(nodes, numbers, strict=True)}
    return dict(zip(map(id, nodes), answer, strict=True)) if len(answer) == len(nodes) else {}


def _asked(answer: Any) -> Callable[[Any], Any] | None:
    """What tells a gradient of an answer: it does so itself, or a method of its own kind."""
    if inspect.isfunction(answer):
        return answer
    if type(answer).__module__ in ("builtins", "numpy"):
        return None
    return next((ask for name in ASKED if callable(ask := getattr(answer, name, None))), None)
