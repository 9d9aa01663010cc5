"""How a part is written: an operation with its way back, as a class, or as functions.

What the way back is given (the upstream gradient, the operands, the result) is found by trying: one
of the :data:`WAYS` has the slope that the part's own forward pass shows. Where none has, because it
is wrong, it is taken as such parts usually are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Final, cast

import numpy as np

from harness import languages
from harness.engines.clock import tried
from harness.engines.names import SEEDS
from harness.engines.numbers import number_in
from harness.engines.running.telling import needed_of, parameters_of
from harness.engines.sources import is_own
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.signatures import OPERATIONS

ENDINGS: Final = ("", "gate", "layer", "op", "node", "function", "fn", "unit", "activation")
"""What people add to the name of a part, at its end or before it."""

FORWARD, BACKWARD = ("forward", "fwd"), ("backward", "bwd", "back")
"""What the two functions of a part are called at their end."""

THERE: Final = ("forward", "__call__", "forward_pass", "fprop", "apply", "function", "fn", "f")
BACK: Final = (
    *("backward", "backward_pass", "bprop", "backprop", "back", "pullback", "vjp"),
    *("gradient", "grad", "derivative", "deriv", "prime", "df"),
)
"""What the two methods of a part are called, and its way back at the end of its name."""

BEFORE: Final = ("d", "grad", "gradient", "deriv", "derivative", "backward")
"""What a function begins with that is another one's way back: ``d_sigmoid``."""

TRIED: Final = (1.625, 0.75)
"""The numbers that parts are tried on."""

UPSTREAM: Final = 0.59375
"""What begins the gradient with which a way back is tried: no number that there is otherwise."""

SHAPES: Final = ((), (2,), (2, 2))
"""The shapes of operands that they are tried on."""

NUDGE: Final = 1e-3
"""By how much operands are changed to see a slope, also of what computes in float32."""

Back = Callable[[Any], Any]
"""From the gradient of a part's result to those of its operands."""

Pass = Callable[..., Any]

Way = tuple[str, ...]

WAYS: Final[Sequence[Way]] = (
    *(("upstream",), ("operands",), ("result",)),
    *(("upstream", "operands"), ("operands", "upstream")),
    *(("upstream", "result"), ("result", "upstream")),
)
"""What the way back may be given. Without the upstream gradient it is a local derivative."""


@dataclass(frozen=True)
class Part:
    """An operation, as it is called, and a function that gives its result and the way back."""

    op: str
    told: str
    forward: Callable[..., tuple[Any, Back]]
    item: Any = None
    """What it was found as."""
    tries: Sequence[tuple[tuple[int, ...], ...]] = tuple((shape, shape) for shape in SHAPES)
    """The shapes of operands that it is tried on."""

    @cached_property
    def best(self) -> int:
        """How far operands come through it at best."""
        return max(self.takes(*shapes) for shapes in self.tries)

    def run(self, operands: Sequence[Any]) -> tuple[Any, Callable[[Any], list[Any]]]:
        """The result, and a function from its gradient to a list of the operands'."""
        count = len(operands)
        out, back = self.forward(*operands)
        return out, lambda upstream: _listed(back(upstream), count)

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


Kind = Callable[[str, str, Any, Any], Part | None]
"""Of an operation, a name, what has it, and the module: the part; or None."""


def _object(op: str, name: str, kind: Any, module: Any) -> Part | None:
    """``gate.forward(x, y)`` and ``gate.backward(dout)``, or ``layer(x)`` and ``layer.grad(x)``, of
    a new object each time. What they do not return, the object keeps."""
    if not isinstance(kind, type) or (others := wanted_by(needed_of(kind), module)) is None:
        return None
    there, back = first_method(kind, THERE), first_method(kind, BACK)
    count = len(OPERATIONS[op].operands)

    def made() -> Any:
        return cast(Any, kind)(*(other() for other in others))

    def begin() -> tuple[Pass, Pass]:
        gate = made()
        return (
            lambda *given: answered(gate, getattr(gate, there), given, 1),
            lambda *given: answered(gate, getattr(gate, back), given, count),
        )

    bound = not isinstance(inspect.getattr_static(kind, back, None), staticmethod)
    wanted = needed_of(getattr(kind, back))[bound:] if there and back else []
    forward = _put_together(begin, wanted, count, _keeps(made, there, count))
    called = "(…)" if there == "__call__" else f".{there}"
    return forward and Part(op, f"class, {name}(){called}", forward)


def wanted_by(needed: Sequence[inspect.Parameter], module: ModuleType) -> list[Any] | None:
    """The classes of the objects that a part is made of, such as its tape: those of the module that
    are called as the parameters are, and are made of nothing. None where there is no such class."""
    own = {key.lower(): item for key, item in vars(module).items() if isinstance(item, type)}
    found = [own.get(p.name.lower()) for p in needed]
    return None if any(item is None or needed_of(item) for item in found) else found


def _keeps(made: Callable[[], Any], there: str, count: int) -> bool:
    """Whether an object keeps anything from its forward pass, for its way back."""
    with tried():
        gate = made()
        before = dict(vars(gate))
        getattr(gate, there)(*(_uneven(x, SHAPES[1]) for x in TRIED[:count]))
        return any(item is not before.get(key) for key, item in vars(gate).items())
    return True


def first_method(kind: type, names: Sequence[str]) -> str:
    return next((name for name in names if inspect.isfunction(getattr(kind, name, None))), "")


def answered(gate: Any, method: Pass, given: Sequence[Any], count: int) -> Any:
    """What a method returns; if that is nothing, the last numbers that the object keeps since then,
    as many as there should be (``.output``, ``.dinputs``)."""
    before = dict(vars(gate))
    answer = method(*given)
    if answer is not None:
        return answer
    new = [item for key, item in vars(gate).items() if item is not before.get(key)]
    kept = [item for item in new if not any(item is known for known in given)]
    kept = [item for item in kept if number_in(item) is not None][-count:]
    return kept[0] if count == 1 else kept


def two_functions(op: str, name: str, item: Any, module: Any) -> Part | None:
    """``out, cache = mul_forward(x, y)`` and ``mul_backward(dout, cache)``."""
    there, back = item if isinstance(item, tuple) else (item, _way_back_of(name, module))

    def forward(*operands: Any) -> tuple[Any, Back]:
        out, cache = there(*operands)
        return out, lambda upstream: back(upstream, cache)

    return Part(op, f"function {name}", forward) if inspect.isfunction(back) else None


def pair(op: str, name: str, function: Any, module: Any) -> Part | None:
    """``out, back = mul(x, y)``, where ``back`` may tell gradients by the operands' names."""

    def forward(*operands: Any) -> tuple[Any, Back]:
        out, back = function(*operands)
        if not callable(back):
            raise TypeError(languages.told("engine", "no-way-back", name=name))
        return out, lambda upstream: _by_name(back(upstream), names)

    names = [p.name for p in parameters_of(function)] if inspect.isfunction(function) else []
    return Part(op, f"function {name}", forward) if names else None


def _by_name(found: Any, names: Sequence[str]) -> Any:
    """What is told by names, in the operands' order; anything else as it is."""
    if not isinstance(found, Mapping):
        return found
    known = {str(key).removeprefix("d"): item for key, item in found.items()} | dict(found)
    return [known[name] for name in names if name in known] or list(found.values())


def _derivative(op: str, name: str, function: Any, module: Any) -> Part | None:
    """``sigmoid(x)`` with a function beside it, ``d_sigmoid`` or ``sigmoid_backward``."""
    back, count = _way_back_of(name, module), len(OPERATIONS[op].operands)
    if not inspect.isfunction(function) or back is None:
        return None
    forward = _put_together(lambda: (function, back), needed_of(back), count, False)
    return forward and Part(op, f"function {name}, back by {back.__name__}", forward)


def _way_back_of(name: str, module: ModuleType) -> Pass | None:
    """The function that is another one's way back, by its name."""
    base = _plain(next((name.removesuffix(e) for e in FORWARD if name.endswith(e)), name))
    wanted = {base + _plain(end) for end in (*BACK, *BACKWARD)} | {_plain(s) + base for s in BEFORE}
    found = (item for key, item in vars(module).items() if _plain(key) in wanted)
    return next(filter(inspect.isfunction, found), None)


KINDS: Final[Sequence[Kind]] = (_object, two_functions, pair, _derivative)
"""How a part is written."""


def named(module: ModuleType | None, op: str) -> list[tuple[str, Any]]:
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


# -- what the way back is given --------------------------------------------------------------------


def _put_together(
    begin: Callable[[], tuple[Pass, Pass]],
    wanted: Sequence[inspect.Parameter],
    count: int,
    keeps: bool,
) -> Callable[..., tuple[Any, Back]] | None:
    """Both passes as one function, whose way back is given what it wants; None where that is none
    of the :data:`WAYS`. ``begin`` gives both, of a new object that ``keeps`` something or not."""
    size = {"upstream": 1, "operands": count, "result": 1}
    ways = [way for way in WAYS if sum(size[part] for part in way) == len(wanted)]
    for way in ways:
        if any(_fits(_joined(begin, way), count, shape) for shape in SHAPES):
            return _joined(begin, way)
    return _joined(begin, _usual(ways, wanted[0].name.lower(), keeps)) if ways else None


def _joined(begin: Callable[[], tuple[Pass, Pass]], way: Way) -> Callable[..., tuple[Any, Back]]:
    def forward(*operands: Any) -> tuple[Any, Back]:
        there, back = begin()
        out = there(*operands)

        def way_back(upstream: Any) -> Any:
            parts = {"upstream": [upstream], "operands": operands, "result": [out]}
            found = back(*(item for part in way for item in parts[part]))
            if "upstream" in way:
                return found
            return [d if d is None else d * upstream for d in _listed(found, len(operands))]

        return out, way_back

    return forward


def _fits(forward: Callable[..., tuple[Any, Back]], count: int, shape: tuple[int, ...]) -> bool:
    """Whether gradients say what the result shows where all operands are changed a little."""
    with tried():
        operands = [_uneven(x, shape) for x in TRIED[:count]]
        nudges = [_uneven(NUDGE / x, shape, NUDGE) for x in TRIED[:count]]
        out, back = forward(*operands)
        upstream = _uneven(UPSTREAM, np.shape(out))
        gradients = _listed(back(upstream), count)
        ends = [
            forward(*(x + sign * d for x, d in zip(operands, nudges, strict=True)))[0]
            for sign in (1, -1)
        ]
        seen = np.sum((ends[0] - ends[1]) * upstream) / 2
        told = sum(np.sum(g * d) for g, d in zip(gradients, nudges, strict=True))
        shaped = all(np.shape(g) == shape for g in gradients)
        return shaped and bool(abs(seen - told) <= NUDGE * abs(seen))
    return False


def _usual(ways: Sequence[Way], first: str, keeps: bool) -> Way:
    """As such parts usually are: of what wants more than one thing, the name of its first parameter
    says whether that is the upstream gradient; what wants one wants that, or it keeps nothing."""
    if ("upstream",) in ways:
        return ways[0] if keeps or len(ways) == 1 else ways[1]
    upstream = first in SEEDS or first.startswith("d")
    return next((way for way in ways if (way[0] == "upstream") == upstream), ways[0])


def _uneven(first: float, shape: tuple[int, ...], step: float = 0.375) -> Any:
    return first + step * np.arange(np.prod(shape)).reshape(shape) if shape else first


def _listed(found: Any, count: int) -> list[Any]:
    each = isinstance(found, tuple | list) and len(found) == count
    return list(found) if each else [found, *[None] * (count - 1)]


def _number(x: float, shape: tuple[int, ...]) -> Any:
    return np.full(shape, x) if shape else x
