"""A case as staged code: numbered forward lines, and for each its backward lines.

:func:`stage` turns a program into a :class:`Listing`, whose lines have been run: each knows what
its name holds after it. Plain numbers are computed with ``math``, everything else with numpy; where
``math`` has no answer (infinities, NaN, its exceptions), numpy is used for plain numbers, too.
"""

from __future__ import annotations

import builtins
import keyword
import math
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.language.snippet import source
from harness.language.syntax import NAME
from harness.showing.code import (
    NotScalar,
    derivative,
    fill,
    functions,
    index_text,
    literal,
    python,
)
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.local import FUNCTIONS, Local
from harness.vocabulary.program import Array, Program, Step, Value
from harness.vocabulary.signatures import OPERATIONS

NOTICE: Final = "# Notice +="
RESERVED: Final = frozenset({"np", "math", "pi", "inf", "nan", *dir(builtins)})
"""What lines of code, and the functions that they use, mean by these names."""
WIDEST: Final = 60
"""Lines of code that are longer do not move the numbers of all the others."""

VECTORS: Final[Mapping[tuple[int, int], tuple[str, str]]] = {
    (1, 1): ("{dout} * {y}", "{x} * {dout}"),
    (1, 2): ("{y} @ {dout}", "outer({x}, {dout})"),
    (2, 1): ("outer({dout}, {y})", "{x}.T @ {dout}"),
    (2, 2): ("{dout} @ {y}.T", "{x}.T @ {dout}"),
}
"""A matrix product's derivatives by the ranks of its operands, as one would write them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of code. ``kind`` is ``input``, ``constant``, ``forward``, ``seed``, ``backward``
    or ``comment``.

    ``number`` is that of the forward line, ``name`` the step or input whose value (or gradient) the
    line writes, ``value`` what that holds after it. A backward line has its ``step`` and
    ``position``, the use that it goes through, ``contribution``, what it writes or adds, and
    ``local``, the local derivative where that is a plain number.
    """

    kind: str
    code: str
    number: int | None = None
    name: str = ""
    value: Array | None = None
    step: Step | None = None
    position: int = 0
    contribution: Array | None = None
    local: float | None = None
    note: str = ""

    @property
    def adds(self) -> bool:
        """Whether the line adds to what is there."""
        return self.note == NOTICE


@dataclass(frozen=True, slots=True)
class Listing:
    """``names`` maps inputs, constants and steps to their identifiers; a gradient's begins with d.

    ``imports`` are the lines before the first: imports and the functions that are used. ``plain``:
    the output's upstream gradient is 1, and no line needs it; then the text leaves it out.
    """

    imports: tuple[str, ...]
    lines: tuple[Line, ...]
    names: Mapping[str, str]
    plain: bool

    def gradient(self, name: str) -> str:
        """The identifier of the gradient of ``name``."""
        return f"d{self.names[name]}"

    def text(self, values: bool = False) -> str:
        """The whole listing; with ``values`` each line tells what its name holds after it."""
        lines = [line for line in self.lines if line.kind != "seed" or not self.plain]
        return "\n".join([*self.imports, "", *_laid_out(lines, values)]) + "\n"


def stage(program: Program) -> Listing:
    """The staged code of ``program``, each of its lines run once."""
    if program.scalar and program.dtype == "float64":
        try:
            return _Stage(program, scalar=True).listing()
        except (NotScalar, ArithmeticError, ValueError, TypeError):
            pass  # math has no answer, numpy has
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _Stage(program, scalar=False).listing()


class _Stage:
    """Writes the lines of a program, and runs each as it is written."""

    def __init__(self, program: Program, scalar: bool) -> None:
        self.program, self.scalar = program, scalar
        self.numbers = {step.name: i for i, step in enumerate(program.steps, 1)}
        self.scope: dict[str, Any] = {"math": math, "np": np, **FUNCTIONS}
        self.values: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.plain_seed = scalar and program.seed == 1.0
        self.names = identifiers(program, self._helpers())
        self.quiet = True

    def listing(self) -> Listing:
        lines = [*self._leaves(), Line("comment", ""), Line("comment", "# forward pass")]
        lines += self._forward()
        lines[-1] = replace(lines[-1], note="# done!")
        lines += [Line("comment", ""), *self._backward(), Line("comment", "# done! phew")]
        used = [source(name) for name in functions(line.code for line in lines)]
        imports = ["import math"] if self.scalar or any("math." in text for text in used) else []
        imports += [] if self.scalar else ["import numpy as np"]
        if not self.quiet:
            imports += ["", 'np.seterr(all="ignore")  # infinities and NaN are meant here']
        for text in used:
            imports += ["", "", *text.splitlines()]
        imports = [*imports, ""] if used else imports
        return Listing(tuple(imports), tuple(lines), self.names, self.plain_seed)

    # -- forward -----------------------------------------------------------------------------------

    def _leaves(self) -> Iterator[Line]:
        first = "# example values"
        for kind, table in (("input", self.program.inputs), ("constant", self.program.constants)):
            for name, value in table.items():
                text = self._literal(value, kind == "constant")
                yield replace(self._set(kind, name, text), note=first)
                first = ""

    def _forward(self) -> Iterator[Line]:
        for step in self.program.steps:
            yield self._set("forward", step.name, self._code(step), self.numbers[step.name])

    def _set(self, kind: str, name: str, text: str, number: int | None = None) -> Line:
        value = self._run(text)
        if self.scalar and kind != "constant" and not math.isfinite(value):
            raise NotScalar(name)
        self.scope[self.names[name]] = value
        self.values[name] = self._array(value)
        return Line(kind, f"{self.names[name]} = {text}", number, name, self.values[name])

    def _code(self, step: Step) -> str:
        operands = [self.names[x] if isinstance(x, str) else literal(x) for x in step.operands]
        if step.operation.compares:
            return f"{operands[0]} {step.operation.symbol} {operands[1]}"
        text = FORMULAS[step.op].code
        if step.op == "index":
            return fill(text, step, 0, self._name, index=self._index(step))
        return python(fill(text, step, 0, self._name, n=self._count(step)), self.scalar)

    def _count(self, step: Step) -> int:
        return Local(self.program, step, self.values).count

    def _index(self, step: Step) -> str:
        return index_text(step.parameters["index"], self._name)

    def _name(self, name: str) -> str:
        return self.names[name]

    # -- backward ----------------------------------------------------------------------------------

    def _backward(self) -> Iterator[Line]:
        program, output = self.program, self.program.output
        self._let(output, self._literal(program.seed))
        last = program.steps[-1]
        plain = all(self._ends_plain(last, position) for position in range(len(last.operands)))
        self.plain_seed = self.plain_seed and plain and bool(last.parents)
        text = f"d{self.names[output]} = {self._literal(program.seed)}"
        yield Line("seed", text, None, output, self.gradients[output], note="# seed")
        for step in reversed(program.steps):
            if step.name in program.reaching:
                yield from self._back(step)
        for name in (*program.inputs, *(step.name for step in program.steps)):
            if name in program.differentiable and name not in self.gradients:
                zero = "0.0" if self.scalar else f"np.zeros_like({self.names[name]})"
                self._let(name, zero)
                note = f"# no path to {self.names[output]}"
                text = f"d{self.names[name]} = {zero}"
                yield Line("backward", text, None, name, self.gradients[name], note=note)

    def _ends_plain(self, step: Step, position: int) -> bool:
        """Whether an upstream gradient of 1 can be left out of the line."""
        name = step.operands[position]
        if not isinstance(name, str) or name not in self.program.differentiable:
            return True
        return step.op in OPERATIONS and derivative(step, position).endswith(" * {dout}")

    def _back(self, step: Step) -> Iterator[Line]:
        parts = [
            position
            for position, name in enumerate(step.operands)
            if isinstance(name, str) and name in self.program.differentiable
        ]
        if not parts:
            return
        code = f"{self.names[step.name]} = {self._code(step)}"
        yield Line("comment", f"# backprop {code}")
        for position in parts:
            name = str(step.operands[position])
            text, number = self._contribution(step, position)
            adds = name in self.gradients
            if not adds and self._shared_later(name, number):
                text = f"{text if _is_call(text) else f'({text})'}.copy()"
            self._add(name, number)
            yield Line(
                "backward",
                f"d{self.names[name]} {'+=' if adds else '='} {text}",
                self.numbers[step.name],
                name,
                self.gradients[name],
                step,
                position,
                self._array(number),
                self._local(step, position),
                NOTICE if adds else "",
            )

    def _contribution(self, step: Step, position: int) -> tuple[str, Any]:
        """Local derivative × upstream as a line, in its operand's shape; and what it comes to."""
        name, upstream = self.names[step.name], f"d{self.names[step.name]}"
        operation, operand = step.operation, str(step.operands[position])
        template = derivative(step, position)
        given = {"out": name, "dout": upstream, "n": self._count(step)}
        if operation.reduces and not step.arguments["keepdims"]:
            axis = step.arguments["axis"]
            if axis is not None and self.program.shapes[str(step.operands[0])]:
                given |= {key: f"expand_dims({given[key]}, {axis})" for key in ("out", "dout")}
        if step.op == "index":
            index = self._index(step)
            given["index"] = f"np.s_[{index}]"
        if step.op == "matmul":
            template = self._product(step, position)
        template = self._at_the_edge(step, position, template, given)
        if self.plain_seed and step.name == self.program.output:
            template = template.removesuffix(" * {dout}")
            if template.startswith("(") and _is_closed(template[1:-1]) and template[-1] == ")":
                template = template[1:-1]
        text = python(fill(template, step, position, self._name, **given), self.scalar)
        if text in (f"1 * {given['dout']}", f"-1 * {given['dout']}"):
            text = f"({text.split()[0]}) * {given['dout']}"
        number = self._run(text)
        shape = self.program.shapes[operand]
        if np.shape(number) != shape:
            text = _fitted(text, np.shape(number), shape, self.names[operand])
            number = self._run(text)
        return text, number

    def _product(self, step: Step, position: int) -> str:
        ranks = [len(self.program.shapes[str(operand)]) for operand in step.operands]
        if (ranks[0], ranks[1]) in VECTORS:
            return VECTORS[ranks[0], ranks[1]][position]
        row, column = ranks[0] == 1, ranks[1] == 1
        dout = "{dout}" + ("[..., None, :]" if row else "[..., None]" if column else "")
        if position == 0:
            other = "{y}[None, :]" if column else "{y}.mT"
            return f"({dout} @ {other})" + ("[..., 0, :]" if row else "")
        other = "{x}[:, None]" if row else "{x}.mT"
        return f"({other} @ {dout})" + ("[..., 0]" if column else "")

    def _at_the_edge(
        self, step: Step, position: int, template: str, given: Mapping[str, Any]
    ) -> str:
        """The template, with torch's answer where the formula has none at these numbers."""
        edge = FORMULAS[step.op].edges.get(step.operation.operand(position))
        if edge is None:
            return template
        condition, answer = edge
        there = np.asarray(
            self._run(python(fill(condition, step, position, self._name, **given), self.scalar))
        )
        return f"where({condition}, {answer}, {template})" if there.any() else template

    def _local(self, step: Step, position: int) -> float | None:
        """The local derivative of plain numbers."""
        operand = self.program.shapes[str(step.operands[position])]
        if operand or self.program.shapes[step.name] or step.op == "index":
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

    def _array(self, number: Any) -> Array:
        """A number as the array that it is elsewhere: what Python counts in integers are floats."""
        array = np.asarray(number)
        return array.astype(float) if array.dtype.kind == "i" and not array.shape else array

    def _let(self, name: str, text: str) -> None:
        number = self._run(text)
        self.scope[f"d{self.names[name]}"] = number
        self.gradients[name] = self._array(number)

    def _add(self, name: str, number: Any) -> None:
        own = f"d{self.names[name]}"
        self.scope[own] = self.scope[own] + number if name in self.gradients else number
        if self.scalar and not math.isfinite(self.scope[own]):
            raise NotScalar(name)
        self.gradients[name] = self._array(self.scope[own])

    # -- running -----------------------------------------------------------------------------------

    def _run(self, text: str) -> Any:
        with warnings.catch_warnings(record=True) as told, np.errstate(all="warn"):
            warnings.simplefilter("always")
            number = eval(text, self.scope)
        self.quiet = self.quiet and not told
        if self.scalar and isinstance(number, complex):
            raise NotScalar(text)
        return number

    def _literal(self, value: Value | Array, constant: bool = False) -> str:
        array = np.asarray(value)
        if self.scalar:
            number = array.item()
            whole = number == round(number) and abs(number) < 1e6 and str(number) != "-0.0"
            return repr(round(number) if whole and not isinstance(number, bool) else number)
        if not array.size:
            return f"np.zeros({array.shape}, np.{array.dtype})"
        items = _nested(array.tolist())
        if len(items) > WIDEST and np.isfinite(array).all():
            lines = np.array2string(
                array, 100, None, None, ", ", threshold=array.size + 1, floatmode="unique"
            )
            items = "\n" + textwrap.indent(lines, "    ") + "\n"
        kind = "" if constant and array.dtype.kind in "ib" else self.program.dtype
        if not array.shape and kind:
            return f"np.{kind}({items})"
        return f"np.array({items})" if kind in ("", "float64") else f"np.array({items}, np.{kind})"

    def _helpers(self) -> frozenset[str]:
        """The functions that the program's lines may use: no step may take their names."""
        texts = []
        for step in self.program.steps:
            if step.op in OPERATIONS:
                formula = FORMULAS[step.op]
                texts += [formula.code, *formula.derivatives.values()]
        return frozenset(functions(texts))


def identifiers(program: Program, taken: Iterable[str] = ()) -> dict[str, str]:
    """A name for each leaf and step that Python takes, whose gradient's (with d before it) is free,
    too. An inner step is called after its number."""
    names: dict[str, str] = {}
    used = {*taken, *RESERVED}
    own = [*program.inputs, *program.constants, *(step.name for step in program.steps)]
    numbers = {step.name: i for i, step in enumerate(program.steps, 1)}
    for inner in (False, True):
        for name in own:
            if (NAME.fullmatch(name) is None) != inner:
                continue
            found = f"t{numbers[name]}" if inner else name
            while found in used or f"d{found}" in used or keyword.iskeyword(f"d{found}"):
                found += "_"
            names[name] = found
            used |= {found, f"d{found}"}
    return names


def _nested(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')" if value != value else f"{'-' if value < 0 else ''}np.inf"
    return repr(value)


def _fitted(text: str, got: tuple[int, ...], shape: tuple[int, ...], name: str) -> str:
    """A contribution brought to its operand's shape: stretched, or summed over what was stretched
    when the operand was broadcast."""
    if len(got) < len(shape) or any(
        m == 1 != n for m, n in zip(got[len(got) - len(shape) :], shape, strict=True)
    ):
        return f"np.broadcast_to({text}, {name}.shape)"
    added = len(got) - len(shape)
    axes = [added + i for i, n in enumerate(shape) if n == 1 != got[added + i]]
    inner = text if _is_call(text) else f"({text})"
    if axes:
        inner += f".sum(axis={_axis(axes)}, keepdims=True)"
    if added:
        inner += f".sum(axis={_axis(range(added))})"
    return inner


def _axis(axes: Iterable[int]) -> str:
    several = tuple(axes)
    return repr(several[0]) if len(several) == 1 else repr(several)


def _is_call(text: str) -> bool:
    """Whether a method can be put behind the text as it stands."""
    start = text.find("(")
    return (
        text.endswith(")")
        and text[:start].replace(".", "").isidentifier()
        and _is_closed(text[start + 1 : -1])
    )


def _is_closed(text: str) -> bool:
    """Whether no parenthesis in the text closes one before it."""
    depth = 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if depth < 0:
            return False
    return True


# -- layout ----------------------------------------------------------------------------------------


def _laid_out(lines: Iterable[Line], values: bool) -> Iterator[str]:
    """Codes, notes and numbers, each in a column of its own."""
    lines = list(lines)
    noticed = min(WIDEST, 1 + max((len(line.code) for line in lines if line.adds), default=0))
    told = [(line, _with_note(line, noticed)) for line in lines]
    wide = max(
        (len(text) for line, text in told if line.number is not None or line.adds), default=0
    )
    wide = min(wide + 3, WIDEST + len(NOTICE) + 3)
    for line, text in told:
        if line.number is not None:
            text = f"{text:<{wide - 1}} #({line.number})"
        if values and line.value is not None and line.kind not in ("input", "constant"):
            text = f"{text:<{wide + 5}} {_told(line)}"
        yield text


def _with_note(line: Line, column: int) -> str:
    if not line.note:
        return line.code
    return f"{line.code:<{column - 1}} {line.note}" if line.adds else f"{line.code} {line.note}"


def _told(line: Line) -> str:
    start = "= "
    if line.adds and line.contribution is not None:
        start = f"+ {number_text(line.contribution)} = "
    sign = "" if line.number is not None else "# "
    assert line.value is not None
    return f"{sign}{start}{number_text(line.value)}"


def number_text(array: Array, digits: int = 10, most: int = 4) -> str:
    """A number in ``digits`` digits, or the first elements of an array and its shape."""
    if not array.shape:
        return str(array) if array.dtype.kind in "bi" else f"{float(array):.{digits}g}"
    few = ", ".join(number_text(np.asarray(item), 6) for item in array.reshape(-1)[:most])
    more = ", …" if array.size > most else ""
    return f"[{few}{more}] {'×'.join(map(str, array.shape))}"
