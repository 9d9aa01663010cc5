"""Engines of parts that are wired together: each knows its operands, and its backward pass puts
gradients where it took numbers from. Nobody calls the parts in their order, which is done here.

Units: ``out = gate.forward(u, v)`` gives a new unit, and ``gate.backward()`` adds to ``u.grad``.
Nodes: ``node = Mul(x, y)``; ``node.forward()`` computes ``node.value``; ``node.backward()`` adds to
the operands' gradient, or keeps what goes to each of them in a dictionary, ``node.gradients[x]``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from types import ModuleType
from typing import Any, Final, Self, cast

import numpy as np

from harness import languages
from harness.engines.clock import tried
from harness.engines.engine import EngineError
from harness.engines.forms.kinds import Back, Kind, Part
from harness.engines.forms.parts import PartsEngine
from harness.engines.names import MAKERS, VALUES, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.held import attributes
from harness.engines.running.objects import NUMBERS
from harness.engines.running.telling import is_variable, needed_of, parameters_of
from harness.engines.sources import is_own
from harness.engines.trace import Trace
from harness.vocabulary.program import Program, Step, Value

SIGMOID: Final = 1 / (1 + np.exp(-NUMBERS[0]))

LOCAL: Final = {
    "mul": (NUMBERS[1], NUMBERS[0]),
    "add": (1.0, 1.0),
    "sigmoid": (SIGMOID * (1 - SIGMOID),),
    "relu": (1.0,),
}
"""The derivatives of what wirings are tried on, by the first of the numbers or by either."""

SEED: Final = 2.0
"""With what backward is begun: one that takes no seed begins with 1."""

LEAVES: Final = (*MAKERS, "placeholder", "input")
"""How a class of leaves is called, in any spelling."""


class _User:
    """What uses the output, and sends the seed back to it."""


@dataclass(frozen=True)
class Wiring:
    """How parts are wired: what a ``leaf`` is made by, and the attributes that hold a node's number
    and its gradient. A leaf is ``filled`` with its number when it is made, or afterwards. Where
    ``gradient`` is a dictionary of what goes to each operand, ``users`` is the list in which a node
    has those that use it."""

    leaf: type
    filled: bool
    nodes: bool
    value: str
    gradient: str
    users: str = ""

    def made(self, number: Value) -> Any:
        """A leaf that holds a number."""
        maker: Any = self.leaf
        number = np.asarray(number)[()] if self.nodes else number  # an array, to those who ask
        made = maker(number) if self.filled else maker()
        setattr(made, self.value, number)
        return made

    def result(self, part: type, operands: Sequence[Any]) -> tuple[Any, Any]:
        """The part that was wired to its operands, and the node that it gives."""
        if not self.nodes:
            gate: Any = part()
            return gate, gate.forward(*operands)
        node: Any = part(*operands)
        node.forward()
        return node, node

    def number(self, node: Any) -> Any:
        """A node's number."""
        return getattr(node, self.value)

    def back(self, wired: Sequence[Any], nodes: Sequence[Any], output: Any, seed: Value) -> None:
        """Runs all backward passes, the last part's first; ``nodes`` are all, leaves included."""
        if self.users:
            user = _User()
            setattr(user, self.gradient, {output: seed})
            getattr(output, self.users).append(user)
        else:
            for node in nodes:
                setattr(node, self.gradient, np.zeros(np.shape(self.number(node)))[()])
            setattr(output, self.gradient, seed)
        try:
            for part in reversed(wired):
                part.backward()
        finally:
            if self.users:
                getattr(output, self.users).remove(user)

    def slope(self, node: Any, nodes: Sequence[Any]) -> Any:
        """The gradient of a node, None where none has come."""
        if not self.users:
            return getattr(node, self.gradient)
        own = getattr(node, self.gradient)
        if node in own:
            return own[node]
        terms = [kept[node] for other in nodes if node in (kept := getattr(other, self.gradient))]
        return sum(terms[1:], terms[0]) if terms else None


@dataclass
class Graph:
    """What was wired together for one program."""

    wired: list[Any] = field(default_factory=list)
    nodes: list[Any] = field(default_factory=list)
    output: Any = None
    seed: Value = 1.0


class WiredEngine(PartsEngine):
    """Runs a program through parts that are wired together."""

    def __init__(self, module: ModuleType | None = None, wiring: Wiring | None = None) -> None:
        super().__init__(module)
        self.graph = Graph()
        if wiring is None and (self.module is None or (wiring := _wiring(self.module)) is None):
            raise EngineError(languages.told("engine", "no-wired-parts"))
        self.wiring = wiring
        self.cls = _root(wiring.leaf, cast(ModuleType, self.module))

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's wired parts; None where it has none."""
        wiring = _wiring(module)
        return None if wiring is None else cls(module, wiring)

    @property
    def kinds(self) -> Sequence[Kind]:
        """A part is a class with both passes, which take no gradient."""
        return (self._wired,)

    def _wired(self, op: str, name: str, item: Any, module: Any) -> Part | None:
        if not isinstance(item, type) or not _is_part(item):
            return None

        def forward(*operands: Any) -> tuple[Any, Back]:
            leaves = [self.wiring.made(x) for x in operands]
            part, out = self.wiring.result(item, leaves)

            def back(upstream: Any) -> Any:
                self.wiring.back([part], [*leaves, out], out, upstream)
                return [self.wiring.slope(leaf, [*leaves, out]) for leaf in leaves]

            return self.wiring.number(out), back

        told = f"{name}(…).forward" if self.wiring.nodes else f"{name}().forward"
        return Part(op, f"class, {told}", forward, item)

    def run(self, program: Program) -> Trace:
        """A program, on a new graph."""
        self.graph = Graph()
        return super().run(program)

    def wrap(self, value: Value) -> Any:
        """A leaf."""
        leaf = self.wiring.made(value)
        self.graph.nodes.append(leaf)
        if self.wiring.users:
            self.graph.wired.append(leaf)
        return leaf

    def value(self, node: Any) -> Any:
        """A node's number."""
        return self.wiring.number(node)

    def apply(self, step: Step, operands: list[Any]) -> Any:
        """The node of a new part."""
        part = self.part(step, operands)
        nodes = [x if self.is_object(x) else self.wrap(x) for x in operands]
        wired, out = self.wiring.result(part.item, nodes)
        self.graph.wired.append(wired)
        self.graph.nodes.append(out)
        return out

    def backward(self, output: Any, seed: Value) -> None:
        """Back through all parts, the last first."""
        self.graph.output, self.graph.seed = output, seed
        self.wiring.back(self.graph.wired, self.graph.nodes, output, seed)

    def gradient(self, node: Any) -> Any:
        """What has come back to a node."""
        if node is self.graph.output:
            return self.graph.seed
        return self.wiring.slope(node, self.graph.nodes)

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        one = self.wiring
        filled = "number" if one.filled else ""
        slope = (
            languages.told("engine", "summed", gradient=one.gradient)
            if one.users
            else f".{one.gradient}"
        )
        return [
            languages.told(
                "engine",
                "wired-class",
                class_name=self.class_name,
                module=getattr(self.module, "__name__", "?"),
            ),
            f"leaf       {one.leaf.__name__}({filled})",
            f"value      .{one.value}",
            f"gradient   {slope}",
            languages.told("engine", "wired-backward"),
        ]


# -- what is tried ---------------------------------------------------------------------------------


def _wiring(module: ModuleType) -> Wiring | None:
    """How a module's parts are wired; None where they are not."""
    for wiring in _wirings(module):
        engine = WiredEngine(module, wiring)
        if engine.parts and any(_answers(engine, op) for op in LOCAL):
            return wiring
    return None


def _wirings(module: ModuleType) -> Iterator[Wiring]:
    """Every way in which a module's parts may be wired."""
    own = [item for item in vars(module).values() if isinstance(item, type)]
    own = [kind for kind in own if is_own(kind, module) and may_be_tried(kind.__name__)]
    parts = list(filter(_is_part, own))
    taking = [bool([p for p in parameters_of(kind)]) for kind in parts]
    for kind in own if parts else ():
        if kind not in parts and not any(taking):  # a unit, and gates that are made of nothing
            yield from _attributes(kind, False)
        elif any(taking) and kind.__name__.lower() in LEAVES:
            yield from _attributes(kind, True)


def _attributes(leaf: Any, nodes: bool) -> Iterator[Wiring]:
    """Of a class of leaves, which attributes may hold what."""
    for filled in (True, False):
        made: list[Any] = []
        with tried():
            made = [leaf(NUMBERS[0])] if filled else [leaf()]
        for one in made:
            held = {name: getattr(one, name) for name in attributes(one)}
            free = [name for name, item in held.items() if item is None or _is_number(item)]
            lists = [name for name, item in held.items() if isinstance(item, list)]
            maps = [name for name, item in held.items() if isinstance(item, dict)]
            for value in sorted(free, key=lambda name: name not in VALUES):
                for gradient, users in product(maps, lists):
                    yield Wiring(leaf, filled, nodes, value, gradient, users)
                for gradient in free:
                    if gradient != value:
                        yield Wiring(leaf, filled, nodes, value, gradient)


def _is_number(item: Any) -> bool:
    return number_in(item) is not None


def _is_part(kind: type) -> bool:
    """Whether a class has both passes, and its backward pass takes no gradient."""
    back, there = getattr(kind, "backward", None), getattr(kind, "forward", None)
    if not callable(back) or not callable(there):
        return False
    return all(is_variable(p) for p in needed_of(back)[1:])


def _root(leaf: type, module: ModuleType) -> type:
    """The class of which all nodes are."""
    return [base for base in leaf.__mro__ if is_own(base, module)][-1]


def _answers(engine: WiredEngine, op: str) -> bool:
    """Whether an operation of two numbers has the right derivatives."""
    slopes: Mapping[str, Any] = {}
    with tried():
        engine.graph = Graph()
        nodes = [engine.wrap(number) for number in NUMBERS[: len(LOCAL[op])]]
        engine.backward(engine.on(op, *nodes), SEED)
        slopes = {str(i): number_in(engine.gradient(node)) for i, node in enumerate(nodes)}
    told = [math.nan if x is None else x / SEED for x in slopes.values()]
    return len(told) == len(LOCAL[op]) and np.allclose(told, LOCAL[op])
