"""The local question: what should one step be, given what an engine itself has computed so far?

The answers come from the vocabulary's own texts, run as numpy in float64; torch is not needed. A
test holds them against torch on every step of every case.
"""

from __future__ import annotations

import ast
import inspect
import math
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import combinations
from types import CodeType
from typing import Any, Final

import numpy as np

from harness.vocabulary import extended, numerics, slides
from harness.vocabulary.bound import bind
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.variants import formula_of

FUNCTIONS: Final[Mapping[str, Any]] = {
    **dict(inspect.getmembers(numerics, inspect.isfunction)),
    **dict(inspect.getmembers(slides, inspect.isfunction)),
}
"""What the names in the texts stand for, beside numpy's own."""
EXTENDED: Final = {**FUNCTIONS, **extended.FUNCTIONS}


class Unanswerable(Exception):
    """The numbers at hand do not fit the operation: there is no local answer."""


class Local:
    """One step with the values that an engine has there, and with ``upstream`` the gradient.

    ``own_result``: derivatives see the engine's own value of the step; otherwise the right one.
    ``precision``: the dtype to compute in; with another than float64, answers are of that dtype.
    Complex numbers carry a direction (:mod:`~harness.vocabulary.extended`).
    Raises :class:`Unanswerable` wherever the numbers do not fit.
    """

    def __init__(
        self,
        program: Program,
        step: Step,
        values: Mapping[str, Array],
        upstream: Array | None = None,
        own_result: bool = False,
        precision: Any = np.float64,
    ) -> None:
        self.program, self.step, self.precision = program, step, precision
        self.operation, self.formula = step.operation, formula_of(step)
        try:
            bound = bind(step, values, program.constants)
        except KeyError as name:
            raise Unanswerable(f"no value of {name}") from None
        _fit(program, values, (*step.parents, step.name) if own_result else step.parents)
        self.operands: list[Array] = [
            np.asarray(item, dtype=precision if step.is_number(i) else None)
            for i, item in enumerate(bound.operands)
        ]
        self._names = {**bound.arguments, **self._operand_names()}
        if step.op == "clamp":
            self._names["min"] = -math.inf if self._names["min"] is None else self._names["min"]
            self._names["max"] = math.inf if self._names["max"] is None else self._names["max"]
        self.count = self._names["n"] = self._count()
        if upstream is None:
            return
        out = values[step.name] if own_result and step.name in values else self._value()
        if upstream.shape != out.shape:
            raise Unanswerable(f"shape {upstream.shape} upstream of shape {out.shape}")
        self._shape = out.shape
        self._result = np.asarray(out, precision), np.asarray(upstream, precision)
        self._names |= {
            "out": self._kept(self._result[0], self._names.get("axis")),
            "dout": self._kept(self._result[1], self._names.get("axis")),
        }

    def value(self) -> Array:
        """What the step should be, of the program's dtype; of a comparison, booleans."""
        value = self._value()
        return value if self.operation.compares else self._typed(value)

    def value_by(self, text: str) -> Array:
        """What a line written for the value gives, of the program's dtype."""
        return self._typed(self._value(text))

    def contribution(self, position: int) -> Array:
        """Local derivative × upstream for one operand, in its shape, of the program's dtype."""
        operand = self.operation.operand(position)
        gradient = self.answer(self.formula.derivatives[operand], position)
        if gradient.shape != self.operands[position].shape:
            raise Unanswerable(f"a derivative of shape {gradient.shape}")
        return self._typed(gradient)

    def answer(self, text: str, position: int, **other: Any) -> Array:
        """What a line written for the derivative by one operand makes of its gradient, with
        ``other`` values for some names. Torch's own answers at the edges take its place."""
        operand = self.operation.operand(position)
        answers = self._run(text, position, **other)
        edge = self.formula.edges.get(operand)
        if edge is not None:
            there = self._run(edge[0], position, **other)
            answers = np.where(there, self._run(edge[1], position, **other), answers)
        return self._fitted(answers, position)

    def edges(self, position: int) -> Array:
        """Of each element of an operand, whether torch's own answer takes the place of the
        derivative's."""
        edge = self.formula.edges.get(self.operation.operand(position))
        if edge is None:
            return np.zeros(self.operands[position].shape, bool)
        there: Array = self._fitted(np.asarray(self._run(edge[0], position), float), position)
        return np.broadcast_to(np.not_equal(there, 0), self.operands[position].shape)

    def sides(self) -> list[Array]:
        """Of all that the operation's formulas compare: -1 where the left side is the smaller, 1
        where it is the greater, 0 else. At a kink or a tie, and nowhere else, they change."""
        compared = []
        for position in range(len(self.operands)):
            operand = self.operation.operand(position)
            conditions = (self.formula.kinks.get(operand), self.formula.edges.get(operand))
            texts = [self.formula.derivatives.get(operand, "0")]
            for text in [*texts, *(condition[0] for condition in conditions if condition)]:
                for left, right in _compared(text):
                    one, other = self._run(left, position), self._run(right, position)
                    compared.append(np.greater(one, other) * 1 - np.less(one, other) * 1)
        return compared

    def _typed(self, array: Array) -> Array:
        with np.errstate(over="ignore"):
            exact = self.precision is not np.float64
            return array if exact else array.astype(self.program.dtype)

    def along(self, axis: int | None, kept: bool, position: int) -> Array:
        """The contribution with another axis in the derivative's text; ``kept``: the upstream
        gradient is stretched along that axis, too."""
        text = self.formula.derivatives[self.operation.operand(position)]
        other: dict[str, Any] = {"axis": axis}
        try:
            if kept:
                out, dout = self._result
                other |= {"out": self._kept(out, axis), "dout": self._kept(dout, axis)}
            return self._typed(self.answer(text, position, **other))
        except (ValueError, IndexError) as error:
            raise Unanswerable(str(error)) from None

    def without_upstream(self, position: int) -> Array:
        """The local derivative alone: the contribution of an upstream gradient of ones."""
        ones = self._kept(np.ones(self._shape), self._names.get("axis"))
        text = self.formula.derivatives[self.operation.operand(position)]
        return self._typed(self.answer(text, position, dout=ones))

    def summed_elsewhere(self, position: int) -> list[Array]:
        """The contribution of an operand that was broadcast, summed over other axes than those."""
        shape = self.operands[position].shape
        if self.operation.shape != "broadcast" or shape == self._shape:
            return []
        text = self.formula.derivatives[self.operation.operand(position)]
        array = np.broadcast_to(self._run(text, position), self._shape)
        size = math.prod(shape)
        summable = [axis for axis, length in enumerate(self._shape) if length > 1]
        sums = []
        for count in range(1, len(summable) + 1):
            for axes in combinations(summable, count):
                summed = array.sum(axis=axes)
                if summed.size == size:
                    sums.append(summed.reshape(shape))
        return sums

    # -- the names in the texts --------------------------------------------------------------------

    def _operand_names(self) -> dict[str, Any]:
        if self.operation.variadic:
            return {"operands": self.operands}
        operands = list(self.operands)
        if self.step.op == "matmul":  # a vector is a row on the left and a column on the right
            operands[0] = operands[0][None, :] if operands[0].ndim == 1 else operands[0]
            operands[1] = operands[1][:, None] if operands[1].ndim == 1 else operands[1]
        left_out = dict.fromkeys(self.operation.optional, 0.0)
        return left_out | dict(zip(self.operation.operands, operands, strict=False))

    def _value(self, text: str = "") -> Array:
        dtype = None if self.operation.compares else self.precision
        out = np.asarray(self._run(text or self.formula.code, 0), dtype=dtype)
        if self.step.op == "matmul":
            vectors = [self.operands[0].ndim == 1, self.operands[1].ndim == 1]
            out = out[..., 0] if vectors[1] else out
            out = out[..., 0, :] if vectors[0] and not vectors[1] else out
            out = out[..., 0] if all(vectors) else out
        return out

    def _kept(self, array: Array, axis: Any) -> Array:
        """The result, or its gradient, with the axes that the operation has dropped."""
        if self.step.op == "matmul":
            array = (
                array[..., None, :]
                if self.operands[0].ndim == 1 != self.operands[1].ndim
                else array
            )
            array = array[..., None] if self.operands[1].ndim == 1 else array
            return (
                array[..., None, :]
                if self.operands[0].ndim == self.operands[1].ndim == 1
                else array
            )
        if self.operation.reduces and not self._names["keepdims"]:
            rank = self.operands[0].ndim
            return np.expand_dims(array, tuple(range(rank)) if axis is None else axis)
        return array

    def _count(self) -> int:
        """How many elements, or rows of scores, are summed up or averaged into one number."""
        if self.formula.count:
            return int(self._run(self.formula.count, 0))
        size = math.prod(self.program.shapes[self.step.name]) if self.step.name else 1
        return int(self.operands[0].size // max(size, 1))

    def _run(self, text: str, position: int, **other: Any) -> Any:
        names = {**self._names, **other} if other else self._names
        if self.operation.variadic:
            names = {**names, self.operation.operand(0): self.operands[position], "k": position}
        code, free = _compiled(text)
        functions = FUNCTIONS if self.precision is np.float64 else EXTENDED
        scope = {name: functions.get(name) or getattr(np, name) for name in free}
        scope |= {f"_{name}": names[name] for name in names}
        try:
            with np.errstate(all="ignore"):
                return eval(code, {"__builtins__": {}}, scope)
        except (ValueError, TypeError, LookupError, ArithmeticError, MemoryError) as error:
            raise Unanswerable(str(error)) from None

    def _fitted(self, answer: Any, position: int) -> Array:
        """A contribution in its operand's shape: stretched, or summed over what was stretched."""
        shape = self.operands[position].shape
        array = np.asarray(answer, dtype=self.precision)
        try:
            if self.operation.shape in ("broadcast", "matmul"):
                if self.step.op == "matmul":
                    shape = np.shape(self._names["xy"[position]])
                else:
                    array = np.broadcast_to(array, self._shape)
                summed = numerics.unbroadcast(array, shape)
                return np.asarray(summed).reshape(self.operands[position].shape)
            if self.operation.reduces or array.ndim == 0:
                array = np.broadcast_to(array, shape)
        except ValueError as error:
            raise Unanswerable(str(error)) from None
        return array


def value(program: Program, step: Step, values: Mapping[str, Array]) -> Array:
    """What ``step`` should be, given the values that an engine computed for its operands."""
    return Local(program, step, values).value()


def contributions(
    program: Program,
    step: Step,
    values: Mapping[str, Array],
    upstream: Array,
    own_result: bool = False,
) -> tuple[Array | None, ...]:
    """For each operand of ``step``, local derivative × upstream, each use counted by itself.

    ``values`` are the operands' as an engine computed them, ``upstream`` the gradient it has at
    the step. None for an operand without a gradient: a number, a constant, a condition.
    """
    local = Local(program, step, values, upstream, own_result)
    return tuple(
        local.contribution(position)
        if isinstance(item, str) and item in program.differentiable
        else None
        for position, item in enumerate(step.operands)
    )


def backpropagated(
    program: Program, values: Mapping[str, Array], precision: Any = np.float64
) -> dict[str, Array]:
    """The gradients that the formulas give for an engine's values, in ``precision``. Raises
    :class:`Unanswerable`."""
    if program.output not in program.differentiable:
        raise Unanswerable(f"no gradient comes to {program.output}")
    gradients = {name: np.zeros(program.shapes[name], precision) for name in program.differentiable}
    gradients[program.output] = gradients[program.output] + program.seed
    for step in reversed(program.steps):
        if step.name in program.differentiable:
            one = Local(program, step, values, gradients[step.name], precision=precision)
            for position, operand in enumerate(step.operands):
                if operand in program.differentiable:
                    gradients[operand] = gradients[operand] + one.contribution(position)
    return gradients


def _fit(program: Program, values: Mapping[str, Array], names: Iterable[str]) -> None:
    """Raises :class:`Unanswerable` where a value has not the program's shape: nothing is computed
    from such a one, which might be of any size."""
    for name in names:
        if name in values and np.shape(values[name]) != program.shapes[name]:
            raise Unanswerable(f"{name} has shape {np.shape(values[name])}")


@cache
def _compiled(text: str) -> tuple[CodeType, tuple[str, ...]]:
    """A text as code in which ``{x}`` is the name ``_x``, and the functions that it uses."""
    line = text.format_map(_Underscored())
    code = compile(line, line, "eval")
    return code, tuple(name for name in code.co_names if not name.startswith("_") and name != "mT")


@cache
def _compared(text: str) -> tuple[tuple[str, str], ...]:
    """The two sides of each comparison in a text."""
    tree = ast.parse(text.format_map(_Underscored()), mode="eval")
    every = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    return tuple((ast.unparse(node.left), ast.unparse(node.comparators[0])) for node in every)


class _Underscored(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"_{name}"
