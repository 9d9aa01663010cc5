"""From an expression as people write it in Python, with math, numpy or torch, to one of a case.

Functions lose their module and get the vocabulary's name, methods become functions, an if-else a
``where``. The code that the vocabulary gives for an activation is read as that one gate.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from harness.language.numerals import MODULES, NUMBERS, called, number, numeral, root
from harness.language.syntax import suggest
from harness.vocabulary.aliases import ALIASES, KEYWORDS
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.signatures import OPERATIONS, Operation
from harness.vocabulary.spelling import OPERATORS

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

BUILT_IN: Final = {"max": "maximum", "min": "minimum", "abs": "abs"}
"""What functions of Python's are called in the vocabulary."""

Unclear = tuple[Callable[[int, int], bool], str]
_PAIR: Final = "Python's {0} of two is meant? or np.{0}(x)?"
_ALONG: Final = "torch's {0} along an axis is a pair: write a{0}"
_UNCLEAR: Final[Mapping[str, Mapping[str, Unclear]]] = {
    "Python": {
        "sum": (
            lambda args, keywords: not keywords,
            "Python's sum adds up rows: write np.sum(x), or axis=0",
        ),
        "max": (lambda args, keywords: args != 2 and not keywords, _PAIR),
        "min": (lambda args, keywords: args != 2 and not keywords, _PAIR),
    },
    "torch": {
        "max": (lambda args, keywords: args + keywords > 1, _ALONG),
        "min": (lambda args, keywords: args + keywords > 1, _ALONG),
    },
    "": {
        "norm": (
            lambda args, keywords: args > 1,
            "an order, or an axis? write norm(x, ord=…) or norm(x, axis=…)",
        )
    },
}
"""Functions of Python's own, of torch's and of all that mean something else in a case, with so many
arguments and keywords; and what is said of that."""


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
    plain = _Plain(setting).visit(deepcopy(tree))
    expression: ast.expr = _Gates(setting.names).visit(plain)
    return ast.fix_missing_locations(expression)


def _call(op: str, operands: list[ast.expr], parameters: Mapping[str, ast.expr]) -> ast.Call:
    pairs = parameters.items()
    keywords = [ast.copy_location(ast.keyword(key, value), value) for key, value in pairs]
    return ast.Call(ast.Name(OPERATIONS[op].word), operands, keywords)


class _Transformer(ast.NodeTransformer):
    """What is put in the place of a node stands where that stood."""

    def visit(self, node: ast.AST) -> Any:
        new = super().visit(node)
        return new if hasattr(new, "lineno") else ast.copy_location(new, node)


class _Plain(_Transformer):
    """Functions without modules, as numpy calls them; neither methods nor if-else."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        parts = [self.visit(part) for part in (node.test, node.body, node.orelse)]
        return _call("where", parts, {})

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if self._conventions(node.value):
            if node.attr in NUMBERS:
                return numeral(node.attr)
            if node.attr == "newaxis":
                return ast.Constant(None)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        name, args = called(node), [self.visit(argument) for argument in node.args]
        keywords = [self.visit(key) for key in node.keywords]
        conventions = "torch" if self.setting.torch else ""
        if isinstance(node.func, ast.Name):
            if name in self.setting.own:
                raise Untranslatable(
                    node, f"{name} is a function of the code's own: write its steps"
                )
            _check(node, "Python", name, args, keywords)
            name = name if keywords else BUILT_IN.get(name, name)
        elif isinstance(node.func, ast.Attribute):
            module = self._conventions(node.func.value)
            conventions = module or conventions
            args = args if module else [self.visit(node.func.value), *args]
        else:
            raise Untranslatable(node, "only functions can be called, by name")
        _check(node, conventions, name, args, keywords)
        _check(node, "", name, args, keywords)
        if name in OPERATIONS and "correction" in OPERATIONS[name].parameters:
            keywords = _corrected(keywords, conventions)
        if conventions != "torch" and name in _NUMPY:
            args = _NUMPY[name](node, args)
        return ast.Call(ast.Name(name), args, keywords)

    def _conventions(self, node: ast.expr) -> str:
        """Whose functions those of a module are; nothing where it is no module."""
        return self.setting.modules.get(root(node), "")


def _check(
    node: ast.Call, conventions: str, name: str, args: Sequence[Any], keywords: Sequence[Any]
) -> None:
    unclear, told = _UNCLEAR.get(conventions, {}).get(name, (lambda args, keywords: False, ""))
    if unclear(len(args), len(keywords)):
        raise Untranslatable(node, told.format(name))


def _corrected(keywords: list[ast.keyword], conventions: str) -> list[ast.keyword]:
    """``correction`` as a keyword: numpy's default is 0, torch's 1."""
    for key in keywords:
        if key.arg == "unbiased" and isinstance(key.value, ast.Constant):
            key.arg, key.value.value = "correction", int(bool(key.value.value))
    if conventions == "torch" or any(key.arg in KEYWORDS["correction"] for key in keywords):
        return keywords
    return [*keywords, ast.keyword("correction", ast.Constant(0))]


def _axes(node: ast.Call, args: list[ast.expr]) -> list[ast.expr]:
    """Of a transpose: all axes, in another order."""
    return [args[0], ast.Tuple(args[1:])] if len(args) == 3 else args


def _untwisted(node: ast.Call, args: list[ast.expr]) -> list[ast.expr]:
    """numpy's widths of a padding, a pair for each axis, as torch's, the last axis's first."""
    if len(args) < 2:
        return args
    x, widths, *more = args
    if isinstance(widths, ast.Call) and called(widths) == "widths" and widths.args:
        return [x, widths.args[0], *more]
    pairs = [getattr(pair, "elts", None) for pair in getattr(widths, "elts", ())]
    if not pairs or None in pairs:
        raise Untranslatable(node, "a padding needs a pair of widths for each axis")
    flat = [item for pair in reversed(pairs) for item in pair or ()]
    return [x, ast.Tuple(flat), *more]


_NUMPY: Final[Mapping[str, Callable[[ast.Call, list[ast.expr]], list[ast.expr]]]] = {
    "transpose": _axes,
    "pad": _untwisted,
}
"""Functions whose arguments mean something else in numpy than in torch."""


class _Gates(_Transformer):
    """Calls as the vocabulary has them, and the code of an activation as that activation."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call):
            for op in GATES:
                parts: dict[str, ast.expr] = {}
                if _same(_pattern(op), node, parts):
                    return ast.copy_location(self._filled(OPERATIONS[op], parts), node)
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
        operation, args = OPERATIONS[op], list(node.args)
        if op in OPERATORS and "index" not in operation.parameters:
            return self._operator(op, node)
        if "equation" in operation.parameters and args and isinstance(args[0], ast.Constant):
            node.keywords.append(ast.keyword("equation", args.pop(0)))
            if args and isinstance(args[0], ast.Starred):
                args = [args[0].value]
        operands, rest = _parted(operation, args)
        parameters = _parameters(operation, rest, node.keywords)
        return _call(op, [self.visit(operand) for operand in operands], parameters)

    def _operator(self, op: str, node: ast.Call) -> Any:
        operands = [self.visit(argument) for argument in node.args]
        if node.keywords:
            key = node.keywords[0]
            raise Untranslatable(key, f"{called(node)} has no {key.arg} in a case")
        sign, count = getattr(ast, OPERATORS[op].node), len(OPERATIONS[op].operands)
        if len(operands) != count:
            raise Untranslatable(node, f"{called(node)} takes {count} operands")
        if count == 1:
            return ast.UnaryOp(sign(), operands[0])
        return ast.BinOp(operands[0], sign(), operands[1])

    def _transposed(self, node: ast.Call) -> Any:
        """numpy's ``transpose(x)`` and ``transpose(x, axes)``, torch's ``transpose(x, i, j)``."""
        if not node.args:
            raise Untranslatable(node, f"{called(node)} takes 1 operand, not 0")
        x, axes = self.visit(node.args[0]), [*node.args[1:], *(key.value for key in node.keywords)]
        if not axes:
            return ast.Attribute(x, "T")
        if len(axes) == 2:
            return _call("transpose", [x], {"axis0": axes[0], "axis1": axes[1]})
        order = axes[0] if len(axes) == 1 else ast.Tuple(axes)
        return _call("permute", [x], {"axes": order})

    def _filled(self, operation: Operation, parts: Mapping[str, ast.expr]) -> ast.Call:
        operands = [self.visit(parts[name]) for name in operation.operands]
        parameters = {
            name: parts[name]
            for name, parameter in operation.parameters.items()
            if name in parts and getattr(parts[name], "value", None) != parameter.default
        }
        return _call(operation.name, operands, parameters)


def _parted(operation: Operation, args: list[ast.expr]) -> tuple[list[ast.expr], list[ast.expr]]:
    """Positional arguments, parted into operands and parameters."""
    if operation.variadic and args and isinstance(args[0], ast.List | ast.Tuple):
        return args[0].elts, args[1:]
    count = len(args) if operation.variadic else len(operation.operands)
    return args[:count], args[count:]


def _parameters(
    operation: Operation, rest: list[ast.expr], keywords: list[ast.keyword]
) -> dict[str, ast.expr]:
    """The parameters by the vocabulary's names. Of reductions the axis alone may come by position,
    as numpy and torch go different ways after that; several numbers where one parameter takes them
    all are a tuple: ``reshape(x, 2, 3)``."""
    kinds = {parameter.kind for parameter in operation.parameters.values()}
    several = len(rest) > 1 or any(isinstance(one, ast.Constant | ast.UnaryOp) for one in rest)
    if kinds & {"order", "shape"} and several:
        rest = [ast.copy_location(ast.Tuple(rest), rest[0])]
    most = 1 if "keepdims" in operation.parameters else len(operation.parameters)
    if len(rest) > most:
        raise Untranslatable(
            rest[most], f"{operation.name} is given more than a case can say: write its name"
        )
    named = {_parameter(operation, key.arg or ""): key.value for key in keywords}
    free = [name for name in operation.parameters if name not in named]
    parameters = dict(zip(free, rest, strict=False)) | named
    if "bound" in kinds:
        parameters = {key: value for key, value in parameters.items() if not _is_open(value)}
    return parameters


def _parameter(operation: Operation, name: str) -> str:
    """The vocabulary's name of a parameter; the name itself if it has none."""
    for own in operation.parameters:
        if name == own or name in KEYWORDS.get(own, ()):
            return own
    return {"constant_values": "value"}.get(name, name)


def _is_open(bound: ast.expr) -> bool:
    """Whether a bound is none: ``None``, or an infinity."""
    value = bound.value if isinstance(bound, ast.Constant) else number(bound)
    return value is None or (isinstance(value, float) and math.isinf(value))


# -- the vocabulary's code, read backwards ---------------------------------------------------------


@cache
def _pattern(op: str) -> ast.expr:
    """The code of an operation, with a name in braces wherever something is put in."""
    operation = OPERATIONS[op]
    fields = [*operation.operands, *operation.parameters, "n"]
    text = FORMULAS[op].code.format(**{name: f"__{name}__" for name in fields})
    return ast.parse(text, mode="eval").body


def _same(pattern: Any, node: Any, parts: dict[str, ast.expr]) -> bool:
    """Whether the code is the pattern's; what stands in its places is put into ``parts``."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith("__"):
        first = parts.setdefault(pattern.id.strip("_"), node)
        return first is node or ast.dump(first) == ast.dump(node)
    if isinstance(pattern, ast.Constant):
        return isinstance(node, ast.Constant) and bool(pattern.value == node.value)
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, list):
        pairs = zip(pattern, node, strict=False)
        return len(pattern) == len(node) and all(_same(*pair, parts) for pair in pairs)
    if isinstance(pattern, ast.AST):
        names = [name for name in pattern._fields if name not in ("ctx", "kind", "type_comment")]
        return all(_same(getattr(pattern, n, None), getattr(node, n, None), parts) for n in names)
    return bool(pattern == node)
