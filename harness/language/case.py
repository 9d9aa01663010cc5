"""From a YAML file to a :class:`Case`: every mistake in the file found, and positioned.

:func:`load` reads one file and returns its case, or raises :class:`CaseError` that lists all that
is wrong as ``path:line:column: message``.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness import languages
from harness.language import document, nodes
from harness.language.building import Builder, Lines
from harness.language.document import MAX_PROBLEMS
from harness.language.expectations import Expectation, expectations, written
from harness.language.levels import level_of, rung
from harness.language.nodes import DocumentError, Node, Problem, Scalar, Sequence
from harness.language.outputs import added_up
from harness.language.reading import Reading, names
from harness.language.syntax import Unusable
from harness.language.words import said
from harness.vocabulary.program import DTYPES, Program, default_seed, leaf

MAX_TAGS = 20
FILE_NAME: Final = re.compile(r"[a-z0-9_]+")
TAG: Final = re.compile(r"[a-z][a-z0-9_]*")
KINK: Final = "kink"
"""The tag of a case whose derivative no difference quotient can confirm."""
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
            self.problems.append(Problem(last.line, last.column, said("more-problems", more=more)))
        super().__init__(path, self.problems)

    def __str__(self) -> str:
        return "\n".join(f"{self.path}:{p.line}:{p.column}: {p.message}" for p in self.problems)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a number may be off, where the dtype's own tolerance does not do; and why."""

    rtol: float | None
    atol: float | None
    why: str


@dataclass(frozen=True)
class Case:
    """One YAML file, which users call ``id``."""

    path: Path
    about: str
    program: Program
    expect: tuple[Expectation, ...] = ()
    tolerance: Tolerance | None = None
    tags: tuple[str, ...] = ()
    points: float = 1.0
    hint: str | None = None
    id: str = ""
    line: int = 1
    """Where in the file the expression or the steps begin."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """What part of the points each pass has; all have the same where it is empty."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What it is ``about``, and its ``hint``, by language, where the file has them so."""

    def said(self, key: str) -> str:
        """What it is ``about``, or its ``hint``, in the language that is spoken, where it has it;
        empty where there is none."""
        usual = self.about if key == "about" else self.hint or ""
        return _in(languages.spoken(), self.words.get(key, {})) or usual

    def share(self, direction: str) -> float:
        """What part of the case's points a pass has."""
        if self.shares:
            return self.shares.get(direction, 0.0)
        return 1.0 / len(self.program.directions)

    @cached_property
    def level(self) -> str:
        """The level of the ladder that the case belongs to."""
        return level_of(self.program, self.tags)

    @cached_property
    def rung(self) -> tuple[int, ...]:
        """Where on the ladder the case stands."""
        return rung(self.program, self.tags)


def _in(language: str, words: Mapping[str, str]) -> str:
    """The words in a language; where there are none, in English, or in the first that there is."""
    for name in (language, languages.ENGLISH):
        if name in words:
            return words[name]
    return next(iter(words.values()), "")


KEYS: Final[Mapping[str, str]] = {
    "about": "one sentence: what the case is there to catch",
    "inputs": "the leaves to differentiate: name: number, nested lists, or a generator",
    "constants": "leaves without a gradient: labels, masks, indices",
    "expr": "the expression, a single stage named f",
    "steps": "named stages, the last of them the output",
    "outputs": "steps whose sum is differentiated, by name or each with its seed",
    "expect": "numbers worked by hand: f is a step's value, dx the gradient of x, ddx the second",
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
        Problem(1, 1, said("part-of-id", part=part))
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
    name = name or path.as_posix()
    try:
        decoder = _Decoder(document.parse(text, told))
    except DocumentError as error:
        raise CaseError(name, error.problems) from None
    case: Case | None = decoder.attempt(partial(decoder.case, path, name), decoder.source.root)
    if case is None or decoder.problems or told:
        # What YAML itself has to say about a place says it all.
        places = {(problem.line, problem.column) for problem in told}
        more = [p for p in decoder.problems if (p.line, p.column) not in places]
        raise CaseError(name, [*told, *more])
    return case


class _Decoder(Builder):
    """Reads one case. ``outputs`` is where each is named, if any are."""

    outputs: Mapping[str, Node] = MappingProxyType({})

    def case(self, path: Path, id: str, root: Node) -> Case:
        if not isinstance(root, nodes.Mapping):
            self.fail(root, said("case-mapping", keys=", ".join(KEYS)))
        self.given = self.keys(root, KEYS, said("a-case"))
        key = self.attempt(self._expr_or_steps, root)
        if "about" not in self.given:
            self.complain(root, said("about-missing", keys=languages.name("phrase", KEYS["about"])))
        message = said("dtype-choice", dtypes=languages.told("words", "either").join(DTYPES))
        dtype = partial(self.choice, among=DTYPES, message=message)
        self.dtype = self.attempt(dtype, self.given.get("dtype"), DTYPES[0])
        inputs, constants = self._leaves(root)
        read = self._options()
        if key is None:
            raise Unusable
        lines = self.lines(self.given[key], key == "expr", {*inputs, *constants})
        program = self._program(lines, inputs, constants, read)
        for name, place in self.outputs.items():
            if name not in program.differentiable:
                self.complain(place, said("output-of-no-input", name=name))
        if self.problems:
            raise Unusable
        if program.output not in program.differentiable:
            self.complain(self.given[key], said("the-output-of-no-input", output=program.output))
        expect = expectations(self, read["expect"], program)
        about, hint = (_in(languages.ENGLISH, read[key]) for key in ("about", "hint"))
        words = {key: read[key] for key in ("about", "hint") if "" not in read[key]}
        options = read["tolerance"], read["tags"], read["points"], hint or None
        line = self.given[key].line
        return Case(path, about, program, expect, *options, id, line, words=words)

    def _options(self) -> dict[str, Any]:
        """The values of the keys that say one thing each, or what holds without them."""
        readers: dict[str, tuple[Reading, Any]] = {
            "about": (partial(self.words, key="about"), {}),
            "hint": (partial(self.words, key="hint"), {}),
            "tags": (self._tags, ()),
            "points": (self._points, 1.0),
            "tolerance": (self._tolerance, None),
            "seed": (partial(self.leaf, name="seed"), None),
            "expect": (partial(written, self), []),
        }
        for key in ("order", "backward"):
            message = said("one-or-two", key=key)
            readers[key] = partial(self.choice, among=(1, 2), message=message), 1
        return {
            key: self.attempt(read, self.given.get(key), default)
            for key, (read, default) in readers.items()
        }

    def _program(
        self,
        lines: Lines,
        inputs: Mapping[str, Any],
        constants: Mapping[str, Any],
        read: Mapping[str, Any],
    ) -> Program:
        flattened = self.flattened(lines, inputs, constants, self.given)
        shapes, seed = flattened.shapes, read["seed"]
        stages = [line.stage for line in lines.values() if line is not None]
        if (node := self.given.get("outputs")) is not None:
            if "seed" in self.given:
                self.fail(self.given["seed"], said("seeds-of-their-own"))
            if "expr" in self.given:
                self.fail(node, said("outputs-need-steps"))
            names_of = [name for names in lines for name in names.split(", ")]
            total = added_up(self, node, flattened, names_of)
            self.outputs = total.places
            constants = {**constants, **total.constants}
            stages.append(total.stage)
        output = flattened.steps[-1].name
        if seed is not None and np.shape(seed) != shapes[output]:
            usual = said("output-shape", output=output, shapes=shapes[output])
            self.fail(self.given["seed"], said("seed-shape", shape=np.shape(seed), usual=usual))
        return Program(
            inputs={name: leaf(value, self.dtype) for name, value in inputs.items()},
            constants=flattened.constants,
            steps=tuple(flattened.steps),
            shapes=shapes,
            seed=leaf(default_seed(shapes[output]) if seed is None else seed, self.dtype),
            dtype=self.dtype,
            order=read["order"],
            backward_calls=read["backward"],
            stages=tuple(stages),
        )

    # -- single keys -------------------------------------------------------------------------------

    def _expr_or_steps(self, root: Node) -> str:
        there = [key for key in ("expr", "steps") if key in self.given]
        if len(there) == 2:
            self.fail(self.given["steps"], said("expr-and-steps"))
        if not there:
            self.fail(root, said("expr-or-steps"))
        return there[0]

    def _leaves(self, root: Node) -> tuple[dict[str, Any], dict[str, Any]]:
        inputs, constants = (
            self.attempt(partial(self.leaves, what=what), self.given.get(what), {})
            for what in ("inputs", "constants")
        )
        if "inputs" not in self.given:
            self.complain(root, said("inputs-missing"))
        elif not inputs and not self.problems:
            self.complain(self.given["inputs"], said("inputs-empty"))
        for key in names(self.given.get("constants")):
            if key.text in inputs:
                self.complain(key, said("is-an-input", text=key.text))
        return inputs, constants

    def _points(self, node: Node) -> float:
        points = self.number(node, "points")
        if not 0 <= points <= 1000:
            self.fail(node, said("points-range"))
        return points

    def _tags(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, Sequence):
            self.fail(node, said("tags-list"))
        if len(node.items) > MAX_TAGS:
            self.fail(node, said("too-many-tags", max_tags=MAX_TAGS))
        tags: list[str] = []
        for item in node.items:
            text = item.text if isinstance(item, Scalar) else ""
            if not TAG.fullmatch(text):
                self.complain(item, said("tag-word"))
            elif text in MARKERS or keyword.iskeyword(text) or text in ("true", "false"):
                self.complain(item, said("tag-of-pytest", text=text))
            elif text in tags:
                self.complain(item, said("tag-twice", text=text))
            tags.append(text)
        return tuple(tags)

    def _tolerance(self, node: Node) -> Tolerance:
        if not isinstance(node, nodes.Mapping):
            self.fail(node, said("tolerance-mapping"))
        keys = self.keys(node, ("rtol", "atol", "why"), "tolerance")
        rtol = self.attempt(partial(self._share, "rtol"), keys.get("rtol"))
        atol = self.attempt(partial(self._share, "atol"), keys.get("atol"))
        if not keys.keys() & {"rtol", "atol"}:
            self.complain(node, said("tolerance-needs"))
        if "why" not in keys:
            self.fail(node, said("tolerance-why"))
        return Tolerance(rtol, atol, self.text(keys["why"], "why"))

    def _share(self, key: str, node: Node) -> float:
        share = self.number(node, key)
        if not 0 <= share < 1:
            self.fail(node, said("zero-to-one", key=key))
        return share
