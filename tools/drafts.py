"""Small programs about one operation, with numbers at which they can be judged.

A :class:`Draft` has names for its leaves and no numbers yet: :func:`settled` finds them among a few
palettes, so that an operation needs no entry here, whatever its domain is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.engines import by_formula
from harness.engines.trace import Trace
from harness.language.case import CaseError, decode
from harness.language.writing import case_text, plain_text, value_text
from harness.vocabulary import domains
from harness.vocabulary.domains import domain_of, first_shapes, forms
from harness.vocabulary.examples import PARAMETERS
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.program import Array, Program, Value
from harness.vocabulary.shapes import Shape
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.spelling import ATOM, OPERATORS, Written, written
from tools.asked import NUMBERS, Asked, asked, corners, is_elementwise

MATRIX: Final[Shape] = (2, 3)
"""The shape of arrays where any will do: its axes are not equally long."""

GOLDEN: Final = 0.6180339887498949
WHERE: Final = Path("draft.yaml")


def _spread(low: float, high: float) -> Callable[[int], float]:
    """The k-th of numbers that are uneven, and never twice the same, between two."""
    return lambda k: round(low + (high - low) * ((GOLDEN * (k + 1)) % 1.0), 2)


Palette = Callable[[int], float]

MIXED: Final = _spread(-2, 2)
NEGATIVE: Final = _spread(-2, -0.2)
SMALL_NEGATIVE: Final = _spread(-0.8, -0.1)
POSITIVE: Final = _spread(0.3, 2.7)
SMALL: Final = _spread(-0.8, 0.8)
SHARES: Final = _spread(0.1, 0.9)
PLAIN: Final = (MIXED, SMALL, POSITIVE, SHARES)
"""Where the numbers of a draft may lie, the most general first."""

SIZES: Final = {
    "tiny": (lambda k: float(f"{(-1) ** k * (k + 1)}e-9"), lambda k: float(f"{k + 1}e-9")),
    "large": tuple(
        palette
        for size in (800.0, 300.0, 90.0, 40.0)
        for palette in (
            lambda k, size=size: (-1) ** k * (size - 3 * k),
            lambda k, size=size: size - 3 * k,
        )
    ),
}
"""Numbers that are very small, or large and not yet too large."""


@dataclass(frozen=True)
class Form:
    """One way to use an operation: the shapes of its operands, and its parameters."""

    operation: Operation
    shapes: tuple[Shape, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of each operand."""
        return tuple(self.operation.kind(position) for position in range(len(self.shapes)))

    @property
    def names(self) -> tuple[str, ...]:
        """What the operands are called."""
        if self.operation.variadic:
            return tuple("xyzuvw"[: len(self.shapes)])
        return tuple(self.operation.operands)[: len(self.shapes)]

    @property
    def values(self) -> tuple[str, ...]:
        """The names of the operands that have a gradient."""
        return tuple(n for n, kind in zip(self.names, self.kinds, strict=True) if kind == "value")

    def leaves(self, suffix: str = "") -> dict[str, tuple[str, Shape]]:
        """The leaves that are its operands, with their kinds and shapes."""
        every = zip(self.names, self.kinds, self.shapes, strict=True)
        return {f"{name}{suffix}": (kind, shape) for name, kind, shape in every}

    def text(self, *operands: str | float) -> str:
        """The operation on these operands, by default on its own names."""
        given = [
            Written(text, ATOM if text.isidentifier() else OPERATORS["neg"].binding)
            for text in map(str, operands or self.names)
        ]
        return written(self.operation, given, self.parameters).text


def main_form(op: str, kind: str) -> Form:
    """The way to use an operation that shows most: on arrays of full rank and of uneven axes."""
    operation = OPERATIONS[op]
    if is_elementwise(operation):
        count = len(operation.operands)
        shape: Shape = () if kind == NUMBERS else MATRIX
        return Form(operation, (shape,) * count, PARAMETERS.get(op, {}))
    first = [MATRIX, *first_shapes(op)]
    every = [
        Form(operation, one.shapes, one.parameters)
        for shape in dict.fromkeys(first)
        for one in forms(op, shape)
        if is_written(operation, one)
    ]
    return min(every, key=_oddity)


def is_written(operation: Operation, form: domains.Form) -> bool:
    """Whether a form is worth writing: its parameters are literals, and its axes are not the
    same."""
    given = form.parameters
    axes = [
        given[n] for n, one in operation.parameters.items() if one.kind == "axis" and n in given
    ]
    rank = max(len(form.shapes[0]), 1)
    return len({axis % rank for axis in axes}) == len(axes) and not any(
        isinstance(item, np.ndarray)
        for value in given.values()
        if isinstance(value, tuple)
        for item in value
    )


def _numbers(values: Iterable[Any]) -> Iterator[float]:
    """The numbers among parameters, in tuples, too."""
    for value in values:
        if isinstance(value, tuple):
            yield from _numbers(value)
        elif isinstance(value, int | float):
            yield value


def _oddity(form: Form) -> tuple[Any, ...]:
    """How far a form is from a typical one."""
    given = [name for name, one in form.operation.parameters.items() if one.default is not REQUIRED]
    ranks = {len(shape) for shape in form.shapes}
    return (
        abs(len(form.shapes) - (2 if form.operation.variadic else len(form.operation.operands))),
        sum(name in form.parameters for name in given),
        any(1 in shape[-2:] or not shape for shape in form.shapes),
        len(ranks) > 1 and all(kind == "value" for kind in form.kinds),
        -max(ranks) if max(ranks) < 3 else max(ranks),
        sum(number < 0 for number in _numbers(form.parameters.values())),
        not all(len(set(shape)) == len(shape) for shape in form.shapes),
    )


@dataclass(frozen=True)
class Draft:
    """A program without its numbers, and what it is about."""

    op: str
    kind: str
    name: str
    about: str
    leaves: Mapping[str, tuple[str, Shape]]
    """The kind and the shape of each leaf."""
    steps: Mapping[str, str]
    seeded: bool = False
    """Whether the output's upstream gradient is given, where it is a number."""
    order: int = 1
    tags: tuple[str, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)
    """The numbers of leaves that must have these."""

    def at(self, palette: Palette) -> Iterator[tuple[str, Any]]:
        """The numbers of its leaves, each with its name."""
        count = turns = 0
        bound = min((size for _, shape in self.leaves.values() for size in shape), default=1)
        for name, (kind, shape) in self.leaves.items():
            numbers = range(count, count + math.prod(shape))
            count += math.prod(shape)
            if name in self.given:
                yield name, self.given[name]
            elif kind == "value":
                yield name, _shaped([palette(k) for k in numbers], shape)
            elif kind in ("condition", "mask"):
                yield name, _shaped([(k - numbers[0]) % 3 == turns for k in numbers], shape)
                turns += 1
            else:
                yield name, _shaped([(2 * k + 1) % bound for k in numbers], shape)

    def text(self, palette: Palette) -> str:
        """The file of the case at the numbers of a palette."""
        numbers = dict(self.at(palette))
        lines = [f"about: {plain_text(self.about)}"]
        for key, values in (("inputs", True), ("constants", False)):
            own = [name for name, (kind, _) in self.leaves.items() if (kind == "value") == values]
            lines += [f"{key}:"] if own else []
            lines += [f"  {name}: {value_text(numbers[name], values)}" for name in own]
        lines += ["steps:", *(f"  {name}: {plain_text(one)}" for name, one in self.steps.items())]
        lines += ["seed: -2.5"] if self.seeded and self.kind == NUMBERS else []
        lines += [f"order: {self.order}"] if self.order != 1 else []
        rough = decode("\n".join(lines) + "\n", WHERE)
        return case_text(self.about, rough.program, self.tags)


def _shaped(numbers: Sequence[Any], shape: Shape) -> Any:
    return np.array(numbers).reshape(shape) if shape else numbers[0]


@dataclass(frozen=True)
class Settled:
    """A draft with numbers: the text of its file, its program, and what it asks of its
    operation."""

    draft: Draft
    text: str
    program: Program
    asks: frozenset[Asked]

    values: Mapping[str, Array]

    @property
    def is_defined(self) -> bool:
        """Whether every operand lies in the domain of its operation."""
        return is_defined(self.program, self.values)


Made = Iterator[Settled | None]
"""What a question makes of an operation: cases, and nothing where no numbers suit it."""


def settled(
    draft: Draft, palettes: Iterable[Palette] = PLAIN, plain: bool = True
) -> Settled | None:
    """The draft at the first numbers that are good for it: the program has a finite answer and,
    where it is to be ``plain``, no corner; among those the ones by which its operation passes
    something on to the most operands."""
    built = [one for palette in palettes if (one := _tried(draft, palette, plain)) is not None]
    return max(built, key=_live, default=None)


def _live(one: Settled) -> int:
    return len({ask.what for ask in one.asks if ask.question == "rule"})


def _tried(draft: Draft, palette: Palette, plain: bool) -> Settled | None:
    try:
        text = draft.text(palette)
        program, trace = evaluated(text)
    except (CaseError, Unanswerable):
        return None
    if plain and not _is_plain(program, trace.values, trace.gradients):
        return None
    own = frozenset(ask for ask in asked(program) if ask.op == draft.op and ask.kind == draft.kind)
    return Settled(draft, text, program, own, trace.values)


def evaluated(text: str) -> tuple[Program, Trace]:
    """The program of a case's text, and what the formulas make of it. Raises CaseError, and
    Unanswerable."""
    program = decode(text, WHERE).program
    return program, by_formula.evaluate(program)


def _is_plain(
    program: Program, values: Mapping[str, Array], gradients: Mapping[str, Array]
) -> bool:
    finite = all(np.isfinite(array).all() for array in (*values.values(), *gradients.values()))
    return (
        finite
        and is_defined(program, values)
        and not any(corners(program, step, values) for step in program.steps)
    )


def is_defined(program: Program, values: Mapping[str, Array]) -> bool:
    """Whether every operand lies in the domain of its operation."""
    return all(
        np.all(domain_of(step.operation, position).holds(np.asarray(values.get(str(x), x))))
        for step in program.steps
        for position, x in enumerate(step.operands)
        if step.kind(position) == "value" and (str(x) in values or not isinstance(x, str))
    )
