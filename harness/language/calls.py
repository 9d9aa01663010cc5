"""What a call in an expression names: its operation, and its literal parameters."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NoReturn

from harness import languages
from harness.language import literals
from harness.language.literals import NOT_LITERAL, is_int, literal
from harness.language.steps import Steps
from harness.language.syntax import Unusable, every, shorten, suggest
from harness.language.words import said
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
            self._fail(node, said("no-methods", attr=node.func.attr))
        if not isinstance(node.func, ast.Name):
            self._fail(node, said("only-operations"))
        op = node.func.id
        if op in OPERATORS:
            sign = GATES[op]
            if "index" in sign.parameters:
                self._fail(node, said("index-written", usage=usage(sign)))
            self._fail(node, said("write-as", op=op, symbol=sign.symbol or "-"))
        if op in CALLED:
            return OPERATIONS[op]
        if op in self._scope or op in self.shapes:
            self._fail(node, said("not-an-operation", op=op))
        known = [name for name in CALLED if name not in OPERATORS]
        self._fail(
            node, said("unknown-operation", given=shorten(op), suggest=self._suggest(op, known))
        )

    def _check_count(self, node: ast.Call, operation: Operation, given: int) -> None:
        named = any(keyword.arg in operation.operands for keyword in node.keywords)
        if given in operation.counts or (operation.variadic and given) or named:
            return
        counts = languages.told("words", "either").join(map(str, operation.counts))
        id = "one-operand" if counts == "1" else "so-many-operands"
        id = "one-or-more-operands" if operation.variadic else id
        takes = said(id, counts=counts)
        self._fail(
            node,
            said(
                "operands-taken",
                word=operation.word,
                takes=takes,
                given=given,
                usage=usage(operation),
            ),
        )

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
                    partial(
                        self._fail,
                        node,
                        said(
                            "needs-parameter", word=operation.word, key=key, usage=usage(operation)
                        ),
                    )
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
            self._fail(keyword.value, said("no-double-star"))
        if name in operation.operands:
            self._fail(keyword, said("operand-unnamed", name=name))
        if name not in known:
            forms = {**OPERATIONS[operation.word].parameters, **known}
            hint = said(
                "it-has-forms", suggest=suggest(name, forms), forms=", ".join(forms) or said("none")
            )
            self._fail(
                keyword, said("no-parameter", word=operation.word, given=shorten(name), hint=hint)
            )
        if name in given:
            self._fail(keyword, said("parameter-twice", name=name))
        kind, value = known[name].kind, literal(keyword.value, self.index)
        if isinstance(value, list):
            value = tuple(value)
        if kind in ("order", "shape") and is_int(value):
            value = (value,)
        if not literals.KINDS[kind](value):
            self._fail(
                keyword.value,
                said("parameter-kind", name=name, kinds=languages.name("phrase", KINDS[kind])),
            )
        given[name] = value


def _is_operand(node: ast.expr) -> bool:
    """Whether what is given by its name is to be computed with: no literal, or a list."""
    return isinstance(node, ast.List) or literal(node) is NOT_LITERAL


def is_asked(name: str, parameter: Parameter) -> bool:
    """Whether a call has to have a parameter; which of several results is told behind it."""
    return parameter.default is REQUIRED and name != "piece"
