"""What an operation may be given: shapes, parameters, and where numbers must lie.

Nearly all of it follows from the signature: a parameter's kind says what to try, and the shape rule
what goes together. So an operation of known kinds needs no entry here, unless it is not defined for
every number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product
from typing import Any, Final

import numpy as np

from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.shapes import Shape, ShapeError, infer
from harness.vocabulary.signatures import COMPARISONS, GATES

MOST: Final = 64
"""The elements of the largest array."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Where an operand's numbers may lie, and those that are mostly written for it."""

    holds: Callable[[Any], Any] = lambda _: True
    usual: tuple[float, ...] = ()


EVERYWHERE: Final = Domain()

DOMAINS: Final[Mapping[str, Mapping[str, Domain]]] = {
    "div": {"y": Domain(lambda y: y != 0)},
    "pow": {"y": Domain(usual=(2, 1, 3))},
    "log": {"x": Domain(lambda x: x > 0)},
    "log1p": {"x": Domain(lambda x: x > -1)},
    "sqrt": {"x": Domain(lambda x: x >= 0)},
    "reciprocal": {"x": Domain(lambda x: x != 0)},
    "asin": {"x": Domain(lambda x: abs(x) <= 1)},
    "acos": {"x": Domain(lambda x: abs(x) <= 1)},
    "batch_norm": {"running_var": Domain(lambda v: v >= 0)},
    "soft_cross_entropy": {"probabilities": Domain(lambda p: (p >= 0) & (p <= 1))},
    "binary_cross_entropy": {
        "p": Domain(lambda p: (p > 0) & (p < 1)),
        "y": Domain(lambda y: (y >= 0) & (y <= 1)),
    },
    "binary_cross_entropy_with_logits": {"y": Domain(lambda y: (y >= 0) & (y <= 1))},
    **{name: {"y": Domain(usual=(0, 1, 0.5))} for name in COMPARISONS},
}
"""By operation and operand; all others are defined everywhere."""

SHAPES: Final[tuple[Shape, ...]] = (
    (3,),
    (2, 3),
    (2,),
    (),
    (2, 1),
    (1, 3),
    (2, 2),
    (3, 2),
    (2, 1, 3),
    (1,),
    (2, 3, 2),
    (4,),
    (2, 2, 3),
)
IMAGES: Final[tuple[Shape, ...]] = (
    (1, 1, 3, 3),
    (1, 1, 2, 2),
    (2, 2, 3, 3),
    (1, 2, 2, 2),
    (2, 1, 2, 2),
    (1, 2, 4, 4),
    (1, 1, 3, 5),
    (2, 2, 1, 2),
)
"""For what takes no :data:`SHAPES`. The simplest are first in both."""

EQUATIONS: Final = (
    "i->",
    "ij->ji",
    "ij->i",
    "ij->j",
    "ii->i",
    "i,i->",
    "ij,j->i",
    "ij,jk->ik",
    "i,j->ij",
    "ij,ij->i",
    "ij,kj->ik",
    "bij,bjk->bik",
    "i,ij,j->",
)


def _axes(shape: Shape) -> list[int]:
    """Every axis, from behind and from the front, and one more for what adds an axis."""
    return [*range(-1, -len(shape) - 2, -1), *range(len(shape) + 1)]


def _orders(shape: Shape) -> list[tuple[int, ...]]:
    """Permutations of the axes, and shapes to be taken on."""
    size, rank = math.prod(shape), len(shape)
    reshaped = [
        (-1,),
        (size,),
        (1, size),
        (size, 1),
        tuple(reversed(shape)) or (1,),
        (2, -1),
        (-1, 2),
    ]
    if not rank:
        return reshaped
    orders = list(permutations(range(rank))) if rank < 4 else [tuple(reversed(range(rank)))]
    return [*reshaped, *reversed(orders), *(tuple(i - rank for i in order) for order in orders)]


def _indices(shape: Shape) -> Iterator[tuple[Any, ...]]:
    """What may stand in the brackets; an array becomes a constant."""
    if not shape:
        return
    size, last = shape[0], shape[0] - 1
    yield from ((0,), (slice(1, None),), ([0, 0, last],), (-1,), (slice(None, None, -1),))
    yield from ((slice(None, None, 2),), (..., 0), (None, slice(0, 1)))
    yield ([i != 1 for i in range(size)],)
    yield ([[0, last], [last, 0]],)
    yield (np.array([last, 0, last]),)
    if len(shape) > 1:
        yield from ((slice(None), 0), (0, slice(None, None, -1)), (slice(None), [0, 0]))
        yield ([0, last, 0], [0, 0, shape[1] - 1])


EXAMPLES: Final[Mapping[str, Callable[[Shape], Sequence[Any]]]] = {
    "axis": _axes,
    "axis or all": _axes,
    "axes": lambda shape: [*_axes(shape), (0, 1), (-1, 0)],
    "some axes": lambda shape: [*_axes(shape), tuple(range(len(shape)))],
    "order": _orders,
    "shape": lambda shape: [(2, *shape), tuple(3 if size == 1 else size for size in shape) or (3,)],
    "flag": lambda _: (True, False),
    "number": lambda _: (0.2, 0.5),
    "bound": lambda _: (0, 2, -1, 1.0, 3),
    "count": lambda _: (1,),
    "size": lambda _: (2, 1),
    "size or none": lambda _: (1,),
    "correction": lambda _: (0,),
    "widths": lambda _: ((1, 0), (0, 1, 1, 0)),
    "reduction": lambda _: ("sum", "none"),
    "label": lambda _: (0, 1),
    "positive": lambda _: (0.2, 0.5),
    "norm": lambda _: (1, math.inf, 3, -math.inf, 0.5, 1.5, -1),
    "approximation": lambda _: ("tanh",),
    "share": lambda _: (0.25, 0),
    "equation": lambda _: EQUATIONS,
    "index": lambda shape: list(_indices(shape)),
    "sections": lambda shape: (2, 1, *((1, n - 1) for n in dict.fromkeys(shape) if n)),
    "piece": lambda _: (0, 1, 2),
}
"""By a parameter's kind, what it may be beside its default, where the first operand has that
shape. What does not fit the operation is left out by its shape rule."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to use an operation: the shapes of its operands, and its parameters."""

    shapes: tuple[Shape, ...]
    parameters: Mapping[str, Any]
    result: Shape


def domain_of(operation: Operation, position: int) -> Domain:
    """Where the numbers of the operand at ``position`` may lie."""
    return DOMAINS.get(operation.name, {}).get(operation.operand(position), EVERYWHERE)


@cache
def forms(name: str, first: Shape, arrays: bool = True) -> tuple[Form, ...]:
    """The ways to use an operation, or comparison, on a first operand of that shape, the simplest
    first; without ``arrays``, those between plain numbers."""
    operation = GATES[name]
    return tuple(
        Form(shapes, parameters, result)
        for parameters in _parameters(operation, first)
        for shapes in _shapes(operation, first)
        if (result := _result(operation, shapes, parameters)) is not None
        and (arrays or not any((*shapes, result)))
    )


@cache
def first_shapes(name: str) -> tuple[Shape, ...]:
    """The shapes of new first operands."""
    plain = tuple(shape for shape in SHAPES if forms(name, shape))
    return plain or tuple(shape for shape in IMAGES if forms(name, shape))


def _parameters(operation: Operation, first: Shape) -> Iterator[dict[str, Any]]:
    """What may be written for the parameters, nothing first where that is allowed."""
    choices = [
        [
            *([] if one.default is REQUIRED else [REQUIRED]),
            *(value for value in EXAMPLES[one.kind](first) if value != one.default),
        ]
        for one in operation.parameters.values()
    ]
    for values in product(*choices):
        pairs = zip(operation.parameters, values, strict=True)
        yield {key: value for key, value in pairs if value is not REQUIRED}


def _shapes(operation: Operation, first: Shape) -> Iterator[tuple[Shape, ...]]:
    """What the operands' shapes may be: the second one's many, unless there are more than three,
    a further one's one of few."""
    stretched = ((2, *first[1:]), (*first[:-1], 1), (1, *first), (2, *first)) if first else ()
    near = (first, first[-1:], (), (2,), (3,))
    seconds = dict.fromkeys((*near, *stretched, *(IMAGES if len(first) == 4 else SHAPES)))
    few = tuple(dict.fromkeys(near))
    given = len(_given(operation))
    counts = range(given - len(operation.optional), given + 1)
    if operation.variadic:
        counts = range(1, 4)
    for count in counts:
        positions = [(first,), tuple(seconds) if count <= 3 else few, *[few] * count]
        yield from product(*positions[:count])


def _given(operation: Operation) -> list[str]:
    """The operands that are given, which constants of an index are not."""
    return [name for name, kind in operation.operands.items() if kind != "index"]


def _result(
    operation: Operation, shapes: Sequence[Shape], parameters: Mapping[str, Any]
) -> Shape | None:
    try:
        result = infer(operation.shape, shapes, operation.complete(parameters))
    except ShapeError:
        return None
    return result if 0 < math.prod(result) <= MOST else None
