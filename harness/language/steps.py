"""The steps of a program as they are added: named, fitted to their operands, and bounded."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from harness.language.syntax import shorten
from harness.language.words import said
from harness.vocabulary.bound import bind
from harness.vocabulary.cost import MAX_COST, cost
from harness.vocabulary.operation import Operation
from harness.vocabulary.pieces import results
from harness.vocabulary.program import Array, Operand, Step
from harness.vocabulary.shapes import MAX_ELEMENTS, Shape, ShapeError, infer
from harness.vocabulary.signatures import GATES, OVERLOADS
from harness.vocabulary.spelling import Written, written

MAX_STEPS = 50_000


class TooManySteps(Exception):
    """The program grew beyond ``MAX_STEPS``."""


class Misfit(ValueError):
    """Operands that do not fit a step, or a step that does not fit into the program."""


class Flat(NamedTuple):
    """What a subexpression became: its operand, and how that is written."""

    operand: Operand
    written: Written


class Steps:
    """``shapes`` starts with the leaves' and gains each step's."""

    def __init__(self, shapes: Mapping[str, Shape], constants: Mapping[str, Array]) -> None:
        self.shapes = dict(shapes)
        self.constants = dict(constants)
        self.steps: list[Step] = []
        self.booleans = {name for name, array in constants.items() if array.dtype == np.bool_}
        self._occurrences: dict[str, int] = {}
        self._elements = self._cost = 0

    def add(
        self,
        op: str,
        flats: list[Flat],
        parameters: dict[str, Any],
        name: str | None,
        text: str | None = None,
    ) -> Flat:
        """Append a step, called ``name`` or else by how it is written: as ``text``, if given.
        Raises :class:`Misfit` and :class:`TooManySteps`."""
        if len(self.steps) >= MAX_STEPS:
            raise TooManySteps
        for position, flat in enumerate(flats):
            self._check_kind(GATES[op], position, flat)
        result = written(GATES[op], [flat.written for flat in flats], parameters)
        if text is not None:
            result = Written(text)
        label = name or self._label(result.text)
        step = Step(label, op, tuple(flat.operand for flat in flats), parameters)
        try:
            self.shapes[label] = self._shape(step)
        except ShapeError as error:
            raise Misfit(f"{shorten(label)!r}: {error}") from None
        if step.operation.compares:
            self.booleans.add(label)
        self.steps.append(step)
        return Flat(label, result)

    def listed(self, array: Array, later: Collection[str]) -> str:
        """The name of a constant that is written as a list: of one that holds the same, or of a new
        one, called as nothing is, and nothing ``later``."""
        for name, known in self.constants.items():
            if known.dtype == array.dtype and np.array_equal(known, array):
                return name
        names = (f"c{number}" for number in count(1))
        name = next(name for name in names if name not in self.shapes and name not in later)
        self.constant(name, array)
        if array.dtype == np.bool_:
            self.booleans.add(name)
        return name

    def fitting(self, op: str, flats: list[Flat], parameters: dict[str, Any]) -> str:
        """Which of the operations that are called by that name the operands are for; the one that
        has the name if they are for none."""
        for other in OVERLOADS.get(op, ()):
            operation = GATES[other]
            shapes = [self.shapes.get(str(flat.operand), ()) for flat in flats]
            if operation.named or len(flats) != len(operation.operands):
                continue
            if not parameters.keys() <= operation.parameters.keys():
                continue
            with suppress(Misfit, ShapeError):
                for position, flat in enumerate(flats):
                    self._check_kind(operation, position, flat)
                infer(operation.shape, shapes, operation.complete(parameters))
                return other
        return op

    def constant(self, name: str, array: Array) -> None:
        """One more constant."""
        self.constants[name], self.shapes[name] = array, array.shape

    def results(self, op: str, flats: list[Flat], parameters: dict[str, Any]) -> int:
        """How many results an operation has that has several. Raises :class:`Misfit`."""
        operation = GATES[op]
        shapes = [self.shapes.get(str(flat.operand), ()) for flat in flats]
        try:
            return results(operation.shape, shapes, operation.complete(parameters))
        except ShapeError as error:
            raise Misfit(f"{op}: {error}") from None

    def _label(self, text: str) -> str:
        """The name of an inner step: its text, numbered from the second one on."""
        turn = self._occurrences[text] = self._occurrences.get(text, 0) + 1
        return text if turn == 1 else f"{text} #{turn}"

    def _check_kind(self, operation: Operation, position: int, flat: Flat) -> None:
        kind, boolean = operation.kind(position), flat.operand in self.booleans
        if (kind in ("value", "compared", "index") and not boolean) or (kind == "mask" and boolean):
            return
        written = repr(shorten(flat.written.text))
        needed = said("must-be", operand=operation.operand(position), word=operation.word)
        constant = self.constants.get(str(flat.operand))
        if kind == "condition" and not boolean:
            raise Misfit(said("needs-condition", needed=needed, said=written))
        whole = constant is not None and constant.dtype.kind == "i"
        if kind in ("labels", "rows", "indices") and not whole:
            raise Misfit(said("needs-integers", needed=needed, said=written))
        if kind == "mask" and (constant is None or not np.isin(constant, (0, 1)).all()):
            wanted = said("mask-wanted")
            raise Misfit(said("needs-wanted", needed=needed, wanted=wanted, said=written))
        if kind == "constant" and (constant is None or boolean):
            raise Misfit(said("needs-numbers", needed=needed, said=written))
        if kind == "compared":
            raise Misfit(said("no-boolean-comparison"))
        if kind == "value":
            place = said("condition-of-where") if constant is None else said("condition-or-index")
            raise Misfit(said("only-be", said=written, place=place))

    def _shape(self, step: Step) -> Shape:
        """The shape of a step; what it costs is added up, and bounded."""
        bound = bind(step, self.shapes, self.constants)
        shapes = [item if isinstance(item, tuple) else () for item in bound.operands]
        shape = infer(step.operation.shape, shapes, bound.arguments)
        for position, operand in enumerate(step.operands):
            if step.kind(position) == "labels":
                ignored = bound.arguments.get("ignore_index")
                _check_labels(self.constants[str(operand)], shapes[0][-1], ignored)
            if step.kind(position) == "rows":
                _check_rows(self.constants[str(operand)], shapes[-1][0])
            if step.kind(position) == "indices":
                axis = bound.arguments["axis"]
                _check_indices(self.constants[str(operand)], shapes[0][axis], axis)
        taken = cost(step.op, shapes, bound.arguments, shape)
        if self._elements + math.prod(shape) > MAX_ELEMENTS:
            raise ShapeError(said("steps-hold-more", max_elements=MAX_ELEMENTS))
        if self._cost + taken > MAX_COST:
            before = "" if taken > MAX_COST else said("with-steps-before")
            numbers = said("numbers-taken", taken=taken)
            raise ShapeError(said("takes-more", numbers=numbers, before=before, max_cost=MAX_COST))
        self._elements += math.prod(shape)
        self._cost += taken
        return shape


def _check_labels(labels: Array, classes: int, ignored: int | None) -> None:
    allowed = (labels >= 0) & (labels < classes)
    if not np.all(allowed | (labels == ignored)):
        also = "" if ignored is None else said("or-ignored", ignored=ignored)
        raise ShapeError(said("labels-range", classes=classes - 1, classes2=classes, also=also))


def _check_rows(rows: Array, count: int) -> None:
    if not np.all((rows >= 0) & (rows < count)):
        raise ShapeError(said("rows-range", count=count - 1, count2=count))


def _check_indices(indices: Array, size: int, axis: int) -> None:
    outside = indices[(indices < 0) | (indices >= size)]
    if outside.size:
        first = int(outside.flat[0])
        raise ShapeError(said("index-range", found=first, axis=axis, size=size - 1))
