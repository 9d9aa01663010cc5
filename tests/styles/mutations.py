"""Mistakes made in an engine by program: every marked place is got wrong in every way of a table.

What a mutant must be called follows from what was done to it: an operation (or ``engine``), a
direction, operands, and the codes that are a right name. See :mod:`styles.marks`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mutants import COMPARED

from harness.vocabulary.signatures import OPERATIONS
from styles.marks import ENGINE, VALUE, Mark, Source, header, read, targets_of

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
    "order of operands": frozenset({"swapped-operands"}),
    "order of matrices": frozenset({"swapped-operands", "wrong-permutation"}) | SHAPES,
    "the other operand": frozenset({"swapped-operands"}),
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

EXCHANGED: Final = {
    **{"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "exp": "expm1"},
    **{"expm1": "exp", "log": "log1p", "log1p": "log", "max": "min", "min": "max"},
    **{"maximum": "minimum", "minimum": "maximum", "greater": "less", "less": "greater"},
    **{"sum": "mean", "mean": "sum", "argmax": "argmin", "argmin": "argmax"},
}
LEFT_OUT: Final = frozenset(
    {"exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
    | {"atan", "arctan", "abs", "fabs", "sign", "square"}
)
MODULES: Final = frozenset({"np", "numpy", "math", "builtins"})
TRANSPOSING: Final = frozenset({"transpose", "swapaxes", "permute", "moveaxis", "flip"})
SHAPING: Final = frozenset({"broadcast_to", "expand_dims", "squeeze", "reshape"})
REDUCING: Final = frozenset({"sum", "mean", "max", "min", "amax", "cumsum", "prod"})
PASSING: Final = TRANSPOSING | SHAPING | {"sum", "cumsum", "add", "multiply", "divide", "matmul"}
"""Functions of which a factor of what they are given is a factor of what they give."""

LINEAR: Final = frozenset({"relu", "leaky_relu", "abs", "maximum", "minimum", "where", "clamp"})
"""Operations whose derivative is a constant on either side: any wrong one is a wrong factor."""

AXES: Final[Mapping[str, tuple[int, ...]]] = {
    **{name: (1,) for name in ("sum", "mean", "max", "min", "prod", "cumsum", "flip", "squeeze")},
    **{name: (1,) for name in ("expand_dims", "concatenate", "stack")},
    **{"take": (2,), "split": (2,), "swapaxes": (1, 2)},
}
"""Where a function of numpy has an axis among its arguments, the array being the first."""

UNDOING: Final = re.compile(r"un_?broad|_?sum_?to|reduce_?to|collapse|shrink|sum_?like", re.I)
SIZES: Final = re.compile(r"\b(size|count|counts|n|len|num|total_count)\b")
NUMBERLESS: Final = re.compile(
    r"^(axis|axes|dims?|shapes?|\w+_shape|keepdims?|kw\w*|ctx|context|self|cls|index|indices|key|items"
    r"|np|math|n|count|condition|cond|mask|c|low|high|lo|hi|alpha|negative_slope|slope|out_shape"
    r"|i|t|tie|half|hits|share|inverse|back|edges|cuts|tensors|items)$"
)
"""Names of what is no number of the graph."""


@dataclass(frozen=True)
class Label:
    """What a right finding says of a mutant."""

    op: str
    direction: str
    operands: tuple[str, ...]
    codes: frozenset[str]


@dataclass(frozen=True)
class Mutant:
    """One mistake: its name, the engine's whole text with it, the way it was made, its label."""

    name: str
    text: str
    kind: str
    label: Label


@dataclass(frozen=True)
class Change:
    """What is put in the place of a node, as text."""

    kind: str
    node: ast.expr | ast.stmt
    after: str
    roles: tuple[str, ...] = ()
    also: tuple[tuple[ast.expr, str], ...] = ()
    """Other places that change with it."""


def mutants(text: str) -> list[Mutant]:
    """Every mutant of an engine that is marked, in a fixed order."""
    source = Source(text)
    seen: set[tuple[int, int, str]] = set()
    counts: dict[str, int] = {}
    made = []
    for mark in source.marks:
        for change in _changes(source, mark):
            after = ast.dump(ast.parse(change.after))
            key = (change.node.lineno, change.node.col_offset, _short(change.node) + after)
            if key in seen or after == ast.dump(ast.parse(ast.unparse(change.node))):
                continue
            seen.add(key)
            changed = _applied(source, change)
            name = f"{mark.name}: {_short(change.node)} -> {change.after or 'nothing'}"
            counts[name] = counts.get(name, 0) + 1
            number = f" #{counts[name]}" if counts[name] > 1 else ""
            label = _label(source, mark, change)
            made.append(Mutant(name + number, changed, change.kind, label))
    return made


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _label(source: Source, mark: Mark, change: Change) -> Label:
    direction = "backward" if mark.op == ENGINE else mark.direction
    if direction == "forward":
        codes = FORWARD.get(change.kind, frozenset()) | {"wrong-value"}
    else:
        codes = NAMES[change.kind]
        if mark.op != ENGINE and _is_partial(source, mark):
            codes |= {"wrong-rule"}
        if _is_at_ties(source, change.node):
            codes |= {"tie-convention", "kink-convention"}
        if mark.op in LINEAR and change.kind in ("constant", "one branch"):
            codes |= {"wrong-scale"}
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
        if isinstance(around, ast.Call) and _called_name(around) == "where":
            tests = around.args[:1]
        if isinstance(around, ast.BinOp) and isinstance(around.op, ast.Mult):
            tests = [around.left, around.right]
        compared = [one for test in tests for one in ast.walk(test) if isinstance(one, ast.Compare)]
        if any(isinstance(one.ops[0], ast.Eq) for one in compared):
            return True
    return False


def _is_partial(source: Source, mark: Mark) -> bool:
    """Whether other marked statements of the same function have a part in the same gradient."""
    return any(
        other is not mark
        and other.op == mark.op
        and set(other.roles) & set(mark.roles)
        and source.function(other.statement) is source.function(mark.statement)
        for other in source.marks
    )


def _applied(source: Source, change: Change) -> str:
    """The text with the node, and whatever changes with it, replaced."""
    data, starts = source.text.encode(), source.starts
    edits = [(change.node, change.after), *change.also]
    spans = [
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0),
            after,
        )
        for node, after in edits
    ]
    for start, stop, after in sorted(spans, reverse=True):
        data = data[:start] + after.encode() + data[stop:]
    return data.decode()


# -- where numbers are computed ----------------------------------------------------------------


def _cores(source: Source, mark: Mark) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """The expressions at a mark that compute what its roles are, each with its roles."""
    given: list[ast.expr] = list(mark.inside)
    if not given:
        statement = mark.statement
        value = getattr(statement, "value", None)
        given = [value] if isinstance(value, ast.expr) else header(statement)
    for expression in given:
        yield from _core(source, mark, expression, top=not mark.inside)


def _core(
    source: Source, mark: Mark, node: ast.expr, top: bool
) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    if isinstance(node, ast.Lambda):
        yield from _core(source, mark, node.body, top=False)
    elif isinstance(node, ast.Tuple | ast.List):
        lambdas = [one for one in node.elts if isinstance(one, ast.Lambda)]
        if lambdas:
            for rule in lambdas if VALUE not in mark.roles else ():
                yield from _core(source, mark, rule, top=False)
        elif len(node.elts) == len(mark.roles):
            for one, role in zip(node.elts, mark.roles, strict=True):
                yield one, (role,)
        elif node.elts:
            yield node.elts[-1], mark.roles
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _core(source, mark, value, top=False)
    elif isinstance(node, ast.Call) and _wraps(source, mark, node, top):
        yield from _wrapped(source, mark, node)
    elif not (isinstance(node, ast.Constant) and isinstance(node.value, str | None)):
        yield node, mark.roles


def _wraps(source: Source, mark: Mark, node: ast.Call, top: bool) -> bool:
    """Whether a call keeps what it is given, and computes nothing itself."""
    if top and isinstance(mark.statement, ast.Expr):
        return True
    if isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
        return True
    nested = [
        one for arg in node.args for one in (arg.elts if isinstance(arg, ast.Tuple) else [arg])
    ]
    if any(isinstance(one, ast.Lambda) for one in nested):
        return True
    module = isinstance(node.func, ast.Attribute) and (
        isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    )
    pairs = any(isinstance(arg, ast.Tuple) and len(arg.elts) == 2 for arg in node.args)
    return pairs and not module and isinstance(node.func, ast.Attribute)


def _wrapped(
    source: Source, mark: Mark, node: ast.Call
) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """What of a call's arguments is meant: results by themselves, derivatives in pairs."""
    args = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    nested = [arg for arg in args if isinstance(arg, ast.Tuple | ast.Lambda)]
    plain = [arg for arg in args if arg not in nested and not isinstance(arg, ast.Constant)]
    if VALUE in mark.roles:
        lambdas = [arg for arg in nested if isinstance(arg, ast.Lambda)]
        computed = [arg for arg in plain if not isinstance(arg, ast.Name)] or lambdas or plain[:1]
        if computed:
            yield from _core(source, mark, computed[0], top=False)
        return
    if nested:
        for pair in nested:
            yield from _core(source, mark, pair, top=False)
        return
    arriving = [arg for arg in plain if _upstream(source, mark, arg)]
    for arg in arriving or [arg for arg in plain if not isinstance(arg, ast.Name)] or plain[-1:]:
        yield from _core(source, mark, arg, top=False)


def _upstream(source: Source, mark: Mark, node: ast.AST) -> list[ast.expr]:
    """Where the gradient from above is read, the largest expressions."""
    found: list[ast.expr] = []
    todo = [node]
    while todo:
        one = todo.pop()
        if source.is_upstream(one, mark.statement):
            assert isinstance(one, ast.expr)
            found.append(one)
        else:
            todo += ast.iter_child_nodes(one)
    return found


# -- what is done there ------------------------------------------------------------------------


def _changes(source: Source, mark: Mark) -> Iterator[Change]:
    if mark.op == ENGINE:
        for part in mark.roles:
            yield from _MACHINERY[part](source, mark)
        return
    cores = list(_cores(source, mark))
    whole = list(_of_statement(mark))
    yield from whole
    kinds = {change.kind for change in whole}
    for core, roles in cores:
        changes = _of_core(source, mark, core, roles)
        yield from (one for one in changes if one.node is not core or one.kind not in kinds)
    if mark.direction == "backward":
        yield from _exchanged(source, mark, cores)


def _of_statement(mark: Mark) -> Iterator[Change]:
    """A gradient that is not added, and a statement that is not there."""
    statement = mark.statement
    if mark.inside or mark.direction == "forward":
        return
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        if isinstance(statement.op, ast.Add):
            yield Change("overwritten", statement, f"{target} = {value}")
            yield Change("negated", statement, f"{target} -= {value}")
        elif isinstance(statement.op, ast.Sub):
            yield Change("overwritten", statement, f"{target} = -({value})")
            yield Change("negated", statement, f"{target} += {value}")
    if isinstance(statement, ast.AugAssign | ast.Expr):
        whole = isinstance(statement, ast.AugAssign) or not isinstance(statement.value, ast.Call)
        tables = isinstance(statement, ast.Expr) and any(
            isinstance(node, ast.Lambda) for node in ast.walk(statement.value)
        )
        if whole or not tables:
            yield Change("lost", statement, "pass")
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
        for masked in statement.targets:
            if isinstance(masked, ast.Subscript):
                yield Change("mask lost", statement, "pass")
                yield from _compared(masked.slice, "backward")
    yield from _replaced(statement)


def _replaced(statement: ast.stmt) -> Iterator[Change]:
    """``a = a + b``, or with ``a`` only where there is one: the last one, the first, in place."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return
    target = ast.unparse(statement.targets[0])
    if isinstance(statement.targets[0], ast.Name):
        return
    value = statement.value
    branches = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    sums = [one for one in branches if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add)]
    for total in sums:
        held = target.partition("[")[0]
        if not ast.unparse(total.left).startswith(held):
            continue
        yield Change("overwritten", value, ast.unparse(total.right))
        if isinstance(value, ast.IfExp):
            yield Change("lost", total, ast.unparse(total.left))


def _of_core(
    source: Source, mark: Mark, core: ast.expr, roles: tuple[str, ...]
) -> Iterator[Change]:
    """Everything that can be got wrong in an expression, from the whole to its parts."""
    text, backward = ast.unparse(core), mark.direction == "backward"
    nothing = isinstance(core, ast.Constant) and not core.value
    if not nothing and not isinstance(core, ast.Compare | ast.BoolOp):
        negated = (
            ast.unparse(core.operand)
            if isinstance(core, ast.UnaryOp) and isinstance(core.op, ast.USub)
            else f"-({text})"
        )
        yield Change("negated", core, negated, roles)
        yield Change("doubled", core, f"2 * ({text})", roles)
        if backward:
            yield Change("rescaled", core, f"0.5 * ({text})", roles)
            yield Change("lost", core, f"0 * ({text})", roles)
    if backward:
        yield from _without_upstream(source, mark, core, roles)
    for node in ast.walk(core):
        if isinstance(node, ast.expr):
            for change in _of_node(source, mark, core, node):
                yield Change(change.kind, change.node, change.after, roles, change.also)


def _without_upstream(
    source: Source, mark: Mark, core: ast.expr, roles: tuple[str, ...]
) -> Iterator[Change]:
    """Ones in the place of the gradient from above, wherever it is read."""
    found = _upstream(source, mark, core)
    if found:
        changes = [(node, _one(source, node)) for node in found]
        yield Change("upstream forgotten", *changes[0], roles, tuple(changes[1:]))


def _one(source: Source, node: ast.expr) -> str:
    return f"np.ones_like({ast.unparse(node)})" if "import numpy as np" in source.text else "1.0"


def _of_node(source: Source, mark: Mark, core: ast.expr, node: ast.expr) -> Iterator[Change]:
    """What can be got wrong in one expression of a core."""
    factor = _is_factor(source, core, node)
    if isinstance(node, ast.BinOp):
        yield from _binary(source, mark, core, node, factor)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if node is core or isinstance(node.operand, ast.Constant):
            return
        yield Change("negated" if factor else "sign within", node, f"({ast.unparse(node.operand)})")
    elif isinstance(node, ast.Constant):
        yield from _constant(source, core, node, factor)
    elif isinstance(node, ast.Compare):
        yield from _compared(node, mark.direction)
    elif isinstance(node, ast.IfExp):
        yield from _branches(node, node.body, node.orelse)
    elif isinstance(node, ast.Call):
        yield from _called(source, mark, node)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield Change("transposition", node, ast.unparse(node.value))
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        yield from _renamed(source, mark, node)


def _is_factor(source: Source, core: ast.expr, node: ast.AST) -> bool:
    """Whether the core is a multiple of a node of it."""
    while node is not core:
        parent = source.parents[node]
        if isinstance(parent, ast.BinOp):
            if not isinstance(parent.op, ast.Mult | ast.Div | ast.MatMult):
                return False
        elif isinstance(parent, ast.Call):
            if node is parent.func or _called_name(parent) not in PASSING | source.unbroadcasting:
                return False
            if parent.args[:1] != [node] and _called_name(parent) not in ("multiply", "divide"):
                return False
        elif not (
            (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub))
            or (isinstance(parent, ast.Attribute) and node is parent.value)
        ):
            return False
        node = parent
    return True


def _called_name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def _of_a_module(node: ast.Call) -> bool:
    """Whether it is a function of numpy or math, or of Python itself."""
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id in MODULES
    return isinstance(node.func, ast.Name)


def _binary(
    source: Source, mark: Mark, core: ast.expr, node: ast.BinOp, factor: bool
) -> Iterator[Change]:
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node.op, ast.Mult):
        for factor_kept, lost in ((node.left, node.right), (node.right, node.left)):
            if not (mark.direction == "backward" and _upstream(source, mark, lost)):
                number = factor and _is_number(lost)
                yield Change(
                    "rescaled" if number else "factor lost", node, f"({_short(factor_kept)})"
                )
    elif isinstance(node.op, ast.Div):
        number = factor and _is_number(node.right)
        yield Change("rescaled" if number else "factor lost", node, f"({left})")
        yield Change("turned upside down", node, f"({right}) / ({left})")
        if not number:
            yield Change("turned upside down", node, f"({left}) * ({right})")
    elif isinstance(node.op, ast.Add | ast.Sub):
        if isinstance(node.op, ast.Sub) and _is_shift(node.right):
            yield Change("shift", node, f"({left})")
            return
        minus = isinstance(node.op, ast.Sub)
        yield Change("sign within", node, f"(({left}) {'+' if minus else '-'} ({right}))")
        sizes = factor and _is_number(node)
        for kept in (left, right):
            yield Change("rescaled" if sizes else "term lost", node, f"({kept})")
        if minus:
            kind = "negated" if factor and mark.direction == "backward" else "order of operands"
            yield Change(kind, node, f"(({right}) - ({left}))")
    elif isinstance(node.op, ast.Pow):
        yield Change("power", node, f"({left})")
        yield Change("order of operands", node, f"(({right}) ** ({left}))")
    elif isinstance(node.op, ast.MatMult):
        yield Change("order of matrices", node, f"(({right}) @ ({left}))")
    elif isinstance(node.op, ast.BitAnd | ast.BitOr):
        for kept in (left, right):
            yield Change("one branch", node, f"({kept})")


def _is_number(node: ast.expr) -> bool:
    """Whether it is a constant of the graph: a number, or how many elements there are."""
    text = ast.unparse(node)
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id not in MODULES]
    return not names or bool(SIZES.search(text))


def _is_shift(node: ast.expr) -> bool:
    """Whether what is taken away keeps exp from overflowing: a largest element."""
    return isinstance(node, ast.Call) and _called_name(node) in ("max", "amax")


def _constant(source: Source, core: ast.expr, node: ast.Constant, factor: bool) -> Iterator[Change]:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return
    parent = None if node is core else source.parents[node]
    computing = isinstance(parent, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare) or (
        isinstance(parent, ast.Call) and _called_name(parent) in ("where", "maximum", "minimum")
    )
    if not computing or _counts(source, node):
        return
    power = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow)
    kind = "power" if power else "rescaled" if factor else "constant"
    kind = "threshold" if isinstance(parent, ast.Compare) else kind
    if node.value == 1:
        yield Change("negated" if factor and not power else kind, node, f"(-{node.value})")
    elif node.value != 0:
        yield Change(kind, node, str(node.value / 2))
    yield Change(kind, node, str(node.value + 1))


def _counts(source: Source, node: ast.AST) -> bool:
    """Whether a number is part of a shape, an axis or a number of elements."""
    for parent in source.above(node):
        if isinstance(parent, ast.stmt):
            return False
        if isinstance(parent, ast.Tuple | ast.List | ast.Subscript | ast.keyword):
            return not isinstance(parent, ast.Tuple) or not _returns(source, parent)
        if isinstance(parent, ast.Call) and SIZES.search(ast.unparse(parent)):
            return True
    return False


def _returns(source: Source, node: ast.Tuple) -> bool:
    """Whether a tuple holds several results, and is no shape."""
    parent = source.parents[node]
    return isinstance(parent, ast.Return | ast.Lambda | ast.Assign | ast.Call)


def _compared(node: ast.AST, direction: str) -> Iterator[Change]:
    """A comparison with its boundary moved, and turned. A value does not jump at its boundary."""
    for one in ast.walk(node):
        if not isinstance(one, ast.Compare) or type(one.ops[0]) not in COMPARED:
            continue
        for other in COMPARED[type(one.ops[0])]:
            moved = {type(one.ops[0]), other} in ({ast.Lt, ast.LtE}, {ast.Gt, ast.GtE})
            if moved and direction == "forward":
                continue
            after = ast.unparse(ast.Compare(one.left, [other()], one.comparators))
            yield Change("boundary" if moved else "turned", one, f"({after})")


def _branches(node: ast.expr, first: ast.expr, second: ast.expr) -> Iterator[Change]:
    """Both branches exchanged, and each of them always taken."""
    a, b = ast.unparse(first), ast.unparse(second)
    if isinstance(node, ast.IfExp):
        yield Change("branches exchanged", node, f"({b} if {ast.unparse(node.test)} else {a})")
    for kept in (a, b):
        yield Change("one branch", node, f"({kept})")


def _called(source: Source, mark: Mark, node: ast.Call) -> Iterator[Change]:
    name, args = _called_name(node), node.args
    method = isinstance(node.func, ast.Attribute) and not _of_a_module(node)
    receiver = node.func.value if method and isinstance(node.func, ast.Attribute) else None
    own = isinstance(receiver, ast.Name) and receiver.id == "self"
    helps = own or (isinstance(node.func, ast.Name) and name in source.functions)
    first = receiver if receiver is not None and not own else (args[0] if args else None)
    if SIZES.search(ast.unparse(node)) and name in ("max", "min", "len"):
        return
    if first is None:
        return
    inner = f"({ast.unparse(first)})"
    if name in source.unbroadcasting or UNDOING.search(name):
        yield Change("broadcasting", node, inner)
    elif name == "where" and len(args) == 3:
        c, a, b = map(ast.unparse, args)
        yield Change("branches exchanged", node, f"{ast.unparse(node.func)}({c}, {b}, {a})")
        yield from _branches(node, args[1], args[2])
    elif name in TRANSPOSING:
        yield Change("transposition", node, inner)
    elif name in SHAPING or (
        helps and mark.direction == "backward" and _upstream(source, mark, first)
    ):
        yield Change("shape", node, inner)
    elif name in REDUCING and _reduces(node, method):
        yield Change("reduction", node, inner)
    elif name in LEFT_OUT:
        yield Change("function left out", node, inner)
    elif name in ("matmul", "dot", "outer") and len(args) == 2:
        a, b = map(ast.unparse, args)
        yield Change("order of matrices", node, f"{ast.unparse(node.func)}({b}, {a})")
    if name in EXCHANGED and not (isinstance(source.parents[node], ast.BinOp) and _is_shift(node)):
        kind = "mean for sum" if name in ("sum", "mean") else "function"
        head = f"{ast.unparse(node.func.value)}." if isinstance(node.func, ast.Attribute) else ""
        yield Change(kind, node.func, head + EXCHANGED[name])
    if _reduces(node, method):
        yield from _axes(node, name, method)


def _reduces(node: ast.Call, method: bool) -> bool:
    """Whether it takes one array, and so is no sum or maximum of several numbers."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    return method or (isinstance(base, ast.Name) and base.id in ("np", "numpy"))


def _axes(node: ast.Call, name: str, method: bool) -> Iterator[Change]:
    """Another axis than the right one, and axes that are not kept."""
    places = [place - method for place in AXES.get(name, ())]
    axes = [node.args[place] for place in places if place < len(node.args)]
    axes += [keyword.value for keyword in node.keywords if keyword.arg in ("axis", "dim")]
    for axis in axes:
        constant = isinstance(axis, ast.Constant | ast.UnaryOp)
        other = "-1" if constant and ast.unparse(axis) == "0" else "0"
        yield Change("axis", axis, other)
        if name in REDUCING and name != "cumsum":
            yield Change("axis", axis, "None")
    for keyword in node.keywords:
        if keyword.arg in ("keepdims", "keepdim"):
            constant = isinstance(keyword.value, ast.Constant)
            flags = (
                [str(not keyword.value.value)] if isinstance(keyword.value, ast.Constant) else []
            )
            for flag in flags if constant else ["True", "False"]:
                yield Change("axes kept", keyword.value, flag)


def _renamed(source: Source, mark: Mark, node: ast.expr) -> Iterator[Change]:
    """Another number of the same operation: the result for an operand, one operand for another."""
    if not isinstance(getattr(node, "ctx", None), ast.Load) or not _is_numeric(node):
        return
    if mark.direction == "backward" and source.is_upstream(node, mark.statement):
        return
    parent = source.parents[node]
    if isinstance(parent, ast.Call) and node is parent.func:
        return
    if isinstance(parent, ast.Attribute | ast.keyword):
        return
    text = ast.unparse(node)
    for other in sorted(_alternatives(source, mark, node)):
        if other != text:
            two = OPERATIONS[mark.op].operands.keys() >= {"x", "y"}
            two = two and {text, other} <= _operand_texts(source, mark)
            yield Change("the other operand" if two else "another number", node, other)


def _is_numeric(node: ast.expr) -> bool:
    """Whether it may stand for a number of the graph, as far as its name says."""
    if isinstance(node, ast.Attribute):
        base = node.value
        named = not NUMBERLESS.match(node.attr) and node.attr not in ("T", "mT", "ndim", "size")
        return named and isinstance(base, ast.Name) and base.id not in MODULES
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int)
    return isinstance(node, ast.Name) and not NUMBERLESS.match(node.id)


def _operand_texts(source: Source, mark: Mark) -> set[str]:
    """What the value of the operation is computed from."""
    marks = [one for one in source.marks if one.op == mark.op and VALUE in one.roles]
    found = {ast.unparse(node) for one in marks for node in read(one) if _is_numeric(node)}
    return found or {"x", "y"}


def _alternatives(source: Source, mark: Mark, node: ast.expr) -> set[str]:
    """Expressions of the same form that the operation's marked lines read, or its function has
    been given, where they are known at this place."""
    known = _known(source, mark, node)
    marks = [one for one in source.marks if one.op == mark.op]
    every = [node for one in marks for node in read(one)]
    fitting = [
        one
        for one in every
        if type(one) is type(node) and _is_numeric(one) and _ending(one) == _ending(node)
    ]
    texts = {
        ast.unparse(one)
        for one in fitting
        if not any(source.is_upstream(one, other.statement) for other in marks)
        and {name.id for name in ast.walk(one) if isinstance(name, ast.Name)} <= known
    }
    if isinstance(node, ast.Name):
        texts |= {name for name in _given(source, mark, node) if not NUMBERLESS.match(name)}
    return texts - _opened(source)


def _opened(source: Source) -> set[str]:
    """Names of objects that hold a number: a function of the engine takes it out, ``raw(x)``."""
    return {
        call.args[0].id
        for mark in source.marks
        if mark.direction == "forward"
        for expression in mark.inside or header(mark.statement)
        for call in ast.walk(expression)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in source.functions
        and len(call.args) == 1
        and isinstance(call.args[0], ast.Name)
    }


def _ending(node: ast.AST) -> str:
    """What an alternative must share: an attribute's name, and what an element is taken of."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return ast.unparse(node.value) if isinstance(node, ast.Subscript) else ""


def _given(source: Source, mark: Mark, node: ast.AST) -> set[str]:
    """The numbers that the innermost lambda or function around a node has as parameters."""
    for around in source.above(node):
        if isinstance(around, ast.Lambda | ast.FunctionDef):
            names = {arg.arg for arg in around.args.args[: len(around.args.args)]}
            defaults = len(around.args.defaults)
            names -= {arg.arg for arg in around.args.args[-defaults:]} if defaults else set()
            text = ast.Name("", ast.Load())
            upstream = {
                name
                for name in names
                if source.is_upstream(
                    ast.copy_location(ast.Name(name, ast.Load()), text), mark.statement
                )
            }
            return names - upstream if isinstance(around, ast.Lambda) else set()
    return set()


def _known(source: Source, mark: Mark, node: ast.AST) -> set[str]:
    """The names that have a value at a place: of the functions and lambdas around it."""
    names: set[str] = set()
    for around in source.above(node):
        if isinstance(around, ast.Lambda | ast.FunctionDef):
            names |= {arg.arg for arg in around.args.args}
        if isinstance(around, ast.FunctionDef):
            names |= {
                one.id
                for one in ast.walk(around)
                if isinstance(one, ast.Name)
                and isinstance(one.ctx, ast.Store)
                and one.lineno < mark.statement.lineno
            }
    return names


def _exchanged(
    source: Source, mark: Mark, cores: list[tuple[ast.expr, tuple[str, ...]]]
) -> Iterator[Change]:
    """Each operand given what the other one gets."""
    if len(mark.roles) == 2 and len(cores) == 2:
        (a, _), (b, _) = cores
    else:
        partner = _partner(source, mark)
        others = [] if partner is None else list(_cores(source, partner))
        if len(cores) != 1 or len(others) != 1:
            return
        a, b = cores[0][0], others[0][0]
    a, b = _unwrapped(source, a), _unwrapped(source, b)
    names = {ast.unparse(target) for target in targets_of(mark.statement)}
    if names & {ast.unparse(node) for node in ast.walk(b) if isinstance(node, ast.Name)}:
        return  # the second one is made of the first
    one, other = ast.unparse(a), ast.unparse(b)
    if {one.lstrip("-"), other.lstrip("-")} == {one} or one.lstrip("-") == other.lstrip("-"):
        yield Change("signs exchanged", a, other, also=((b, one),))
    else:
        kind = "order of matrices" if mark.op in ("matmul", "outer") else "each the other's"
        yield Change(kind, a, other, also=((b, one),))


def _unwrapped(source: Source, node: ast.expr) -> ast.expr:
    """Without the call that undoes broadcasting."""
    if isinstance(node, ast.Call) and node.args and _called_name(node) in source.unbroadcasting:
        return node.args[0]
    return node


def _partner(source: Source, mark: Mark) -> Mark | None:
    """The mark of the next operand, in the same function."""
    if len(mark.roles) != 1 or mark.roles[0] not in ("x",):
        return None
    marks = [
        one
        for one in source.marks
        if one.op == mark.op and source.function(one.statement) is source.function(mark.statement)
    ]
    after = [one for one in marks[marks.index(mark) + 1 :] if VALUE not in one.roles]
    return after[0] if after and after[0].roles == ("y",) else None


# -- machinery ---------------------------------------------------------------------------------


def _accumulate(source: Source, mark: Mark) -> Iterator[Change]:
    """Gradients that are put where they are to be added, or added wrongly."""
    statement = mark.statement
    if isinstance(statement, ast.AugAssign):
        target, value = ast.unparse(statement.target), ast.unparse(statement.value)
        yield Change("overwritten", statement, f"{target} = {value}")
        yield Change("negated", statement, f"{target} -= {value}")
        yield Change("doubled", statement, f"{target} += 2 * ({value})")
        yield Change("lost", statement, "pass")
        yield from _products(source, mark, statement.value)
    elif isinstance(statement, ast.Assign):
        yield from _replaced(statement)
        held = ast.unparse(statement.targets[0])
        total = statement.value.body if isinstance(statement.value, ast.IfExp) else statement.value
        if isinstance(total, ast.BinOp) and isinstance(total.op, ast.Add):
            left, right = ast.unparse(total.left), ast.unparse(total.right)
            yield Change("lost", total, left)
            yield Change("negated", total, f"{left} - ({right})")
            yield Change("doubled", total, f"{left} + 2 * ({right})")
            if left == held and total is statement.value and "numpy" in source.text:
                yield Change("in place", statement, f"{held} += {right}")
        else:
            text = ast.unparse(total)
            yield Change("negated", total, f"-({text})")
            yield Change("doubled", total, f"2 * ({text})")
    elif isinstance(statement, ast.Expr):
        yield Change("lost", statement, "pass")


def _products(source: Source, mark: Mark, value: ast.expr) -> Iterator[Change]:
    """Local derivative × upstream, with one of the two."""
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        for kept, lost in ((value.left, value.right), (value.right, value.left)):
            arriving = bool(_upstream(source, mark, lost)) or "grad" in ast.unparse(lost)
            yield Change("upstream forgotten" if arriving else "factor lost", value, _short(kept))


def _seed(source: Source, mark: Mark) -> Iterator[Change]:
    """A backward pass that begins with something else."""
    statement = mark.statement
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr) or not isinstance(statement, ast.Assign | ast.AugAssign):
        return
    value = value.elts[0] if isinstance(value, ast.Tuple) else value
    value = value.values[0] if isinstance(value, ast.Dict) else value
    if value is None:
        return
    text = ast.unparse(value)
    if isinstance(value, ast.IfExp):
        yield Change("seed", value, ast.unparse(value.body))
    elif not isinstance(value, ast.Constant) and "ones" not in text:
        yield Change("seed", value, _one(source, value))
    yield Change("doubled", value, f"2 * ({text})")
    yield Change("negated", value, f"-({text})")
    yield Change("lost", value, f"0 * ({text})")


def _order(source: Source, mark: Mark) -> Iterator[Change]:
    """Nodes in another order, more than once, or not at all."""
    statement = mark.statement
    roots = list(mark.inside) or header(statement)
    for node in (one for root in roots for one in ast.walk(root)):
        if isinstance(node, ast.Call):
            yield from _reordered(node)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "::-1":
            yield Change("not reversed", node, ast.unparse(node.value))
        elif isinstance(node, ast.Compare):
            yield from _visited(node)
        elif isinstance(node, ast.BoolOp):
            for kept in node.values:
                yield Change("order", node, ast.unparse(kept))
        elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
            yield Change("order", node, ast.unparse(node.operand))
        elif isinstance(node, ast.Lambda) and isinstance(node.body, ast.Attribute | ast.UnaryOp):
            yield Change("not reversed", node.body, f"-({ast.unparse(node.body)})")
    if isinstance(statement, ast.AugAssign):
        yield Change("order", statement, "pass")
        yield Change("order", statement.value, f"{ast.unparse(statement.value)} + 1")
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        yield from _moved(source, statement)


def _reordered(node: ast.Call) -> Iterator[Change]:
    name = _called_name(node)
    if name == "reversed":
        yield Change("not reversed", node, ast.unparse(node.args[0]))
    elif name in ("max", "min") or name in ("heappop", "popleft", "pop", "appendleft"):
        other = {"max": "min", "min": "max", "popleft": "pop", "appendleft": "append"}.get(name)
        if other and isinstance(node.func, ast.Name):
            yield Change("order", node.func, other)
        elif other and isinstance(node.func, ast.Attribute):
            yield Change("order", node.func, f"{ast.unparse(node.func.value)}.{other}")
    elif name == "range" and len(node.args) == 3:
        yield Change("not reversed", node, f"reversed({ast.unparse(node)})")
    elif name in ("sorted", "sort"):
        if name == "sorted":
            yield Change("order", node, ast.unparse(node.args[0]))
        for keyword in node.keywords:
            if keyword.arg == "reverse" and isinstance(keyword.value, ast.Constant):
                yield Change("not reversed", keyword.value, str(not keyword.value.value))


def _visited(node: ast.Compare) -> Iterator[Change]:
    """A node that is taken again, or at another time."""
    operator = type(node.ops[0])
    if operator in (ast.NotIn, ast.In):
        yield Change("visited again", node, str(operator is ast.NotIn))
    elif operator in COMPARED:
        for other in COMPARED[operator]:
            after = ast.unparse(ast.Compare(node.left, [other()], node.comparators))
            yield Change("order", node, after)
        yield Change("order", node, "True")


def _moved(source: Source, statement: ast.Expr) -> Iterator[Change]:
    """A statement before the one above it: a node that is put down before its parents."""
    block = next(
        part
        for name in ("body", "orelse", "finalbody")
        if statement in (part := getattr(source.parents[statement], name, []))
    )
    place = block.index(statement)
    if place:
        before = block[place - 1]
        lines = source.text.splitlines()
        text = "\n".join(lines[before.lineno - 1 : before.end_lineno])[before.col_offset :]
        own = ast.unparse(statement)
        yield Change("order", statement, text, also=((before, own),))


def _unbroadcast(source: Source, mark: Mark) -> Iterator[Change]:
    """Broadcasting that is not undone, or along other axes."""
    statement = mark.statement
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.expr):
        return
    for node in ast.walk(value):
        if not isinstance(node, ast.Call):
            continue
        name = _called_name(node)
        method = isinstance(node.func, ast.Attribute) and not _of_a_module(node)
        if name == "sum" and isinstance(node.func, ast.Attribute):
            first = node.func.value if method else node.args[0]
            yield Change("broadcasting", node, ast.unparse(first))
            yield Change("rescaled", node.func, f"{ast.unparse(node.func.value)}.mean")
        for change in _axes(node, name, method):
            kind = "broadcasting" if change.kind == "axes kept" else "axis"
            yield Change(kind, change.node, change.after)


def _reset(source: Source, mark: Mark) -> Iterator[Change]:
    """What an earlier pass has left."""
    statement = mark.statement
    if isinstance(statement, ast.Assign | ast.Expr | ast.AugAssign | ast.For):
        yield Change("not reset", statement, "pass")


_MACHINERY: Final[Mapping[str, Callable[[Source, Mark], Iterator[Change]]]] = {
    "accumulate": _accumulate,
    "seed": _seed,
    "order": _order,
    "unbroadcast": _unbroadcast,
    "reset": _reset,
}
