"""From staged Python code to a program: what `harness listing` writes, read back; and what people
write by hand.

:func:`read` takes the text of a snippet, which is parsed and never run. Numbers that are assigned
to names are its leaves, every other assignment is a stage. A backward pass below the forward pass
is left out; a leaf that gets no gradient in it is a constant.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import warnings
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Final, NoReturn

import numpy as np

from harness.language.alignment import BREAK
from harness.language.case import CaseError
from harness.language.document import MAX_BYTES, Problem
from harness.language.expression import Flattener
from harness.language.numerals import MODULES, NUMBERS, called, number, numeral
from harness.language.steps import MAX_STEPS, TooManySteps
from harness.language.syntax import TOO_DEEP, Unusable, is_deep, is_name
from harness.language.translation import Setting, Untranslatable, translated
from harness.vocabulary.local import FUNCTIONS
from harness.vocabulary.program import Array, Program, Stage, Value, default_seed, leaf
from harness.vocabulary.shapes import MAX_ELEMENTS
from harness.vocabulary.signatures import OPERATIONS

WRAPPERS: Final = frozenset(
    {"array", "asarray", "tensor", "float", "float32", "float64"}
    | {"Tensor", "Value", "Variable", "Var", "Scalar", "Node"}
)
"""What numbers are put into."""

FILLED: Final = {"zeros": 0.0, "ones": 1.0}
BACKWARD: Final = re.compile(r"\s*#+\s*back(prop|ward( pass)?\W*$|ward (pass )?of)", re.IGNORECASE)
LIBRARIES: Final = {"math": "numpy", "numpy": "numpy", "torch": "torch", "jax": "numpy"}
"""Whose conventions the functions of a library have."""

OWN_KINDS: Final = {"onehot": ("labels",)}
"""Of what kinds the arguments of a listing's own functions are."""

HELPERS: Final = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.Expr, ast.Pass)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet as a program. ``backward`` is the line where its backward pass begins, if any."""

    program: Program
    backward: int | None


def read(
    text: str,
    name: str,
    inputs: Mapping[str, Value] = MappingProxyType({}),
    constants: Mapping[str, Array] = MappingProxyType({}),
) -> Snippet:
    """The program that a snippet computes; raises :class:`CaseError`, with ``name`` for its path.

    ``inputs`` and ``constants`` take the place of its leaves of the same name; it may lack them.
    """
    return _Reader(text, name, inputs, constants).snippet()


class _Reader:
    def __init__(
        self, text: str, name: str, inputs: Mapping[str, Value], constants: Mapping[str, Array]
    ) -> None:
        self.text, self.name = text, name
        self.inputs, self.constants = inputs, constants
        self.lines = BREAK.split(text)
        self.problems: list[Problem] = []

    def snippet(self) -> Snippet:
        body = self._body()
        forward, backward = self._halves(body)
        leaves: dict[str, Value] = {**self.inputs, **self.constants}
        lines: dict[str, ast.expr] = {}
        for target, value in self._assignments(forward).items():
            given = _number(value)
            if given is not None:
                leaves.setdefault(target, given)
            elif target in leaves:
                self._complain(value, f"{target!r} is computed here, and cannot be given as well")
            else:
                lines[target] = value
        constants = self._constants(leaves, lines, backward)
        flattener = Flattener({name: np.shape(value) for name, value in leaves.items()}, constants)
        stages = self._stages(flattener, lines, self._setting(body))
        if not flattener.steps and not self.problems:
            self._complain(None, "there is no step: a line such as f = x * y")
        self._raise()
        output = flattener.steps[-1].name
        program = Program(
            {name: leaf(value) for name, value in leaves.items() if name not in constants},
            flattener.constants,
            tuple(flattener.steps),
            flattener.shapes,
            self._seed(backward, output, flattener.shapes[output]),
            stages=stages,
        )
        if output not in program.differentiable:
            self._complain(None, f"the output {output!r} depends on no input: assign numbers to it")
        self._raise()
        return Snippet(program, backward[0].lineno if backward else None)

    def _complain(self, node: ast.AST | None, message: str) -> None:
        """About a node, or the whole: whose columns are Python's, in bytes."""
        line, offset = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        before = self.lines[line - 1].encode()[:offset].decode()
        self.problems.append(Problem(line, len(before) + 1, message))

    def _fail(self, node: ast.AST, message: str) -> NoReturn:
        self._complain(node, message)
        raise Unusable

    def _raise(self) -> None:
        if self.problems:
            raise CaseError(self.name, self.problems)

    # -- statements --------------------------------------------------------------------------------

    def _body(self) -> list[ast.stmt]:
        tree = ast.Module([], [])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self.text[: MAX_BYTES + 1])
        except SyntaxError as error:
            line, column = error.lineno or 1, max(error.offset or 1, 1)
            self.problems.append(Problem(line, column, f"this is not Python: {error.msg}"))
        except (ValueError, RecursionError, MemoryError):
            self._complain(None, "this is not Python, or nested too deep")
        if len(self.text) > MAX_BYTES:
            self.problems = []
            self._complain(None, f"a snippet has at most {MAX_BYTES:,} characters")
        self._raise()
        return tree.body

    def _halves(self, body: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements of the forward pass, and those of the backward pass: that begins where a
        comment says so, or with the gradient of the last stage or of what that is made from."""
        marks = [i for i, line in enumerate(self.lines, 1) if BACKWARD.match(line)]
        ends: set[str] = set()
        above = 0
        for position, statement in enumerate(body):
            here = statement.lineno
            marked = any(above < mark < here for mark in marks)
            first = ends.intersection(_targets(statement)) and _only_gradients(body[position:])
            if ends and (marked or first):
                return body[:position], body[position:]
            above = statement.end_lineno or here
            value = getattr(statement, "value", None)
            if isinstance(statement, ast.Assign | ast.AnnAssign) and _number(value) is None:
                used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
                ends = {f"d{name}" for name in used}
        return body, []

    def _assignments(self, body: list[ast.stmt]) -> dict[str, ast.expr]:
        """Each name with what is assigned to it; complaints about everything else."""
        assigned: dict[str, ast.expr] = {}
        for statement in body:
            with suppress(Unusable):
                for target, value in self._pairs(statement):
                    with suppress(Unusable):
                        assigned[self._name(target, assigned)] = value
        return assigned

    def _name(self, target: ast.expr, taken: Container[str]) -> str:
        if not isinstance(target, ast.Name):
            self._fail(target, "only a name can be assigned to here")
        name = target.id
        if not is_name(name) or name in ("inf", "nan"):
            self._fail(target, f"{name!r} is no name here: a letter, then letters, digits, _")
        if name in taken:
            self._fail(target, f"{name!r} is written twice: give the second another name")
        return name

    def _pairs(self, statement: ast.stmt) -> Iterable[tuple[ast.expr, ast.expr]]:
        """The targets of an assignment, each with its value."""
        if isinstance(statement, HELPERS):
            return []
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            return [(statement.target, statement.value)]
        if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
            what = type(statement).__name__.lower()
            usual = f"a case has no {what}: write every step as name = expression"
            self._fail(
                statement,
                "a case has no +=: write the sum to a new name"
                if isinstance(statement, ast.AugAssign)
                else usual,
            )
        target, value = statement.targets[0], statement.value
        if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)):
            return [(target, value)]
        if len(target.elts) != len(value.elts):
            self._fail(target, "as many names as values are needed")
        return zip(target.elts, value.elts, strict=True)

    # -- leaves and stages -------------------------------------------------------------------------

    def _constants(
        self,
        leaves: Mapping[str, Value],
        lines: Mapping[str, ast.expr],
        backward: list[ast.stmt],
    ) -> dict[str, Array]:
        """The leaves without a gradient: booleans, indices and labels, and those that the backward
        pass, where there is one, leaves out."""
        written = {name for statement in backward for name in _targets(statement)}
        without = {name for name in leaves if f"d{name}" not in written} - self.inputs.keys()
        if without == leaves.keys() - self.inputs.keys():
            without = set()  # there is no backward pass, or it has not got so far
        without |= self.constants.keys()
        whole = {name for tree in lines.values() for name in _indices(tree)}
        arrays = {name: np.asarray(value) for name, value in leaves.items()}
        return {
            name: array
            for name, array in arrays.items()
            if array.dtype.kind == "b"
            or (array.dtype.kind == "i" and name in whole)
            or name in without
        }

    def _stages(
        self, flattener: Flattener, lines: Mapping[str, ast.expr], setting: Setting
    ) -> tuple[Stage, ...]:
        """The lines as stages of a case, and flattened."""
        stages: list[Stage] = []
        conditions: dict[str, ast.expr] = {}
        later = frozenset(lines)
        for name, line in lines.items():
            own = replace(setting, names={**setting.names, **conditions})
            try:
                if is_deep(line):
                    raise Untranslatable(line, TOO_DEEP)
                tree = translated(line, own)
                if isinstance(tree, ast.Compare):
                    conditions[name] = tree  # a comparison only stands inside a where
                else:
                    flattener.stage(name, tree, self._complain, later)
                    stages.append(Stage(name, ast.unparse(tree)))
            except Untranslatable as error:
                self._complain(error.node, str(error))
                flattener.poisoned.add(name)
            except TooManySteps:
                self._complain(line, f"more than {MAX_STEPS:,} steps")
                break
        return tuple(stages)

    def _seed(self, backward: list[ast.stmt], output: str, shape: tuple[int, ...]) -> Value:
        """The output's upstream gradient, where the backward pass begins with one in numbers."""
        for statement in backward:
            if isinstance(statement, ast.Assign) and _targets(statement) == [f"d{output}"]:
                seed = _number(statement.value)
                if seed is not None and np.shape(seed) != shape:
                    self._complain(
                        statement.value,
                        f"d{output} has shape {np.shape(seed)}, but {output} has {shape}",
                    )
                elif seed is not None:
                    return leaf(seed)
        return default_seed(shape)

    def _setting(self, body: list[ast.stmt]) -> Setting:
        """What modules, and their numbers, are called here, and which functions are the snippet's
        own, those of a listing apart."""
        modules: dict[str, str] = dict(MODULES)
        names: dict[str, ast.expr] = {}
        for statement in body:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for alias in statement.names:
                whole = getattr(statement, "module", None) or alias.name
                library = LIBRARIES.get(whole.partition(".")[0])
                here = alias.asname or alias.name.partition(".")[0]
                if library and isinstance(statement, ast.ImportFrom) and alias.name in NUMBERS:
                    names[here] = numeral(alias.name)
                elif library and (isinstance(statement, ast.Import) or here != alias.name):
                    modules[here] = library
        defined = [item for item in body if isinstance(item, ast.FunctionDef)]
        own = frozenset(item.name for item in defined if ast.unparse(item) != source(item.name))
        words = set(re.findall(r"\w+", self.text)) - {"math"}  # which has no arrays
        libraries = {modules[word] for word in words if word in modules}
        return Setting(names, modules, libraries == {"torch"}, own)


def _only_gradients(body: list[ast.stmt]) -> bool:
    return all(name.startswith("d") for statement in body for name in _targets(statement))


def _targets(statement: ast.stmt) -> list[str]:
    """The names that a statement writes."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return []
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    nodes = [node for target in targets for node in ast.walk(target)]
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _number(tree: ast.expr | None) -> Value | None:
    """What a leaf is: a number or nested lists of them, as they are or put into something."""
    while isinstance(tree, ast.Call) and tree.args and called(tree) in WRAPPERS:
        if any("32" in ast.unparse(key.value) for key in tree.keywords) or "32" in called(tree):
            return None  # single precision: what cannot be kept is not read
        tree = tree.args[0]
    if isinstance(tree, ast.Call) and tree.args and called(tree) in FILLED:
        return _filled(tree)
    value = None if tree is None else number(tree)
    try:
        array = np.asarray(value)
    except ValueError:  # lists of different lengths
        return None
    if array.dtype.kind not in "fib":
        return None
    return array if array.shape else value


def _filled(call: ast.Call) -> Array | None:
    """``zeros((2, 3))`` and the like; None where it is too large."""
    sizes = number(call.args[0])
    shape = tuple(sizes if isinstance(sizes, list) else map(number, call.args))
    whole = all(isinstance(size, int) and 0 <= size <= MAX_ELEMENTS for size in shape)
    fits = whole and math.prod(shape) <= MAX_ELEMENTS
    return np.full(shape, FILLED[called(call)]) if fits else None


def _indices(tree: ast.expr) -> Iterator[str]:
    """The names that stand where only integers can: in brackets, and as labels."""
    for node in ast.walk(tree):
        places = [node.slice] if isinstance(node, ast.Subscript) else []
        if isinstance(node, ast.Call):
            operation = OPERATIONS.get(called(node))
            kinds = OWN_KINDS.get(called(node), operation.operands.values() if operation else ())
            places = [
                place for place, kind in zip(node.args, kinds, strict=False) if kind == "labels"
            ]
        for place in places:
            yield from (name.id for name in ast.walk(place) if isinstance(name, ast.Name))


@cache
def source(name: str) -> str:
    """The source of a function of ``numerics`` as a listing has it, without annotations; nothing
    where there is none."""
    function = FUNCTIONS.get(name)
    if function is None:
        return ""
    tree = ast.parse(inspect.getsource(function))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)
