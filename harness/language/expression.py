"""From syntax trees to steps: a :class:`Flattener` turns one after another into a program's."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NoReturn

import numpy as np

from harness import languages
from harness.language.calls import Calls, Complain, is_asked
from harness.language.foreign import FOREIGN
from harness.language.literals import is_index, is_int, literal
from harness.language.steps import Flat, Misfit
from harness.language.syntax import Unusable, every, shorten
from harness.language.words import said
from harness.vocabulary.operation import KINDS, Operation
from harness.vocabulary.program import Array, Operand
from harness.vocabulary.shapes import Shape
from harness.vocabulary.signatures import GATES, OPERATIONS
from harness.vocabulary.spelling import ATOM, BY_NODE, OPERATORS, Written, number, usage, written

NUMBERS: Final = {"inf": math.inf, "nan": math.nan}
"""Names that are numbers, in expressions as in inputs."""

STACKED: Final = "stack"
"""What a list is that has other elements than numbers."""


class Flattener(Calls):
    """Collects the steps of a program, stage by stage.

    A name whose stage could not be understood goes into ``poisoned``, so that its uses are not
    complained about as well.
    """

    def __init__(self, shapes: Mapping[str, Shape], constants: Mapping[str, Array]) -> None:
        super().__init__(shapes, constants)
        self.poisoned: set[str] = set()
        self._later: frozenset[str] = frozenset()

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
        before = len(self.steps)
        operand = self.operand(tree, name, complain, later, scope)
        if operand == name:
            return name
        self.poisoned.add(name)
        if operand is None:
            return None
        if len(self.steps) > before and self.steps[-1].operation.compares:
            message = said("comparison-condition")
        elif isinstance(operand, str):
            message = said("stage-needs-operation", unparse=ast.unparse(tree))
        else:
            message = said("stage-is-number", operand=operand)
        complain(tree, message)
        return None

    def operand(
        self,
        tree: ast.expr,
        name: str,
        complain: Complain,
        later: frozenset[str],
        scope: Mapping[str, Operand] | None = None,
    ) -> Operand | None:
        """What ``tree`` stands for: a name, a number, or a step appended as ``name``; None after
        complaints."""
        self._complain, self._later, self._scope = complain, later, scope or {}
        try:
            return self._visit(tree, name).operand
        except Unusable:
            return None

    # -- subexpressions ------------------------------------------------------------------------

    def _visit(self, node: ast.expr, name: str | None = None) -> Flat:
        visit = getattr(self, f"_visit_{type(node).__name__}", None)
        if visit is None:
            self._refuse(node, node)
        try:
            flat: Flat = visit(node, name)
        except Misfit as error:
            self._fail(node, str(error))
        return flat

    def _refuse(self, node: ast.expr, what: ast.AST) -> NoReturn:
        thing, instead = FOREIGN.get(type(what), (type(what).__name__, ""))
        hint = f"; {languages.name('phrase', instead)}" if instead else ""
        thing = languages.name("phrase", thing)
        self._fail(node, said("not-part", thing=thing, hint=hint))

    def _visit_Name(self, node: ast.Name, _: str | None) -> Flat:
        name = node.id
        if name in self.index:
            return self._number(node, self.index[name])
        if name in self._scope:
            return Flat(self._scope[name], Written(name))
        if name in NUMBERS:
            return Flat(NUMBERS[name], Written(name))
        if name in self.poisoned:
            raise Unusable
        if name in self.shapes:
            return Flat(name, Written(name))
        if name in self._later:
            self._fail(node, said("used-before", name=name))
        if name in OPERATIONS:
            self._fail(node, said("call-it", name=name, usage=usage(OPERATIONS[name])))
        every = (*self.index, *self._scope, *self.shapes)
        known = [other for other in every if other.isidentifier()]
        listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        hint = said("known-here", suggest=self._suggest(name, known), listed=listed or said("none"))
        self._fail(node, said("unknown-name", given=shorten(name), hint=hint))

    def _visit_Constant(self, node: ast.Constant, _: str | None) -> Flat:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(node, said("not-a-number", given=shorten(repr(value))))
        return self._number(node, value)

    def _number(self, node: ast.expr, value: float, finite: bool = True) -> Flat:
        """A number, whole ones beyond 2**53 in float64; with ``finite`` it has to be."""
        if isinstance(value, int) and abs(value) > 2**53:
            value = float(value) if abs(value) < 2**1023 else math.inf
        if finite and math.isinf(value):
            self._fail(node, said("too-large-write-inf"))
        return Flat(value, number(value))

    def _operator(self, node: ast.BinOp | ast.UnaryOp | ast.Compare, name: str | None) -> Flat:
        sign, *more = node.ops if isinstance(node, ast.Compare) else [node.op]
        op = BY_NODE.get(type(sign).__name__)
        if more:
            self._fail(node, said("one-comparison"))
        if op is None:
            self._refuse(node, sign)
        parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        flats = every(partial(self._visit, part) for part in parts)
        fold = OPERATORS[op].fold
        if not any(isinstance(flat.operand, str) for flat in flats):
            if fold is not None:
                return self._folded(node, fold, [flat.operand for flat in flats])
            if GATES[op].compares:
                self._fail(node, said("comparison-needs-name"))
        return self.add(op, flats, {}, None if GATES[op].compares else name)

    _visit_BinOp = _visit_UnaryOp = _visit_Compare = _operator

    def _folded(self, node: ast.expr, fold: Callable[..., Any], numbers: list[Any]) -> Flat:
        try:
            value = fold(*numbers)
        except ZeroDivisionError:
            self._fail(node, said("division-by-zero"))
        except OverflowError:
            value = math.inf
        if isinstance(value, complex):
            self._fail(node, said("not-real"))
        return self._number(node, value, all(map(math.isfinite, numbers)))

    def _visit_Attribute(self, node: ast.Attribute, name: str | None) -> Flat:
        if node.attr != "T":
            hint = said("write-instead", attr=node.attr) if node.attr in OPERATIONS else ""
            self._fail(node, said("no-attribute", given=shorten(node.attr), hint=hint))
        flat = self._visit(node.value)
        shape = self.shapes[flat.operand] if isinstance(flat.operand, str) else ()
        if len(shape) != 2:
            self._fail(node, said("t-needs-matrix", shape=shape))
        text = f"{flat.written.within(ATOM)}.T"
        return self.add("transpose", [flat], {"axis0": 0, "axis1": 1}, name, text)

    # -- lists -----------------------------------------------------------------------------------

    def _visit_List(self, node: ast.List, name: str | None) -> Flat:
        """A constant where it holds numbers alone, else its elements stacked."""
        text = ast.unparse(node)
        if not node.elts:
            self._fail(node, said("empty-list"))
        if self._is_constant(node):
            try:
                array = np.array(self._numbers(node))
            except ValueError:
                self._fail(node, said("ragged-list", given=shorten(text)))
            return Flat(self.listed(array, self._later), Written(text))
        flats = every(partial(self._visit, part) for part in node.elts)
        return self.add(STACKED, flats, {}, name, text)

    def _is_constant(self, node: ast.List) -> bool:
        parts = list(ast.walk(node))
        names = [part.id for part in parts if isinstance(part, ast.Name)]
        plain = not any(
            isinstance(part, ast.Call | ast.Attribute | ast.Subscript) for part in parts
        )
        return plain and all(name in NUMBERS and name not in self.shapes for name in names)

    def _numbers(self, node: ast.expr) -> Any:
        """The numbers, or true and false, of nested lists."""
        if isinstance(node, ast.List):
            return [self._numbers(part) for part in node.elts]
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return node.value
        return self._visit(node).operand

    # -- calls -----------------------------------------------------------------------------------

    def _visit_Call(self, node: ast.Call, name: str | None) -> Flat:
        operation, flats, parameters = self._call(node)
        if operation.pieces:
            count = self.results(operation.name, flats, parameters)
            text = written(operation, [flat.written for flat in flats], parameters).text
            names = ", ".join("abc"[:count]) + (", …" if count > 3 else "")
            every_one = said("name-them-all", names=names, text=text) if count > 1 else ""
            self._fail(
                node,
                said("several-results", name=operation.name, count=count, text=text, all=every_one),
            )
        return self.add(self.fitting(operation.name, flats, parameters), flats, parameters, name)

    def _call(self, node: ast.Call) -> tuple[Operation, list[Flat], dict[str, Any]]:
        """What is called, on what, and with which parameters."""
        operation, node = self._with_named(self._called(node), node)
        args, words = node.args, node.keywords
        if operation.variadic and len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple):
            args = args[0].elts
        if not operation.variadic:
            args, further = args[: len(operation.operands)], args[len(operation.operands) :]
            needed = [key for key, one in operation.parameters.items() if is_asked(key, one)]
            pairs = list(zip(needed, further, strict=False))
            args = [*args, *further[len(pairs) :]]
            words = [*(ast.copy_location(ast.keyword(*pair), pair[1]) for pair in pairs), *words]
        flats, _, parameters = every(
            (
                partial(every, [partial(self._visit, part) for part in args]),
                partial(self._check_count, node, operation, len(args)),
                partial(self._parameters, node, operation, words),
            )
        )
        return operation, flats, parameters

    def pieces(
        self,
        names: Sequence[str],
        tree: ast.expr,
        complain: Complain,
        later: frozenset[str],
    ) -> None:
        """Append a step for each of several names: the results of one operation."""
        self._complain, self._later, self._scope = complain, later, {}
        self.poisoned.update(names)
        try:
            if not isinstance(tree, ast.Call) or not self._called(tree).pieces:
                several = languages.told("words", "either").join(
                    op.name for op in OPERATIONS.values() if op.pieces
                )
                self._fail(tree, said("several-names", several=several))
            operation, flats, parameters = self._call(tree)
            count = self.results(operation.name, flats, parameters)
            if count != len(names):
                results = languages.amount(count, "result")
                self._fail(
                    tree,
                    said(
                        "results-not-names", name=operation.name, results=results, names=len(names)
                    ),
                )
            for piece, name in enumerate(names):
                self.add(operation.name, flats, {**parameters, "piece": piece}, name)
        except Misfit as error:
            self._complain(tree, str(error))
        except Unusable:
            pass
        else:
            self.poisoned.difference_update(names)

    # -- indices -----------------------------------------------------------------------------------

    def _visit_Subscript(self, node: ast.Subscript, name: str | None) -> Flat:
        if isinstance(node.value, ast.Call) and self._called(node.value).pieces:
            return self._piece(node, node.value, name)
        flat = self._visit(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not parts:
            self._fail(node, said("index-missing"))
        if not isinstance(flat.operand, str):
            self._fail(node, said("number-indexed", text=flat.written.text))
        items = tuple(self._item(part) for part in parts)
        names = [Flat(item, Written(item)) for item in items if isinstance(item, str)]
        return self.add(BY_NODE["Subscript"], [flat, *names], {"index": items}, name)

    def _piece(self, node: ast.Subscript, call: ast.Call, name: str | None) -> Flat:
        """One of several results."""
        operation, flats, parameters = self._call(call)
        count = self.results(operation.name, flats, parameters)
        piece = literal(node.slice, self.index)
        if not is_int(piece):
            self._fail(node.slice, said("one-by-integer", count=count))
        piece += count if piece < 0 else 0
        return self.add(operation.name, flats, {**parameters, "piece": piece}, name)

    def _item(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Slice):
            return slice(*(self._bound(part) for part in (node.lower, node.upper, node.step)))
        if isinstance(node, ast.Name) and node.id not in self.index:
            constant = self.constants.get(node.id)
            if constant is None or node.id in self._scope:
                known = node.id in self._scope or node.id in self.shapes
                loop = "" if known else said("loop-index", name=node.id)
                self._fail(node, said("index-literal-or-constant", name=node.id, loop=loop))
            if constant.dtype.kind not in "ib":
                wanted = said("index-integers")
                self._fail(node, said("constant-wanted", name=node.id, wanted=wanted))
            return node.id
        value = literal(node, self.index)
        if not is_index(value):
            self._fail(node, said("index-literal", kinds=languages.name("phrase", KINDS["index"])))
        return value

    def _bound(self, node: ast.expr | None) -> Any:
        value = None if node is None else literal(node, self.index)
        if node is not None and value is not None and not is_int(value):
            self._fail(node, said("slice-bounds"))
        return value
