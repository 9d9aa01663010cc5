"""Submissions that are alike: to the model engine, to engines that are well known, to each other.

By winnowing, as MOSS does it (Schleimer, Wilkerson and Aiken, 2003), on syntax trees. Of a tree
only its shape counts: names, values, comments and annotations do not, ``a += b`` is ``a = a + b``,
and each function is taken by itself, so that their order and their files do not matter. Nothing is
executed. What is found is for the instructor to look at: no mark depends on it, and no student sees
it.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import Final

from harness.bundled import bundled
from harness.engines.engine import EngineError
from harness.engines.notebook import cell_tree, cells_of
from harness.grading import submissions

GRAM: Final = 23
WINDOW: Final = 17
"""How many nodes are hashed together, and of how many hashes the least is kept. A statement of an
engine has about ten nodes, so that one that everybody writes is no match by itself, and a run of
``GRAM + WINDOW - 1`` nodes, or four statements, is never missed. The numbers are those of Dolos
(Maertens and others, 2022), which winnows syntax trees, too, but counts brackets between nodes."""

LEAST: Final = 0.5
"""The share from which on two are told: the greater part of the one is in the other."""
FEWEST: Final = 10
"""Fingerprints that two must have in common. One stands for ``(WINDOW + 1) / 2`` nodes, so ten for
about nine statements: less shows nothing."""
MANY: Final = 10
"""What is in more submissions than that is everybody's, as with MOSS …"""
MANY_OF: Final = 20
"""… or in more than one of so many, in a class in which that is more."""

MOST_BYTES: Final = 256 << 10
"""What is read of a submission. Trees take 600 times the memory of their source at most, and nobody
writes an engine as long as that by hand."""

MINIGRAD: Final = "minigrad"
KNOWN: Final = ("micrograd", "autograd", "mygrad")
"""Engines that are compared with where they are installed."""

UNSEEN: Final = frozenset({"ctx", "annotation", "returns", "type_params", "type_comment"})
"""Fields of nodes that do not count."""
NOTHING: Final = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
KINDS: Final = sorted(name for name, kind in vars(ast).items() if isinstance(kind, type))
CODES: Final = {name: number for number, name in enumerate(KINDS)}
CONSTANT: Final = CODES["Constant"]
HOLDERS: Final = (ast.stmt, ast.excepthandler, ast.match_case)
"""What can have statements in it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is compared: fingerprints, each with the function that it was first seen in, and the
    files that could not be read."""

    id: str
    fingerprints: Mapping[int, str]
    unread: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two that are alike. ``share`` is what of the smaller one is also in the other, ``functions``
    are pairs of those in which it lies, most in common first."""

    first: str
    second: str
    share: float
    functions: Sequence[tuple[str, str]]


# -- fingerprints ----------------------------------------------------------------------------------


def source(id: str, files: Mapping[str, bytes]) -> Source:
    """The fingerprints of all files that are Python or notebooks."""
    functions: dict[int, str] = {}
    unread: list[str] = []
    left = MOST_BYTES
    for name in sorted(name for name in files if name.endswith(submissions.ENGINES)):
        fits = len(files[name]) <= left
        left -= len(files[name]) * fits
        for place, tree in _trees(name, files[name]) if fits else [(name, None)]:
            if tree is None:
                unread.append(place)
            for function, unit in _units(tree) if tree else ():
                for fingerprint in _fingerprints(_tokens(unit)):
                    functions.setdefault(fingerprint, function)
    return Source(id, functions, unread)


def _trees(name: str, content: bytes) -> Iterator[tuple[str, ast.Module | None]]:
    """The syntax tree of a file, or those of a notebook's cells; None for what has none."""
    if not name.endswith(".ipynb"):
        yield name, _tree(content)
        return
    try:
        for number, cell in enumerate(cells_of(content), 1):
            yield f"{name} cell {number}", _tree(cell)
    except EngineError:
        yield name, None


def _tree(text: str | bytes) -> ast.Module | None:
    """That of a file's bytes, or of a cell."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return cell_tree(text) if isinstance(text, str) else ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # the last is what Python's parser says where nesting is too deep


def _units(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Each function that is in no other, and each statement outside of them, with its name."""
    waiting: list[tuple[str, ast.AST]] = [("", tree)]
    while waiting:
        within, node = waiting.pop()
        if isinstance(node, FUNCTIONS):
            yield f"{within}{node.name}", node
            continue
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, HOLDERS)]
        if isinstance(node, ast.stmt) and not inner:
            yield f"{within}line {node.lineno}", node
        inside = f"{within}{node.name}." if isinstance(node, ast.ClassDef) else within
        waiting += [(inside, child) for child in inner]


def _tokens(unit: ast.AST) -> bytes:
    """The kinds of a tree's nodes, from the outside in. Values that follow each other are one: a
    table of numbers is like any other."""
    codes = bytearray()
    waiting = [unit]
    while waiting:
        node = _plain(waiting.pop())
        if node is None:
            continue
        code = CODES[type(node).__name__]
        if code != CONSTANT or not codes.endswith(bytes([CONSTANT])):
            codes.append(code)
        waiting += reversed(list(_children(node)))
    return bytes(codes)


def _plain(node: ast.AST) -> ast.AST | None:
    """A node as it is compared; None for what does not count, such as a docstring."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return None
        case ast.JoinedStr():
            return ast.Constant("")
        case ast.AugAssign():
            return ast.Assign([node.target], ast.BinOp(node.target, node.op, node.value))
        case ast.AnnAssign(value=ast.expr() as value):
            return ast.Assign([node.target], value)
    return None if isinstance(node, NOTHING) else node


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for field, value in ast.iter_fields(node):
        if field not in UNSEEN:
            inner = value if isinstance(value, list) else [value]
            yield from (item for item in inner if isinstance(item, ast.AST))


def _fingerprints(tokens: bytes) -> set[int]:
    """The least hash of each window; none of what is shorter than one gram."""
    grams = [tokens[i : i + GRAM] for i in range(len(tokens) - GRAM + 1)]
    hashes = [int.from_bytes(blake2b(gram, digest_size=8).digest()) for gram in grams]
    windows = range(max(len(hashes) - WINDOW, 0) + 1)
    return {min(hashes[i : i + WINDOW]) for i in windows if hashes}


# -- comparing -------------------------------------------------------------------------------------


def model() -> Source:
    """minigrad."""
    return _package(MINIGRAD, bundled(MINIGRAD))


def known() -> list[Source]:
    """minigrad, and of the engines that are well known those that are installed."""
    specs = [(name, find_spec(name)) for name in KNOWN]
    there = [(name, spec.origin) for name, spec in specs if spec is not None and spec.origin]
    return [model(), *(_package(name, Path(origin).parent) for name, origin in there)]


def _package(name: str, folder: Path) -> Source:
    """An engine that is installed: each file by itself, since it is known how large it is."""
    functions: dict[int, str] = {}
    for path in sorted(folder.rglob("*.py")):
        functions |= source(name, {path.name: path.read_bytes()}).fingerprints
    return Source(name, functions)


def without(one: Source, common: Iterable[int]) -> Source:
    """A source without what does not count."""
    left = {key: one.fingerprints[key] for key in one.fingerprints.keys() - set(common)}
    return Source(one.id, left, one.unread)


def likeness(first: Source, second: Source) -> Likeness | None:
    """How much two have in common; None where that shows nothing."""
    common = first.fingerprints.keys() & second.fingerprints.keys()
    if len(common) < FEWEST:
        return None
    share = len(common) / min(len(first.fingerprints), len(second.fingerprints))
    places = Counter((first.fingerprints[key], second.fingerprints[key]) for key in common)
    ordered = sorted(places, key=lambda pair: (-places[pair], pair))
    return Likeness(first.id, second.id, share, ordered)


def alike(
    class_: Sequence[Source], others: Sequence[Source], given: Iterable[int], least: float = LEAST
) -> list[Likeness]:
    """Who is like one of the ``others``, and who like somebody in the class, most alike first.

    What was ``given`` to all does not count, nor in the class what everybody has, or what is in one
    of the ``others``: that is told as theirs.
    """
    own = [without(one, given) for one in class_]
    theirs = [without(other, given) for other in others]
    taken = {key for other in theirs for key in other.fingerprints}
    every = [likeness(one, other) for one in own for other in theirs]
    every += _in_class([without(one, taken) for one in own])
    told = [one for one in every if one is not None and one.share >= least]
    return sorted(told, key=lambda one: (-one.share, one.first, one.second))


def _in_class(class_: Sequence[Source]) -> Iterator[Likeness | None]:
    """The pairs with enough in common to show anything."""
    who = defaultdict[int, list[int]](list)
    for number, one in enumerate(class_):
        for key in one.fingerprints:
            who[key].append(number)
    most = max(MANY, len(class_) // MANY_OF)
    everybodys = {key for key, numbers in who.items() if len(numbers) > most}
    left = [without(one, everybodys) for one in class_]
    pairs = Counter[tuple[int, int]]()
    for key in who.keys() - everybodys:
        pairs.update(combinations(who[key], 2))
    for (first, second), count in pairs.items():
        if count >= FEWEST:
            yield likeness(left[first], left[second])
