"""From a YAML file to a :class:`Case`: every mistake in the file found, and positioned.

:func:`load` reads one file and returns its case, or raises :class:`CaseError` that lists all that
is wrong as ``path:line:column: message``.
"""

from __future__ import annotations

import ast
import keyword
import math
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.language import document
from harness.language.document import Document, DocumentError, Node, Problem, Scalar, Sequence
from harness.language.expression import (
    MAX_STEPS,
    NUMBERS,
    Flattener,
    TooManySteps,
    parse,
    suggest,
)
from harness.language.program import Array, Program, Value, default_seed
from harness.language.vocabulary import OPERATIONS

MAX_ELEMENTS = 100_000
MAX_RANK = 16
MAX_TURNS = 20_000
DTYPES: Final = ("float64", "float32")
NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
FILE_NAME: Final = re.compile(r"[a-z0-9_]+")
TAG: Final = re.compile(r"[a-z][a-z0-9_]*")
MARKERS: Final = frozenset(
    {"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"}
    | {"tryfirst", "trylast", "trace", "forked", "timeout"}
)
"""Words that mean something to pytest, so that no tag may be called so."""


class CaseError(Exception):
    """A file that is not a case; ``problems`` holds every one, in the order of the file."""

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = sorted(set(problems), key=lambda p: (p.line, p.column))
        super().__init__(path, self.problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.path}:{p.line}:{p.column}: {p.message}" for p in self.problems)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be off, where the dtype's own tolerance does not do; and why."""

    rtol: float | None
    atol: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """A number worked by hand: of step or input ``name``, its value or its gradient.

    ``margin`` has the shape of ``number``: half a unit of the last digit that was written.
    """

    key: str
    name: str
    gradient: bool
    number: Array
    margin: Array
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Case:
    """One YAML file. ``stages`` holds each stage's name and text as its author wrote them."""

    path: Path
    about: str
    program: Program
    stages: tuple[tuple[str, str], ...]
    expect: tuple[Expectation, ...] = ()
    tolerance: Tolerance | None = None
    tags: tuple[str, ...] = ()
    points: float = 1.0
    hint: str | None = None


KEYS: Final[Mapping[str, str]] = {
    "about": "one sentence: what the case is there to catch",
    "inputs": "the leaves to differentiate: name: number, nested lists, or a generator",
    "constants": "leaves without a gradient: labels, masks, indices",
    "expr": "the expression, a single stage named f",
    "steps": "named stages, the last of them the output",
    "expect": "numbers worked by hand: f is a step's value, dx the gradient of x",
    "seed": "the output's upstream gradient",
    "dtype": "float64 (default) or float32",
    "tolerance": "rtol, atol and why",
    "tags": "a list of words to select the case by",
    "points": "what the case is worth in grading (default 1)",
    "hint": "shown to a student whose engine fails the case",
}
"""Every key of a case file, and what it holds."""


def load(path: Path, name: str | None = None, root: Path | None = None) -> Case:
    """The case in a file; ``name`` is what errors call it (default: its path).

    The path below ``root`` (default: the file's folder) is the case's id and has to be plain.
    Raises :class:`CaseError`, whatever the file holds.
    """
    name = name or str(path)
    for part in path.relative_to(root or path.parent).with_suffix("").parts:
        if not FILE_NAME.fullmatch(part):
            message = f"{part!r} is part of the case's id: call it by a-z, 0-9 and _ alone"
            raise CaseError(name, [Problem(1, 1, message)])
    try:
        return decode(document.read(path), path, name)
    except DocumentError as error:
        raise CaseError(name, error.problems) from None


def decode(text: str, path: Path, name: str | None = None) -> Case:
    """The case in the text of a file at ``path``; raises :class:`CaseError`."""
    try:
        parsed = document.parse(text)
    except DocumentError as error:
        raise CaseError(name or str(path), error.problems) from None
    decoder = _Decoder(parsed)
    case = decoder.case(path)
    if case is None or decoder.problems:
        raise CaseError(name or str(path), decoder.problems)
    return case


class _Decoder:
    """Reads one document; complaints gather in ``problems`` and reading goes on."""

    def __init__(self, source: Document) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def complain(self, node: Node, message: str) -> None:
        self.problems.append(Problem(node.line, node.column, message))

    def case(self, path: Path) -> Case | None:
        root = self.source.root
        if not isinstance(root, document.Mapping):
            self.complain(root, f"a case is a mapping with the keys {', '.join(KEYS)}")
            return None
        keys = self._keys(root, KEYS, "a case")
        stages_key = self._one_of_expr_and_steps(root, keys)
        if "about" not in keys:
            self.complain(root, f"about is missing: {KEYS['about']}")
        about = self._text(keys.get("about"), "about")
        dtype = self._dtype(keys.get("dtype"))
        inputs = self._leaves(keys.get("inputs"), "inputs", dtype)
        constants = self._leaves(keys.get("constants"), "constants", dtype)
        if "inputs" not in keys:
            self.complain(root, "inputs is missing: name at least one leaf to differentiate")
        elif not inputs and not self.problems:
            self.complain(keys["inputs"], "inputs is empty: name at least one leaf")
        for name in inputs.keys() & constants.keys():
            self.complain(keys["constants"], f"{name!r} is an input as well as a constant")
        tolerance = self._tolerance(keys.get("tolerance"))
        tags = self._tags(keys.get("tags"))
        points = self._points(keys.get("points"))
        hint = self._text(keys["hint"], "hint") if "hint" in keys else None
        if stages_key is None:
            return None
        stages = self._stages(keys[stages_key], stages_key == "expr", {*inputs, *constants})
        poisoned = self._unread(keys.get("inputs")) | self._unread(keys.get("constants"))
        flattener = Flattener(
            {name: np.shape(value) for name, value in (inputs | constants).items()},
            {name: np.asarray(value) for name, value in constants.items()},
        )
        flattener.poisoned |= poisoned - flattener.shapes.keys()
        complete = self._flatten(flattener, stages)
        if not complete or not stages or self.problems:
            return None
        shapes, steps = flattener.shapes, tuple(flattener.steps)
        output = steps[-1].name
        seed = self._seed(keys.get("seed"), shapes[output], dtype)
        program = Program(
            inputs={key: _leaf(value, dtype) for key, value in inputs.items()},
            constants={key: np.asarray(value) for key, value in constants.items()},
            steps=steps,
            shapes=shapes,
            seed=seed,
            dtype=dtype,
        )
        if output not in program.differentiable:
            self.complain(keys[stages_key], f"the output {output!r} depends on no input")
        expect = self._expect(keys.get("expect"), program)
        texts = tuple((stage.name, stage.text) for stage in stages)
        return Case(path, about, program, texts, expect, tolerance, tags, points, hint)

    # -- keys and plain values ---------------------------------------------------------------------

    def _keys(self, node: document.Mapping, known: Mapping[str, str], what: str) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in node.entries:
            if key.text not in known:
                hint = suggest(key.text, known)
                self.complain(
                    key, f"{what} has no key {key.text!r}{hint} (it has {', '.join(known)})"
                )
            else:
                found[key.text] = value
        return found

    def _one_of_expr_and_steps(self, root: Node, keys: Mapping[str, Node]) -> str | None:
        given = [key for key in ("expr", "steps") if key in keys]
        if len(given) == 1:
            return given[0]
        if given:
            self.complain(keys["steps"], "expr and steps are both given; a case has exactly one")
        else:
            self.complain(root, "expr or steps is missing; a case has exactly one of them")
        return None

    def _text(self, node: Node | None, key: str) -> str:
        if node is None:
            return ""
        text = node.text.strip() if isinstance(node, Scalar) and node.value is not None else ""
        if not text:
            self.complain(node, f"{key} must be text")
        return " ".join(text.split())

    def _dtype(self, node: Node | None) -> str:
        if node is None:
            return DTYPES[0]
        if isinstance(node, Scalar) and node.text in DTYPES:
            return node.text
        hint = suggest(node.text, DTYPES) if isinstance(node, Scalar) else ""
        self.complain(node, f"dtype must be {' or '.join(DTYPES)}{hint}")
        return DTYPES[0]

    def _points(self, node: Node | None) -> float:
        if node is None:
            return 1.0
        value = self._number(node, "points")
        if value is not None and not 0 <= value <= 1000:
            self.complain(node, "points must lie between 0 and 1000")
        return value or 0.0

    def _tags(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.complain(node, "tags must be a list of words: tags: [reuse, scalar]")
            return ()
        tags: list[str] = []
        for item in node.items:
            text = item.text if isinstance(item, Scalar) else ""
            if not TAG.fullmatch(text):
                self.complain(item, "a tag is a word of a-z, 0-9 and _, starting with a letter")
            elif text in MARKERS or keyword.iskeyword(text) or text in ("true", "false"):
                self.complain(
                    item, f"{text!r} means something else to pytest; name the tag otherwise"
                )
            elif text in tags:
                self.complain(item, f"tag {text!r} is given twice")
            else:
                tags.append(text)
        return tuple(tags)

    def _tolerance(self, node: Node | None) -> Tolerance | None:
        if node is None:
            return None
        known = {"rtol": "relative", "atol": "absolute", "why": "the reason"}
        if not isinstance(node, document.Mapping):
            self.complain(node, "tolerance is a mapping: {rtol: 1e-6, why: …}")
            return None
        keys = self._keys(node, known, "tolerance")
        bounds: dict[str, float | None] = {}
        for key in ("rtol", "atol"):
            bounds[key] = value = self._number(keys[key], key) if key in keys else None
            if value is not None and not 0 <= value < 1:
                self.complain(keys[key], f"{key} must lie between 0 and 1")
        if "rtol" not in keys and "atol" not in keys:
            self.complain(node, "tolerance needs rtol or atol")
        if "why" not in keys:
            self.complain(node, "tolerance needs why: the reason the usual one does not do")
        why = self._text(keys.get("why"), "why")
        return Tolerance(bounds["rtol"], bounds["atol"], why)

    def _number(self, node: Node, what: str) -> float | None:
        """A single number; a complaint and None for anything else."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                self.complain(node, "this number is too large for float64")
                return None
        self.complain(node, f"{what} must be a number{_misread(node)}")
        return None

    # -- leaves ------------------------------------------------------------------------------------

    def _unread(self, node: Node | None) -> set[str]:
        """The names written under ``inputs`` or ``constants``, readable or not."""
        if not isinstance(node, document.Mapping):
            return set()
        return {key.text for key, _ in node.entries}

    def _leaves(self, node: Node | None, what: str, dtype: str) -> dict[str, Any]:
        if node is None:
            return {}
        if not isinstance(node, document.Mapping):
            self.complain(node, f"{what} is a mapping of names to numbers: {what}: {{x: 3}}")
            return {}
        leaves: dict[str, Any] = {}
        for key, child in node.entries:
            named = self._is_name(key, what[:-1])
            value = self._leaf(child, key.text, booleans=what == "constants")
            if named and value is not None:
                leaves[key.text] = value
        return leaves

    def _is_name(self, key: Scalar, what: str) -> bool:
        name = key.text
        if not NAME.fullmatch(name):
            self.complain(key, f"{name!r} is not a name: a letter, then letters, digits and _")
        elif keyword.iskeyword(name) or name in NUMBERS:
            self.complain(key, f"{name!r} is a word of the language and cannot name an {what}")
        elif name in OPERATIONS:
            self.complain(key, f"{name!r} is an operation; give the {what} another name")
        elif len(name) > 60:
            self.complain(key, f"the name {name[:20] + '…'!r} is longer than 60 characters")
        else:
            return True
        return False

    def _leaf(self, node: Node, name: str, booleans: bool) -> Any:
        """A number as float (constants keep int and bool), an array, or None after complaints."""
        if isinstance(node, document.Mapping):
            return self._generated(node)
        before = len(self.problems)
        elements: list[Any] = []
        shape = self._elements(node, name, booleans, elements, 0)
        if shape is None or len(self.problems) > before:
            return None
        if len(elements) > MAX_ELEMENTS:
            self.complain(
                node, f"{name!r} has more than {MAX_ELEMENTS:,} elements; use a generator"
            )
            return None
        kinds = {type(element) for element in elements}
        if bool in kinds and kinds != {bool}:
            self.complain(node, f"{name!r} mixes numbers with true and false")
            return None
        kind = kinds.pop() if len(kinds) == 1 else float
        if kind is int and any(abs(element) >= 2**63 for element in elements):
            kind = float
        try:
            if not shape:
                return float(elements[0]) if not booleans else np.array(elements[0], dtype=kind)
            return np.array(elements, dtype=kind if booleans else float).reshape(shape)
        except OverflowError:
            self.complain(node, f"{name!r} holds a number that is too large for float64")
            return None

    def _elements(
        self, node: Node, name: str, booleans: bool, into: list[Any], depth: int
    ) -> tuple[int, ...] | None:
        """Append the numbers below ``node``; their shape, or None after a complaint."""
        if isinstance(node, Scalar):
            value = node.value
            allowed = (int, float, bool) if booleans else (int, float)
            if not isinstance(value, allowed) or (isinstance(value, bool) and not booleans):
                self.complain(node, f"{node.text!r} is not a number{_misread(node)}")
                return None
            into.append(value)
            return ()
        if not isinstance(node, Sequence):
            self.complain(node, "an array is nested lists of numbers")
            return None
        if depth >= MAX_RANK:
            self.complain(node, f"an array has at most {MAX_RANK} axes")
            return None
        shapes = [self._elements(item, name, booleans, into, depth + 1) for item in node.items]
        if None in shapes:
            return None
        for item, shape in zip(node.items, shapes, strict=True):
            if shape != shapes[0]:
                self.complain(
                    item,
                    f"{name!r} is ragged: this part has shape {shape}, the first has {shapes[0]}",
                )
                return None
        return (len(shapes), *(shapes[0] or ())) if shapes else (0,)

    def _generated(self, node: document.Mapping) -> Array | None:
        known = {"uniform": "", "shape": "", "seed": ""}
        before = len(self.problems)
        keys = self._keys(node, known, "a generator")
        for missing in known.keys() - keys.keys():
            self.complain(
                node, f"a generator needs {missing}: {{uniform: [low, high], shape: [3], seed: 7}}"
            )
        if len(self.problems) > before:
            return None
        bounds, shape, seed = keys["uniform"], keys["shape"], keys["seed"]
        limits = [self._number(item, "a bound") for item in _items(bounds)]
        if len(limits) != 2 and len(self.problems) == before:
            self.complain(bounds, "uniform needs two numbers: [low, high]")
        sizes = [item.value if isinstance(item, Scalar) else None for item in _items(shape)]
        if not isinstance(shape, Sequence) or not all(_is_size(size) for size in sizes):
            self.complain(shape, "shape must be a list of sizes: [3, 4]")
        elif len(sizes) > MAX_RANK or math.prod(sizes) > MAX_ELEMENTS:  # type: ignore[arg-type]
            self.complain(
                shape, f"at most {MAX_ELEMENTS:,} elements and {MAX_RANK} axes are generated"
            )
        if not isinstance(seed, Scalar) or not _is_size(seed.value):
            self.complain(seed, "the seed of a generator must be an integer, 0 or more")
        if len(self.problems) > before:
            return None
        low, high = (float(limit) for limit in limits if limit is not None)
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            self.complain(bounds, "uniform needs finite bounds with low < high")
            return None
        stream = random.Random(seed.value)  # type: ignore[union-attr]
        count = math.prod(sizes)  # type: ignore[arg-type]
        numbers = [low + (high - low) * stream.random() for _ in range(count)]
        return np.array(numbers, dtype=np.float64).reshape(sizes)

    def _seed(self, node: Node | None, shape: tuple[int, ...], dtype: str) -> Value:
        if node is None:
            return _leaf(default_seed(shape), dtype)
        value = self._leaf(node, "seed", booleans=False)
        if value is None:
            return 1.0
        if np.shape(value) != shape:
            self.complain(
                node, f"the seed has shape {np.shape(value)}, but the output has shape {shape}"
            )
        return _leaf(value, dtype)

    # -- stages ------------------------------------------------------------------------------------

    def _stages(self, node: Node, single: bool, leaves: set[str]) -> list[_Stage]:
        if single:
            if "f" in leaves:
                self.complain(node, "f is the name of expr's own stage; call the leaf otherwise")
            stage = self._stage("f", node)
            return [stage] if stage else []
        if not isinstance(node, document.Mapping) or not node.entries:
            self.complain(node, "steps is a mapping of names to expressions, one a line")
            return []
        stages: list[_Stage] = []
        for key, value in node.entries:
            named = self._is_name(key, "step")
            if named and key.text in leaves:
                self.complain(key, f"{key.text!r} is defined twice: it is an input or a constant")
                named = False
            stage = self._stage(key.text, value)
            if stage is not None and named:
                stages.append(stage)
        return stages

    def _stage(self, name: str, node: Node) -> _Stage | None:
        if isinstance(node, document.Mapping):
            known = {"start": "the first value", "repeat": "how often", "next": "the next value"}
            keys = self._keys(node, known, "a loop")
            for missing in known.keys() - keys.keys():
                self.complain(
                    node, f"a loop needs {missing}: {{start: x, repeat: 3, next: {name} * x}}"
                )
            if known.keys() - keys.keys():
                return None
            start = self._expression(keys["start"])
            following = self._expression(keys["next"])
            repeat = keys["repeat"]
            turns = repeat.value if isinstance(repeat, Scalar) else None
            if not _is_size(turns) or not 1 <= turns <= MAX_TURNS:  # type: ignore[operator]
                self.complain(repeat, f"repeat must be an integer from 1 to {MAX_TURNS:,}")
                turns = 1
            if start is None or following is None:
                return _Stage(name, "", None, None, 1)
            text = f"{following.text.strip()}, {turns} times from {name} = {start.text.strip()}"
            return _Stage(name, text, following, start, int(turns))  # type: ignore[arg-type]
        body = self._expression(node)
        return _Stage(name, body.text if body else "", body, None, 1)

    def _expression(self, node: Node) -> _Expression | None:
        if not isinstance(node, Scalar) or node.value is None or not node.text.strip():
            self.complain(node, "an expression is expected here, such as x * y")
            return None
        complain = self._at(node)
        tree = parse(node.text, complain)
        return None if tree is None else _Expression(node.text, tree, complain)

    def _at(self, node: Scalar) -> Callable[[int, str], None]:
        def complain(offset: int, message: str) -> None:
            line, column = self.source.position(node, offset)
            self.problems.append(Problem(line, column, message))

        return complain

    def _flatten(self, flattener: Flattener, stages: list[_Stage]) -> bool:
        """Every stage to steps; whether all could be understood."""
        complete = True
        for number, stage in enumerate(stages):
            later = frozenset(other.name for other in stages[number:])
            if stage.body is None:
                flattener.poisoned.add(stage.name)
                complete = False
                continue
            try:
                if stage.start is None:
                    done = flattener.stage(stage.name, stage.body.tree, stage.body.complain, later)
                else:
                    done = self._loop(flattener, stage, later)
            except TooManySteps:
                stage.body.complain(0, f"the program has more than {MAX_STEPS:,} steps")
                return False
            complete = complete and done is not None
        return complete

    def _loop(self, flattener: Flattener, stage: _Stage, later: frozenset[str]) -> str | None:
        start, body, name = stage.start, stage.body, stage.name
        assert start is not None and body is not None
        previous = flattener.operand(start.tree, f"{name} #0", start.complain, later)
        for turn in range(1, stage.turns + 1):
            if previous is None:
                flattener.poisoned.add(name)
                return None
            label = name if turn == stage.turns else f"{name} #{turn}"
            previous = flattener.stage(label, body.tree, body.complain, later, {name: previous})
        return name if previous == name else None

    # -- expectations ------------------------------------------------------------------------------

    def _expect(self, node: Node | None, program: Program) -> tuple[Expectation, ...]:
        if node is None:
            return ()
        if not isinstance(node, document.Mapping):
            self.complain(node, "expect is a mapping: expect: {f: 6.0, dx: 2.0}")
            return ()
        found: list[Expectation] = []
        names = program.shapes
        for key, child in node.entries:
            is_value = key.text in names
            of = key.text[1:] if key.text.startswith("d") else ""
            is_gradient = of in program.differentiable
            if is_value and is_gradient:
                self.complain(key, f"{key.text!r} is both a step and the gradient of {of!r}")
            elif not is_value and not is_gradient:
                known = [n for n in names if n.isidentifier()]
                known += [f"d{n}" for n in program.differentiable if n.isidentifier()]
                self.complain(
                    key, f"{key.text!r} is neither a step nor a gradient{suggest(key.text, known)}"
                )
            else:
                name = key.text if is_value else of
                item = self._expectation(key, child, name, is_gradient, names[name])
                if item:
                    found.append(item)
        return tuple(found)

    def _expectation(
        self, key: Scalar, node: Node, name: str, gradient: bool, shape: tuple[int, ...]
    ) -> Expectation | None:
        value = self._leaf(node, key.text, booleans=False)
        if value is None or isinstance(node, document.Mapping):
            return None
        if np.shape(value) != shape:
            self.complain(node, f"{key.text!r} has shape {shape}, not {np.shape(value)}")
            return None
        margins = [_margin(scalar.text) for scalar in _scalars(node)]
        margin = np.array(margins, dtype=np.float64).reshape(shape)
        number = np.asarray(value, dtype=np.float64)
        return Expectation(key.text, name, gradient, number, margin, node.line, node.column)


@dataclass(frozen=True, slots=True)
class _Expression:
    text: str
    tree: ast.expr
    complain: Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage as read: its expression, and for a loop where it starts and its turns."""

    name: str
    text: str
    body: _Expression | None
    start: _Expression | None
    turns: int


def _leaf(value: Any, dtype: str) -> Value:
    """A number as a Python float, anything else as an array, rounded to ``dtype``."""
    if np.shape(value) == () and not isinstance(value, np.ndarray):
        return float(np.dtype(dtype).type(value))
    return np.asarray(value, dtype=dtype)


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


def _scalars(node: Node) -> Iterable[Scalar]:
    """The scalars below a node, in order."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _scalars(item)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _misread(node: Node) -> str:
    """Why something that looks like a number is none."""
    if isinstance(node, Scalar) and node.quoted:
        try:
            float(node.text)
        except ValueError:
            return ""
        return "; remove the quotes"
    return ""


def _margin(text: str) -> float:
    """Half a unit of the last written digit; for an integer a relative 1e-9, at most 5e-4 of it.

    ``1.5456`` allows 0.00005 either way, ``-12`` is meant exactly.
    """
    number = float(text.replace("_", ""))
    if not math.isfinite(number):
        return 0.0
    mantissa, _, exponent = text.lower().partition("e")
    _, point, decimals = mantissa.partition(".")
    if not point:
        return 1e-9 * abs(number)
    half_unit: float = 0.5 * 10.0 ** (int(exponent or 0) - len(decimals.replace("_", "")))
    return max(min(half_unit, 5e-4 * abs(number)) if number else half_unit, 1e-12)
