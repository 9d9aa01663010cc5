"""How operations are written in code: by a sign or as a call, with the parentheses that are needed.

A text is kept with how tightly it binds, so that it can stand in a larger one. Names of steps, the
files of cases and the listings are all written here, and the signs are read by the same table.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.program import Operand, Step
from harness.vocabulary.signatures import COMPARISONS

ATOM: Final = 9
"""How tightly names, calls and whatever is in brackets bind."""


class Written(NamedTuple):
    """A text, and how tightly it binds."""

    text: str
    binding: int = ATOM

    def within(self, least: int) -> str:
        """The text, in parentheses where it binds less tightly than that."""
        return self.text if self.binding >= least else f"({self.text})"


@dataclass(frozen=True, slots=True)
class Operator:
    """A sign of Python's. ``node`` is what its syntax tree calls it, ``operands`` how tightly each
    operand has to bind to stand without parentheses, ``fold`` what it makes of plain numbers."""

    node: str
    form: str
    binding: int
    operands: tuple[int, ...]
    fold: Callable[..., Any] | None = None


OPERATORS: Final[Mapping[str, Operator]] = {
    **{
        name: Operator(node, f"{{}} {COMPARISONS[name].symbol} {{}}", 0, (0, 1))
        for name, node in zip(COMPARISONS, ("Gt", "GtE", "Lt", "LtE", "Eq", "NotEq"), strict=True)
    },
    "add": Operator("Add", "{} + {}", 1, (1, 2), operator.add),
    "sub": Operator("Sub", "{} - {}", 1, (1, 2), operator.sub),
    "mul": Operator("Mult", "{} * {}", 2, (2, 3), operator.mul),
    "div": Operator("Div", "{} / {}", 2, (2, 3), operator.truediv),
    "matmul": Operator("MatMult", "{} @ {}", 2, (2, 3)),
    "neg": Operator("USub", "-{}", 3, (3,), operator.neg),
    # A power groups to the right, and takes a minus there: x ** -y ** z.
    "pow": Operator("Pow", "{} ** {}", 4, (5, 3), lambda x, y: float(x) ** float(y)),
    "index": Operator("Subscript", "{}[{index}]", ATOM, (ATOM,)),
}
"""The operations and comparisons that are written with a sign; all others are calls."""

BY_NODE: Final[Mapping[str, str]] = {sign.node: name for name, sign in OPERATORS.items()}
"""What a sign of a syntax tree means."""


def written(
    operation: Operation, operands: Sequence[Written], parameters: Mapping[str, Any]
) -> Written:
    """An operation on operands, with the parameters that are given."""
    sign = OPERATORS.get(operation.name)
    if sign is None:
        given = [f"{name}={value!r}" for name, value in parameters.items() if name != "piece"]
        texts = (_called(operation, place, one.text) for place, one in enumerate(operands))
        inside = [*texts, *given]
        taken = f"[{parameters['piece']}]" if "piece" in parameters else ""
        return Written(f"{operation.word}({', '.join(inside)}){taken}")
    texts = (one.within(least) for one, least in zip(operands, sign.operands, strict=False))
    index = index_text(parameters.get("index", ()))
    return Written(sign.form.format(*texts, index=index), sign.binding)


def _called(operation: Operation, position: int, text: str) -> str:
    """An operand of a call, with its name where that is written."""
    name = operation.operand(position)
    return f"{name}={text}" if name in operation.named else text


def spelled(step: Step, inner: Mapping[str, Written]) -> Written:
    """A step as it is written; those of its operands that have no name of their own by what they
    are written as."""
    return written(step.operation, [_operand(x, inner) for x in step.operands], step.parameters)


def _operand(operand: Operand, inner: Mapping[str, Written]) -> Written:
    return inner.get(operand, Written(operand)) if isinstance(operand, str) else number(operand)


def number(value: float) -> Written:
    """A number within an expression."""
    text = repr(value)
    return Written(text, OPERATORS["neg"].binding if text.startswith("-") else ATOM)


def index_text(items: Iterable[Any], names: Callable[[str], str] = str) -> str:
    """What stands in the brackets of an index: ``1:, ::2``."""
    return ", ".join(_item(item, names) for item in items)


def _item(item: Any, names: Callable[[str], str]) -> str:
    if isinstance(item, slice):
        ends = ["" if end is None else str(end) for end in (item.start, item.stop)]
        return ":".join(ends if item.step is None else [*ends, str(item.step)])
    if isinstance(item, str):
        return names(item)
    return "..." if item is Ellipsis else repr(item)


def usage(operation: Operation, given: Mapping[str, str] | None = None) -> str:
    """How an operation is written in a case, its parameters with their defaults; or only with
    those that are ``given``."""
    sign = OPERATORS.get(operation.name)
    if sign is not None:
        return sign.form.format("x", "y", index="…")
    operands = [f"{one}=…" if one in operation.named else one for one in operation.operands]
    operands = ["x", "y", "…"] if operation.variadic else operands
    if given is None:
        given = {
            name: "…" if parameter.default is REQUIRED else repr(parameter.default)
            for name, parameter in operation.parameters.items()
            if name != "piece"
        }
    parameters = [f"{name}={value}" for name, value in given.items()]
    return f"{operation.word}({', '.join(operands + parameters)})"
