"""Engines of formulas: a program is a text or a nested tuple, and functions tell its value and its
gradients for the numbers that its names have; or a function of Python's, whose source they read.

Which notation is read, by what function, and how that is given the numbers, is tried in turn on
sums and products, until both the value and the derivatives are right.
"""

from __future__ import annotations

import inspect
import linecache
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import ModuleType
from typing import Any, Final, Self

import numpy as np

from harness import languages
from harness.engines.clock import tried
from harness.engines.engine import EngineError, Unsupported
from harness.engines.names import may_be_tried
from harness.engines.numbers import number_in
from harness.engines.running.objects import GraphEngine
from harness.engines.running.telling import needed_of
from harness.engines.sources import is_own
from harness.engines.trace import Trace
from harness.engines.writing import calls
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.aliases import ALIASES
from harness.vocabulary.examples import example
from harness.vocabulary.native import NATIVE
from harness.vocabulary.program import Program, Step, Value

POINT: Final = {"x": 1.625, "y": 0.75}
"""Where formulas are tried."""

RIGHT: Final = {
    "mul": (1.21875, [0.75, 1.625]),
    "add": (2.375, [1.0, 1.0]),
}
"""Their values there, and derivatives."""

SIGNS: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "matmul": "@"}

LONGEST: Final = 200_000
"""Texts with more signs, those of all steps together, are not built: what is used twice is written
twice."""

Point = Mapping[str, Value]


def _infix(name: str, operands: Sequence[str]) -> str:
    if name.replace(".", "").isidentifier():
        return f"{name}({', '.join(operands)})"
    return f"({f' {name} '.join(operands)})" if len(operands) > 1 else f"({name}{operands[0]})"


INFIX: Final = "x * y"

NOTATIONS: Final[Mapping[str, Callable[[str, Sequence[Any]], Any]]] = {
    INFIX: _infix,
    "x y *": lambda name, operands: " ".join([*operands, name]),
    "(* x y)": lambda name, operands: f"({' '.join([name, *operands])})",
    "('mul', x, y)": lambda name, operands: (name, *operands),
    "['mul', x, y]": lambda name, operands: [name, *operands],
}
"""How an operation of a name is written."""

Ask = Callable[[Callable[..., Any], Any, Point], Any]

ASKED: Final[Mapping[str, Ask]] = {
    "f(…, {x: number})": lambda f, formula, at: f(formula, dict(at)),
    "f(…, x=number)": lambda f, formula, at: f(formula, **at),
    "f(…)({x: number})": lambda f, formula, at: f(formula)(dict(at)),
    "f(…)(x=number)": lambda f, formula, at: f(formula)(**at),
    "f(…, [x])(number)": lambda f, formula, at: f(formula, list(at))(*at.values()),
    "f('lambda x: …')(number)": lambda f, formula, at: f(f"lambda {', '.join(at)}: {formula}")(
        *at.values()
    ),
}
"""How a function is given a formula and the numbers of its names."""

TRANSFORMED: Final = "f(function)(number)"
PLAIN: Final = "function(number)"
"""How a function is differentiated that computes the formula, and how it is called as it is."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads formulas: a function, as it is told, and how it is asked."""

    told: str
    function: Callable[..., Any]
    ask: Ask

    def value(self, formula: Any, at: Point) -> Any:
        """The value of a formula, which may come with the gradients."""
        answer = self.ask(self.function, formula, at)
        both = isinstance(answer, tuple | list) and answer and number_in(answer) is None
        return answer[0] if both else answer

    def slopes(self, formula: Any, at: Point) -> dict[str, Any]:
        """The gradients by each of the names, which may come after the value."""
        answer = self.ask(self.function, formula, at)
        if isinstance(answer, tuple | list) and answer and number_in(answer) is None:
            answer = answer[1]
        if len(at) == 1 and not isinstance(answer, Mapping | tuple | list):
            answer = [answer]
        return dict(answer) if isinstance(answer, Mapping) else dict(zip(at, answer, strict=True))


@dataclass(frozen=True, eq=False, slots=True)
class Formula:
    """A node: what is written for it."""

    text: Any


@dataclass(frozen=True, slots=True)
class Usage:
    """The notation, what tells values, and what gradients."""

    notation: str
    values: Reader
    slopes: Reader

    @property
    def of_functions(self) -> bool:
        """Whether it is functions of Python's that are read, which Python computes, too."""
        return "(function" in self.slopes.told

    def reads(self, formula: Any, at: Point) -> bool:
        """Whether a formula has a value; one that Python computes must have gradients, too."""
        told = [self.values.value(formula, at)]
        told += self.slopes.slopes(formula, at).values() if self.of_functions else []
        return all(number_in(item) is not None for item in told)


class FormulaEngine(GraphEngine):
    """Runs a program as a formula, whose value is asked for after each step."""

    computes_anew = True
    cls: type = Formula

    def __init__(self, module: ModuleType | None = None, usage: Usage | None = None) -> None:
        super().__init__(Formula, module)
        if usage is None and (self.module is None or (usage := _usage(self.module)) is None):
            raise EngineError(languages.told("engine", "no-formula-function"))
        self.usage = usage
        self.point: dict[str, Value] = {}
        self.answers: Mapping[str, Any] = {}
        self.signs = 0
        self._spelt: dict[str, str] = {}

    @classmethod
    def of(cls, module: ModuleType) -> Self | None:
        """The engine of a module's functions of formulas; None where it has none."""
        usage = _usage(module)
        return None if usage is None else cls(module, usage)

    @property
    def way_back(self) -> None:
        """No usual method gives the gradients."""
        return None

    def run(self, program: Program) -> Trace:
        """A program, with no names yet."""
        self.point, self.answers, self.signs = {}, {}, 0
        return super().run(program)

    @property
    def nested(self) -> bool:
        """Whether programs are tuples or lists, and no texts."""
        return self.usage.notation[1:2] == "'"

    def endless(self, program: Program) -> Exception | None:
        """A text has all paths written out, which is none of the engine's doing: what becomes too
        long is not built."""
        return super().endless(program) if self.nested else None

    def wrap(self, value: Value) -> Formula:
        """A name, whose number waits."""
        name = f"x{len(self.point)}"
        self.point[name] = value
        return Formula(name)

    def value(self, node: Any) -> Any:
        """What a formula is for these numbers."""
        if isinstance(node.text, str) and node.text in self.point:
            return self.point[node.text]
        return self.usage.values.value(node.text, self.point)

    def apply(self, step: Step, operands: list[Any]) -> Formula:
        """The formula for a step."""
        if step.parameters:
            raise Unsupported(f"{step.op} with {', '.join(step.parameters)}")
        if not (name := self.spelt(step.op)):
            raise Unsupported(step.op)
        return self._written(name, operands)

    def _written(self, name: str, operands: Sequence[Any]) -> Formula:
        parts = [x.text if self.is_object(x) else self._number(x) for x in operands]
        if not self.nested:
            self.signs += sum(map(len, parts))
            if self.signs > LONGEST:
                raise Unsupported("formulas that long, what is used twice being written twice")
        return Formula(NOTATIONS[self.usage.notation](name, parts))

    def _number(self, number: float) -> Any:
        if self.nested:
            return number
        bracketed = number < 0 and self.usage.notation == INFIX
        return f"({number!r})" if bracketed else repr(number)

    def spelt(self, op: str) -> str:
        """The name or sign of an operation: the first of the usual ones that is read."""
        if op not in self._spelt:
            names = _names(op)
            names += [f"np.{name}" for name in names] if self.usage.of_functions else []
            self._spelt[op] = next(filter(lambda name: self._is_read(op, name), names), "")
        return self._spelt[op]

    def _is_read(self, op: str, name: str) -> bool:
        operands, _ = example(op)
        leaves = {f"x{i}": x for i, x in enumerate(operands) if isinstance(x, float | list)}
        at = {key: np.array(x) if isinstance(x, list) else x for key, x in leaves.items()}
        given = [Formula(f"x{i}") if f"x{i}" in at else x for i, x in enumerate(operands)]
        with tried():
            return self.usage.reads(self._written(name, given).text, at)
        return False

    def place_of(self, op: str) -> str:
        """As what an operation was found, or ``missing``."""
        return f"written {name}" if (name := self.spelt(op)) else "missing"

    def backward(self, output: Any, seed: Value) -> None:
        """Asks for the gradients by all names."""
        unit = np.shape(seed) == () and float(seed) == 1.0
        target = output if unit else self.contracted(output, seed)
        self.answers = self.usage.slopes.slopes(target.text, self.point)

    def gradient(self, node: Any) -> Any:
        """What has been answered for a name; steps have none."""
        return self.answers.get(node.text) if isinstance(node.text, str) else None

    def written(self, program: Program, asked: Asked) -> Script | None:
        """A script of the calls that are made here."""
        return calls.written(self, program, asked, self.renewed())

    def told(self) -> list[str]:
        """How the engine is used, but for its operations."""
        return [
            languages.told(
                "engine",
                "formulas-of",
                notation=self.usage.notation,
                module=getattr(self.module, "__name__", "?"),
            ),
            f"value      {self.usage.values.told}",
            f"gradient   {self.usage.slopes.told}",
        ]


# -- what is tried ---------------------------------------------------------------------------------


def _names(op: str) -> list[str]:
    """How an operation may be called, its sign first."""
    sign = "-" if op == "neg" else SIGNS.get(op, "")
    words = [*ALIASES.get(op, (op,)), *((NATIVE[op].method.strip("_"),) if op in NATIVE else ())]
    signs = [sign] if sign else []
    return [*signs, *words, *(word.upper() for word in words), *(["^"] if op == "pow" else [])]


def _usage(module: ModuleType) -> Usage | None:
    """How a module's formulas are written and read; None where it has none."""
    readers = list(_readers(module))
    for notation, (op, (value, slopes)) in product(NOTATIONS, RIGHT.items()):
        for name in _names(op) if readers else ():
            formula = NOTATIONS[notation](name, list(POINT))
            values = next((r for r in readers if _tells(r, formula, value)), None)
            back = next((r for r in readers if _derives(r, formula, slopes)), None)
            if values is not None and back is not None:
                return Usage(notation, values, back)
    return None


def _readers(module: ModuleType) -> Iterator[Reader]:
    """Functions of a module, and methods of what is made of a formula, asked in every way; and
    Python, which computes the function of a formula."""
    asked = {**ASKED, **_of_functions(module)}
    for name, item in list(vars(module).items()):
        if is_own(item, module) and may_be_tried(name):
            for told, function in _functions(name, item):
                for way, ask in asked.items():
                    yield Reader(way.replace("f(", f"{told}(", 1), function, ask)
    yield Reader(PLAIN, lambda function: function, asked[TRANSFORMED])


def _of_functions(module: ModuleType) -> Mapping[str, Ask]:
    """How a function is given the one that computes a formula, and the numbers."""
    return {
        TRANSFORMED: lambda f, formula, at: f(_defined(module, formula, at))(*at.values()),
        "f(function, number)": lambda f, formula, at: f(
            _defined(module, formula, at), *at.values()
        ),
    }


def _defined(module: ModuleType, formula: str, at: Point) -> Any:
    """A function that computes a formula by what is in the module, or is Python's; where its source
    is looked for, it is found."""
    text = f"def f({', '.join(at)}):\n    return {formula}\n"
    file, home = f"<formula of {module.__name__}>", {**vars(math), **vars(module)}
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    try:
        exec(compile(text, file, "exec"), home)
    except (SyntaxError, RecursionError, MemoryError):
        raise Unsupported("formulas with so many brackets in each other") from None
    return home["f"]


def _functions(name: str, item: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    if inspect.isfunction(item) and needed_of(item):
        yield name, item
    elif isinstance(item, type) and len(needed_of(item)) == 1:
        for key in filter(may_be_tried, vars(item)):

            def asked(
                formula: Any, *at: Any, key: str = key, kind: Any = item, **given: Any
            ) -> Any:
                return getattr(kind(formula), key)(*at, **given)

            yield f"{name}.{key}", asked


def _tells(reader: Reader, formula: Any, value: float) -> bool:
    with tried():
        number = number_in(reader.value(formula, POINT))
        return number is not None and number.tolist() == value
    return False


def _derives(reader: Reader, formula: Any, slopes: Sequence[float]) -> bool:
    with tried():
        found = reader.slopes(formula, POINT)
        return [float(found[name]) for name in POINT] == slopes
    return False
