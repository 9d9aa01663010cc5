"""The vocabulary's texts as lines of code: with the names of a case, for ``math`` or for numpy."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from harness.language.snippet import source
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.local import FUNCTIONS
from harness.vocabulary.program import Step

_SAME: Final = (
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "erf",
)
SCALAR: Final[Mapping[str, str]] = {
    **{name: f"math.{name}({{0}})" for name in _SAME},
    "arcsin": "math.asin({0})",
    "arccos": "math.acos({0})",
    "arctan": "math.atan({0})",
    "abs": "abs({0})",
    "maximum": "max({0}, {1})",
    "minimum": "min({0}, {1})",
    "clip": "min(max({0}, {1}), {2})",
    "where": "({1} if {0} else {2})",
    "isfinite": "math.isfinite({0})",
    "sign": "(({0} > 0) - ({0} < 0))",
    "sigmoid": "(1 / (1 + math.exp(-{0})))",
}
"""What the functions of the vocabulary's texts are for plain numbers."""


class NotScalar(Exception):
    """A text has no meaning for plain numbers."""


def derivative(step: Step, position: int) -> str:
    """The text of local derivative × upstream, for one operand. A number as exponent is brought
    down and lowered by one."""
    if step.op == "pow" and position == 0 and not isinstance(step.operands[1], str):
        exponent = step.operands[1]
        power = "" if exponent == 2 else f"**{literal(exponent - 1)}"
        return f"({literal(exponent)} * {{x}}{power}) * {{dout}}"
    return FORMULAS[step.op].derivatives[step.operand(position)]


def fill(text: str, step: Step, position: int, names: Callable[[str], str], **given: Any) -> str:
    """A text with its braces filled: operands by ``names``, parameters by their literals.

    ``given`` are further fields, such as ``out`` and ``dout``, and take precedence.
    """
    operation = step.operation
    operands = [names(x) if isinstance(x, str) else literal(x) for x in step.operands]
    fields: dict[str, Any] = {
        **step.arguments,
        "k": position,
        "operands": f"[{', '.join(operands)}]",
    }
    if operation.variadic:
        fields[operation.operand(0)] = operands[position]
    else:
        fields |= dict(zip(operation.operands, operands, strict=False))
    if "equation" in fields:
        fields["equation"] = repr(fields["equation"])
    if step.op == "clamp":
        for key, bound in (("min", "-inf"), ("max", "inf")):
            fields[key] = bound if fields[key] is None else fields[key]
    return text.format(**{**fields, **given})


def literal(number: float) -> str:
    """A number as it stands within an expression."""
    return f"({number!r})" if number < 0 else repr(number)


def index_text(index: Iterable[Any], names: Callable[[str], str]) -> str:
    """An index as it is written between brackets: ``1:, ::2``."""
    return ", ".join(_item(item, names) for item in index)


def _item(item: Any, names: Callable[[str], str]) -> str:
    if isinstance(item, str):
        return names(item)
    if isinstance(item, slice):
        ends = ["" if end is None else str(end) for end in (item.start, item.stop)]
        return ":".join(ends if item.step is None else [*ends, str(item.step)])
    return "..." if item is Ellipsis else repr(item)


# -- as Python -------------------------------------------------------------------------------------


def python(text: str, scalar: bool) -> str:
    """A filled text as Python that runs: functions as those of ``math``, or of numpy and of
    ``numerics``. Raises :class:`NotScalar`."""
    edits = _Edits(text, scalar)
    edits.visit(ast.parse(text, mode="eval").body)
    for start, end, replacement in sorted(edits.found, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


class _Edits(ast.NodeVisitor):
    def __init__(self, text: str, scalar: bool) -> None:
        self.text, self.scalar = text, scalar
        self.found: list[tuple[int, int, str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Name)
        parts = [self._within(argument) for argument in node.args]
        named = {str(key.arg): self._within(key.value) for key in node.keywords}
        if self.scalar:
            if node.func.id not in SCALAR or named:
                raise NotScalar(node.func.id)
            self._replace(node, SCALAR[node.func.id].format(*parts))
            return
        usual = {"axis": "None", "keepdims": "False", "ddof": "0"}
        parts += [f"{key}={value}" for key, value in named.items() if usual.get(key) != value]
        called = node.func.id if node.func.id in FUNCTIONS else f"np.{node.func.id}"
        self._replace(node, f"{called}({', '.join(parts)})")

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in ("pi", "inf"):
            self._replace(node, f"{'math' if self.scalar else 'np'}.{node.id}")

    def _within(self, node: ast.expr) -> str:
        segment = ast.get_source_segment(self.text, node) or ""
        starred = isinstance(node, ast.Starred)
        return "*" + python(segment[1:], self.scalar) if starred else python(segment, self.scalar)

    def _replace(self, node: ast.expr, text: str) -> None:
        self.found.append((node.col_offset, node.end_col_offset or 0, text))


def functions(texts: Iterable[str]) -> list[str]:
    """The names of the functions of ``numerics`` that lines of code use, each after those that it
    uses itself."""
    found: dict[str, None] = {}

    def add(text: str) -> None:
        for name in re.findall(r"(?<![.\w])(\w+)\(", text):
            if name in FUNCTIONS and name not in found:
                add(source(name).split("\n", 1)[1])
                found[name] = None

    for text in texts:
        add(text)
    return list(found)
