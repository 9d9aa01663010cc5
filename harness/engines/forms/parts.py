"""Engines of parts: each operation has a forward and a backward pass, and no graph holds them
together. So it is done here what their programmer does: the parts are called in their order, and
gone back through, and what comes back to a wire from several parts is added up.

A part is found by its name, in one of the :data:`KINDS`, and tried on operands of few axes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import ModuleType
from typing import Any, Final

import numpy as np

from harness.engines.clock import tried
from harness.engines.engine import Unsupported
from harness.engines.numbers import number_in
from harness.engines.running.calling import needed_of
from harness.engines.running.objects import GraphEngine
from harness.engines.sources import is_own
from harness.engines.trace import Trace
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.examples import ELEMENTWISE
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Program, Step, Value
from harness.vocabulary.signatures import OPERATIONS

ENDINGS: Final = ("", "gate", "layer", "op", "node", "function", "fn", "unit", "activation")
"""What people add to the name of a part."""

FORWARD, BACKWARD = ("forward", "fwd"), ("backward", "bwd", "back")
"""What the two functions of a part are called at their end."""

TRIED: Final = (1.625, 0.75)
"""The numbers that parts are tried on."""

SHAPES: Final = ((), (2,), (2, 2))
"""The shapes of operands that they are tried on."""

MOST_AXES: Final = 2

BROADCAST: Final = ((2,), (3, 2))
"""Shapes by which is seen whether a part undoes broadcasting."""

THERE_AND_BACK: Final = 2
"""As far as operands come through a part."""

Back = Callable[[Any], Any]
"""From the gradient of a part's result to those of its operands."""


@dataclass
class Wire:
    """What leads from part to part: a number, and the gradient that has come back so far."""

    data: Any
    grad: Any = None


@dataclass(frozen=True)
class Part:
    """An operation, as it is called, and a function that gives its result and the way back."""

    op: str
    told: str
    forward: Callable[..., tuple[Any, Back]]

    def run(self, operands: Sequence[Any]) -> tuple[Any, Callable[[Any], list[Any]]]:
        """The result, and a function from its gradient to a list of the operands'."""
        count = len(operands)
        out, back = self.forward(*operands)

        def listed(upstream: Any) -> list[Any]:
            found = back(upstream)
            each = isinstance(found, tuple | list) and len(found) == count
            return list(found) if each else [found, *[None] * (count - 1)]

        return out, listed

    def takes(self, *shapes: tuple[int, ...]) -> int:
        """How far operands of such shapes come: through the part, and back in their shapes."""
        count, far = len(OPERATIONS[self.op].operands), 0
        operands = [_number(x, shape) for x, shape in zip(TRIED[:count], shapes, strict=False)]
        with tried():
            out, back = self.run(operands)
            far += number_in(out) is not None
            back_there = back(np.ones_like(out) if np.ndim(out) else 1.0)
            far += list(map(np.shape, back_there)) == list(map(np.shape, operands))
        return far


class PartsEngine(GraphEngine):
    """Runs a program through parts, by op."""

    cls = Wire

    def __init__(self, module: ModuleType, parts: Mapping[str, Part]) -> None:
        super().__init__(Wire, module)
        self.parts = parts
        self.ranks = {op: _ranks(part) for op, part in parts.items()}
        self.done: list[tuple[Callable[[Any], list[Any]], list[Wire], Wire]] = []

    @property
    def way_back(self) -> None:
        """Backward is run here, and no method of the engine's does it."""
        return None

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether one of its own functions takes them: operators are numpy's in any case."""
        return any(max(ranks) for op, ranks in self.ranks.items() if op not in NATIVE)

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        return self.parts[op].told if op in self.parts else "missing"

    def wrap(self, value: Value) -> Wire:
        """A wire."""
        return Wire(value)

    def value(self, node: Any) -> Any:
        """The number on a wire."""
        return node.data

    def run(self, program: Program) -> Trace:
        """A program, from its first part on."""
        self.done = []
        return super().run(program)

    def apply(self, step: Step, operands: list[Any]) -> Wire:
        """The wire that leaves a new part."""
        part = self.parts.get(step.op)
        if part is None:
            raise Unsupported(step.op)
        if step.parameters:
            raise Unsupported(f"{step.op} with {', '.join(step.parameters)}")
        wires = [x if isinstance(x, Wire) else Wire(x) for x in operands]
        self._need(part, [np.shape(x.data) for x in operands if isinstance(x, Wire)])
        out, back = part.run([wire.data for wire in wires])
        self.done.append((back, wires, made := Wire(out)))
        return made

    def _need(self, part: Part, shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises Unsupported where operands are of another kind than a part takes."""
        rank = max(map(len, shapes))
        if (
            len(set(shapes)) > 1
            and part.op in ELEMENTWISE
            and part.takes(*BROADCAST) < THERE_AND_BACK
        ):
            raise Unsupported(f"{part.op} with broadcasting")
        if min(rank, MOST_AXES) not in self.ranks[part.op]:
            raise Unsupported(
                f"{part.op} of arrays of {rank} axes" if rank else f"{part.op} of numbers"
            )

    def backward(self, output: Any, seed: Value) -> None:
        """Back through all parts, the last first."""
        for _, wires, out in self.done:
            for wire in (*wires, out):
                wire.grad = None
        output.grad = seed
        for back, wires, out in reversed(self.done):
            if out.grad is not None:
                for wire, more in zip(wires, back(out.grad), strict=True):
                    if more is not None:
                        wire.grad = more if wire.grad is None else wire.grad + more

    def gradient(self, node: Any) -> Any:
        """What has come back to a wire."""
        return node.grad

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        return [
            f"parts      of module {getattr(self.module, '__name__', '?')}",
            "backward   each part's own, called from the last to the first; gradients are added up",
        ]


def found(module: ModuleType) -> PartsEngine | None:
    """The engine of a module's parts; None where it has none that can be used."""
    parts: dict[str, Part] = {}
    for op, operation in OPERATIONS.items():
        if set(operation.operands.values()) == {"value"}:
            likely = (part for kind in KINDS for part in kind(module, op))
            for part in [part for part in likely if _ranks(part)][:1]:
                parts[op] = part
    return PartsEngine(module, parts) if parts else None


# -- the kinds of parts ----------------------------------------------------------------------------


def _pairs(module: ModuleType, op: str) -> Iterator[Part]:
    """``out, back = mul(x, y)``."""
    for name, function in _functions(module, op, ("",)):

        def forward(*operands: Any, function: Callable[..., Any] = function) -> tuple[Any, Back]:
            out, back = function(*operands)
            return out, back

        yield Part(op, f"pair, {name}", forward)


def _two_functions(module: ModuleType, op: str) -> Iterator[Part]:
    """``out, cache = mul_forward(x, y)`` and ``mul_backward(dout, cache)``."""
    backs = [item for _, item in _functions(module, op, BACKWARD)]
    for (name, function), back in product(_functions(module, op, FORWARD), backs[:1]):

        def forward(*operands: Any, there: Any = function, back: Any = back) -> tuple[Any, Back]:
            out, cache = there(*operands)
            return out, lambda upstream: back(upstream, cache)

        yield Part(op, f"function {name}", forward)


def _objects(module: ModuleType, op: str) -> Iterator[Part]:
    """``gate.forward(x, y)`` and ``gate.backward(dout)``, or ``gate.backward(x, y, dout)``, of a
    new object each time."""
    count = len(OPERATIONS[op].operands)
    for name, kind in _named(module, op, ENDINGS):
        passes = [getattr(kind, key, None) for key in ("forward", "backward")]
        if (
            not isinstance(kind, type)
            or not all(map(inspect.isfunction, passes))
            or needed_of(kind)
        ):
            continue
        wanted = len(needed_of(passes[1])) - 1  # type: ignore[arg-type]
        if wanted not in (1, 1 + count):
            continue

        def forward(
            *operands: Any, kind: type[Any] = kind, again: bool = wanted > 1
        ) -> tuple[Any, Back]:
            gate = kind()
            given = operands if again else ()
            return gate.forward(*operands), lambda upstream: gate.backward(*given, upstream)

        yield Part(op, f"class, {name}().forward", forward)


KINDS: Final = (_objects, _two_functions, _pairs)
"""How a part is written."""


def _functions(module: ModuleType, op: str, endings: Sequence[str]) -> Iterator[tuple[str, Any]]:
    return ((n, item) for n, item in _named(module, op, endings) if inspect.isfunction(item))


def _named(module: ModuleType, op: str, endings: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What a module has of its own under one of an operation's names, with an ending."""
    names = {f"{name}{end}".replace("_", "") for name in ALIASES.get(op, (op,)) for end in endings}
    for key, item in vars(module).items():
        if key.replace("_", "").lower() in names and is_own(item, module):
            yield key, item


def _ranks(part: Part) -> set[int]:
    """Of how many axes a part takes operands: such as come back; or that go through, if none do."""
    far = {len(shape): part.takes(shape, shape) for shape in SHAPES}
    return {rank for rank, there in far.items() if there and there == max(far.values())}


def _number(x: float, shape: tuple[int, ...]) -> Any:
    return np.full(shape, x) if shape else x
