"""Static graphs and expression trees: built of placeholders first, fed with numbers later.

How a placeholder is made, what computes a graph for a feed, and what gives gradients, are tried in
turn; by whom it is done, :mod:`~harness.engines.forms.callees` says, and what it is asked,
:data:`QUESTIONS`.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product
from types import ModuleType
from typing import Any, Final, Self, cast

import numpy as np

from harness import languages
from harness.engines.clock import tried
from harness.engines.engine import Unsupported
from harness.engines.failures import describe
from harness.engines.forms.callees import ASKS, COMPUTES, Callee, Many, callees, filling, running
from harness.engines.numbers import number_in
from harness.engines.running.conventional import LABELS
from harness.engines.running.held import attributes
from harness.engines.running.objects import GraphEngine
from harness.engines.running.telling import is_variable, needed_of
from harness.engines.sources import is_own
from harness.engines.trace import Trace
from harness.engines.writing import calls
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.program import Program, Step, Value

MAKERS: Final = (
    "placeholder",
    "variable",
    "var",
    "input",
    "symbol",
    "sym",
    "leaf",
    "parameter",
    "node",
)
"""What makes a placeholder, in any spelling."""

NUMBERS: Final = (1.625, 0.75)
"""What placeholders are fed with where a graph is tried."""

LOCAL: Final = {"mul": (NUMBERS[1], NUMBERS[0]), "add": (1.0, 1.0), "sub": (1.0, -1.0)}
"""The derivatives of operations by either of these."""

PAIR: Final = 2

MANY: Final = 50
"""A program of more steps is computed once, when it is built, and not after each of them."""


@dataclass(frozen=True)
class Usage:
    """What gives numbers for a feed, one of :data:`FEEDS`; what gives gradients, and which of
    :data:`QUESTIONS` it is asked for them, of nodes ``by_name`` or themselves."""

    computing: Callee
    feed: str
    asking: Callee
    question: str = ""
    by_name: bool = False

    def numbers(self, nodes: list[Any], feed: Mapping[Any, Any]) -> Any:
        """What nodes are for a feed."""
        return FEEDS[self.feed](self.computing.call, nodes, feed)


class FeedEngine(GraphEngine):
    """Runs a program on a static graph. Where placeholders are ``named``, the feed and gradients
    know them by their names; else by themselves."""

    placeholder = ""
    """What makes a placeholder."""
    named = False
    arrays = False
    """Whether arrays alone are fed, numbers having failed; gradients begin with ones then."""
    computes_anew = True
    later = False
    """Whether all is computed in one call, when the graph has been built."""
    apart: frozenset[str] = frozenset()
    """What no gradient is asked for: there is no path from it to the output."""

    def __init__(self, module: ModuleType | None = None) -> None:
        super().__init__(module=module)
        self.feed: dict[Any, Any] = {}
        self.keys: dict[int, Any] = {}
        self.runners: dict[str, Any] = {}
        self.numbers: dict[int, Any] = {}
        self.answers: dict[int, Any] = {}
        self.taken: set[tuple[str, tuple[str, ...]]] = set()

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's static graphs; None where it has none."""
        both = (False, True)
        for arrays, maker, named in product(both, list(_makers(module)), both):
            with tried():
                engine = cls(module)
                engine.placeholder, engine.named, engine.arrays = maker, named, arrays
                engine.cls = _base(type(_placeholder(module, maker, "x")), module)
                if engine.usage is not None:
                    return engine
        return None

    @cached_property
    def takes_arrays(self) -> bool:
        """As ever, or since it takes nothing else."""
        return self.arrays or super().takes_arrays

    @cached_property
    def usage(self) -> Usage | None:
        """What gives numbers and gradients; None where nothing does."""
        feeds = [feed for feed in FEEDS if self.named or feed != "**feed"]
        computes = chain(callees(self, self.runner, COMPUTES), filling(self, self._places()))
        for computing, feed in product(computes, feeds):
            self.usage = Usage(computing, feed, computing)
            if _computes(self) and self._asks(self.usage):
                return self.usage
        return None

    def _places(self) -> list[str]:
        """What a placeholder has."""
        return attributes(_placeholder(self.module, self.placeholder, "x"))

    def _asks(self, usage: Usage) -> bool:
        """Whether something gives gradients, which is part of the usage then."""
        keys = (True, False) if self.named else (False,)
        asks = chain(callees(self, self.runner, ASKS), running(self))
        for asking, question, by_name in product(asks, QUESTIONS, keys):
            self.usage = replace(usage, asking=asking, question=question, by_name=by_name)
            if _answers(self):
                return True
        return False

    @property
    def used(self) -> Usage:
        """How it is used, once that is found."""
        assert self.usage is not None
        return self.usage

    @property
    def way_back(self) -> None:
        """No usual method gives the gradients."""
        return None

    def at_once(self, program: Program) -> bool:
        """Whether one call computes the graph."""
        return self.used.computing.at_once

    def computes_later(self, program: Program) -> bool:
        """Whether it is too long to be computed after each step."""
        return len(program.steps) > MANY

    def run(self, program: Program) -> Trace:
        """A program, with an empty feed."""
        for kept in (self.feed, self.keys, self.runners, self.numbers, self.answers):
            kept.clear()
        self.later = self.used.computing.at_once and self.computes_later(program)
        self.apart = frozenset(program.shapes) - program.reaching
        return super().run(program)

    def runner(self, name: str) -> Any:
        """The object of a class that computes graphs, one for each program."""
        if name not in self.runners:
            self.runners[name] = getattr(self.module, name)()
        return self.runners[name]

    def wrap(self, value: Value) -> Any:
        """A placeholder, whose number waits in the feed."""
        label = f"v{len(self.feed)}"
        node = self.kept(_placeholder(self.module, self.placeholder, label))
        key = label if self.named else node
        self.feed[key] = np.atleast_1d(value) if self.arrays else value
        self.keys[id(node)] = key
        return node

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """A new node. Whether it takes operands and parameters that its function does not tell of
        shows only when it is computed."""
        node, call = super().apply(step, operands), self.call(step.op)
        asked = step.op, tuple(step.parameters)
        if call is not None and call.spreads and asked not in self.taken:
            try:
                self.value(node)
            except (TypeError, IndexError, ValueError) as error:
                what = ", ".join(step.parameters) or f"such operands ({describe(error)})"
                raise Unsupported(f"{step.op} with {what}") from error
            self.taken.add(asked)
        return node

    def _by_operator(self, step: Step, operands: list[Any]) -> Any:
        """An operator; Python's own for tuples is none of the engine's."""
        if not any(isinstance(operand, tuple) for operand in operands):
            return super()._by_operator(step, operands)
        call = self.call(step.op)
        if call is None:
            raise Unsupported(step.op)
        return call(self._taken(step, operands), {})

    def value(self, node: Any) -> Any:
        """What a node is for the feed."""
        if self.later and id(node) not in self.numbers:
            graph = list(self.nodes.values())
            numbers = self.used.numbers(graph, self.feed)
            self.numbers = dict(zip(map(id, graph), numbers, strict=True))
        if id(node) in self.numbers:
            return self.numbers[id(node)]
        (number,) = self.used.numbers([node], self.feed)
        return number

    def backward(self, output: Any, seed: Value) -> None:
        """Asks for the gradients by all nodes, or by the inputs alone where these are asked for by
        their names."""
        unit = np.shape(seed) == () and float(seed) == 1.0
        target = output if unit else self.contracted(output, seed)
        self.value(target)
        nodes = [
            node
            for name, node in self.nodes.items()
            if name not in self.apart and (not self.named or id(node) in self.keys)
        ]
        by_name, ask = self.used.by_name, self.used.asking.call
        keys = [self.keys.get(id(node), node) if by_name else node for node in nodes]
        question = QUESTIONS[self.used.question]
        answer = question(lambda *x, **named: ask([target], *x, **named)[0], keys, self.feed)
        if isinstance(answer, tuple):  # the number, too
            answer = next((item for item in answer if isinstance(item, Mapping)), answer)
        if isinstance(answer, Mapping):
            answer = [answer.get(key) for key in keys]
        there = [(id(n), a) for n, a in zip(nodes, answer, strict=True) if a is not None]
        slopes = [a for _, a in there if number_in(a) is None]
        numbers = self.used.numbers(slopes, self.feed) if slopes else ()
        computed = dict(zip(map(id, slopes), numbers, strict=True))
        self.answers = {key: computed.get(id(a), a) for key, a in there}
        if not self.named:
            self.answers.setdefault(id(output), seed)

    def contracted(self, output: Any, seed: Value) -> Any:
        """As ever; where gradients of arrays begin with ones, the product alone is enough."""
        if not self.arrays:
            return super().contracted(output, seed)
        return self.kept(self.on("mul", output, self.wrap(seed)))

    def gradient(self, node: Any) -> Any:
        """What has been answered for a node."""
        return self.answers.get(id(node))

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the calls that are made here."""
        return calls.written(self, program, asked, self.renewed())

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        return [
            languages.told(
                "engine",
                "feeds-class",
                class_name=self.class_name,
                module=getattr(self.module, "__name__", "?"),
            ),
            languages.told(
                "engine",
                "feeds-leaf",
                placeholder=self.placeholder,
                label=_label(self.module, self.placeholder),
                more=languages.told("engine", "by-name" if self.named else "by-object"),
                arrays=languages.told("engine", "with-arrays") if self.arrays else "",
            ),
            f"value      {self.used.computing.written(self.used.feed)}",
            f"gradient   {self.used.asking.written(self.used.question)}",
        ]


def _computes(engine: FeedEngine) -> bool:
    """Whether a placeholder has the number that it is fed, and a step any."""
    nodes = _tried_graph(engine, *LOCAL)
    with tried():
        fed = [number_in(engine.value(nodes[name])) for name in ("x", "y")]
        told = [None if item is None else item.tolist() for item in fed]
        return (
            told == _samples(engine, NUMBERS) and number_in(engine.value(nodes["out"])) is not None
        )
    return False


def _answers(engine: FeedEngine) -> bool:
    """Whether what is asked gives the right derivatives of some operation."""
    for op, wanted in LOCAL.items():
        nodes = _tried_graph(engine, op)
        with tried():
            engine.backward(nodes["out"], 1.0)
            slopes = [number_in(engine.gradient(nodes[name])) for name in ("x", "y")]
            told = [None if item is None else item.tolist() for item in slopes]
            if told == _samples(engine, wanted):
                return True
    return False


def _samples(engine: FeedEngine, numbers: Sequence[float]) -> list[Any]:
    """Numbers as they are fed, or arrays of them in lists."""
    return [[x, x] if engine.arrays else x for x in numbers]


def _tried_graph(engine: FeedEngine, *ops: str) -> Mapping[str, Any]:
    """A graph of the first of some operations that there is."""
    for op in ops:
        engine.runners.clear()
        engine.feed.clear()
        with tried(), engine.recording():
            given = [np.asarray(x)[()] for x in _samples(engine, NUMBERS)]
            nodes = {name: engine.leaf(x) for name, x in zip("xy", given, strict=True)}
            engine.nodes = nodes | {"out": engine.on(op, *nodes.values())}
            return engine.nodes
    return {}


# -- what is tried ---------------------------------------------------------------------------------

FEEDS: Final[Mapping[str, Callable[[Many, list[Any], Any], Any]]] = {
    "feed": lambda compute, nodes, feed: compute(nodes, feed),
    "**feed": lambda compute, nodes, feed: compute(nodes, **feed),
}
"""How numbers are given to what computes a graph."""

QUESTIONS: Final[Mapping[str, Callable[[Many, list[Any], Any], Any]]] = {
    "[x, y]": lambda ask, keys, feed: ask(keys),
    "x": lambda ask, keys, feed: [ask(key) for key in keys],
    "feed": lambda ask, keys, feed: ask(feed),
    "": lambda ask, keys, feed: ask(),
    "x, feed": lambda ask, keys, feed: [ask(key, feed) for key in keys],
    "**feed": lambda ask, keys, feed: ask(**feed),
}
"""What is asked for gradients, beside the output."""


def _makers(module: ModuleType) -> Iterator[str]:
    """What may make a placeholder: of nothing, or of a name."""
    own = {key: item for key, item in vars(module).items() if callable(item)}
    for name in MAKERS:
        for key, item in own.items():
            if key.replace("_", "").lower() in (name, f"{name}node") and is_own(item, module):
                needed = [p for p in needed_of(item) if not is_variable(p)]
                if not needed or [p.name in LABELS for p in needed] == [True]:
                    yield key


def _placeholder(module: Any, maker: str, label: str) -> Any:
    return getattr(module, maker)(*([label] if _label(module, maker) else []))


def _label(module: Any, maker: str) -> str:
    """The name that a maker wants, as it is written; nothing where it wants none."""
    return "" if all(map(is_variable, needed_of(getattr(module, maker)))) else "'x'"


def _base(kind: type, module: ModuleType) -> type:
    """The class of which all nodes are: that of operations, too, which need not be related."""
    roots = dict.fromkeys(_root(item, module) for item in (kind, *_operations(module)))
    if len(roots) == 1 and kind is not tuple:
        return next(iter(roots))
    family: Any = ABCMeta(kind.__name__, (), {"__module__": kind.__module__})
    for root in roots:
        family.register(root)
    return cast(type, family)


def _root(kind: type, module: ModuleType) -> type:
    if kind is tuple:
        return kind  # an expression, ("mul", x, y)
    return [base for base in kind.__mro__ if is_own(base, module)][-1]


def _operations(module: ModuleType) -> list[type]:
    """The classes that are called like sums and products, made of two operands."""
    names = {*ALIASES["add"], *ALIASES["mul"]}
    own = [item for key, item in vars(module).items() if key.lower() in names]
    return [item for item in own if isinstance(item, type) and len(needed_of(item)) == PAIR]
