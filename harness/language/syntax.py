"""From the text of an expression to a syntax tree, parsed with ``ast`` and never evaluated.

:func:`parse` answers any text in bounded time: with a tree, or with positioned complaints.
"""

from __future__ import annotations

import ast
import difflib
import unicodedata
import warnings
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, NoReturn

from harness import languages
from harness.language.words import said

MAX_LENGTH = 2_000
MAX_DEPTH = 100

Complain = Callable[[int, str], None]
"""Told the character offset in the expression and what is wrong there."""


class Unusable(Exception):
    """Raised after a complaint: there is nothing to go on with."""


_SYNTAX_HINTS: Final = {
    "invalid decimal literal": "2 * x",
    "invalid syntax. Perhaps you forgot a comma?": "x * y",
}


def is_name(text: str) -> bool:
    """Whether a leaf or a stage may be called so: a letter of any script, then letters, digits and
    ``_``, as in Python."""
    return text.isidentifier() and not text.startswith("_")


def normal(text: str) -> str:
    """A name in the form in which Python compares names (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean '…'?`` for the nearest of the (first thousand) known words, or nothing."""
    if len(word) > 60:
        return ""
    near = difflib.get_close_matches(word, list(islice(known, 1000)), n=1, cutoff=0.6)
    return said("did-you-mean-quoted", near=near[0]) if near else ""


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
        fail(complain, 0, said("too-long", text=len(text), max_length=MAX_LENGTH))
    if foreign := _foreign(text):
        fail(complain, text.index(foreign), said("foreign-sign", foreign=foreign))
    if "#" in text:
        fail(complain, text.index("#"), said("no-comment"))
    flat = text.replace("\n", " ").replace("\t", " ")
    bare, indent = flat.strip(), len(flat) - len(flat.lstrip())
    tree: ast.expr | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(bare, mode="eval").body
    except SyntaxError as error:
        told = languages.name("syntax", error.msg)
        if product := _SYNTAX_HINTS.get(error.msg):
            told += said("product-written", product=product)
        offset = error.offset - 1 if error.offset else len(bare)
        told = told if error.offset else said("ends-early")
        fail(complain, indent + offset, said("not-expression", told=told))
    except (RecursionError, MemoryError, ValueError):
        pass  # told below
    if tree is None or is_deep(tree):
        fail(complain, indent, said("too-deep", max_depth=MAX_DEPTH))
    if indent or not bare.isascii():
        written = bare.encode()  # Python counts bytes
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.keyword):
                node.col_offset = indent + len(written[: node.col_offset].decode())
    return tree


def _foreign(text: str) -> str | None:
    """The first sign that is neither one of ASCII's nor part of a name."""
    for sign in text:
        in_ascii = " " <= sign <= "~" or sign in "\t\n"
        if not in_ascii and (sign.isascii() or not f"a{sign}".isidentifier()):
            return sign
    return None


def is_deep(tree: ast.expr) -> bool:
    """Whether something is nested deeper than it may be."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level and depth < MAX_DEPTH:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    return bool(level)
