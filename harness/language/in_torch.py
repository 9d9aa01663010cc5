"""Lines of staged code with numpy, written with torch: the same numbers, no autograd."""

from __future__ import annotations

import ast
from typing import Final

MODULE: Final = "torch"

FUNCTIONS: Final = {
    **{
        name: name
        for name in (
            *("exp", "expm1", "log", "log1p", "sqrt", "square", "sin", "cos", "tan", "sinh"),
            *("cosh", "tanh", "sign", "floor", "sum", "mean", "outer", "einsum", "flip", "where"),
            *("cumsum", "cumprod", "reshape", "stack", "squeeze", "swapaxes", "logaddexp", "abs"),
            *("broadcast_to", "zeros_like", "ones_like", "arcsin", "arccos", "arctan", "arctan2"),
            *("argsort", "prod", "ravel", "var", "std"),
        )
    },
    **{"max": "amax", "min": "amin", "concatenate": "cat", "expand_dims": "unsqueeze"},
    **{"mod": "remainder", "clip": "clamp", "take_along_axis": "take_along_dim"},
    **{"maximum": "maximum", "minimum": "minimum", "transpose": "permute"},
}
"""What torch calls numpy's functions."""
OWN: Final = frozenset({"sigmoid", "softmax", "log_softmax", "relu", "erf"})
"""Functions of the listing that torch has itself."""
NUMBERS: Final = frozenset({"inf", "pi", "nan"})
METHODS: Final = {"copy": "clone", "max": "amax", "min": "amin", "sum": "sum", "mean": "mean",
                  "reshape": "reshape", "ravel": "ravel", "prod": "prod"}  # fmt: skip
ASKED: Final = frozenset({"shape", "ndim"})
"""What arrays know of themselves, where numpy has functions for it."""
ELEMENTWISE: Final = frozenset(
    {"exp", "log", "sqrt", "log1p", "expm1", "abs", "logaddexp", "arctan2", "sign", "tanh"}
)
SEVERAL: Final = frozenset({"flip"})
KEYWORDS: Final = {"axis": "dim", "keepdims": "keepdim", "ddof": "correction"}


class NotInTorch(ValueError):
    """Torch has no short way to write it; the message is what."""


def in_torch(code: str) -> str:
    """Statements with numpy as statements with torch; raises :class:`NotInTorch`."""
    tree = ast.parse(code)
    before = ast.dump(tree)
    tree = ast.fix_missing_locations(_Torch().visit(tree))
    return code if ast.dump(tree) == before else ast.unparse(tree)


class _Torch(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if _is_array(called):
            return _tensor(node)
        if isinstance(called, ast.Name) and called.id in OWN:
            node.func = _torch(called.id)
        if isinstance(node.func, ast.Name):  # a function of the listing's own, with its own names
            return node
        if isinstance(called, ast.Attribute) and called.attr in ASKED:
            return ast.Attribute(node.args[0], called.attr, ast.Load())
        for keyword in node.keywords:
            keyword.arg = KEYWORDS.get(str(keyword.arg), keyword.arg)
        _refuse(node)
        spread = isinstance(called, ast.Attribute) and called.attr in ("var", "std")
        if spread and not any(keyword.arg == "correction" for keyword in node.keywords):
            node.keywords.append(ast.keyword("correction", ast.Constant(0)))
        if isinstance(called, ast.Attribute) and called.attr in ("maximum", "minimum"):
            return _extremum(node, called.attr)
        if isinstance(called, ast.Attribute) and called.attr == "where":
            node.args[0] = _condition(node.args[0])
        if isinstance(called, ast.Attribute) and called.attr in ELEMENTWISE:
            node.args = [_number(item) for item in node.args]
        if isinstance(called, ast.Attribute) and called.attr in SEVERAL:
            node.args[1:2] = [_several(item) for item in node.args[1:2]]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not (isinstance(node.value, ast.Name) and node.value.id == "np"):
            self.generic_visit(node)
            if node.attr not in METHODS and node.attr not in ("T", "shape", "ndim"):
                raise NotInTorch(f".{node.attr}")
            node.attr = METHODS.get(node.attr, node.attr)
            return node
        if node.attr in ("array", "float64"):
            return node
        if node.attr in NUMBERS:
            return _torch(node.attr)
        if node.attr in ASKED:
            return node
        if node.attr not in FUNCTIONS:
            raise NotInTorch(f"np.{node.attr}")
        return _torch(FUNCTIONS[node.attr])


def _torch(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(MODULE, ast.Load()), name, ast.Load())


def _refuse(node: ast.Call) -> None:
    """Raises where torch means something else by the same words, or takes no such arguments."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    several = any(isinstance(item, ast.Tuple) for item in node.args)
    if several and name in ("unsqueeze", "remainder"):
        raise NotInTorch(f"{name} of several axes")
    for keyword in node.keywords:
        said = isinstance(keyword.value, ast.Constant | ast.UnaryOp | ast.Tuple)
        scalar = isinstance(keyword.value, ast.Name) and keyword.value.id == "axis"
        if keyword.arg == "dim" and not said and not scalar:
            raise NotInTorch("a sum over axes that are worked out")


def _is_array(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in ("array", "float64")


def _tensor(node: ast.Call) -> ast.Call:
    """A number or an array written down; a type is numpy's float64 where none is given."""
    if node.keywords or len(node.args) != 1:
        raise NotInTorch("an array of that type")
    return _tensor_of(node.args[0])


def _tensor_of(number: ast.expr) -> ast.Call:
    constants = [part.value for part in ast.walk(number) if isinstance(part, ast.Constant)]
    dtype = ast.keyword("dtype", _torch("float64"))
    real = any(isinstance(value, float) for value in constants)
    return ast.Call(_torch("tensor"), [number], [] if real else [dtype])


def _number(item: ast.expr) -> ast.expr:
    """A plain number as a tensor, which torch asks for."""
    plain = isinstance(item, (ast.Constant, ast.UnaryOp, ast.BinOp)) and not any(
        isinstance(part, ast.Name) and part.id != MODULE for part in ast.walk(item)
    )
    return _tensor_of(item) if plain else item


def _condition(item: ast.expr) -> ast.expr:
    """A condition, which torch wants of booleans."""
    if not any(isinstance(part, ast.Name) for part in ast.walk(item)):
        raise NotInTorch("a condition of plain numbers")
    if isinstance(item, (ast.Compare, ast.BinOp)):
        return item
    return ast.Call(ast.Attribute(item, "bool", ast.Load()), [], [])


def _several(item: ast.expr) -> ast.expr:
    """Axes as a tuple."""
    one = isinstance(item, (ast.Constant, ast.UnaryOp))
    return ast.Tuple([item], ast.Load()) if one else item


def _extremum(node: ast.Call, which: str) -> ast.AST:
    """``maximum`` of a plain number is a clamp."""
    bound = "min" if which == "maximum" else "max"
    for place, item in enumerate(node.args):
        if isinstance(item, (ast.Constant, ast.UnaryOp)):
            other = node.args[1 - place]
            return ast.Call(_torch("clamp"), [other], [ast.keyword(bound, item)])
    return node
