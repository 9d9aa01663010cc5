"""What is part of Python, and not of the language of cases."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

FOREIGN: Final[Mapping[type[ast.AST], tuple[str, str]]] = {
    ast.Lambda: ("a lambda", ""),
    ast.JoinedStr: ("an f-string", ""),
    ast.IfExp: ("an if-else", "write where(condition, x, y)"),
    ast.BoolOp: ("and/or", "write one where(…) inside the other"),
    **dict.fromkeys(
        (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), ("a comprehension", "")
    ),
    ast.Dict: ("a dictionary", ""),
    ast.Set: ("a set", ""),
    ast.Tuple: ("a tuple", ""),
    ast.Starred: ("a starred expression", ""),
    ast.NamedExpr: ("an assignment", ""),
    ast.Await: ("await", ""),
    ast.Yield: ("yield", ""),
    ast.YieldFrom: ("yield", ""),
    ast.Slice: ("a slice", ""),
    ast.Mod: ("%", ""),
    ast.FloorDiv: ("//", ""),
    ast.BitXor: ("^", "a power is written **"),
    ast.BitAnd: ("&", ""),
    ast.BitOr: ("|", ""),
    ast.LShift: ("<<", ""),
    ast.RShift: (">>", ""),
    ast.Invert: ("~", ""),
    ast.Not: ("not", ""),
    ast.UAdd: ("a unary plus", ""),
    ast.Is: ("is", ""),
    ast.IsNot: ("is not", ""),
    ast.In: ("in", ""),
    ast.NotIn: ("not in", ""),
}
"""What is Python's alone: what it is called, and what to write instead."""
