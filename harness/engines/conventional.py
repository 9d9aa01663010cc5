"""Engines that are used by their own conventions, which are tried out once.

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
from functools import cached_property
from types import ModuleType
from typing import Any, Final, cast

from harness.engines.answers import describe
from harness.engines.calls import Unsupported, parameters_of
from harness.engines.conventions import (
    ARRAY,
    OBJECT,
    PLAIN,
    Backward,
    Conventions,
    formed,
    reader,
)
from harness.engines.engine import Engine, EngineError
from harness.engines.offering import Offering
from harness.engines.reading import number_in
from harness.engines.undisturbed import is_installed
from harness.engines.usual import ASIDE, ASKED, LABELS, LASTING
from harness.vocabulary.program import Program, Value

GENERAL: Final = (
    "harness.engines.conventional",
    "harness.engines.objects",
    "harness.engines.functions",
)
"""Where the classes are defined that an adapter is a subclass of."""


class ConventionalEngine(Engine):
    """A class ``cls`` whose objects are made, read and sent backward as ``conventions`` says."""

    cls: type
    module: ModuleType | None = None
    modules: Sequence[ModuleType] = ()
    """Further modules in which functions are looked for."""
    nodes: Mapping[str, Any]
    """The objects of the graph that was built last, by name."""

    def __init__(self, cls: type | None = None, module: ModuleType | None = None) -> None:
        if cls is not None:
            self.cls = cls
        if module is not None:
            self.module = module
        self.nodes = {}
        self._known: Conventions | None = None
        self._names = itertools.count(1)
        self._tape: Any = None
        self._factory: Any = None
        self._open = ExitStack()
        self._alive: list[Any] = []
        self._is_open = False
        self._own: dict[str, ModuleType] = {}
        self._returned: dict[int, Any] = {}
        self._kept: Any = None

    # -- what an adapter overrides -------------------------------------------------------------

    def wrap(self, value: Value) -> Any:
        """An engine object for a leaf: a Python float in a scalar case, otherwise an array."""
        leaf = self.conventions.leaf
        maker = self.maker(leaf.maker)
        if maker is None:
            raise Unsupported(f"{leaf.maker}(number)")
        return self.kept(leaf.make(maker, value, f"v{next(self._names)}"))

    def kept(self, node: Any) -> Any:
        """The object, kept until the next graph: an engine may know it by its ``id`` alone."""
        self._alive.append(node)
        return node

    def value(self, node: Any) -> Any:
        """The value of an engine object."""
        read, forward = reader(self.conventions.value), self.conventions.forward
        if forward and number_in(read(node)) is None:
            getattr(node, forward)()
        return read(node)

    def gradient(self, node: Any) -> Any:
        """The gradient of an engine object after ``backward``, or None if it has none."""
        way = self.conventions.gradient
        if way is None:
            return self.returned_for(node)
        there = getattr(node, way[0].removesuffix("()"), None)
        return None if there is None else reader(way)(node)

    def at_once(self, program: Program) -> bool:
        """Whether one call gives all gradients, and not each object its own when it is asked."""
        how = None if self.overrides("backward") else self.conventions.backward
        return how is None or how.kind != "asking"

    # -- how it is used, as was found ------------------------------------------------------------

    @property
    def conventions(self) -> Conventions:
        """How the engine is used; tried out when it is first asked for. Raises EngineError."""
        if self._known is None:
            self._known = self._discovered()
        return self._known

    @conventions.setter
    def conventions(self, found: Conventions) -> None:
        self._known = found

    def _discovered(self) -> Conventions:
        """The conventions, found by trying."""
        raise NotImplementedError

    def understand(self) -> None:
        """Tries out how the engine is used, if its runs are the general ones. Raises EngineError
        where that is not understood."""
        self.settle()
        if self.overrides("run"):
            return
        try:
            self.conventions  # noqa: B018
        except EngineError:
            raise
        except Exception as error:
            told = f"class {self._class_name()} cannot be tried out: {describe(error)}"
            raise EngineError(f"{told}. Write an adapter: harness adapt FILE") from None

    def overrides(self, name: str) -> bool:
        """Whether an adapter has a way of its own."""
        owner = next(base for base in type(self).__mro__ if name in vars(base))
        return owner.__module__ not in GENERAL

    def renewed(self) -> Engine | None:
        """A new life of the engine, which is used as this one."""
        new = super().renewed()
        if isinstance(new, ConventionalEngine):
            new._known = self._known
            new.settle()
        return new

    def settle(self) -> None:
        """Remembers the modules of the engine's package as they are now: what an engine imports
        while it runs must be of its own life, and not of a later one."""
        home = self.module.__name__.partition(".")[0] if self.module is not None else ""
        others = {module.__name__ for module in self.modules}
        if home and not is_installed(self.module):
            self._own = {
                name: module
                for name, module in sys.modules.items()
                if name.partition(".")[0] == home or name in others
            }

    def homes(self) -> list[ModuleType]:
        """The modules that are the engine's own: its module, and its class's."""
        other = sys.modules.get(getattr(getattr(self, "cls", None), "__module__", ""))
        return [module for module in (self.module, other) if module is not None]

    def maker(self, name: str) -> Callable[..., Any] | None:
        """What makes an object of a number: the class, or what the module or the class calls so."""
        if not name:
            return self.cls
        owner, _, method = name.rpartition(".")
        if owner:
            return cast(Callable[..., Any], getattr(self._made_by(owner), method, None))
        found = getattr(self.module, name, None) or getattr(self.cls, name, None)
        return cast(Callable[..., Any], found) if callable(found) else self.function(name)

    def _made_by(self, owner: str) -> Any:
        """The object of a graph's own that makes its leaves."""
        if self._factory is None:
            self._factory = dict(self.classes())[owner]()
        return self._factory

    def leaf(self, value: Value) -> Any:
        """A leaf by which is differentiated: what a tape must be told of."""
        node = self.wrap(value)
        if self._tape is not None and hasattr(self._tape, "watch"):
            self._tape.watch(node)
        return node

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Where the forward pass runs: in the engine's own modules, and inside its tape, if it has
        one, which stays open until backward starts."""
        self._return_home()
        self._alive.clear()
        self._factory = None
        self.close()
        how = None if self.overrides("backward") else self.conventions.backward
        if how is not None and how.kind == "tape":
            kind = dict(self.classes())[how.name.partition(".")[0]]
            tape = kind(**{p.name: True for p in parameters_of(kind) if p.name in LASTING})
            opened = self._open.enter_context(tape)
            self._is_open = True
            self._tape = opened if opened is not None else tape
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _return_home(self) -> None:
        """What the engine imports while it runs is of its own life."""
        for name, module in self._own.items():
            sys.modules[name] = module
            package, _, child = name.rpartition(".")
            if package in self._own:
                setattr(self._own[package], child, module)

    @property
    def records(self) -> bool:
        """Whether a tape is open."""
        return self._is_open

    def close(self) -> None:
        """Closes the engine's tape, if one is open."""
        self._open.close()
        self._is_open = False

    def start(self, output: Any, seed: Value | None) -> None:
        """Calls what runs the backward pass, with a seed or without."""
        how = self.conventions.backward
        assert how is not None
        if self.conventions.forward:
            self.value(output)
        if how.sets:
            setattr(output, how.sets, self.given(1.0 if seed is None else seed))
        if how.kind == "asking":
            return
        run = self.target(how, output)
        arguments: list[Any] = [output] if how.kind in ("function", "tape") else []
        if how.sources or how.kind == "tape":
            nodes = list(self.nodes.values())
            spread = any(p.kind is p.VAR_POSITIONAL for p in parameters_of(run))
            arguments += nodes if spread else [nodes]
        keywords = {}
        if seed is not None and how.seed is not None:
            if how.first:
                arguments.append(self.given(seed))
            else:
                keywords[how.seed] = self.given(seed)
        self.close()
        self._returned = {}
        found = run(*arguments, **keywords)
        self._returned = self._by_object(found, output, seed)

    def given(self, seed: Value) -> Any:
        """A seed as the engine wants it."""
        how = self.conventions.backward
        assert how is not None
        return self.wrap(seed) if how.form == OBJECT else formed(seed, how.form)

    def target(self, how: Backward, output: Any) -> Callable[..., Any]:
        """What runs the backward pass from ``output``."""
        owner, _, name = how.name.rpartition(".")
        if how.kind == "tape":
            return cast(Callable[..., Any], getattr(self._tape, name))
        if how.kind == "driver":
            found = getattr(dict(self.classes())[owner](output), name, None)
        elif how.kind == "method":
            found = getattr(output, how.name, None)
        elif owner and type(self._factory).__name__ == owner:
            found = getattr(self._factory, name, None)
        elif owner:
            found = getattr(getattr(self.module, owner, None), name, None)
        else:
            found = self.function(how.name)
        if not callable(found):
            raise Unsupported("backward")
        return cast(Callable[..., Any], found)

    def returned_for(self, node: Any) -> Any:
        """The gradient that backward has returned for an object, None if it has not."""
        return self._returned.get(id(node))

    def _by_object(self, found: Any, output: Any, seed: Any) -> dict[int, Any]:
        """Gradients that backward has returned, by the ``id`` of their objects: it may know these
        by themselves, by their ids or names, in the order in which they were given to it, or when
        it is asked, ``found.wrt(x)``. The output's own, which many leave out, is the seed."""
        if isinstance(found, Mapping):
            known = {key if type(key) is int else id(key): item for key, item in found.items()}
            for node in self.nodes.values():
                names = [getattr(node, label, None) for label in LABELS]
                known |= {id(node): found[n] for n in names if isinstance(n, str) and n in found}
        elif isinstance(found, list | tuple) and len(found) == len(self.nodes):
            known = dict(zip(map(id, self.nodes.values()), found, strict=True))
        elif (ask := _asked(found)) is not None:
            known = {id(node): ask(node) for node in self.nodes.values()}
        else:
            return {}
        self._kept = found  # its objects must live as long as their ids are used
        own = {id(output): 1.0 if seed is None else seed}
        return own | {key: item for key, item in known.items() if item is not None}

    def seed_forms(self) -> tuple[str, ...]:
        """As what a seed may be given; an engine object first where an annotation says so."""
        how = self.conventions.backward
        wanted = ""
        if how is not None and how.kind == "method":
            parameters = parameters_of(getattr(self.cls, how.name))
            wanted = " ".join(str(p.annotation) for p in parameters if p.name == how.seed)
        told = re.search(rf"\b{self._class_name()}\b", wanted)
        return (OBJECT, PLAIN, ARRAY) if told else (PLAIN, OBJECT, ARRAY)

    def _class_name(self) -> str:
        return getattr(getattr(self, "cls", None), "__name__", "engine object")

    # -- what its modules have ---------------------------------------------------------------------

    @cached_property
    def _offering(self) -> Offering:
        cls = getattr(self, "cls", None)
        return Offering(cls, self.module, self.modules, lambda: self.wrap(1.0))

    def function(self, name: str) -> Callable[..., Any] | None:
        """The function of that name in the engine's modules."""
        return self._offering.function(name)

    def functions(self) -> Iterator[tuple[str, Callable[..., Any]]]:
        """The functions of the engine's own modules that may be tried out."""
        for module in (self.module, *self.modules):
            for key, found in list(vars(module).items()) if module is not None else ():
                own = inspect.isfunction(found) and self.function(key) is found
                if own and not key.lstrip("_").lower().startswith(ASIDE):
                    yield key, found

    def classes(self) -> Iterator[tuple[str, type]]:
        """All classes of the engine's modules but its own."""
        for module in (self.module, *self.modules):
            for key, found in vars(module).items() if module is not None else ():
                if isinstance(found, type) and found is not getattr(self, "cls", None):
                    yield key, found


def _asked(found: Any) -> Callable[[Any], Any] | None:
    """The method by which an answer of the engine's own kind tells a gradient."""
    if type(found).__module__ in ("builtins", "numpy"):
        return None
    return next((ask for name in ASKED if callable(ask := getattr(found, name, None))), None)
