"""What computes a value or a derivative, got wrong: in the whole, and in each of its parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from mutants import COMPARED

from styles.change import MODULES, Change, called_name, of_a_module, ones, short, upstream
from styles.exchanges import renamed
from styles.marks import Mark, Source

EXCHANGED: Final = {
    **{"sin": "cos", "cos": "sin", "sinh": "cosh", "cosh": "sinh", "exp": "expm1"},
    **{"expm1": "exp", "log": "log1p", "log1p": "log", "max": "min", "min": "max"},
    **{"maximum": "minimum", "minimum": "maximum", "greater": "less", "less": "greater"},
    **{"sum": "mean", "mean": "sum", "argmax": "argmin", "argmin": "argmax"},
}

KINDS: Final = {
    **dict.fromkeys(("sum", "mean"), "mean for sum"),
    **dict.fromkeys(("max", "min", "maximum", "minimum", "greater", "less"), "turned"),
}
"""What it is called to exchange a function, where it has a name of its own."""

LEFT_OUT: Final = frozenset(
    {"exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
    | {"atan", "arctan", "abs", "fabs", "sign", "square"}
)

TRANSPOSING: Final = frozenset({"transpose", "swapaxes", "permute", "moveaxis", "flip"})

SHAPING: Final = frozenset({"broadcast_to", "expand_dims", "squeeze", "reshape"})

REDUCING: Final = frozenset({"sum", "mean", "max", "min", "amax", "cumsum", "prod"})

PASSING: Final = TRANSPOSING | SHAPING | {"sum", "cumsum", "add", "multiply", "divide", "matmul"}
"""Functions of which a factor of what they are given is a factor of what they give."""

AXES: Final[Mapping[str, tuple[int, ...]]] = {
    **{name: (1,) for name in ("sum", "mean", "max", "min", "prod", "cumsum", "flip", "squeeze")},
    **{name: (1,) for name in ("expand_dims", "concatenate", "stack")},
    **{"take": (2,), "split": (2,), "swapaxes": (1, 2)},
}
"""Where a function of numpy has an axis among its arguments, the array being the first."""

UNDOING: Final = re.compile(r"un_?broad|_?sum_?to|reduce_?to|collapse|shrink|sum_?like", re.I)

SIZES: Final = re.compile(r"\b(size|count|counts|n|len|num|total_count)\b")


def of_core(source: Source, mark: Mark, core: ast.expr, roles: tuple[str, ...]) -> Iterator[Change]:
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
    found = upstream(source, mark, core)
    if found:
        changes = [(node, ones(source, node)) for node in found]
        yield Change("upstream forgotten", *changes[0], roles, tuple(changes[1:]))


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
        yield from compared(node, mark.direction)
    elif isinstance(node, ast.IfExp):
        yield from _branches(node, node.body, node.orelse)
    elif isinstance(node, ast.Call):
        yield from _called(source, mark, node)
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield Change("transposition", node, ast.unparse(node.value))
    if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
        yield from renamed(source, mark, node)


def _is_factor(source: Source, core: ast.expr, node: ast.AST) -> bool:
    """Whether the core is a multiple of a node of it."""
    while node is not core:
        parent = source.parents[node]
        if isinstance(parent, ast.BinOp):
            if not isinstance(parent.op, ast.Mult | ast.Div | ast.MatMult):
                return False
        elif isinstance(parent, ast.IfExp):
            if node is parent.test:
                return False
        elif isinstance(parent, ast.Call) and called_name(parent) == "where":
            if node in parent.args[:1]:
                return False
        elif isinstance(parent, ast.Call):
            if node is parent.func or called_name(parent) not in PASSING | source.unbroadcasting:
                return False
            if parent.args[:1] != [node] and called_name(parent) not in ("multiply", "divide"):
                return False
        elif not (
            (isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub))
            or (isinstance(parent, ast.Attribute) and node is parent.value)
        ):
            return False
        node = parent
    return True


def _binary(
    source: Source, mark: Mark, core: ast.expr, node: ast.BinOp, factor: bool
) -> Iterator[Change]:
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    if isinstance(node.op, ast.Mult):
        for factor_kept, lost in ((node.left, node.right), (node.right, node.left)):
            if not (mark.direction == "backward" and upstream(source, mark, lost)):
                number = factor and is_number(lost)
                yield Change(
                    "rescaled" if number else "factor lost", node, f"({short(factor_kept)})"
                )
    elif isinstance(node.op, ast.Div):
        number = factor and is_number(node.right)
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
        sizes = factor and is_number(node)
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


def is_number(node: ast.expr) -> bool:
    """Whether it is a constant of the graph: a number, or how many elements there are."""
    text = ast.unparse(node)
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id not in MODULES]
    return not names or bool(SIZES.search(text))


def _is_shift(node: ast.expr) -> bool:
    """Whether what is taken away keeps exp from overflowing: a largest element."""
    return isinstance(node, ast.Call) and called_name(node) in ("max", "amax")


def _is_taken_away(source: Source, node: ast.expr) -> bool:
    parent = source.parents[node]
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub)


def _constant(source: Source, core: ast.expr, node: ast.Constant, factor: bool) -> Iterator[Change]:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return
    parent = None if node is core else source.parents[node]
    computing = isinstance(parent, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare) or (
        isinstance(parent, ast.Call) and called_name(parent) in ("where", "maximum", "minimum")
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


def compared(node: ast.AST, direction: str) -> Iterator[Change]:
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
    for kept, lost in ((a, second), (b, first)):
        shaped = isinstance(lost, ast.Call) and called_name(lost) in SHAPING
        yield Change("shape" if shaped else "one branch", node, f"({kept})")


def _called(source: Source, mark: Mark, node: ast.Call) -> Iterator[Change]:
    name, args = called_name(node), node.args
    method = isinstance(node.func, ast.Attribute) and not of_a_module(node)
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
        helps and mark.direction == "backward" and upstream(source, mark, first)
    ):
        yield Change("shape", node, inner)
    elif name in REDUCING and reduces(node, method):
        yield Change("reduction", node, inner)
    elif name in LEFT_OUT:
        yield Change("function left out", node, inner)
    elif name in ("matmul", "dot", "outer") and len(args) == 2:
        a, b = map(ast.unparse, args)
        yield Change("order of matrices", node, f"{ast.unparse(node.func)}({b}, {a})")
    if name in EXCHANGED and not (_is_shift(node) and _is_taken_away(source, node)):
        kind = KINDS.get(name, "function")
        head = f"{ast.unparse(node.func.value)}." if isinstance(node.func, ast.Attribute) else ""
        yield Change(kind, node.func, head + EXCHANGED[name])
    if reduces(node, method):
        for change in axes(node, name, method):
            shift = _is_shift(node) and change.kind == "axis" and _is_taken_away(source, node)
            yield replace(change, kind="shift") if shift else change


def reduces(node: ast.Call, method: bool) -> bool:
    """Whether it takes one array, and so is no sum or maximum of several numbers."""
    base = node.func.value if isinstance(node.func, ast.Attribute) else None
    return method or (isinstance(base, ast.Name) and base.id in ("np", "numpy"))


def axes(node: ast.Call, name: str, method: bool) -> Iterator[Change]:
    """Another axis than the right one, and axes that are not kept."""
    places = [place - method for place in AXES.get(name, ())]
    given = [node.args[place] for place in places if place < len(node.args)]
    given += [keyword.value for keyword in node.keywords if keyword.arg in ("axis", "dim")]
    for axis in given:
        yield Change("axis", axis, "-1" if ast.unparse(axis) == "0" else "0")
        if name in REDUCING and name != "cumsum":
            yield Change("axis", axis, "None")
    for keyword in node.keywords:
        if keyword.arg in ("keepdims", "keepdim"):
            for flag in sorted({"True", "False"} - {ast.unparse(keyword.value)}, reverse=True):
                yield Change("axes kept", keyword.value, flag)
