"""The functions that a listing brings along: each is one operation, or one derivative."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Final

from harness.language.helpers import source
from harness.vocabulary.formulas import FORMULAS
from harness.vocabulary.signatures import OPERATIONS

WHOLE, HELP = "operation", "help"
"""A function that is an operation of the vocabulary, and one that is only a part of a line."""


def helpers(text: str) -> dict[str, str]:
    """The functions of a listing that stand in the text unchanged: what each of them is."""
    names = [node.name for node in _unchanged(text)]
    return {
        name: WHOLE if name in OPERATIONS else HELP for name in names if name not in _followed()
    }


def lines(text: str) -> set[int]:
    """The lines of such functions: they are nobody's own."""
    return {
        line
        for node in _unchanged(text)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _unchanged(text: str) -> list[ast.FunctionDef]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    own = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [node for node in own if source(node.name) == ast.unparse(node)]


_WORD: Final = re.compile(r"\b\w+(?=\()")


@cache
def _followed() -> frozenset[str]:
    """Functions that are a part of what an operation computes, and what these call: their own steps
    are followed."""
    found: set[str] = set()
    waiting = [word for formula in FORMULAS.values() for word in _WORD.findall(formula.code)]
    while waiting:
        word = waiting.pop()
        if word not in found and word not in OPERATIONS:
            found.add(word)
            waiting += _WORD.findall(source(word))
    return frozenset(found)
