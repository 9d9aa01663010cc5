"""From the text of an expression to a syntax tree, parsed with ``ast`` and never evaluated.

:func:`parse` answers any text in bounded time: with a tree, or with positioned complaints.
"""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, NoReturn

MAX_LENGTH = 2_000
MAX_DEPTH = 100
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels; name the inner steps"

NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
"""The name of a leaf or a stage."""

Complain = Callable[[int, str], None]
"""Told the character offset in the expression and what is wrong there."""


class Unusable(Exception):
    """Raised after a complaint: there is nothing to go on with."""


_FOREIGN: Final = re.compile(r"[^\t\n -~]")
_SYNTAX_HINTS: Final = {
    "invalid decimal literal": " (a product is written 2 * x)",
    "invalid syntax. Perhaps you forgot a comma?": " (a product is written x * y)",
}


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean '…'?`` for the nearest of the (first thousand) known words, or nothing."""
    if len(word) > 60:
        return ""
    near = difflib.get_close_matches(word, list(islice(known, 1000)), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def shorten(text: str, limit: int = 60) -> str:
    """The text, or its beginning and ``…`` where it is longer."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def fail(complain: Complain, offset: int, message: str) -> NoReturn:
    """Complain, and give up what is being read."""
    complain(offset, message)
    raise Unusable


def every(parts: Iterable[Callable[[], Any]]) -> list[Any]:
    """What all parts come to. Each one's complaints are heard, not the first's alone."""
    results, usable = [], True
    for part in parts:
        try:
            results.append(part())
        except Unusable:
            usable = False
    if not usable:
        raise Unusable
    return results


def parse(text: str, complain: Complain) -> ast.expr:
    """The syntax tree; raises :class:`Unusable`. Bounded in time whatever the text."""
    if len(text) > MAX_LENGTH:
        fail(
            complain, 0, f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,} here"
        )
    if foreign := _FOREIGN.search(text):
        fail(
            complain,
            foreign.start(),
            f"{foreign[0]!r} has no place in an expression: plain ASCII only",
        )
    if "#" in text:
        fail(complain, text.index("#"), "a comment has no place inside an expression")
    flat = text.replace("\n", " ").replace("\t", " ")
    bare, indent = flat.strip(), len(flat) - len(flat.lstrip())
    tree: ast.expr | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(bare, mode="eval").body
    except SyntaxError as error:
        told = f"{error.msg}{_SYNTAX_HINTS.get(error.msg, '')}"
        offset = error.offset - 1 if error.offset else len(bare)
        told = told if error.offset else "it ends too early"
        fail(complain, indent + offset, f"not an expression: {told}")
    except (RecursionError, MemoryError, ValueError):
        pass  # told below
    if tree is None or is_deep(tree):
        fail(complain, indent, TOO_DEEP)
    if indent:
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.keyword):
                node.col_offset += indent
    return tree


def is_deep(tree: ast.expr) -> bool:
    """Whether something is nested deeper than it may be."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth < MAX_DEPTH:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return bool(level)
