"""What a mutant must be called: it follows from what was done to the engine.

A label has an operation (or ``engine``), a direction, operands, and the codes that are right names.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.vocabulary.signatures import OPERATIONS
from styles.change import Change, called_name
from styles.marks import ENGINE, VALUE, Mark, Source

SHAPES: Final = frozenset({"wrong-shape", "crash"})
"""Where arrays no longer fit, what is wrong is a shape, or the next step fails."""

NAMES: Final[Mapping[str, frozenset[str]]] = {
    "negated": frozenset({"wrong-sign"}),
    "doubled": frozenset({"wrong-scale", "double-count"}),
    "rescaled": frozenset({"wrong-scale"}),
    "upstream forgotten": frozenset({"missing-upstream"}),
    "factor lost": frozenset({"wrong-rule"}),
    "term lost": frozenset({"wrong-rule"}),
    "turned upside down": frozenset({"wrong-rule"}),
    "sign within": frozenset({"wrong-rule"}),
    "constant": frozenset({"wrong-rule"}),
    "threshold": frozenset({"wrong-rule", "swapped-branches", "lost-gradient", "missing-term"}),
    "power": frozenset({"wrong-rule"}),
    "order of operands": frozenset({"wrong-rule", "swapped-operands"}),
    "order of matrices": frozenset({"wrong-rule", "swapped-operands", "wrong-permutation"})
    | SHAPES,
    "another number": frozenset({"wrong-rule"}),
    "the other operand": frozenset({"wrong-rule", "swapped-operands"}),
    "each the other's": frozenset({"swapped-operands", "swapped-branches"}),
    "signs exchanged": frozenset({"swapped-operands", "wrong-sign"}),
    "boundary": frozenset({"kink-convention", "tie-convention", "wrong-rule"}),
    "turned": frozenset({"swapped-branches", "swapped-operands", "wrong-rule"}),
    "branches exchanged": frozenset({"swapped-branches", "swapped-operands", "wrong-rule"}),
    "one branch": frozenset({"wrong-rule", "swapped-branches"}),
    "function": frozenset({"wrong-rule"}),
    "function left out": frozenset({"wrong-rule"}),
    "mean for sum": frozenset({"wrong-rule", "wrong-scale"}),
    "shift": frozenset({"overflow"}),
    "axis": frozenset({"wrong-axis", "wrong-permutation"}) | SHAPES,
    "axes kept": frozenset({"wrong-axis"}) | SHAPES,
    "transposition": frozenset({"wrong-permutation", "wrong-rule"}) | SHAPES,
    "shape": frozenset({"wrong-axis", "missing-unbroadcast", "wrong-permutation"}) | SHAPES,
    "broadcasting": frozenset({"missing-unbroadcast"}) | SHAPES,
    "reduction": frozenset({"wrong-rule", "wrong-axis"}) | SHAPES,
    "overwritten": frozenset({"overwrite"}),
    "lost": frozenset({"lost-gradient", "missing-term"}),
    "first kept": frozenset({"lost-gradient", "missing-term", "overwrite"}),
    "mask lost": frozenset({"wrong-rule"}),
    "in place": frozenset({"aliasing"}),
    "seed": frozenset({"seed-ignored"}),
    "not reversed": frozenset({"lost-gradient", "missing-term"}),
    "visited again": frozenset({"every-path", "double-count", "recursion", "crash"}),
    "order": frozenset(
        {"missing-term", "lost-gradient", "double-count", "overwrite", "every-path", "unordered"}
    )
    | {"crash"},
    "not reset": frozenset({"stale-grad", "state-leak", "crash"}),
}
"""Every way of getting it wrong, and its right names in the backward pass."""

FORWARD: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("factor lost", "term lost", "another number"), frozenset({"wrong-shape"})),
    "order of operands": frozenset({"swapped-operands"}),
    "order of matrices": frozenset({"swapped-operands", "wrong-permutation"}) | SHAPES,
    "the other operand": frozenset({"swapped-operands", "wrong-shape"}),
    "turned": frozenset({"swapped-branches", "swapped-operands"}),
    "branches exchanged": frozenset({"swapped-branches", "swapped-operands"}),
    "one branch": frozenset({"swapped-branches"}),
    "axis": frozenset({"wrong-axis"}) | SHAPES,
    "axes kept": SHAPES,
    "transposition": frozenset({"wrong-permutation"}) | SHAPES,
    "shape": SHAPES,
    "reduction": frozenset({"wrong-axis"}) | SHAPES,
    "shift": frozenset({"overflow"}),
}
"""Its right names in the forward pass, beside ``wrong-value``."""

LINEAR: Final = frozenset({"relu", "leaky_relu", "abs", "maximum", "minimum", "where", "clamp"})
"""Operations whose derivative is a constant on either side: any wrong one is a wrong factor."""


@dataclass(frozen=True)
class Label:
    """What a right finding says of a mutant."""

    op: str
    direction: str
    operands: tuple[str, ...]
    codes: frozenset[str]


def label_of(source: Source, mark: Mark, change: Change) -> Label:
    direction = "backward" if mark.op == ENGINE else mark.direction
    if direction == "forward":
        codes = FORWARD.get(change.kind, frozenset()) | {"wrong-value"}
        if (change.kind, mark.op) in (("negated", "sub"), ("turned upside down", "div")):
            codes |= {"swapped-operands"}
        if mark.op == "transpose":
            codes |= {"wrong-permutation"}
    else:
        codes = NAMES[change.kind]
        if mark.op != ENGINE and _is_partial(source, mark):
            codes |= {"wrong-rule"}
        if _is_at_ties(source, change.node):
            codes |= {"tie-convention", "kink-convention", "indeterminate"}
        if _is_compared(source, change.node):
            codes |= {"wrong-scale", "lost-gradient", "missing-term"}
        if _is_about_axes(source, change.node):
            codes |= {"wrong-axis", *SHAPES}
        if _is_sequence(change.node):
            codes |= {"crash"}
        if mark.op in LINEAR and change.kind in ("constant", "one branch", "sign within"):
            codes |= {"wrong-scale", "wrong-sign"}
        if mark.op in LINEAR and change.kind == "term lost":
            codes |= {"lost-gradient", "missing-term"}
        if _is_one_side(source, change.node):
            codes |= {"wrong-rule"}
        if _gives_nothing(change):
            codes |= {"lost-gradient", "missing-term"}
        if change.kind == "another number" and mark.op != ENGINE and OPERATIONS[mark.op].reduces:
            codes |= {"wrong-shape"}
        if mark.op == ENGINE and change.kind == "axis":
            codes |= {"missing-unbroadcast"}
        if mark.roles == ("seed",):
            codes |= {"wrong-value"}  # the output's own gradient is not what it should be
        if change.kind == "overwritten" and mark.op != ENGINE and OPERATIONS[mark.op].reduces:
            codes |= {"wrong-shape"}  # what `+=` has stretched, `=` leaves as it is
    if mark.op in ("matmul", "outer") and change.kind == "the other operand":
        codes |= SHAPES
    roles = change.roles or mark.roles
    operands = () if mark.op == ENGINE else tuple(role for role in roles if role != VALUE)
    return Label(mark.op, direction, operands, codes)


def _is_at_ties(source: Source, node: ast.AST) -> bool:
    """Whether a change matters where two numbers are equal, and perhaps nowhere else."""
    for around in (node, *source.above(node)):
        if isinstance(around, ast.stmt):
            return False
        tests = [around.test] if isinstance(around, ast.IfExp) else []
        if isinstance(around, ast.Call) and called_name(around) == "where":
            tests = around.args[:1]
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Mult):
            tests = [around.left, around.right]
        compared = [one for test in tests for one in ast.walk(test) if isinstance(one, ast.Compare)]
        if any(isinstance(one.ops[0], ast.Eq) for one in compared):
            return True
    return False


def _is_compared(source: Source, node: ast.AST) -> bool:
    """Whether it is one side of a comparison, which then may hold always, or never."""
    return any(isinstance(around, ast.Compare) for around in (node, *source.above(node)))


def _is_about_axes(source: Source, node: ast.AST) -> bool:
    """Whether it decides, by the axes or whether they are kept, what shape a gradient has."""
    tests = [one.test for one in (node, *source.above(node)) if isinstance(one, ast.IfExp)]
    names = {one.id for test in tests for one in ast.walk(test) if isinstance(one, ast.Name)}
    return not names.isdisjoint({"keepdims", "axis", "axes", "dim"})


def _is_sequence(node: ast.AST) -> bool:
    """Whether it is several numbers, one for each operand, that nothing can be computed with."""
    named = isinstance(node, ast.Call) and called_name(node) in ("zip", "tuple", "list", "map")
    return named or isinstance(node, ast.Tuple | ast.List | ast.GeneratorExp)


def _is_one_side(source: Source, node: ast.AST) -> bool:
    """Whether it is in a branch, so that only some numbers go through it."""
    return any(
        isinstance(around, ast.IfExp)
        or (isinstance(around, ast.Call) and called_name(around) == "where")
        for around in source.above(node)
    )


def _gives_nothing(change: Change) -> bool:
    """Whether a branch of zeros is taken in the place of another one."""
    if change.kind not in ("branches exchanged", "one branch", "turned"):
        return False
    branches = [
        one
        for around in ast.walk(change.node)
        for one in (
            [around.body, around.orelse]
            if isinstance(around, ast.IfExp)
            else around.args[1:]
            if isinstance(around, ast.Call) and called_name(around) == "where"
            else []
        )
    ]
    return any(isinstance(one, ast.Constant) and not one.value for one in branches)


def _is_partial(source: Source, mark: Mark) -> bool:
    """Whether other marked statements of the same function have a part in the same gradient."""
    return any(
        other is not mark
        and other.op == mark.op
        and set(other.roles) & set(mark.roles)
        and source.function(other.statement) is source.function(mark.statement)
        for other in source.marks
    )
