"""From syntax trees to steps: a :class:`Flattener` turns one after another into a program's."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from harness.language import literals
from harness.language.literals import is_index_list, is_int
from harness.language.syntax import Complain, shorten, suggest
from harness.vocabulary.bound import bind
from harness.vocabulary.cost import MAX_COST, cost
from harness.vocabulary.program import Array, Operand, Step
from harness.vocabulary.shapes import MAX_ELEMENTS, Shape, ShapeError, infer
from harness.vocabulary.signatures import (
    COMPARISONS,
    GATES,
    KINDS,
    OPERATIONS,
    OPERATORS,
    REQUIRED,
    SYMBOLS,
    Operation,
    usage,
)

MAX_STEPS = 50_000
MAX_SUGGESTIONS = 50

NUMBERS: Final = {"inf": math.inf, "nan": math.nan}
"""Names that are numbers, in expressions as in inputs."""


class Unusable(Exception):
    """Raised after a complaint: there is no step to go on with."""


class TooManySteps(Exception):
    """The program grew beyond ``MAX_STEPS``."""


class Flat(NamedTuple):
    """What a subexpression became: its operand, its text, and how tightly the text binds."""

    operand: Operand
    text: str
    binding: int


BINDING: Final = {"add": 1, "sub": 1, "mul": 2, "div": 2, "matmul": 2, "neg": 3, "pow": 4}
ATOM: Final = 9

_REFUSED: Final = {
    ast.Lambda: "a lambda",
    ast.JoinedStr: "an f-string",
    ast.IfExp: "an if-else; write where(condition, x, y)",
    ast.BoolOp: "and/or; write one where(…) inside the other",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.Dict: "a dictionary",
    ast.Set: "a set",
    ast.List: "a list; make it an input or a constant",
    ast.Tuple: "a tuple",
    ast.Starred: "a starred expression",
    ast.NamedExpr: "an assignment",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.YieldFrom: "yield",
    ast.Slice: "a slice",
}
_REFUSED_OPERATORS: Final = {
    ast.Mod: "%",
    ast.FloorDiv: "//",
    ast.BitXor: "^; a power is written **",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Invert: "~",
    ast.Not: "not",
    ast.UAdd: "a unary plus",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_FOLD: Final[dict[str, Callable[..., Any]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": lambda x, y: float(x) ** float(y),
    "neg": operator.neg,
}


class Flattener:
    """Collects the steps of a program, stage by stage.

    ``shapes`` starts with the leaves' and gains each step's. A name whose stage could not be
    understood goes into ``poisoned``, so that its uses are not complained about as well.
    """

    def __init__(self, shapes: Mapping[str, Shape], constants: Mapping[str, Array]) -> None:
        self.shapes = dict(shapes)
        self.constants = constants
        self.steps: list[Step] = []
        self.booleans = {name for name, array in constants.items() if array.dtype == np.bool_}
        self.poisoned: set[str] = set()
        self._occurrences: dict[str, int] = {}
        self._scope: Mapping[str, Operand] = {}
        self._later: frozenset[str] = frozenset()
        self._unknown = 0
        self._elements = self._cost = 0
        self._complain: Complain = lambda offset, message: None

    def stage(
        self,
        name: str,
        tree: ast.expr,
        complain: Complain,
        later: frozenset[str] = frozenset(),
        scope: Mapping[str, Operand] | None = None,
    ) -> str | None:
        """Append the steps of ``name = tree``; ``name``, or None after complaints.

        ``later`` holds the names of all stages, those further down among them, ``scope`` renames
        (a loop's variable to its previous turn).
        """
        self._complain, self._later, self._scope = complain, later, scope or {}
        before = len(self.steps)
        try:
            flat = self._visit(tree, name)
        except Unusable:
            self.poisoned.add(name)
            return None
        if flat.operand == name:
            return name
        if len(self.steps) > before and self.steps[-1].operation.compares:
            message = "a comparison may only be the condition of where(…)"
        elif isinstance(flat.operand, str):
            message = f"a stage needs an operation; {flat.text!r} alone computes nothing"
        else:
            message = f"a stage needs an operation; this is the number {flat.text}"
        complain(tree.col_offset, message)
        self.poisoned.add(name)
        return None

    def operand(
        self, tree: ast.expr, name: str, complain: Complain, later: frozenset[str]
    ) -> Operand | None:
        """What ``tree`` stands for: a name, a number, or a step appended as ``name``."""
        self._complain, self._later, self._scope = complain, later, {}
        try:
            return self._visit(tree, name).operand
        except Unusable:
            return None

    # -- subexpressions ------------------------------------------------------------------------

    def _fail(self, node: ast.AST, message: str) -> Unusable:
        self._complain(getattr(node, "col_offset", 0), message)
        return Unusable()

    def _visit(self, node: ast.expr, name: str | None = None) -> Flat:
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.BinOp):
            return self._operator(node, node.op, (node.left, node.right), name)
        if isinstance(node, ast.UnaryOp):
            return self._operator(node, node.op, (node.operand,), name)
        if isinstance(node, ast.Compare):
            if len(node.ops) > 1:
                raise self._fail(node, "one comparison at a time: x < y, not x < y < z")
            return self._operator(node, node.ops[0], (node.left, node.comparators[0]), name)
        if isinstance(node, ast.Call):
            return self._call(node, name)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, name)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, name)
        raise self._refuse(node, _REFUSED.get(type(node), type(node).__name__))

    def _refuse(self, node: ast.expr, what: str) -> Unusable:
        """``what`` names the thing, and after a semicolon what to write instead."""
        thing, _, instead = what.partition("; ")
        hint = f"; {instead}" if instead else ""
        return self._fail(node, f"{thing} is not part of the language of cases{hint}")

    def _name(self, node: ast.Name) -> Flat:
        name = node.id
        if name in self._scope:
            return Flat(self._scope[name], name, ATOM)
        if name in NUMBERS:
            return Flat(NUMBERS[name], name, ATOM)
        if name in self.poisoned:
            raise Unusable
        if name in self.shapes:
            return Flat(name, name, ATOM)
        if name in self._later:
            raise self._fail(node, f"{name!r} is used before it is defined; steps run top down")
        if name in OPERATIONS:
            raise self._fail(node, f"{name!r} is an operation: call it, {usage(OPERATIONS[name])}")
        self._unknown += 1
        known = [other for other in (*self._scope, *self.shapes) if other.isidentifier()]
        hint = suggest(name, known) if self._unknown <= MAX_SUGGESTIONS else ""
        listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        raise self._fail(
            node, f"unknown name {shorten(name)!r}{hint} (known here: {listed or 'none'})"
        )

    def _number(self, node: ast.Constant) -> Flat:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._fail(node, f"{shorten(repr(value))} is not a number")
        try:
            finite = math.isfinite(float(value))
        except OverflowError:
            finite = False
        if not finite:
            raise self._fail(node, "this number is too large for float64; write inf for infinity")
        if isinstance(value, int) and value > 2**53:
            value = float(value)
        return Flat(value, repr(value), ATOM)

    def _operator(
        self, node: ast.expr, sign: ast.AST, parts: tuple[ast.expr, ...], name: str | None
    ) -> Flat:
        op = OPERATORS.get(type(sign).__name__)
        if op is None:
            raise self._refuse(node, _REFUSED_OPERATORS.get(type(sign), type(sign).__name__))
        flats = self._all(parts)
        binding = BINDING.get(op, 0)
        numbers = [flat.operand for flat in flats if not isinstance(flat.operand, str)]
        if op == "neg":
            text = "-" + _enclosed(flats[0], binding)
        else:
            # ** groups to the right, every other operator to the left.
            left, right = (binding + 1, 3) if op == "pow" else (binding, binding + 1)
            text = f"{_enclosed(flats[0], left)} {SYMBOLS[op]} {_enclosed(flats[1], right)}"
        if len(numbers) == len(flats) and op in _FOLD:
            return self._fold(node, op, numbers, binding)
        if op in COMPARISONS:
            if len(numbers) == len(flats):
                raise self._fail(node, "a comparison needs a name on at least one side")
            return self._add(node, op, flats, {}, text, 0, None)
        return self._add(node, op, flats, {}, text, binding, name)

    def _all(self, parts: Iterable[ast.expr]) -> list[Flat]:
        """Every part flattened, so that each one's complaints are heard, not the first's alone."""
        flats, usable = [], True
        for part in parts:
            try:
                flats.append(self._visit(part))
            except Unusable:
                usable = False
        if not usable:
            raise Unusable
        return flats

    def _fold(self, node: ast.expr, op: str, numbers: list[Any], binding: int) -> Flat:
        try:
            value = _FOLD[op](*numbers)
        except ZeroDivisionError:
            raise self._fail(node, "a division of numbers by zero") from None
        except OverflowError:
            value = math.inf
        if isinstance(value, complex):
            raise self._fail(node, "a negative number to a fractional power is not real")
        if isinstance(value, int) and abs(value) > 2**53:
            value = float(value) if abs(value) < 2**1023 else math.inf
        if math.isinf(value) and all(math.isfinite(number) for number in numbers):
            raise self._fail(node, "this number is too large for float64; write inf for infinity")
        negative = math.copysign(1.0, value) < 0 and not math.isnan(value)
        return Flat(value, repr(value), BINDING["neg"] if negative else ATOM)

    def _attribute(self, node: ast.Attribute, name: str | None) -> Flat:
        if node.attr != "T":
            hint = f"; write {node.attr}(…)" if node.attr in OPERATIONS else ""
            raise self._fail(
                node, f"attribute .{shorten(node.attr)} is not allowed; only .T is{hint}"
            )
        flat = self._visit(node.value)
        shape = self._shape(flat)
        if shape is not None and len(shape) != 2:
            raise self._fail(
                node, f".T needs a matrix, not shape {shape}; use permute or transpose"
            )
        text = f"{_enclosed(flat, ATOM)}.T"
        return self._add(node, "transpose", [flat], {"axis0": 0, "axis1": 1}, text, ATOM, name)

    # -- calls -----------------------------------------------------------------------------------

    def _call(self, node: ast.Call, name: str | None) -> Flat:
        if isinstance(node.func, ast.Attribute):
            method = node.func.attr
            raise self._fail(node, f"methods are not called here; write {method}(x, …)")
        if not isinstance(node.func, ast.Name):
            raise self._fail(
                node, "only operations can be called, by name; a product is written x * y"
            )
        op = node.func.id
        operation = OPERATIONS.get(op)
        if operation is None or op in OPERATORS.values():
            if op in OPERATORS.values():
                raise self._fail(node, f"write {op} as {SYMBOLS.get(op, '-')}")
            if op in self._scope or op in self.shapes:
                raise self._fail(
                    node, f"{op!r} is not an operation; a product is written {op} * (…)"
                )
            self._unknown += 1
            callable_ = [other for other in OPERATIONS if other not in OPERATORS.values()]
            hint = suggest(op, callable_) if self._unknown <= MAX_SUGGESTIONS else ""
            raise self._fail(node, f"unknown operation {shorten(op)!r}{hint}")
        if op == "index":
            raise self._fail(node, "an index is written x[…]")
        args = node.args
        if operation.variadic and len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple):
            args = args[0].elts
        problem = False
        try:
            flats = self._all(args)
        except Unusable:
            problem = True
        expected = len(operation.operands)
        named = any(keyword.arg in operation.operands for keyword in node.keywords)
        if len(args) != expected and not (operation.variadic and args) and not named:
            count = f"{expected} operand{'s' if expected > 1 else ''}"
            if operation.variadic:
                count = "one or more operands"
            self._fail(node, f"{op} takes {count}, not {len(args)}: {usage(operation)}")
            problem = True
        parameters: dict[str, Any] = {}
        for keyword in node.keywords:
            try:
                parameters[keyword.arg or "**"] = self._parameter(operation, keyword, parameters)
            except Unusable:
                problem = True
        for missing, parameter in operation.parameters.items():
            if parameter.default is REQUIRED and missing not in {k.arg for k in node.keywords}:
                self._fail(node, f"{op} needs {missing}=…: {usage(operation)}")
                problem = True
        if problem:
            raise Unusable
        inside = [flat.text for flat in flats]
        inside += [f"{key}={value!r}" for key, value in parameters.items()]
        return self._add(node, op, flats, parameters, f"{op}({', '.join(inside)})", ATOM, name)

    def _parameter(
        self, operation: Operation, keyword: ast.keyword, given: Mapping[str, Any]
    ) -> Any:
        if keyword.arg is None:
            raise self._fail(keyword.value, "** is not allowed; write each parameter")
        parameter = operation.parameters.get(keyword.arg)
        if parameter is None:
            if keyword.arg in operation.operands:
                raise self._fail(
                    keyword, f"the operand {keyword.arg!r} is written without its name"
                )
            known = list(operation.parameters)
            has = f"it has {', '.join(known)}" if known else "it has none"
            hint = suggest(keyword.arg, known)
            raise self._fail(
                keyword,
                f"{operation.name} has no parameter {shorten(keyword.arg)!r}{hint} ({has})",
            )
        if keyword.arg in given:
            raise self._fail(keyword, f"parameter {keyword.arg!r} is given twice")
        try:
            value = ast.literal_eval(keyword.value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = _REFUSED
        if isinstance(value, list):
            value = tuple(value)
        if parameter.kind in ("order", "shape") and is_int(value):
            value = (value,)
        if not literals.KINDS[parameter.kind](value):
            raise self._fail(
                keyword.value, f"{keyword.arg} must be {KINDS[parameter.kind]}, written as such"
            )
        return value

    # -- indices -----------------------------------------------------------------------------------

    def _subscript(self, node: ast.Subscript, name: str | None) -> Flat:
        flat = self._visit(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not parts:
            raise self._fail(node, "an index is missing: x[…]")
        if not isinstance(flat.operand, str):
            raise self._fail(node, f"the number {flat.text} cannot be indexed")
        items = tuple(self._item(part) for part in parts)
        names = [item for item in items if isinstance(item, str)]
        text = f"{_enclosed(flat, ATOM)}[{', '.join(map(literal, items))}]"
        operands = [flat, *(Flat(item, item, ATOM) for item in names)]
        return self._add(node, "index", operands, {"index": items}, text, ATOM, name)

    def _item(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Slice):
            return slice(*(self._bound(part) for part in (node.lower, node.upper, node.step)))
        if isinstance(node, ast.Name):
            constant = self.constants.get(node.id)
            if constant is None or node.id in self._scope:
                raise self._fail(node, f"an index must be literal or a constant, not {node.id!r}")
            if constant.dtype.kind not in "ib":
                raise self._fail(
                    node, f"constant {node.id!r} must be integers or booleans to be an index"
                )
            return node.id
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise self._fail(node, f"an index must be literal: {KINDS['index']}") from None
        if value is None or value is Ellipsis or is_int(value):
            return value
        if isinstance(value, list) and is_index_list(value):
            return value
        raise self._fail(node, f"an index must be literal: {KINDS['index']}")

    def _bound(self, node: ast.expr | None) -> int | None:
        if node is None:
            return None
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = _REFUSED
        if value is not None and not is_int(value):
            raise self._fail(node, "the bounds of a slice must be literal integers")
        return value  # type: ignore[no-any-return]

    # -- steps -------------------------------------------------------------------------------------

    def _shape(self, flat: Flat) -> Shape | None:
        return self.shapes[flat.operand] if isinstance(flat.operand, str) else ()

    def _add(
        self,
        node: ast.expr,
        op: str,
        flats: list[Flat],
        parameters: dict[str, Any],
        text: str,
        binding: int,
        name: str | None,
    ) -> Flat:
        if len(self.steps) >= MAX_STEPS:
            raise TooManySteps
        self._check_kinds(node, GATES[op], flats)
        label = name or text
        if name is None:
            turn = self._occurrences[text] = self._occurrences.get(text, 0) + 1
            if turn > 1:
                label = f"{text} #{turn}"
        step = Step(label, op, tuple(flat.operand for flat in flats), parameters)
        try:
            shape, taken = self._infer(step)
            if self._elements + math.prod(shape) > MAX_ELEMENTS:
                raise ShapeError(f"the steps hold more than {MAX_ELEMENTS:,} elements together")
            if self._cost + taken > MAX_COST:
                raise ShapeError(_too_dear(taken))
        except ShapeError as error:
            raise self._fail(node, f"{shorten(label)!r}: {error}") from None
        self._elements += math.prod(shape)
        self._cost += taken
        self.shapes[label] = shape
        if step.operation.compares:
            self.booleans.add(label)
        self.steps.append(step)
        return Flat(label, text, binding)

    def _infer(self, step: Step) -> tuple[Shape, int]:
        """The shape of a step, and its cost."""
        bound = bind(step, self.shapes, self.constants)
        shapes = [item if isinstance(item, tuple) else () for item in bound.operands]
        shape = infer(step.operation.shape, shapes, bound.arguments)
        for position, operand in enumerate(step.operands):
            if step.kind(position) == "labels":
                self._check_labels(operand, shapes[0][-1])
        return shape, cost(step.op, shapes, bound.arguments, shape)

    def _check_labels(self, operand: Operand, classes: int) -> None:
        labels = self.constants[str(operand)]
        if labels.size and not (labels.min() >= 0 and labels.max() < classes):
            raise ShapeError(f"labels must lie in 0 to {classes - 1}, the {classes} classes")

    def _check_kinds(self, node: ast.expr, operation: Operation, flats: list[Flat]) -> None:
        for position, flat in enumerate(flats):
            kind = operation.kind(position)
            boolean = flat.operand in self.booleans
            if kind == "condition" and not boolean:
                raise self._fail(
                    node,
                    f"the condition of {operation.name} must be a comparison or a constant of "
                    f"true and false, not {shorten(flat.text)!r}",
                )
            if kind == "labels" and (
                flat.operand not in self.constants
                or self.constants[str(flat.operand)].dtype.kind != "i"
            ):
                raise self._fail(
                    node,
                    f"the {operation.operand(position)} of {operation.name} must be a constant "
                    f"of integers, not {shorten(flat.text)!r}",
                )
            if kind == "compared" and boolean:
                raise self._fail(node, "booleans cannot be compared; use them as the condition")
            if kind == "value" and boolean:
                where = (
                    "the condition of where(…)"
                    if flat.operand not in self.constants
                    else ("a condition or an index")
                )
                raise self._fail(
                    node, f"{shorten(flat.text)!r} is true or false: it may only be {where}"
                )


def _too_dear(taken: int) -> str:
    """What is said of a step that makes a program cost too much."""
    alone = f"it takes {taken:,} numbers and products"
    return (
        f"{alone}, more than {MAX_COST:,}"
        if taken > MAX_COST
        else f"{alone}, and with the steps before it more than {MAX_COST:,}"
    )


def _enclosed(flat: Flat, binding: int) -> str:
    return flat.text if flat.binding >= binding else f"({flat.text})"


def literal(value: Any) -> str:
    """An index item or a parameter as it would be written."""
    if isinstance(value, slice):
        text = ":".join("" if part is None else str(part) for part in (value.start, value.stop))
        return text if value.step is None else f"{text}:{value.step}"
    if isinstance(value, str):
        return value
    return "..." if value is Ellipsis else repr(value)
