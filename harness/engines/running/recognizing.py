"""Operations that are called like none that is known, in another language or by somebody's own
word: each is known by what it computes.

Whatever a class and its modules offer under an unknown name is given numbers and arrays. What is
an operation's result everywhere, and not somewhere by chance, is that operation. How it goes
backward is not looked at: that is what is to be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.engines.clock import tried
from harness.engines.names import EMPTIES, FUNCTIONS, MAKERS, may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.applying import ApplyingEngine
from harness.engines.running.calling import Call
from harness.engines.running.telling import offers
from harness.engines.undisturbed import undisturbed
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.program import Array
from harness.vocabulary.signatures import OPERATIONS

ENOUGH: Final = 2
"""In so many numbers, at least, a result must be an operation's."""

ROWS: Final = np.array([[0.5, 1.75, -0.25], [2.5, -1.5, 0.125]])
SQUARE: Final = np.array([[0.5, 1.75], [2.5, -1.5]])
PAIRS: Final = ((1.625, 0.75), (0.5, 1.25), (-0.375, 0.625))


@dataclass(frozen=True, slots=True)
class Kind:
    """Operations that take the same operands, and what each is of such at the ``points``; ``like``
    is one of them, as which a thing of unknown name is called."""

    like: str
    points: Sequence[tuple[Any, ...]]
    results: Mapping[str, Callable[..., Any]]


KINDS: Final = (
    Kind(
        "exp",
        [*((x,) for x in (0.625, -0.375, 1.75)), (np.array([0.25, -1.25, 2.5]),)],
        {
            **{op: getattr(np, op) for op in ("exp", "expm1", "log", "log1p", "sqrt", "square")},
            **{op: getattr(np, op) for op in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "abs")},
            **{f"a{op}": getattr(np, f"arc{op}") for op in ("sin", "cos", "tan")},
            "neg": np.negative,
            "reciprocal": np.reciprocal,
            "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
            "relu": lambda x: np.maximum(x, 0.0),
            "softplus": lambda x: np.logaddexp(0.0, x),
            "silu": lambda x: x / (1 + np.exp(-x)),
        },
    ),
    Kind(
        "maximum",
        [*PAIRS, tuple(map(np.array, zip(*PAIRS, strict=True)))],
        {
            **{op: getattr(np, op) for op in ("maximum", "minimum", "logaddexp")},
            **{"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide},
        },
    ),
    Kind("sum", [(ROWS,), (SQUARE,)], {o: getattr(np, o) for o in ("sum", "mean", "max", "min")}),
    Kind("matmul", [(SQUARE, SQUARE.T), (ROWS, ROWS.T)], {"matmul": np.matmul}),
)
"""What can be known by what it computes: what has no parameters that change it."""

KNOWN: Final = frozenset(
    name.replace("_", "").lower()
    for names in (OPERATIONS, *ALIASES.values(), FUNCTIONS, MAKERS)
    for name in names
)
"""Names that mean something to us already."""


def recognized(engine: ApplyingEngine) -> dict[str, tuple[str, ...]]:
    """Names of the engine's own for operations that it has by no usual name, those that are known
    already with them."""
    found = dict(engine.conventions.names)
    with undisturbed(engine.homes()):
        for name in dict.fromkeys(_unknown(engine)):
            op = next((op for kind in KINDS if (op := _meaning(engine, name, kind))), "")
            if op and not engine.has(op):
                found[op] = (*found.get(op, ()), name)
    return found


def _unknown(engine: ApplyingEngine) -> Iterator[str]:
    """The names of what may be an operation, and is called like none."""
    for kind in (engine.cls, *engine.owners()):
        yield from (name for name in dir(kind) if kind and offers(kind, name) and _is_strange(name))
    yield from (name for name, item in engine.members() if callable(item) and _is_strange(name))


def _is_strange(name: str) -> bool:
    plain = name.replace("_", "").lower()
    return may_be_tried(name) and plain not in KNOWN and not plain.startswith(EMPTIES)


def _meaning(engine: ApplyingEngine, name: str, kind: Kind) -> str:
    """Which operation of a kind has the results of what is called so; empty where none has."""
    call = engine.called_as(kind.like, name)
    if call is None:
        return ""
    left, agreed = dict(kind.results), 0
    for point in kind.points:
        answer = _answer(engine, call, point)
        if answer is None:
            continue
        with np.errstate(all="ignore"):
            right = {op: np.asarray(function(*point)) for op, function in left.items()}
        left = {op: left[op] for op, array in right.items() if _same(answer, array)}
        agreed += answer.size
    return next(iter(left), "") if agreed >= ENOUGH else ""


def _answer(engine: ApplyingEngine, call: Call, point: Sequence[Any]) -> Array | None:
    """What a call gives at a point; None where that is no object of the engine's with a number."""
    with tried():
        node = call([engine.wrap(item) for item in point], {})
        if engine.cls is None or engine.is_object(node):
            return number_in(engine.value(node))
    return None


def _same(answer: Array, right: Array) -> bool:
    """Whether they agree where there is a number, also in float32."""
    if answer.shape != right.shape:
        return False
    there = np.isfinite(right)
    return bool(np.allclose(answer[there], right[there], 1e-5, 1e-7))
