"""From ``assignment.yaml`` to an :class:`Assignment`: every mistake found, and positioned.

:func:`load` reads a file and all that it names beside it, or raises
:class:`~harness.language.case.CaseError` that lists what is wrong as ``path:line:column: message``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from harness.assignment import values
from harness.assignment.keys import (
    CONVENTION_KEYS,
    ENGINE_KEYS,
    KEYS,
    LIMIT_KEYS,
    QUESTION_KEYS,
    VARY_KEYS,
)
from harness.assignment.packages import REFUSED, plain_name
from harness.assignment.values import (
    Assignment,
    Conventions,
    EngineRules,
    Limits,
    Question,
    Varying,
)
from harness.language import document, nodes
from harness.language.case import CaseError
from harness.language.levels import level_named
from harness.language.nodes import DocumentError, Node, Problem, Scalar
from harness.language.reading import Reader, Reading, items, size
from harness.language.suite import BUILTIN
from harness.language.syntax import Unusable, shorten, suggest
from harness.vocabulary.program import DIRECTIONS, DTYPES
from harness.vocabulary.signatures import OPERATIONS, SYMBOLS

MOST_POINTS: Final = 1000
MOST_QUESTIONS: Final = 100
DATES: Final = ("%Y-%m-%d %H:%M", "%Y-%m-%d")
VERSION: Final = re.compile(r"\d[\w.!+-]*")
_OPERATORS: Final = {symbol: name for name, symbol in SYMBOLS.items() if name in OPERATIONS}


def load(path: Path, name: str | None = None) -> Assignment:
    """The assignment in a file, which errors call ``name``. Raises :class:`CaseError`."""
    name = name or path.as_posix()
    told: list[Problem] = []
    try:
        decoder = _Decoder(document.parse(document.read(path), told))
    except DocumentError as error:
        raise CaseError(name, error.problems) from None
    found = decoder.attempt(partial(decoder.assignment, path), decoder.source.root)
    if found is None or decoder.problems or told:
        places = {(problem.line, problem.column) for problem in told}
        more = [p for p in decoder.problems if (p.line, p.column) not in places]
        raise CaseError(name, [*told, *more])
    return Assignment(**found)


class _Decoder(Reader):
    """Reads one assignment."""

    def assignment(self, path: Path, root: Node) -> dict[str, Any]:
        """The arguments of an :class:`Assignment`."""
        if not isinstance(root, nodes.Mapping):
            self.fail(root, f"an assignment is a mapping with the keys {', '.join(KEYS)}")
        self.folder = path.parent
        own = self.keys(root, KEYS, "an assignment")
        for key in ("title", "questions"):
            if key not in own:
                self.complain(root, f"{key} is missing: {KEYS[key]}")
        engine, text = self.attempt(self._engine, own.get("engine"), (EngineRules(), None))
        hidden, count = self.attempt(self._hidden, own.get("hidden"), ((), 0))
        readers: dict[str, tuple[Reading, Any]] = {
            "title": (partial(self.text, key="title"), ""),
            "conventions": (self._conventions, Conventions()),
            "cases": (partial(self._folders, "cases"), ()),
            "questions": (self._questions, ()),
            "packages": (self._packages, {}),
            "limits": (self._limits, Limits()),
            "vary": (self._vary, Varying()),
            "due": (self._due, None),
            "counts": (self._word("counts", values.COUNTS), values.LATEST),
            "rounding": (partial(self._amount, "rounding", 100.0), 0.01),
        }
        read = {
            key: self.attempt(reader, own.get(key), default)
            for key, (reader, default) in readers.items()
        }
        if read["counts"] == values.LAST_IN_TIME and "due" not in own:
            self.complain(own["counts"], "counts is 'last before due', and there is no due date")
        apart = {"engine": engine, "adapter": text, "hidden": hidden, "hidden_cases": count}
        return {"path": path, **apart, **read}

    # -- questions ---------------------------------------------------------------------------------

    def _questions(self, node: Node) -> tuple[Question, ...]:
        if not isinstance(node, nodes.Sequence) or not node.items:
            self.fail(node, "questions is a list: - {title: …, points: …, operations: […]}")
        if len(node.items) > MOST_QUESTIONS:
            self.fail(node, f"an assignment has at most {MOST_QUESTIONS} questions")
        found = [self.attempt(self._question, item) for item in node.items]
        titles = dict[str, Node]()
        for item, question in zip(node.items, found, strict=True):
            if question is not None and titles.setdefault(question.title, item) is not item:
                self.complain(item, f"another question is called {question.title!r}, too")
        return tuple(question for question in found if question is not None)

    def _question(self, node: Node) -> Question:
        own = self._mapping(node, QUESTION_KEYS, "a question")
        for key in ("title", "points"):
            if key not in own:
                self.fail(node, f"a question needs {key}: {QUESTION_KEYS[key]}")
        self._apart(own)
        readers: dict[str, Reading] = {
            "title": partial(self.text, key="title"),
            "points": partial(self._amount, "points", MOST_POINTS),
            "passes": partial(self._several, self._pass),
            "levels": partial(self._several, self._level),
            "operations": partial(self._several, self._operation),
            "tags": partial(self._several, partial(self.text, key="a tag")),
            "paths": partial(self._several, self._path),
            "share": self._word("share", values.SHARES),
            "worth": self._worth,
            "exercise": self._path,
            "file": self._file,
            "hidden": partial(self._flag, "hidden"),
        }
        read = self._read(own, readers)
        if not {"title", "points"} <= read.keys():
            raise Unusable
        return Question(**read, place=(node.line, node.column))

    def _apart(self, own: Mapping[str, Node]) -> None:
        """Complains of a question that is both an exercise and a selection of cases."""
        if "exercise" not in own:
            if "file" in own:
                self.complain(own["file"], "file goes with exercise: a case to be done by hand")
            return
        if "file" not in own:
            self.complain(own["exercise"], "exercise needs file: the file that is handed in for it")
        for key in own.keys() - {"title", "points", "exercise", "file", "hidden"}:
            self.complain(own[key], f"an exercise has no {key}: it is one case, by hand")

    def _pass(self, node: Node) -> str:
        return self.choice(node, DIRECTIONS, f"a pass is {_listed(DIRECTIONS)}")

    def _level(self, node: Node) -> str:
        try:
            return level_named(node.text if isinstance(node, Scalar) else "")
        except ValueError as error:
            self.fail(node, str(error))

    def _operation(self, node: Node) -> str:
        text = node.text if isinstance(node, Scalar) else ""
        if (name := _OPERATORS.get(text, text)) not in OPERATIONS:
            hint = suggest(text, OPERATIONS)
            self.fail(node, f"there is no operation {shorten(text)!r}{hint}")
        return name

    def _path(self, node: Node) -> str:
        """A case or a topic, without the folder ``cases`` and the suffix."""
        text = self.text(node, "a path")
        return text.removeprefix("cases/").removesuffix(".yaml").rstrip("/")

    def _worth(self, node: Node) -> dict[str, float]:
        if not isinstance(node, nodes.Mapping):
            self.fail(node, "worth is a mapping: {scalars/x_plus_x: 2}")
        return {
            key.text.removeprefix("cases/").removesuffix(".yaml"): self._amount(
                "a case's worth", MOST_POINTS, value
            )
            for key, value in node.entries
        }

    # -- the engine --------------------------------------------------------------------------------

    def _engine(self, node: Node) -> tuple[EngineRules, str | None]:
        own = self._mapping(node, ENGINE_KEYS, "engine")
        readers: dict[str, Reading] = {
            "file": self._file,
            "class": self._class,
            "adapter": self._adapter,
        }
        read = self._read(own, readers)
        name = read.pop("class", None)
        text = None if "adapter" not in read else self._adapter_text(own["adapter"])
        return EngineRules(name=name, **read), text

    def _class(self, node: Node) -> str:
        text = self.text(node, "class")
        if not text.isidentifier():
            self.fail(node, f"{shorten(text)!r} is no name of a class")
        return text

    def _file(self, node: Node) -> str:
        text = self.text(node, "file")
        path = PurePosixPath(text)
        if path.suffix != ".py" or path.is_absolute() or ".." in path.parts or str(path) != text:
            self.fail(node, f"{shorten(text)!r} is no path of a .py file in a submission")
        return text

    def _adapter(self, node: Node) -> str:
        text = self.text(node, "adapter")
        if not PurePosixPath(text).stem.isidentifier() or not text.endswith(".py"):
            self.fail(node, f"{shorten(text)!r} is no Python file, such as adapter.py")
        return text

    def _adapter_text(self, node: Node) -> str | None:
        """The adapter beside the assignment; None in a student's copy, which may do without."""
        name = node.text if isinstance(node, Scalar) else ""
        try:
            return document.read(self.folder / name)
        except DocumentError as error:
            self.complain(node, f"{name}: {error.problems[0].message}")
            return None

    def _conventions(self, node: Node) -> Conventions:
        own = self._mapping(node, CONVENTION_KEYS, "conventions")
        return Conventions(
            **self._read(
                own,
                {
                    "dtype": self._word("dtype", DTYPES),
                    "arrays": partial(self._flag, "arrays"),
                    "broadcasting": self._word("broadcasting", values.BROADCASTING),
                    "exponents": self._word("exponents", values.EXPONENTS),
                    "ranks": partial(self._several, partial(self._count, "a rank", 1, 8)),
                    "kinks": partial(self._several, self._operation),
                    "gradients": self._word("gradients", values.GRADIENTS),
                    "recursion": partial(self._count, "recursion", 1, 1_000_000),
                    "reverse": partial(self._flag, "reverse"),
                },
            )
        )

    # -- how it is run -----------------------------------------------------------------------------

    def _hidden(self, node: Node) -> tuple[tuple[str, ...], int]:
        count = size(node)
        return ((), count) if count is not None else (self._folders("hidden", node), 0)

    def _folders(self, key: str, node: Node) -> tuple[str, ...]:
        return tuple(self._several(partial(self._folder, key), node))

    def _folder(self, key: str, node: Node) -> str:
        text = self.text(node, "a folder")
        if text == BUILTIN and key == "cases":
            return text
        if PurePosixPath(text).is_absolute() or ".." in PurePosixPath(text).parts:
            self.fail(node, f"{shorten(text)!r} does not lie beside the assignment")
        if not (self.folder / text).exists():
            self.fail(node, f"there is no folder {shorten(text)!r} beside the assignment")
        return text

    def _packages(self, node: Node) -> dict[str, str]:
        if not isinstance(node, nodes.Mapping):
            self.fail(node, "packages is a mapping of versions: {numba: 0.60.0}")
        found: dict[str, str] = {}
        for key, value in node.entries:
            version = value.text if isinstance(value, Scalar) else ""
            if plain_name(key.text) in REFUSED:
                self.complain(key, f"{key.text} is refused: it differentiates by itself")
            elif not VERSION.fullmatch(version):
                self.complain(value, f"{key.text} needs its version: {key.text}: 1.2.3")
            found[plain_name(key.text)] = version
        return found

    def _limits(self, node: Node) -> Limits:
        own = self._mapping(node, LIMIT_KEYS, "limits")
        seconds = partial(self._amount, "seconds", 1e5)
        memory = partial(self._count, "memory", 128, 1 << 20)
        readers: dict[str, Reading] = dict.fromkeys(("case", "first", "submission"), seconds)
        readers["memory"] = memory
        return Limits(**self._read(own, readers))

    def _vary(self, node: Node) -> Varying:
        own = self._mapping(node, VARY_KEYS, "vary")
        return Varying(
            **self._read(
                own,
                {
                    "inputs": self._word("inputs", ("class", "each", "none")),
                    "keep": partial(self._several, self._path),
                    "relabel": partial(self._flag, "relabel"),
                    "drawn": partial(self._count, "drawn", 0, 1000),
                },
            ),
            place=(node.line, node.column),
        )

    def _due(self, node: Node) -> datetime:
        text = self.text(node, "due").replace("T", " ")
        for shape in DATES:
            try:
                found = datetime.strptime(text, shape)
            except ValueError:
                continue
            return found.replace(hour=23, minute=59) if shape == DATES[1] else found
        self.fail(node, f"{shorten(text)!r} is no date: 2026-10-01, or 2026-10-01 23:59")

    # -- values ------------------------------------------------------------------------------------

    def _mapping(self, node: Node, known: Mapping[str, str], what: str) -> dict[str, Node]:
        if not isinstance(node, nodes.Mapping):
            self.fail(node, f"{what} is a mapping with the keys {', '.join(known)}")
        return self.keys(node, known, what)

    def _read(self, own: Mapping[str, Node], readers: Mapping[str, Reading]) -> dict[str, Any]:
        """What the keys that are there are read as. What cannot be read is left out."""
        read = {key: self.attempt(readers[key], node) for key, node in own.items()}
        return {key: value for key, value in read.items() if value is not None}

    def _word(self, key: str, among: tuple[str, ...]) -> Callable[[Node], str]:
        return partial(self.choice, among=among, message=f"{key} must be {_listed(among)}")

    def _several(self, read: Reading, node: Node) -> tuple[Any, ...]:
        """A list, or a single one."""
        found: dict[Any, Node] = {}
        for item in items(node):
            value = self.attempt(read, item)
            if value is not None and found.setdefault(value, item) is not item:
                self.complain(item, f"{value!r} is there twice")
        if not items(node):
            self.fail(node, "this list is empty")
        return tuple(found)

    def _flag(self, key: str, node: Node) -> bool:
        return self.choice(node, (True, False), f"{key} must be true or false")

    def _amount(self, what: str, most: float, node: Node) -> float:
        number = self.number(node, what)
        if not 0 < number <= most:
            self.fail(node, f"{what} must lie above 0 and be at most {most:g}")
        return number

    def _count(self, what: str, least: int, most: int, node: Node) -> int:
        count = size(node)
        if count is None or not least <= count <= most:
            self.fail(node, f"{what} must be a whole number from {least:,} to {most:,}")
        return count


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"
