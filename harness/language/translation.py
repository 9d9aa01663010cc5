"""From an expression as people write it in Python, with math, numpy or torch, to one of a case.

Functions lose their module and get the vocabulary's name, methods become functions, an if-else a
``where``. The code that the vocabulary gives for an activation is read as that one gate.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache
from typing import Any, Final

from harness.language.aliases import ALIASES, KEYWORDS
from harness.language.syntax import suggest
from harness.language.vocabulary import OPERATIONS, OPERATORS, Operation

MODULES: Final = frozenset({"math", "np", "numpy", "torch", "F", "jnp", "anp"})
"""What stands in front of a function's name and says nothing."""

GATES: Final = (
    "binary_cross_entropy",
    "cross_entropy",
    "layer_norm",
    "sigmoid",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "relu",
)
"""Operations whose code is read as the one gate that it is, not as its single steps."""

NUMBERS: Final = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
BUILT_IN: Final = {"max": "maximum", "min": "minimum", "abs": "abs"}
SIGNS: Final[Mapping[str, type[ast.operator]]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "div": ast.Div,
    "pow": ast.Pow,
    "matmul": ast.MatMult,
}
WORKED_OUT: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda x, y: math.pow(x, y),
}


class Untranslatable(Exception):
    """Something that a case cannot say; ``node`` is where."""

    def __init__(self, node: ast.AST, message: str) -> None:
        super().__init__(message)
        self.node = node


def translated(tree: ast.expr, names: Mapping[str, ast.expr]) -> ast.expr:
    """The expression of a case. ``names`` are put in by what they stand for, instead of named.

    Raises :class:`Untranslatable`. What else is no expression of a case is left as it is.
    """
    found: ast.expr = _Gates(names).visit(_Plain().visit(deepcopy(tree)))
    return found


def called(call: ast.Call) -> str:
    """The name of what is called, without its module or object."""
    function = call.func
    return str(getattr(function, "id", "") or getattr(function, "attr", ""))


def _moved(new: Any, old: ast.AST) -> Any:
    return ast.copy_location(new, old)


class _Plain(ast.NodeTransformer):
    """Functions without modules, as numpy calls them; neither methods nor if-else."""

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        parts = [self.visit(part) for part in (node.test, node.body, node.orelse)]
        return _moved(ast.Call(_moved(ast.Name("where"), node), parts, []), node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if _is_module(node.value) and node.attr in NUMBERS:
            return _moved(ast.Constant(NUMBERS[node.attr]), node)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        name, args = called(node), [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(key.arg, self.visit(key.value)) for key in node.keywords]
        for new, old in zip(keywords, node.keywords, strict=True):
            _moved(new, old)
        if isinstance(node.func, ast.Name):
            if len(args) == 2 and name in BUILT_IN:
                name = BUILT_IN[name]
        elif isinstance(node.func, ast.Attribute):
            if not _is_module(node.func.value):
                args = [self.visit(node.func.value), *args]
            root = _root(node.func)
            if name in ("var", "std") and root != "torch" and not _has(keywords, "correction"):
                keywords.append(ast.keyword("correction", _moved(ast.Constant(0), node)))
        else:
            raise Untranslatable(node, "only functions can be called, by name")
        return _moved(ast.Call(_moved(ast.Name(name), node), args, keywords), node)


class _Gates(ast.NodeTransformer):
    """Calls as the vocabulary has them, and the code of an activation as that activation."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call):
            for op in GATES:
                found = _matched(op, node)
                if found is not None:
                    return _moved(self._filled(OPERATIONS[op], found, node), node)
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        return deepcopy(self.names.get(node.id, node))

    def visit_Call(self, node: ast.Call) -> Any:
        name = called(node)
        ops = [op for op in OPERATIONS if name == op or name in ALIASES.get(op, ())]
        if name == "transpose":
            return self._transposed(node)
        if name == "pad":
            _untwist(node)
        if not ops:
            known = [*OPERATIONS, *(alias for names in ALIASES.values() for alias in names)]
            raise Untranslatable(node, f"unknown operation {name!r}{suggest(name, known)}")
        op = name if name in ops else ops[0]
        if op in OPERATORS.values():
            return self._operator(op, node)
        operation = OPERATIONS[op]
        args, keywords = list(node.args), list(node.keywords)
        if op == "einsum" and args and isinstance(args[0], ast.Constant):
            keywords.append(_moved(ast.keyword("equation", args.pop(0)), node))
            if args and isinstance(args[0], ast.Starred):
                args = [args[0].value]
        operands, rest = self._operands(operation, args)
        parameters = dict(zip(_free(operation, keywords), _literals(operation, rest), strict=False))
        for key in keywords:
            parameters[_parameter(operation, key.arg or "")] = key.value
        if op == "clamp":
            parameters = {key: value for key, value in parameters.items() if not _is_open(value)}
        return _call(op, [self.visit(operand) for operand in operands], parameters, node)

    def _operands(
        self, operation: Operation, args: list[ast.expr]
    ) -> tuple[list[ast.expr], list[ast.expr]]:
        """Positional arguments, parted into operands and parameters."""
        if operation.variadic and args and isinstance(args[0], ast.List | ast.Tuple):
            return args[0].elts, args[1:]
        count = len(args) if operation.variadic else len(operation.operands)
        return args[:count], args[count:]

    def _operator(self, op: str, node: ast.Call) -> Any:
        operands = [self.visit(argument) for argument in node.args]
        if op == "neg" and len(operands) == 1:
            return _moved(ast.UnaryOp(ast.USub(), operands[0]), node)
        if op in SIGNS and len(operands) == 2:
            return _moved(ast.BinOp(operands[0], SIGNS[op](), operands[1]), node)
        raise Untranslatable(node, f"{called(node)} takes {1 if op == 'neg' else 2} operands")

    def _transposed(self, node: ast.Call) -> Any:
        """numpy's ``transpose(x)`` and ``transpose(x, axes)``, torch's ``transpose(x, i, j)``."""
        x, *rest = node.args or [node]
        axes = rest + [key.value for key in node.keywords]
        x = self.visit(x)
        if not axes:
            return _moved(ast.Attribute(x, "T"), node)
        if len(axes) == 2:
            return _call("transpose", [x], {"axis0": axes[0], "axis1": axes[1]}, node)
        order = axes[0] if len(axes) == 1 else _moved(ast.Tuple(axes), node)
        return _call("permute", [x], {"axes": order}, node)

    def _filled(
        self, operation: Operation, found: Mapping[str, ast.expr], node: ast.AST
    ) -> ast.Call:
        operands = [self.visit(found[name]) for name in operation.operands]
        parameters = {
            name: found[name]
            for name, parameter in operation.parameters.items()
            if name in found and getattr(found[name], "value", None) != parameter.default
        }
        return _call(operation.name, operands, parameters, node)


def _call(
    op: str, operands: list[ast.expr], parameters: Mapping[str, ast.expr], node: ast.AST
) -> ast.Call:
    keywords = [_moved(ast.keyword(key, value), value) for key, value in parameters.items()]
    call: ast.Call = _moved(ast.Call(_moved(ast.Name(op), node), operands, keywords), node)
    return call


def _literals(operation: Operation, values: list[ast.expr]) -> list[ast.expr]:
    """Parameters in their order; several numbers where one parameter takes them all are a tuple:
    ``reshape(x, 2, 3)``."""
    spread = [p for p in operation.parameters.values() if p.kind in ("order", "shape")]
    if spread and len(values) > 1:
        return [_moved(ast.Tuple(values), values[0])]
    if spread and values and isinstance(values[0], ast.Constant | ast.UnaryOp):
        return [_moved(ast.Tuple(values), values[0])]
    return values


def _free(operation: Operation, keywords: list[ast.keyword]) -> list[str]:
    """The parameters that have no keyword, in order."""
    taken = {_parameter(operation, key.arg or "") for key in keywords}
    return [name for name in operation.parameters if name not in taken]


def _parameter(operation: Operation, name: str) -> str:
    """The vocabulary's name of a parameter; the name itself if it has none."""
    for own in operation.parameters:
        if name == own or name in KEYWORDS.get(own, ()):
            return own
    return {"constant_values": "value"}.get(name, name)


def _untwist(node: ast.Call) -> None:
    """numpy's widths of a padding, a pair for each axis, as torch's, the last axis's first."""
    if len(node.args) > 1:
        widths = node.args[1]
        if isinstance(widths, ast.Call) and called(widths) == "widths" and widths.args:
            node.args[1] = widths.args[0]
        elif isinstance(widths, ast.Tuple | ast.List):
            pairs = [pair for pair in widths.elts if isinstance(pair, ast.Tuple | ast.List)]
            if pairs and len(pairs) == len(widths.elts):
                flat = [item for pair in reversed(pairs) for item in pair.elts]
                node.args[1] = _moved(ast.Tuple(flat), widths)


def _is_open(bound: ast.expr) -> bool:
    """Whether a bound is none: ``None``, or an infinity."""
    value = number(bound) if not isinstance(bound, ast.Constant) else bound.value
    return value is None or (isinstance(value, float) and math.isinf(value))


def number(tree: ast.expr) -> Any:
    """A number, or nested lists of them, as Python has them; None where it is none. ``1 / 3``,
    ``math.pi`` and ``-np.inf`` are numbers, too."""
    try:
        return _worked_out(tree)
    except (ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _worked_out(tree: ast.expr) -> Any:
    if isinstance(tree, ast.Constant) and isinstance(tree.value, bool | int | float):
        return tree.value
    if isinstance(tree, ast.List | ast.Tuple):
        return [_worked_out(item) for item in tree.elts]
    if isinstance(tree, ast.Attribute) and _is_module(tree.value) and tree.attr in NUMBERS:
        return NUMBERS[tree.attr]
    if isinstance(tree, ast.Name) and tree.id in ("inf", "nan"):
        return NUMBERS[tree.id]
    if isinstance(tree, ast.Call) and called(tree) == "float" and len(tree.args) == 1:
        word = tree.args[0].value if isinstance(tree.args[0], ast.Constant) else ""
        return float(word) if word in ("nan", "inf", "-inf") else _single(tree.args[0])
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        return -_single(tree.operand)
    if isinstance(tree, ast.BinOp) and type(tree.op) in WORKED_OUT:
        return WORKED_OUT[type(tree.op)](_single(tree.left), _single(tree.right))
    raise ValueError("no number")


def _single(tree: ast.expr) -> float:
    value = _worked_out(tree)
    if isinstance(value, list):
        raise ValueError("no number")
    return float(value) if isinstance(value, float) or abs(value) > 2**53 else int(value)


def _is_module(node: ast.expr) -> bool:
    return _root(node) in MODULES


def _root(node: ast.expr) -> str:
    """The first name of ``torch.nn.functional``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _has(keywords: list[ast.keyword], parameter: str) -> bool:
    return any(key.arg in KEYWORDS[parameter] for key in keywords)


# -- the vocabulary's code, read backwards ---------------------------------------------------------


@cache
def _pattern(op: str) -> ast.expr:
    """The code of an operation, with a name in braces wherever something is put in."""
    operation = OPERATIONS[op]
    fields = [*operation.operands, *operation.parameters, "n"]
    text = operation.code.format(**{name: f"__{name}__" for name in fields})
    found: ast.expr = _Plain().visit(ast.parse(text, mode="eval").body)
    return found


def _matched(op: str, node: ast.AST) -> dict[str, ast.expr] | None:
    """What stands in the places of an operation's code, None where the code is another one."""
    found: dict[str, ast.expr] = {}
    return found if _same(_pattern(op), node, found) else None


def _same(pattern: Any, node: Any, found: dict[str, ast.expr]) -> bool:
    if isinstance(pattern, ast.Name) and pattern.id.startswith("__"):
        name = pattern.id.strip("_")
        if name in found:
            return ast.dump(found[name]) == ast.dump(node)
        found[name] = node
        return True
    if isinstance(pattern, ast.Constant):
        return isinstance(node, ast.Constant) and bool(pattern.value == node.value)
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list):
        return len(pattern) == len(node) and all(
            _same(one, other, found) for one, other in zip(pattern, node, strict=True)
        )
    if isinstance(pattern, ast.AST):
        return all(
            _same(getattr(pattern, name, None), getattr(node, name, None), found)
            for name in pattern._fields
            if name not in ("ctx", "kind", "type_comment")
        )
    return bool(pattern == node)
