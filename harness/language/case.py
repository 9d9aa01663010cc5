"""From a YAML file to a :class:`Case`: every mistake in the file found, and positioned.

:func:`load` reads one file and returns its case, or raises :class:`CaseError` that lists all that
is wrong as ``path:line:column: message``.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.language import document
from harness.language.document import (
    MAX_PROBLEMS,
    DocumentError,
    Node,
    Problem,
    Scalar,
    Sequence,
)
from harness.language.expression import MAX_STEPS, NUMBERS, Flattener, TooManySteps
from harness.language.reading import DTYPES, Reader, is_size, margin, scalars
from harness.language.syntax import parse, shorten, suggest
from harness.vocabulary.program import Array, Program, Value, default_seed
from harness.vocabulary.signatures import OPERATIONS

MAX_TURNS = 20_000
MAX_TAGS = 20
NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
FILE_NAME: Final = re.compile(r"[a-z0-9_]+")
TAG: Final = re.compile(r"[a-z][a-z0-9_]*")
KINK: Final = "kink"
"""The tag of a case whose derivative no difference quotient can confirm."""
LEVELS: Final = ("scalars", "arrays", "kinks")
"""The rungs of the ladder that cases climb, from the lowest up."""
MARKERS: Final = frozenset(
    {"skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings"}
    | {"tryfirst", "trylast", "trace", "forked", "timeout", "flaky", "xdist_group"}
    | {"asyncio", "anyio", "trio", "hypothesis"}
)
"""Words that mean something to pytest or a common plugin, so that no tag may be called so."""


class CaseError(Exception):
    """A file that is not a case; ``problems`` holds every one, in the order of the file.

    Beyond ``MAX_PROBLEMS`` the last one says how many more there are.
    """

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        every = sorted(dict.fromkeys(problems), key=lambda p: (p.line, p.column))
        self.problems = every[:MAX_PROBLEMS]
        if len(every) > MAX_PROBLEMS:
            last, more = every[MAX_PROBLEMS], len(every) - MAX_PROBLEMS
            self.problems.append(Problem(last.line, last.column, f"and {more:,} more problems"))
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
    """One YAML file, which users call ``id``. ``stages`` holds each stage's name and text as its
    author wrote them."""

    path: Path
    about: str
    program: Program
    stages: tuple[tuple[str, str], ...]
    expect: tuple[Expectation, ...] = ()
    tolerance: Tolerance | None = None
    tags: tuple[str, ...] = ()
    points: float = 1.0
    hint: str | None = None
    id: str = ""
    line: int = 1
    """Where in the file the expression or the steps begin."""

    @property
    def level(self) -> str:
        """Which of :data:`LEVELS` the case belongs to."""
        if KINK in self.tags:
            return "kinks"
        return "scalars" if self.program.scalar else "arrays"

    @property
    def rung(self) -> tuple[int, bool, int]:
        """Where in the climb the case stands: by its level, plain numbers before arrays, and the
        fewer steps the earlier."""
        return LEVELS.index(self.level), not self.program.scalar, len(self.program.steps)


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
    "order": "2: the gradient of the gradient is checked as well",
    "backward": "2: backward is called twice on one graph",
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
    misnamed = [
        Problem(1, 1, f"{part!r} is part of the case's id: call it by a-z, 0-9 and _ alone")
        for part in path.relative_to(root or path.parent).with_suffix("").parts
        if not FILE_NAME.fullmatch(part)
    ]
    try:
        case = decode(document.read(path), path, name)
    except (CaseError, DocumentError) as error:
        raise CaseError(name, [*misnamed, *error.problems]) from None
    if misnamed:
        raise CaseError(name, misnamed)
    return case


def decode(text: str, path: Path, name: str | None = None) -> Case:
    """The case in the text of a file at ``path``; raises :class:`CaseError`."""
    told: list[Problem] = []
    try:
        parsed = document.parse(text, told)
    except DocumentError as error:
        raise CaseError(name or str(path), error.problems) from None
    decoder = _Decoder(parsed)
    case = decoder.case(path, name or path.as_posix())
    if case is None or decoder.problems or told:
        # What YAML itself has to say about a place says it all.
        places = {(problem.line, problem.column) for problem in told}
        more = [p for p in decoder.problems if (p.line, p.column) not in places]
        raise CaseError(name or str(path), [*told, *more])
    return case


class _Decoder(Reader):
    """Reads one case; complaints gather in ``problems`` and reading goes on."""

    def case(self, path: Path, id: str) -> Case | None:
        root = self.source.root
        if not isinstance(root, document.Mapping):
            self.complain(root, f"a case is a mapping with the keys {', '.join(KEYS)}")
            return None
        keys = self._keys(root, KEYS, "a case")
        stages_key = self._one_of_expr_and_steps(root, keys)
        if "about" not in keys:
            self.complain(root, f"about is missing: {KEYS['about']}")
        about = self._text(keys.get("about"), "about")
        dtype = self.dtype = self._dtype(keys.get("dtype"))
        inputs = self._leaves(keys.get("inputs"), "inputs")
        constants = self._leaves(keys.get("constants"), "constants")
        if "inputs" not in keys:
            self.complain(root, "inputs is missing: name at least one leaf to differentiate")
        elif not inputs and not self.problems:
            self.complain(keys["inputs"], "inputs is empty: name at least one leaf")
        for key in _keys_of(keys.get("constants")):
            if key.text in inputs:
                self.complain(key, f"{key.text!r} is defined twice: it is an input")
        tolerance = self._tolerance(keys.get("tolerance"))
        tags = self._tags(keys.get("tags"))
        points = self._points(keys.get("points"))
        order = self._once_or_twice(keys.get("order"), "order")
        passes = self._once_or_twice(keys.get("backward"), "backward")
        hint = self._text(keys["hint"], "hint") if "hint" in keys else None
        if stages_key is None:
            return None
        stages = self._stages(keys[stages_key], stages_key == "expr", {*inputs, *constants})
        seed = self._leaf(keys["seed"], "seed") if "seed" in keys else None
        expect = self._expected(keys.get("expect"))
        poisoned = {
            key.text for what in ("inputs", "constants") for key in _keys_of(keys.get(what))
        }
        if not _keys_of(keys.get("inputs")):
            poisoned |= _names(stages)
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
        if seed is not None and np.shape(seed) != shapes[output]:
            shape = np.shape(seed)
            self.complain(
                keys["seed"],
                f"the seed has shape {shape}, but the output {output!r} has shape {shapes[output]}",
            )
            return None
        program = Program(
            inputs={key: _leaf(value, dtype) for key, value in inputs.items()},
            constants={key: np.asarray(value) for key, value in constants.items()},
            steps=steps,
            shapes=shapes,
            seed=_leaf(default_seed(shapes[output]) if seed is None else seed, dtype),
            dtype=dtype,
            order=order,
            passes=passes,
        )
        if output not in program.differentiable:
            self.complain(keys[stages_key], f"the output {output!r} depends on no input")
        expectations = self._expectations(expect, program)
        texts = tuple((stage.name, stage.text) for stage in stages)
        return Case(
            path,
            about,
            program,
            texts,
            expectations,
            tolerance,
            tags,
            points,
            hint,
            id,
            line=keys[stages_key].line,
        )

    # -- keys and plain values ---------------------------------------------------------------------

    def _one_of_expr_and_steps(self, root: Node, keys: Mapping[str, Node]) -> str | None:
        given = [key for key in ("expr", "steps") if key in keys]
        if len(given) == 1:
            return given[0]
        if given:
            self.complain(keys["steps"], "expr and steps are both given; a case has exactly one")
        else:
            self.complain(root, "expr or steps is missing; a case has exactly one of them")
        return None

    def _dtype(self, node: Node | None) -> str:
        if node is None:
            return DTYPES[0]
        if isinstance(node, Scalar) and node.text in DTYPES:
            return node.text
        hint = suggest(node.text, DTYPES) if isinstance(node, Scalar) else ""
        self.complain(node, f"dtype must be {' or '.join(DTYPES)}{hint}")
        return DTYPES[0]

    def _once_or_twice(self, node: Node | None, key: str) -> int:
        if node is None:
            return 1
        value = node.value if isinstance(node, Scalar) else None
        if value in (1, 2) and not isinstance(value, bool | float):
            return int(str(value))
        self.complain(node, f"{key} must be 1 (default) or 2")
        return 1

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
        if len(node.items) > MAX_TAGS:
            self.complain(node, f"a case has at most {MAX_TAGS} tags")
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

    # -- leaves ------------------------------------------------------------------------------------

    def _leaves(self, node: Node | None, what: str) -> dict[str, Any]:
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
            self.complain(
                key, f"{shorten(name)!r} is not a name: a letter, then letters, digits and _"
            )
        elif keyword.iskeyword(name) or name in NUMBERS:
            self.complain(key, f"{name!r} is a word of the language; give the {what} another name")
        elif len(name) > 60:
            self.complain(key, f"the name {name[:20] + '…'!r} is longer than 60 characters")
        else:
            return True
        return False

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
            for missing in known:
                if missing not in keys:
                    self.complain(
                        node, f"a loop needs {missing}: {{start: x, repeat: 3, next: {name} * x}}"
                    )
            if known.keys() - keys.keys():
                return None
            start = self._expression(keys["start"])
            following = self._expression(keys["next"])
            repeat = keys["repeat"]
            turns = repeat.value if isinstance(repeat, Scalar) else None
            if not is_size(turns) or not 1 <= turns <= MAX_TURNS:  # type: ignore[operator]
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
        after = self.source.text[node.end :].lstrip()[:1] if node.style == "plain" else ""
        if after == "," and node.text.count("(") + node.text.count("[") > node.text.count(
            ")"
        ) + node.text.count("]"):
            complain(
                len(node.text), "inside {…} a comma ends the text; quote an expression that has one"
            )
            return None
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
        later = frozenset(stage.name for stage in stages)
        for stage in stages:
            if len(self.problems) >= MAX_PROBLEMS:
                return False
            if stage.body is None:
                flattener.poisoned.add(stage.name)
                complete = False
            else:
                try:
                    if stage.start is None:
                        body = stage.body
                        done = flattener.stage(stage.name, body.tree, body.complain, later)
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

    def _expected(self, node: Node | None) -> list[tuple[Scalar, Node, Any]]:
        """What is written under ``expect``, as far as it can be read: key, node and numbers."""
        if node is None:
            return []
        if not isinstance(node, document.Mapping):
            self.complain(node, "expect is a mapping: expect: {f: 6.0, dx: 2.0}")
            return []
        found: list[tuple[Scalar, Node, Any]] = []
        for key, child in node.entries:
            if isinstance(child, document.Mapping):
                self.complain(child, "a number or nested lists are expected here: dx: [2.0, 0.5]")
            elif (value := self._leaf(child, key.text)) is not None:
                found.append((key, child, value))
        return found

    def _expectations(
        self, written: Iterable[tuple[Scalar, Node, Any]], program: Program
    ) -> tuple[Expectation, ...]:
        names, found = program.shapes, []
        known: list[str] | None = None
        for key, node, value in written:
            is_value = key.text in names
            of = key.text[1:] if key.text.startswith("d") else ""
            is_gradient = of in program.differentiable
            name = key.text if is_value else of
            if is_value and is_gradient:
                self.complain(key, f"{key.text!r} is both a step and the gradient of {of!r}")
            elif not is_value and not is_gradient:
                if known is None:
                    known = [n for n in names if n.isidentifier()]
                    known += [f"d{n}" for n in known if n in program.differentiable]
                hint = suggest(key.text, known) if len(self.problems) < MAX_PROBLEMS else ""
                self.complain(key, f"{shorten(key.text)!r} is neither a step nor a gradient{hint}")
            elif np.shape(value) != names[name]:
                self.complain(node, f"{key.text!r} has shape {names[name]}, not {np.shape(value)}")
            else:
                margins = [margin(scalar) for scalar in scalars(node)]
                allowed = np.array(margins, dtype=np.float64).reshape(np.shape(value))
                number = np.asarray(value, dtype=np.float64)
                found.append(
                    Expectation(
                        key.text, name, is_gradient, number, allowed, node.line, node.column
                    )
                )
        return tuple(found)


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


def _keys_of(node: Node | None) -> tuple[Scalar, ...]:
    """The keys of a mapping, whatever their values are."""
    return tuple(key for key, _ in node.entries) if isinstance(node, document.Mapping) else ()


def _names(stages: Iterable[_Stage]) -> set[str]:
    """The names that the stages use and that none of them defines."""
    stages = list(stages)
    parts = [part for stage in stages for part in (stage.body, stage.start) if part is not None]
    used = {node.id for part in parts for node in ast.walk(part.tree) if isinstance(node, ast.Name)}
    return used - {stage.name for stage in stages} - OPERATIONS.keys()
