"""From random choices to a well-formed program, step by step.

Every choice has the simplest option first, and is made by a :class:`random.Random`. That may be one
of Hypothesis', which so can shrink what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from math import prod
from random import Random
from typing import Any, Final, TypeVar

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from harness.language.writing import stages
from harness.search.naming import tidied
from harness.vocabulary import local
from harness.vocabulary.domains import (
    DOMAINS,
    EVERYWHERE,
    Domain,
    Form,
    domain_of,
    first_shapes,
    forms,
)
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.operation import Operation
from harness.vocabulary.program import Array, Operand, Program, Stage, Step, Value
from harness.vocabulary.shapes import Shape
from harness.vocabulary.signatures import COMPARISONS, GATES, OPERATIONS
from harness.vocabulary.spelling import spelled

Option = TypeVar("Option")

MAX_STEPS: Final = 12
DRAWN: Final = 4
"""So many numbers of an array are drawn one by one; the others follow from these."""

FEW_ROWS: Final = 3
"""Rows of a table are among so many; a table of fewer is left out."""

WRITTEN: Final = (2, 1, 3, 0.5, -1, 0, 1.5, -2.0)
"""Numbers that are written into an expression."""

TURNS: Final = (3, 40, 1100)
"""How often a last step is repeated, if it is. 1,100 turns are more than Python's stack has room
for."""

FRIENDLY: Final = (2.0, 3.0, 1.0, 0.5, 4.0, 1.5, 0.25, 0.75, -1.0, 0.0, -2.0, -0.5, -3.0, 0.0)
ODD: Final = (0.3, -1.7, 2.4, 0.9, -0.2, 1.1, -0.6, 0.05, 5.5, -4.2)
LARGE: Final = (1e3, -1e3, 800.0, -800.0, 1e8, -1e8, 60.0, -90.0)
SMALL: Final = (1e-8, -1e-8, 1e-12, 1e-30, 1e-5, -1e-5)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What leaves are made of.

    A step beyond ``largest`` is left out; with ``anywhere`` none is, and an operation need not be
    defined for its operands. Unless ``reused``, what is used once is not picked for being used: it
    is of interest what is done to extreme numbers first.
    """

    palette: tuple[float, ...]
    largest: float = 1e6
    anywhere: bool = False
    reused: bool = True


TAME: Final = Numbers(FRIENDLY + ODD)
STYLES: Final = (
    *[TAME] * 11,
    Numbers(FRIENDLY + ODD, anywhere=True),
    *[Numbers(LARGE + FRIENDLY[:4], largest=1e300, reused=False)] * 2,
    *[Numbers(SMALL, largest=1e300, reused=False)] * 2,
)
"""Small numbers are in no program with others, which would hide what is wrong with them."""

NEW, UNUSED, USED, ANY = range(4)
SOURCES: Final = (NEW, UNUSED, UNUSED, UNUSED, USED, USED, USED, ANY, ANY, ANY)
"""Where operands come from: a new leaf; what nothing uses yet, so that it takes part; what is used
already, so that it is used twice; or anything."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What programs are made of: the operations on plain numbers, and those on arrays."""

    scalars: tuple[str, ...] = tuple(OPERATIONS)
    arrays: tuple[str, ...] = tuple(OPERATIONS)
    order: int = 1

    def only(self, *ops: str) -> Menu:
        """The menu with these operations alone, where it has them."""
        return replace(
            self,
            scalars=tuple(op for op in self.scalars if op in ops),
            arrays=tuple(op for op in self.arrays if op in ops),
        )


@st.composite
def programs(draw: DrawFn, menu: Menu = Menu()) -> Program:
    """Well-formed programs, as a strategy of Hypothesis."""
    sketch = Sketch(draw(st.randoms(use_true_random=False)), menu)
    step = st.sampled_from(sketch.ops).map(sketch.step)
    for _ in range(sketch.random.randint(1, MAX_STEPS)):
        draw(step)
    program = sketch.program()
    assume(program is not None)
    return program  # type: ignore[return-value]


def single(random: Random, menu: Menu) -> Program | None:
    """A program of one operation; what it detaches is a factor of something else."""
    sketch = Sketch(random, menu)
    operation = OPERATIONS[random.choice(sketch.ops)]
    with suppress(LeftOut):
        name = sketch.applied(operation)
        if operation.detaches:
            sketch.multiplied(name)
    return sketch.program()


class LeftOut(Exception):
    """A step that cannot be."""


class Sketch:
    """A program as long as it grows, under names that nobody will see."""

    def __init__(self, random: Random, menu: Menu) -> None:
        self.random, self.menu = random, menu
        self.arrays = bool(menu.arrays) and (not menu.scalars or self._pick((False, True, True)))
        self.ops = menu.arrays if self.arrays else menu.scalars
        self.numbers = self._pick(STYLES)
        dtype = "float32" if self.arrays and self._rarely(16) else "float64"
        self.inputs: dict[str, Value] = {}
        self.constants: dict[str, Array] = {}
        self.shapes: dict[str, Shape] = {}
        self.draft = Program(self.inputs, self.constants, (), self.shapes, 1.0, dtype, menu.order)
        self.values: dict[str, Array] = {}
        self.steps: list[Step] = []
        self.used: set[str] = set()
        self.drawn = 0

    def step(self, op: str) -> None:
        """One more step with the leaves that it needs, if there can be one."""
        with suppress(LeftOut):
            self.applied(OPERATIONS[op])

    def multiplied(self, name: str) -> None:
        """A step multiplied with a new leaf."""
        shape = self._shape(name)
        (form,) = [form for form in forms("mul", shape) if form.shapes[1] == shape]
        self._added(OPERATIONS["mul"], [name, self._new([shape], EVERYWHERE)], form)

    def program(self) -> Program | None:
        """The program; None where nothing of it depends on an input."""
        if self._rarely(3):
            self._join()
        whole = replace(
            self.draft, steps=tuple(self.steps), backward_calls=2 if self._rarely(8) else 1
        )
        output = next((s for s in reversed(self.steps) if s.name in whole.differentiable), None)
        if output is None:
            return None
        turns = self._pick(TURNS) if self._rarely(80) else 0
        nested = self._rarely(4) and not turns
        program = tidied(whole, output.name, idle=self._rarely(8), nested=nested)
        if self._rarely(4):
            program = replace(program, seed=program.seed * 2.5)
        return self._repeated(program, turns)

    # -- choices -----------------------------------------------------------------------------------

    def _pick(self, options: Sequence[Option]) -> Option:
        return options[0] if len(options) == 1 else self.random.choice(options)

    def _rarely(self, times: int) -> bool:
        """Once in so many times."""
        return self.random.randrange(times) == times - 1

    # -- steps -------------------------------------------------------------------------------------

    def applied(self, operation: Operation) -> str:
        """A step of an operation, or a comparison, with operands that are made as needed."""
        shapes = first_shapes(operation.name) if self.arrays else ((),)
        operands = [self._operand(operation, 0, shapes, [])]
        left = self._forms(operation, self._shape(operands[0]))
        count = self._pick(sorted({len(form.shapes) for form in left}))
        left = [form for form in left if len(form.shapes) == count]
        for position in range(1, count):
            shapes = tuple(dict.fromkeys(form.shapes[position] for form in left))
            operands.append(self._operand(operation, position, shapes, operands))
            left = [form for form in left if form.shapes[position] == self._shape(operands[-1])]
        return self._added(operation, operands, self._pick(left))

    def _forms(self, operation: Operation, first: Shape) -> Sequence[Form]:
        """The ways to use the operation; where there are no arrays, those without."""
        return forms(operation.name, first, self.arrays)

    def _added(self, operation: Operation, operands: Sequence[Operand], form: Form) -> str:
        """The name of the step, its value computed."""
        parameters = {
            key: tuple(map(self._named, value)) if isinstance(value, tuple) else value
            for key, value in form.parameters.items()
        }
        tuples = [value for value in parameters.values() if isinstance(value, tuple)]
        picks = [item for items in tuples for item in items if isinstance(item, str)]
        name = f"n{len(self.values)}"
        step = Step(name, operation.name, (*operands, *picks), parameters)
        self.shapes[name] = form.result
        try:
            value = local.value(self.draft, step, self.values)
        except Unanswerable:
            raise LeftOut from None
        if not (self.numbers.anywhere or np.all(abs(value.astype(float)) < self.numbers.largest)):
            raise LeftOut
        self.values[name] = value
        self.steps.append(step)
        self.used.update(step.parents)
        return name

    def _named(self, item: Any) -> Any:
        """What stands in an index; an array there as the name of a constant."""
        return self._leaf(item, self.constants) if isinstance(item, np.ndarray) else item

    def _joining(self) -> Operation | None:
        """An operation that any two numbers can be brought together by."""
        return next((op for op in map(OPERATIONS.__getitem__, self.ops) if _joins(op)), None)

    def _join(self) -> None:
        """Brings together the steps that nothing uses, as far as their shapes allow."""
        operation = self._joining()
        ends = [step.name for step in self.steps if step.name not in self.used]
        ends = [name for name in ends if self.values[name].dtype.kind == "f"]
        if operation is None or not ends:
            return
        total = ends.pop()
        for end in reversed(ends):
            for form in self._forms(operation, self._shape(total)):
                if form.shapes[1] == self._shape(end):
                    with suppress(LeftOut):
                        total = self._added(operation, [total, end], form)
                    break

    def _repeated(self, program: Program, turns: int) -> Program:
        """The program, followed by many turns of one small step."""
        operation = self._joining()
        if not turns or operation is None:
            return program
        labels = [*(f"loop #{turn}" for turn in range(1, turns)), "loop"]
        steps = tuple(
            Step(label, operation.name, (before, 0.999))
            for before, label in pairwise([program.output, *labels])
        )
        shapes = {**program.shapes, **dict.fromkeys(labels, program.shapes[program.output])}
        turn = spelled(Step("loop", operation.name, ("loop", 0.999)), {}).text
        loop = Stage("loop", turn, program.output, turns)
        lines = (*stages(program), loop)
        return replace(program, steps=program.steps + steps, shapes=shapes, stages=lines)

    # -- operands ----------------------------------------------------------------------------------

    def _shape(self, operand: Operand) -> Shape:
        return self.shapes[operand] if isinstance(operand, str) else ()

    def _operand(
        self, operation: Operation, position: int, shapes: Sequence[Shape], before: list[Operand]
    ) -> Operand:
        """An operand that goes with those ``before`` it, of one of the shapes if it is new."""

        def fits(shape: Shape) -> bool:
            return shape in shapes if before else bool(self._forms(operation, shape))

        kind = operation.kind(position)
        if kind in ("condition", "mask"):
            return self._condition(shapes, fits)
        if kind == "rows":
            fitting = list(filter(fits, shapes))
            if not fitting:
                raise LeftOut
            return self._drawn(self._pick(fitting), range(FEW_ROWS), self.constants)
        if kind in ("labels", "indices"):
            sizes = self._shape(before[0])
            classes = sizes[-1] if kind == "labels" else min(sizes)
            return self._drawn(self._pick(shapes), range(classes), self.constants)
        domain = domain_of(operation, position)
        if kind == "constant":
            return self._new(list(filter(fits, shapes)), domain, constant=True)
        number = self._written(operation, domain, before)
        if number is not None:
            return number
        return self._earlier(fits, domain) or self._new(list(filter(fits, shapes)), domain)

    def _condition(self, shapes: Sequence[Shape], fits: Callable[[Shape], bool]) -> str:
        """A comparison, or a constant of booleans."""
        if not self._rarely(8):
            compared = self.applied(GATES[self._pick(tuple(COMPARISONS))])
            if fits(self._shape(compared)):
                return compared
        return self._drawn(self._pick(shapes), (True, False), self.constants)

    def _written(
        self, operation: Operation, domain: Domain, before: list[Operand]
    ) -> int | float | None:
        """Sometimes a number in place of the first operand of two, or of the last one."""
        is_last = len(before) == len(operation.operands) - 1
        stands_beside = all(isinstance(operand, str) for operand in before)
        may_be = (is_last or len(operation.operands) == 2) and stands_beside
        if (
            operation.shape != "broadcast"
            or not may_be
            or not self._rarely(2 if domain.usual else 8)
        ):
            return None
        numbers = domain.usual + WRITTEN
        return self._pick([n for n in numbers if domain.holds(n) and (is_last or n > 0)])

    def _earlier(self, fits: Callable[[Shape], bool], domain: Domain) -> str | None:
        """A leaf or a step that is there, if there is one that fits."""
        source = self._pick(SOURCES)
        if source == NEW or (source == USED and not self.numbers.reused):
            return None
        able = [
            name
            for name, value in self.values.items()
            if value.dtype.kind == "f"
            and (source == ANY or (source == USED) == (name in self.used))
            and fits(value.shape)
            and (self.numbers.anywhere or np.all(domain.holds(value)))
        ]
        return self._pick(able) if able else None

    def _new(self, shapes: Sequence[Shape], domain: Domain, constant: bool = False) -> str:
        """A new input, seldom a constant, with numbers where the operation is defined."""
        palette = [n for n in self.numbers.palette if self.numbers.anywhere or domain.holds(n)]
        if not palette or not shapes:
            raise LeftOut
        fixed = constant or (bool(self.values) and self._rarely(16))
        return self._drawn(self._pick(shapes), palette, self.constants if fixed else self.inputs)

    def _drawn(self, shape: Shape, palette: Sequence[Any], leaves: dict[str, Any]) -> str:
        """A leaf with numbers of a palette: as they come, if only the first options are chosen."""
        size = prod(shape)
        picks = [self.random.randrange(len(palette)) for _ in range(min(size, DRAWN))]
        places = np.resize(picks, size) + np.arange(self.drawn, self.drawn + size)
        self.drawn += size
        number = np.array(palette)[places % len(palette)].reshape(shape)
        if number.dtype.kind == "f":
            number = number.astype(self.draft.dtype).astype(np.float64)
        return self._leaf(number, leaves)

    def _leaf(self, number: Array, leaves: dict[str, Any]) -> str:
        name = f"n{len(self.values)}"
        self.values[name] = leaves[name] = number
        self.shapes[name] = number.shape
        return name


def _joins(operation: Operation) -> bool:
    """Whether an operation takes any two numbers, and makes one of them."""
    kinds = list(operation.operands.values())
    return (
        operation.shape == "broadcast" and kinds == ["value"] * 2 and operation.name not in DOMAINS
    )
