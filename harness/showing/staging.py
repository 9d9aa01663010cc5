"""Writes the staged code of a program, and runs each of its lines as it is written.

Plain numbers are computed with ``math``, everything else with numpy; where ``math`` has no answer
(infinities, NaN, its exceptions), numpy is used for plain numbers, too.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.language.helpers import source
from harness.language.syntax import is_name
from harness.showing.listing import Line, Listing, comment
from harness.showing.python import (
    NotScalar,
    atom,
    bare,
    derivative,
    fill,
    functions,
    numbers,
    python,
)
from harness.showing.rounding import Rounding
from harness.showing.torch_style import with_torch
from harness.vocabulary.local import FUNCTIONS, Local
from harness.vocabulary.program import Array, Program, Step, Value
from harness.vocabulary.variants import formula_of

RESERVED: Final = frozenset({"np", "math", "pi", "inf", "nan", *dir(builtins)})
"""What lines of code, and the functions that they use, mean by these names."""


ZERO: Final = re.compile(r"/ (0(?:\.0)?)(?![\w.])")
"""A division by zero as it is written: Python has no answer where both are plain numbers."""
STYLES: Final = ("math", "numpy", "torch")
"""With what staged code computes."""


def stage(program: Program, style: str | None = None) -> Listing:
    """The staged code of ``program``, each of its lines run once; with ``math`` where that has an
    answer to all of them, unless another ``style`` is asked for; raises
    :class:`~harness.language.in_torch.NotInTorch`."""
    if style == "torch":
        return with_torch(stage(program, "numpy"))
    if program.scalar and program.dtype == "float64" and style != "numpy":
        try:
            return _Stage(program, scalar=True).listing()
        except (NotScalar, ArithmeticError, ValueError, TypeError):
            pass  # math has no answer, numpy has
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _Stage(program, scalar=False).listing()


class _Stage:
    """The lines of a program; ``scope`` holds what its names hold so far."""

    def __init__(self, program: Program, scalar: bool) -> None:
        self.program, self.scalar = program, scalar
        self.scope: dict[str, Any] = {"math": math, "np": np, **FUNCTIONS}
        self.values: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.rounding = Rounding(program, self.values)
        self.codes: dict[str, str] = {}
        self.names = names_of(program)
        self.plain_seed = scalar and program.seed == 1.0 and self._ends_plain(program.steps[-1])
        self.quiet = True

    def listing(self) -> Listing:
        blank = Line("comment", "")
        lines = [*self._leaves(), blank, Line("comment", comment("code-forward")), *self._forward()]
        lines[-1] = replace(lines[-1], note=comment("code-done"))
        lines += [blank, *self._backward(), Line("comment", comment("code-over"))]
        used = [source(name) for name in functions(line.code for line in lines)]
        imports = ["import math"] if self.scalar or any("math." in text for text in used) else []
        imports += [] if self.scalar else ["import numpy as np"]
        if not self.quiet:
            imports += ["", f'np.seterr(all="ignore")  {comment("code-infinite")}']
        for text in used:
            imports += ["", "", *text.splitlines()]
        imports += [""] if used else []
        style = STYLES[0 if self.scalar else 1]
        return Listing(tuple(imports), tuple(lines), self.names, self.plain_seed, style)

    # -- forward -----------------------------------------------------------------------------------

    def _leaves(self) -> Iterator[Line]:
        note = comment("code-values")
        for kind, leaves in (("input", self.program.inputs), ("constant", self.program.constants)):
            for name, value in leaves.items():
                text = self._literal(value, kind == "constant")
                yield self._line(kind, name, text, self._run(text), note=note)
                note = ""

    def _forward(self) -> Iterator[Line]:
        for step in self.program.steps:
            text = self._filled(formula_of(step).code, step)
            number = self.program.numbers[step.name]
            note = comment("code-detached") if step.operation.detaches else ""
            result = self._run(text)
            line = self._line("forward", step.name, text, result, number=number, note=note)
            self.codes[step.name] = line.code
            yield line

    def _filled(self, text: str, step: Step, position: int = 0, **given: Any) -> str:
        given["n"] = Local(self.program, step, self.values).count
        code = python(fill(text, step, position, self.names.__getitem__, **given), self.scalar)
        return code if self.scalar else ZERO.sub(rf"/ np.{self.program.dtype}(\1)", code)

    # -- backward ----------------------------------------------------------------------------------

    def _backward(self) -> Iterator[Line]:
        program = self.program
        seed = self._literal(program.seed)
        yield self._line("seed", program.output, seed, self._run(seed), note=comment("code-seed"))
        for step in reversed(program.steps):
            if step.name in program.reaching:
                yield from self._back(step)
        note = comment("code-no-path", name=self.names[program.output])
        for name in (*program.inputs, *program.by_name):
            if name in program.differentiable and name not in self.gradients:
                zero = "0.0" if self.scalar else f"np.zeros_like({self.names[name]})"
                yield self._line("backward", name, zero, self._run(zero), note=note)

    def _passing(self, step: Step) -> list[int]:
        """The positions of the operands that a step passes a gradient on to."""
        differentiable = self.program.differentiable
        return [i for i, name in enumerate(step.operands) if name in differentiable]

    def _ends_plain(self, last: Step) -> bool:
        """Whether an upstream gradient of 1 can be left out of the lines of the last step."""
        lines = [derivative(last, position) for position in self._passing(last)]
        return bool(last.parents) and all(line.endswith(" * {dout}") for line in lines)

    def _back(self, step: Step) -> Iterator[Line]:
        positions = self._passing(step)
        if positions:
            yield Line("comment", comment("code-backprop", code=self.codes[step.name]))
        for position in positions:
            name = str(step.operands[position])
            text, number = self._contribution(step, position)
            if name not in self.gradients and self._shared_later(name, number):
                text = f"{atom(text)}.copy()"
            yield self._line(
                "backward",
                name,
                text,
                number,
                number=self.program.numbers[step.name],
                step=step,
                position=position,
                contribution=self.rounding.term(step, position, _array(number)),
                local=self._local(step, position),
            )

    def _contribution(self, step: Step, position: int) -> tuple[str, Any]:
        """Local derivative × upstream as a line, in its operand's shape; and what it comes to."""
        shapes = [self.program.shapes[x] if isinstance(x, str) else () for x in step.operands]
        template = derivative(step, position, [len(shape) for shape in shapes])
        given = self._given(step, bool(shapes[0]))
        template = self._at_the_edge(step, position, template, given)
        if plain := self.plain_seed and step.name == self.program.output:
            template = template.removesuffix(" * {dout}")
        text = self._filled(template, step, position, **given)
        text = bare(text) if plain else text
        if text in (f"1 * {given['dout']}", f"-1 * {given['dout']}"):
            text = f"({text.split()[0]}) * {given['dout']}"
        number = self._run(text)
        if np.shape(number) != shapes[position]:
            operand = self.names[str(step.operands[position])]
            text = _fitted(text, np.shape(number), shapes[position], operand)
            number = self._run(text)
        return text, number

    def _given(self, step: Step, array: bool) -> dict[str, str]:
        """The result and its gradient as the derivative's line sees them: reduced axes are kept."""
        out, arguments = self.names[step.name], step.arguments
        given = {"out": out, "dout": f"d{out}"}
        if not step.operation.reduces or not array or arguments["keepdims"]:
            return given
        axis = arguments["axis"]
        return given if axis is None else {k: f"expand_dims({v}, {axis})" for k, v in given.items()}

    def _at_the_edge(
        self, step: Step, position: int, template: str, given: Mapping[str, Any]
    ) -> str:
        """The template, with torch's answer where the formula has none at these numbers."""
        edge = formula_of(step).edges.get(step.operand(position))
        if edge is None:
            return template
        condition, answer = edge
        there = np.any(self._run(self._filled(condition, step, position, **given)))
        return f"where({condition}, {answer}, {template})" if there else template

    def _local(self, step: Step, position: int) -> float | None:
        """The local derivative of plain numbers."""
        names = (*step.parents, step.name)
        if any(self.program.shapes[name] for name in names):
            return None
        local = Local(self.program, step, self.values, np.asarray(1.0), own_result=True)
        return float(local.contribution(position))

    def _shared_later(self, name: str, number: Any) -> bool:
        """Whether += would write into somebody else's array."""
        uses = [step for step, _ in self.program.uses[name] if step.name in self.program.reaching]
        return (
            len(uses) > 1
            and isinstance(number, np.ndarray)
            and (
                not number.flags.writeable
                or any(np.shares_memory(number, other) for other in self.gradients.values())
            )
        )

    # -- running -----------------------------------------------------------------------------------

    def _run(self, text: str) -> Any:
        with warnings.catch_warnings(record=True) as told, np.errstate(all="warn"):
            warnings.simplefilter("always")
            number = eval(text, self.scope)
        self.quiet = self.quiet and not told
        if self.scalar and isinstance(number, complex):
            raise NotScalar(text)
        return number

    def _line(self, kind: str, name: str, text: str, result: Any, **fields: Any) -> Line:
        """The line that gives a name, or its gradient, what ``text`` comes to, or adds it."""
        backward = kind in ("seed", "backward")
        own = f"d{self.names[name]}" if backward else self.names[name]
        if adds := backward and name in self.gradients:
            result, fields = self.scope[own] + result, {**fields, "note": comment("code-notice")}
        if self.scalar and kind != "constant" and not math.isfinite(result):
            raise NotScalar(name)
        self.scope[own], array = result, _array(result)
        (self.gradients if backward else self.values)[name] = array
        shown = self.rounding.gradient(name, array) if backward else self.rounding.value(name)
        return Line(kind, f"{own} {'+=' if adds else '='} {text}", name=name, value=shown, **fields)

    def _literal(self, value: Value | Array, constant: bool = False) -> str:
        array = np.asarray(value)
        if self.scalar:
            number = array.item()
            whole = number == round(number) and abs(number) < 1e6 and str(number) != "-0.0"
            return repr(round(number) if whole and not isinstance(number, bool) else number)
        own = constant and array.dtype.kind in "ib"
        return numbers(array, "" if own else self.program.dtype)


def _array(number: Any) -> Array:
    """A number as the array that it is elsewhere: what Python counts in integers are floats."""
    array = np.asarray(number)
    return array.astype(float) if array.dtype.kind == "i" and not array.shape else array


def _helpers(program: Program) -> list[str]:
    """The functions that the program's lines may use: no step may take their names."""
    formulas = [formula_of(step) for step in program.steps]
    return functions(
        text for formula in formulas for text in (formula.code, *formula.derivatives.values())
    )


def names_of(program: Program) -> dict[str, str]:
    """What the leaves and steps of a program are called in its staged code, and in its picture."""
    return identifiers(program, _helpers(program))


def identifiers(program: Program, taken: Iterable[str] = ()) -> dict[str, str]:
    """A name for each leaf and step that Python takes, whose gradient's (with d before it) is free,
    too. An inner step is called after its number."""
    names: dict[str, str] = {}
    used = {*taken, *RESERVED}
    every = (*program.inputs, *program.constants, *program.by_name)
    for name in sorted(every, key=lambda name: not is_name(name)):
        identifier = name if is_name(name) else f"t{program.numbers[name]}"
        while {identifier, f"d{identifier}"} & used or keyword.iskeyword(f"d{identifier}"):
            identifier += "_"
        names[name] = identifier
        used |= {identifier, f"d{identifier}"}
    return names


def _fitted(text: str, got: Sequence[int], shape: Sequence[int], name: str) -> str:
    """A contribution brought to its operand's shape: stretched, or summed over what was stretched
    when the operand was broadcast."""
    added = len(got) - len(shape)
    if added < 0 or any(m == 1 != n for m, n in zip(got[added:], shape, strict=True)):
        return f"np.broadcast_to({text}, {name}.shape)"
    axes = [added + i for i, n in enumerate(shape) if n == 1 != got[added + i]]
    text = atom(text)
    if axes:
        text += f".sum(axis={_axis(axes)}, keepdims=True)"
    return f"{text}.sum(axis={_axis(range(added))})" if added else text


def _axis(axes: Iterable[int]) -> str:
    one, *more = axes
    return repr((one, *more) if more else one)
