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
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from harness.language.syntax import suggest
from harness.vocabulary.aliases import ALIASES, KEYWORDS
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.signatures import OPERATIONS, OPERATORS, Operation

MODULES: Final = {
    **dict.fromkeys(("math", "np", "numpy", "jnp", "anp"), "numpy"),
    **dict.fromkeys(("torch", "F"), "torch"),
}
"""What stands in front of a function's name, and whose conventions it has."""

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


@dataclass(frozen=True, slots=True)
class Setting:
    """What an expression is read with: names that stand for something else, what modules are called
    (with whose conventions), whether methods are torch's, and functions that are none of theirs."""

    names: Mapping[str, ast.expr] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=lambda: MODULES)
    torch: bool = False
    own: frozenset[str] = frozenset()


def translated(tree: ast.expr, setting: Setting) -> ast.expr:
    """The expression of a case. Raises :class:`Untranslatable` where it would not be the same. What
    else is no expression of a case is left as it is."""
    found: ast.expr = _Gates(setting).visit(_Plain(setting).visit(deepcopy(tree)))
    return found


def called(call: ast.Call) -> str:
    """The name of what is called, without its module or object."""
    function = call.func
    return str(getattr(function, "id", "") or getattr(function, "attr", ""))


def _moved(new: Any, old: ast.AST) -> Any:
    return ast.copy_location(new, old)


class _Plain(ast.NodeTransformer):
    """Functions without modules, as numpy calls them; neither methods nor if-else."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        parts = [self.visit(part) for part in (node.test, node.body, node.orelse)]
        return _moved(ast.Call(_moved(ast.Name("where"), node), parts, []), node)

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if self._conventions(node.value):
            if node.attr in NUMBERS:
                return _moved(_literal(NUMBERS[node.attr]), node)
            if node.attr == "newaxis":
                return _moved(ast.Constant(None), node)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        name, args = called(node), [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(key.arg, self.visit(key.value)) for key in node.keywords]
        for new, old in zip(keywords, node.keywords, strict=True):
            _moved(new, old)
        torch = self.setting.torch
        if isinstance(node.func, ast.Name):
            if name in self.setting.own:
                raise Untranslatable(
                    node, f"{name} is a function of the code's own: write its steps"
                )
            if name == "sum" and not keywords:
                raise Untranslatable(node, "Python's sum adds up rows: write np.sum(x), or axis=0")
            if name in ("max", "min") and len(args) != 2 and not keywords:
                raise Untranslatable(node, f"Python's {name} of two is meant? or np.{name}(x)?")
            if not keywords:
                name = BUILT_IN.get(name, name)
        elif isinstance(node.func, ast.Attribute):
            conventions = self._conventions(node.func.value)
            torch = conventions == "torch" if conventions else torch
            if not conventions:
                args = [self.visit(node.func.value), *args]
        else:
            raise Untranslatable(node, "only functions can be called, by name")
        if name in ("var", "std"):
            keywords = _corrected(keywords, torch)
        if torch and name in ("max", "min") and len(args) + len(keywords) > 1:
            raise Untranslatable(node, f"torch's {name} along an axis is a pair: write a{name}")
        if name == "norm" and len(args) > 1:
            raise Untranslatable(node, "the norm is of second order here: write norm(x, axis=…)")
        if name == "transpose" and not torch and len(args) == 3:
            args = [args[0], _moved(ast.Tuple(args[1:]), node)]  # all axes, in another order
        if name == "pad" and not torch:
            _untwist(node, args)
        return _moved(ast.Call(_moved(ast.Name(name), node), args, keywords), node)

    def _conventions(self, node: ast.expr) -> str:
        """Whose functions those of a module are; nothing where it is no module."""
        return self.setting.modules.get(_root(node), "")


class _Gates(ast.NodeTransformer):
    """Calls as the vocabulary has them, and the code of an activation as that activation."""

    def __init__(self, setting: Setting) -> None:
        self.names = setting.names

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
        if name in ("transpose", "t"):
            return self._transposed(node)
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
        if len(rest) > _positional(operation, rest):
            extra = rest[_positional(operation, rest)]
            raise Untranslatable(extra, f"{op} is given more than a case can say: write its name")
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
        if node.keywords:
            key = node.keywords[0]
            raise Untranslatable(key, f"{called(node)} has no {key.arg} in a case")
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


def _positional(operation: Operation, given: list[ast.expr]) -> int:
    """How many parameters may be given by position: of reductions the axis alone, as numpy and
    torch go different ways after that."""
    spread = any(p.kind in ("order", "shape") for p in operation.parameters.values())
    if "keepdims" in operation.parameters:
        return 1
    return len(given) if spread else len(operation.parameters)


def _corrected(keywords: list[ast.keyword], torch: bool) -> list[ast.keyword]:
    """``correction`` as a keyword: numpy's default is 0, torch's 1."""
    found = []
    for key in keywords:
        if key.arg == "unbiased" and isinstance(key.value, ast.Constant):
            value = _moved(ast.Constant(int(bool(key.value.value))), key.value)
            key = _moved(ast.keyword("correction", value), key)
        found.append(key)
    if not torch and not any(key.arg in KEYWORDS["correction"] for key in found):
        found.append(ast.keyword("correction", ast.Constant(0, col_offset=0, lineno=1)))
    return found


def _untwist(node: ast.Call, args: list[ast.expr]) -> None:
    """numpy's widths of a padding, a pair for each axis, as torch's, the last axis's first."""
    if len(args) < 2:
        return
    widths = args[1]
    if isinstance(widths, ast.Call) and called(widths) == "widths" and widths.args:
        args[1] = widths.args[0]
        return
    pairs = widths.elts if isinstance(widths, ast.Tuple | ast.List) else []
    if not pairs or not all(isinstance(pair, ast.Tuple | ast.List) for pair in pairs):
        raise Untranslatable(node, "a padding needs a pair of widths for each axis")
    flat = [item for pair in reversed(pairs) for item in pair.elts]  # type: ignore[attr-defined]
    args[1] = _moved(ast.Tuple(flat), widths)


def _literal(number: float) -> ast.expr:
    """A number as a case writes it: infinities and NaN are names."""
    return ast.Constant(number) if math.isfinite(number) else ast.Name(str(number))


def _is_open(bound: ast.expr) -> bool:
    """Whether a bound is none: ``None``, or an infinity."""
    value = bound.value if isinstance(bound, ast.Constant) else number(bound)
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
    if isinstance(tree, ast.Attribute) and tree.attr in NUMBERS and _root(tree.value) in MODULES:
        return NUMBERS[tree.attr]
    if isinstance(tree, ast.Name) and tree.id in ("inf", "nan"):
        return NUMBERS[tree.id]
    if isinstance(tree, ast.Call) and called(tree) == "float" and len(tree.args) == 1:
        word = tree.args[0].value if isinstance(tree.args[0], ast.Constant) else ""
        return float(word) if isinstance(word, str) and word else _single(tree.args[0])
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


def _root(node: ast.expr) -> str:
    """The first name of ``torch.nn.functional``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


# -- the vocabulary's code, read backwards ---------------------------------------------------------


@cache
def _pattern(op: str) -> ast.expr:
    """The code of an operation, with a name in braces wherever something is put in."""
    operation = OPERATIONS[op]
    fields = [*operation.operands, *operation.parameters, "n"]
    text = FORMULAS[op].code.format(**{name: f"__{name}__" for name in fields})
    return ast.parse(text, mode="eval").body


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
