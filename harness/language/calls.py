"""What a call in an expression names: its operation, and its literal parameters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NoReturn

from harness.language import literals
from harness.language.literals import NOT_LITERAL, is_int, literal
from harness.language.steps import Steps
from harness.language.syntax import Unusable, every, shorten, suggest
from harness.vocabulary.operation import KINDS, REQUIRED, Operation, Parameter
from harness.vocabulary.program import Array, Operand
from harness.vocabulary.shapes import Shape
from harness.vocabulary.signatures import GATES, OPERATIONS, OVERLOADS
from harness.vocabulary.spelling import OPERATORS, usage

MAX_SUGGESTIONS = 50

CALLED: Final = frozenset(operation.word for operation in OPERATIONS.values())
"""What can be called."""

Complain = Callable[[ast.AST, str], None]
"""Told a part of the tree and what is wrong there."""


class Calls(Steps):
    """Reads calls, and complains of what is wrong with them."""

    def __init__(self, shapes: Mapping[str, Shape], constants: Mapping[str, Array]) -> None:
        super().__init__(shapes, constants)
        self.index: Mapping[str, int] = {}
        """What counts the turns of the loop that is being unrolled, and where it stands."""
        self._scope: Mapping[str, Operand] = {}
        self._unknown = 0
        self._complain: Complain = lambda node, message: None

    def _fail(self, node: ast.AST, message: str) -> NoReturn:
        self._complain(node, message)
        raise Unusable

    def _suggest(self, word: str, known: Iterable[str]) -> str:
        self._unknown += 1
        return suggest(word, known) if self._unknown <= MAX_SUGGESTIONS else ""

    def _with_named(self, operation: Operation, node: ast.Call) -> tuple[Operation, ast.Call]:
        """The operation of that name that takes operands by their names, where what is given so is
        no literal; and the call with these behind the others."""
        given = {key.arg: key for key in node.keywords if literal(key.value) is not None}
        every = [GATES[other] for other in OVERLOADS.get(operation.name, ())]
        names = [name for other in every for name in other.named]
        wanted = [given[name] for name in dict.fromkeys(names) if name in given]
        if not any(_is_operand(key.value) for key in wanted):
            return operation, node
        other = next(one for one in every if {*one.named} == {key.arg for key in wanted})
        args = [*node.args, *(key.value for key in wanted)]
        rest = [key for key in node.keywords if key.arg not in names]
        return other, ast.copy_location(ast.Call(node.func, args, rest), node)

    def _called(self, node: ast.Call) -> Operation:
        if isinstance(node.func, ast.Attribute):
            self._fail(node, f"methods are not called here; write {node.func.attr}(x, …)")
        if not isinstance(node.func, ast.Name):
            self._fail(node, "only operations can be called, by name; a product is written x * y")
        op = node.func.id
        if op in OPERATORS:
            sign = GATES[op]
            if "index" in sign.parameters:
                self._fail(node, f"an index is written {usage(sign)}")
            self._fail(node, f"write {op} as {sign.symbol or '-'}")
        if op in CALLED:
            return OPERATIONS[op]
        if op in self._scope or op in self.shapes:
            self._fail(node, f"{op!r} is not an operation; a product is written {op} * (…)")
        known = [name for name in CALLED if name not in OPERATORS]
        self._fail(node, f"unknown operation {shorten(op)!r}{self._suggest(op, known)}")

    def _check_count(self, node: ast.Call, operation: Operation, given: int) -> None:
        named = any(keyword.arg in operation.operands for keyword in node.keywords)
        if given in operation.counts or (operation.variadic and given) or named:
            return
        counts = " or ".join(map(str, operation.counts))
        count = f"{counts} operand{'s' if counts != '1' else ''}"
        takes = "one or more operands" if operation.variadic else count
        self._fail(node, f"{operation.word} takes {takes}, not {given}: {usage(operation)}")

    def _parameters(
        self, node: ast.Call, operation: Operation, words: Sequence[ast.keyword]
    ) -> dict[str, Any]:
        given: dict[str, Any] = {}
        named = {keyword.arg for keyword in words}
        needed = [key for key, one in operation.parameters.items() if is_asked(key, one)]
        every(
            [
                *(partial(self._parameter, operation, word, given) for word in words),
                *(
                    partial(self._fail, node, f"{operation.word} needs {key}=…: {usage(operation)}")
                    for key in needed
                    if key not in named
                ),
            ]
        )
        return given

    def _parameter(self, operation: Operation, keyword: ast.keyword, given: dict[str, Any]) -> None:
        """Add a parameter to those that are given."""
        name = keyword.arg
        known = {key: one for key, one in operation.parameters.items() if key != "piece"}
        if name is None:
            self._fail(keyword.value, "** is not allowed; write each parameter")
        if name in operation.operands:
            self._fail(keyword, f"the operand {name!r} is written without its name")
        if name not in known:
            forms = {**OPERATIONS[operation.word].parameters, **known}
            hint = f"{suggest(name, forms)} (it has {', '.join(forms) or 'none'})"
            self._fail(keyword, f"{operation.word} has no parameter {shorten(name)!r}{hint}")
        if name in given:
            self._fail(keyword, f"parameter {name!r} is given twice")
        kind, value = known[name].kind, literal(keyword.value, self.index)
        if isinstance(value, list):
            value = tuple(value)
        if kind in ("order", "shape") and is_int(value):
            value = (value,)
        if not literals.KINDS[kind](value):
            self._fail(keyword.value, f"{name} must be {KINDS[kind]}, written as such")
        given[name] = value


def _is_operand(node: ast.expr) -> bool:
    """Whether what is given by its name is to be computed with: no literal, or a list."""
    return isinstance(node, ast.List) or literal(node) is NOT_LITERAL


def is_asked(name: str, parameter: Parameter) -> bool:
    """Whether a call has to have a parameter; which of several results is told behind it."""
    return parameter.default is REQUIRED and name != "piece"
