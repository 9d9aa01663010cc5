"""The vocabulary's lines as Python: with the names of a case, for ``math`` or for numpy."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from harness.language.helpers import source
from harness.vocabulary.local import FUNCTIONS
from harness.vocabulary.notation import BY_NUMBER, BY_RANK, RANKS, UNBOUNDED, literal, plain
from harness.vocabulary.program import Array, Step
from harness.vocabulary.spelling import index_text
from harness.vocabulary.variants import formula_of

WIDEST: Final = 60
"""Numbers that are longer in a line are put into several."""
USUAL: Final = frozenset({"axis=None", "keepdims=False", "ddof=0"})
"""What numpy's functions do where they are told nothing."""

Names = Callable[[str], str]
"""What a name of a case is called in a line."""


class NotScalar(Exception):
    """A line has no meaning for plain numbers."""


def derivative(step: Step, position: int, ranks: Sequence[int] = ()) -> str:
    """Local derivative × upstream for one operand, as people write it."""
    name = step.operand(position)
    others = [x for i, x in enumerate(step.operands) if i != position]
    by_number = BY_NUMBER.get((step.op, name))
    if by_number is not None and not isinstance(others[0], str):
        return by_number(others[0])
    by_rank = BY_RANK.get(step.op, {}).get(tuple(min(rank, RANKS) for rank in ranks))
    return by_rank[position] if by_rank else formula_of(step).derivatives[name]


def fill(text: str, step: Step, position: int, names: Names, **given: Any) -> str:
    """A line with its braces filled: operands by ``names``, parameters by their literals.

    ``given`` are further fields, such as ``out`` and ``dout``, and take precedence.
    """
    operation = step.operation
    operands = [names(x) if isinstance(x, str) else literal(x) for x in step.operands]
    fields: dict[str, Any] = {
        name: _parameter(name, operation.parameters[name].kind, value, names)
        for name, value in step.arguments.items()
    }
    fields |= dict.fromkeys(operation.optional, "0")
    fields |= dict(zip(operation.operands, operands, strict=False))
    if operation.variadic:
        fields[step.operand(position)] = operands[position]
        fields |= {"k": position, "operands": f"[{', '.join(operands)}]"}
    if "index" not in given:
        text = re.sub(r"(?<!\[)\{index\}", "np.s_[{index}]", text)
    return text.format(**{**fields, **given})


def _parameter(name: str, kind: str, value: Any, names: Names) -> str:
    if kind == "index":
        return index_text(value, names)
    if kind == "bound" and value is None:
        return UNBOUNDED[name]
    return repr(value)


def numbers(array: Array, dtype: str) -> str:
    """An array as numpy is given it; where ``dtype`` is empty, numpy finds it out itself."""
    if not array.size:
        return f"np.zeros({array.shape}, np.{array.dtype})"
    items = re.sub(r"\b(inf|nan)\b", r"np.\1", repr(array.tolist()))
    if len(items) > WIDEST and np.isfinite(array).all():
        lines = np.array2string(
            array, 100, None, None, ", ", threshold=array.size + 1, floatmode="unique"
        )
        items = f"\n{textwrap.indent(lines, '    ')}\n"
    if not array.shape and dtype:
        return f"np.{dtype}({items})"
    return f"np.array({items})" if dtype in ("", "float64") else f"np.array({items}, np.{dtype})"


# -- functions -------------------------------------------------------------------------------------


def python(text: str, scalar: bool) -> str:
    """A filled line as Python that runs: functions as those of ``math``, or of numpy and of
    ``numerics``. Raises :class:`NotScalar`."""
    spelling = _Spelling(text, scalar)
    spelling.visit(ast.parse(text, mode="eval").body)
    for start, end, replacement in sorted(spelling.edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


class _Spelling(ast.NodeVisitor):
    """The edits that make a line run; all else stays as it is written, its parentheses, too."""

    def __init__(self, text: str, scalar: bool) -> None:
        self.text, self.scalar = text, scalar
        self.edits: list[tuple[int, int, str]] = []

    def visit_Call(self, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Name)
        name, parts = node.func.id, [self._within(part) for part in node.args]
        named = [f"{key.arg}={self._within(key.value)}" for key in node.keywords]
        if self.scalar:
            form = plain(name)
            if form is None or named:
                raise NotScalar(name)
            if form.startswith("("):  # the formula itself, and no call of a function
                pairs = zip(parts, node.args, strict=True)
                parts = [f"({x})" if isinstance(y, ast.BinOp) else x for x, y in pairs]
            self._replace(node, form.format(*parts))
            return
        parts += [part for part in named if part not in USUAL]
        self._replace(node, f"{'' if name in FUNCTIONS else 'np.'}{name}({', '.join(parts)})")

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in ("pi", "inf"):
            self._replace(node, f"{'math' if self.scalar else 'np'}.{node.id}")

    def _within(self, node: ast.expr) -> str:
        star = "*" if isinstance(node, ast.Starred) else ""
        segment = ast.get_source_segment(self.text, node) or ""
        return star + python(segment.removeprefix(star), self.scalar)

    def _replace(self, node: ast.expr, text: str) -> None:
        self.edits.append((node.col_offset, node.end_col_offset or 0, text))


def functions(texts: Iterable[str]) -> list[str]:
    """The names of the functions of ``numerics`` that lines use, each after those that it uses
    itself."""
    used: dict[str, None] = {}
    for text in texts:
        for name in re.findall(r"(?<![.\w])(\w+)\(", text):
            if name in FUNCTIONS and name not in used:
                used |= dict.fromkeys([*functions([source(name).split("\n", 1)[1]]), name])
    return list(used)


# -- expressions -----------------------------------------------------------------------------------


def atom(text: str) -> str:
    """The expression as something that a method can be called of."""
    body = ast.parse(text, mode="eval").body
    whole = isinstance(body, ast.Call | ast.Name | ast.Attribute | ast.Subscript)
    return text if whole else f"({text})"


def bare(text: str) -> str:
    """The expression without parentheses around all of it."""
    return ast.get_source_segment(text, ast.parse(text, mode="eval").body) or text
