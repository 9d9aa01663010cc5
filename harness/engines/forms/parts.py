"""Engines of parts: each operation has a forward and a backward pass, and no graph holds them
together. So it is done here what their programmer does: the parts are called in their order, and
gone back through, and what comes back to a wire from several parts is added up.

A part is found by its name, is of one of the :data:`KINDS`, and is tried on operands of few axes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import ModuleType
from typing import Any, Final, Self, cast

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
from harness.vocabulary.program import DIRECTIONS, Program, Step, Value
from harness.vocabulary.signatures import OPERATIONS

ENDINGS: Final = ("", "gate", "layer", "op", "node", "function", "fn", "unit", "activation")
"""What people add to the name of a part, at its end or before it."""

FORWARD, BACKWARD = ("forward", "fwd"), ("backward", "bwd", "back")
"""What the two functions of a part are called at their end."""

TRIED: Final = (1.625, 0.75)
"""The numbers that parts are tried on."""

SHAPES: Final = ((), (2,), (2, 2))
"""The shapes of operands that they are tried on."""

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
    item: Any = None
    """What it was found as."""

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
    """Runs a program through the parts of ``module``. An adapter's ``operations`` name those that
    are not found: a class with forward and backward, a function that gives its way back, or two
    functions."""

    cls: type = Wire

    def __init__(self, module: ModuleType | None = None) -> None:
        super().__init__(Wire, module)
        self._tried: dict[tuple[str, tuple[tuple[int, ...], ...]], int] = {}
        self.done: list[tuple[Callable[[Any], list[Any]], list[Wire], Wire]] = []

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's parts; None where it has none that can be used."""
        engine = cls(module)
        return engine if engine.parts else None

    @cached_property
    def parts(self) -> Mapping[str, Part]:
        """The parts that can be used, by op."""
        usable = {op: next(filter(_is_usable, self._likely(op)), None) for op in OPERATIONS}
        return {op: part for op, part in usable.items() if part is not None}

    @cached_property
    def best(self) -> Mapping[str, int]:
        """How far operands come through each at best."""
        return {op: _best(part) for op, part in self.parts.items()}

    def _likely(self, op: str) -> Iterator[Part]:
        """What may be a part for ``op``."""
        own = self.operations.get(op, op)
        if own is None or set(OPERATIONS[op].operands.values()) != {"value"}:
            return
        named = _named(self.module, op) if own == op else [(getattr(own, "__name__", op), own)]
        for (name, item), kind in product(named, self.kinds):
            part = kind(op, name, item, self.module)
            if part is not None:
                yield part

    @property
    def kinds(self) -> Sequence[Kind]:
        """How its parts may be written."""
        return KINDS

    @property
    def way_back(self) -> None:
        """Backward is run here, and no method of the engine's does it."""
        return None

    @cached_property
    def takes_arrays(self) -> bool:
        """Whether one of its own functions takes them: operators are numpy's in any case."""
        named = self.parts.keys() - NATIVE.keys()
        return any(self._far(op, (shape,) * 2) for op in named for shape in SHAPES[1:])

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
        part = self.part(step, operands)
        wires = [x if isinstance(x, Wire) else Wire(x) for x in operands]
        out, back = part.run([wire.data for wire in wires])
        self.done.append((back, wires, made := Wire(out)))
        return made

    def part(self, step: Step, operands: Sequence[Any]) -> Part:
        """The part for a step, if it takes such operands; else raises Unsupported."""
        part = self.parts.get(step.op)
        if part is None:
            raise Unsupported(step.op)
        if step.parameters:
            raise Unsupported(f"{step.op} with {', '.join(step.parameters)}")
        wires = [np.shape(self.value(x)) if self.is_object(x) else None for x in operands]
        first = next(shape for shape in wires if shape is not None)
        self._need(part, [first if shape is None else shape for shape in wires])
        return part

    def _need(self, part: Part, shapes: Sequence[tuple[int, ...]]) -> None:
        """Raises Unsupported where operands are of another kind than a part takes."""
        if len(set(shapes)) > 1 and part.op in ELEMENTWISE:
            if self._far(part.op, BROADCAST) < THERE_AND_BACK:
                raise Unsupported(f"{part.op} with broadcasting")
        elif self._far(part.op, tuple((2,) * len(shape) for shape in shapes)) < self.best[part.op]:
            ranks = " and ".join(str(len(shape)) for shape in shapes)
            raise Unsupported(f"{part.op} of arrays of {ranks} axes")

    def _far(self, op: str, shapes: tuple[tuple[int, ...], ...]) -> int:
        """How far operands of such shapes come, tried once."""
        if (op, shapes) not in self._tried:
            self._tried[op, shapes] = self.parts[op].takes(*shapes)
        return self._tried[op, shapes]

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


# -- the kinds of parts ----------------------------------------------------------------------------


def _object(op: str, name: str, kind: Any, module: Any) -> Part | None:
    """``gate.forward(x, y)`` and ``gate.backward(dout)``, or ``gate.backward(x, y, dout)``, of a
    new object each time. What they do not return, the object keeps."""
    passes = [getattr(kind, key, None) for key in DIRECTIONS[:2]]
    if not isinstance(kind, type) or not all(map(inspect.isfunction, passes)) or needed_of(kind):
        return None
    wanted, count = len(needed_of(cast(Any, passes[1]))) - 1, len(OPERATIONS[op].operands)
    if wanted not in (1, 1 + count):
        return None

    def forward(*operands: Any) -> tuple[Any, Back]:
        gate = cast(Any, kind)()
        again = operands if wanted > 1 else ()
        (out,) = _answered(gate, gate.forward, operands, 1)

        def back(upstream: Any) -> Any:
            return _answered(gate, gate.backward, (*again, upstream), count)

        return out, back

    return Part(op, f"class, {name}().forward", forward)


def _answered(gate: Any, method: Callable[..., Any], given: Sequence[Any], count: int) -> Any:
    """What a method returns; if that is nothing, the last numbers that the object keeps since then,
    as many as there should be (``.output``, ``.dinputs``)."""
    before = dict(vars(gate))
    answer = method(*given)
    if answer is not None:
        return (answer,) if count == 1 and method.__name__ == DIRECTIONS[0] else answer
    new = [item for key, item in vars(gate).items() if item is not before.get(key)]
    kept = [item for item in new if not any(item is known for known in given)]
    return [item for item in kept if number_in(item) is not None][-count:]


def _two_functions(op: str, name: str, item: Any, module: Any) -> Part | None:
    """``out, cache = mul_forward(x, y)`` and ``mul_backward(dout, cache)``."""
    if isinstance(item, tuple):
        there, back = item
    else:
        there, end = item, next((end for end in FORWARD if name.endswith(end)), None)
        names = [name.removesuffix(end) + other for other in BACKWARD] if end else []
        back = next((vars(module)[name] for name in names if name in vars(module)), None)

    def forward(*operands: Any) -> tuple[Any, Back]:
        out, cache = there(*operands)
        return out, lambda upstream: back(upstream, cache)

    return Part(op, f"function {name}", forward) if inspect.isfunction(back) else None


def _pair(op: str, name: str, function: Any, module: Any) -> Part | None:
    """``out, back = mul(x, y)``."""

    def forward(*operands: Any) -> tuple[Any, Back]:
        out, back = function(*operands)
        if not callable(back):
            raise TypeError(f"{name} gives no way back")
        return out, back

    return Part(op, f"function {name}", forward) if inspect.isfunction(function) else None


Kind = Callable[[str, str, Any, Any], Part | None]
"""Of an operation, a name, what has it, and the module: the part; or None."""

KINDS: Final[Sequence[Kind]] = (_object, _two_functions, _pair)
"""How a part is written."""


def _named(module: ModuleType | None, op: str) -> list[tuple[str, Any]]:
    """What a module has of its own under one of an operation's names, with an ending or one before
    it, or by its symbol in a table."""
    names = ALIASES.get(op, (op,))
    likely = {_plain(f"{name}{end}") for name in names for end in (*ENDINGS, *FORWARD)}
    likely |= {_plain(f"{end}{name}") for name in names for end in ENDINGS}
    likely |= {OPERATIONS[op].symbol} - {""}
    return [
        (key, item)
        for key, item in (_items(module) if module is not None else ())
        if _plain(key) in likely and module is not None and is_own(item, module)
    ]


def _items(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """What a module holds by its names, and what its tables do."""
    for key, item in vars(module).items():
        yield key, item
        if isinstance(item, dict) and not key.startswith("__"):
            yield from ((name, one) for name, one in item.items() if isinstance(name, str))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _is_usable(part: Part) -> bool:
    """Whether operands come through a part and back, or at least plain numbers through it."""
    return _best(part) == THERE_AND_BACK or part.takes((), ()) > 0


def _best(part: Part) -> int:
    """How far operands of some shape come through a part."""
    return max(part.takes(shape, shape) for shape in SHAPES)


def _number(x: float, shape: tuple[int, ...]) -> Any:
    return np.full(shape, x) if shape else x
