"""From the stages of a document to the steps of a program: their expressions, loops unrolled."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from harness.language import nodes
from harness.language.calls import Complain
from harness.language.document import MAX_PROBLEMS
from harness.language.expression import Flattener
from harness.language.leaves import LeafReader
from harness.language.nodes import Node, Scalar, Sequence
from harness.language.reading import Reading, names, size
from harness.language.steps import MAX_STEPS, TooManySteps
from harness.language.syntax import Unusable, fail, parse
from harness.language.words import said
from harness.vocabulary.program import Stage
from harness.vocabulary.signatures import OPERATIONS

MAX_TURNS = 20_000


@dataclass(frozen=True, slots=True)
class Expression:
    """A text with its syntax tree, and what takes complaints about parts of it."""

    text: str
    tree: ast.expr
    complain: Complain


@dataclass(frozen=True, slots=True)
class Line:
    """A stage as it is read: its expression, and for a loop where it starts, its turns and what
    counts them."""

    name: str
    body: Expression
    start: Expression | None = None
    turns: int = 1
    index: str | None = None

    @property
    def stage(self) -> Stage:
        if self.start is None:
            return Stage(self.name, self.body.text)
        start, text = self.start.text.strip(), self.body.text.strip()
        return Stage(self.name, text, start, self.turns, self.index)


Lines = Mapping[str, Line | None]
"""Stages by their names, ``a, b`` where several are for several results; None is what could not be
understood."""


class Builder(LeafReader):
    """Reads stages, and flattens them."""

    def lines(self, node: Node, single: bool, leaves: Collection[str]) -> Lines:
        """The stages below a node; with ``single`` it is the expression of the only one, f."""
        if single:
            if "f" in leaves:
                self.complain(node, said("f-is-taken"))
            return {"f": self.attempt(partial(self._line, "f", {*leaves, "f"}), node)}
        if not isinstance(node, nodes.Mapping) or not node.entries:
            self.fail(node, said("steps-mapping"))
        lines: dict[str, Line | None] = {}
        before: set[str] = set()
        taken = {*leaves, *(part.text for key in names(node) for part in _parts(key))}
        for key, value in node.entries:
            parts = _parts(key)
            read = partial(self._step_name, leaves=leaves, before=before)
            own = [name for name in (self.attempt(read, part) for part in parts) if name]
            line = self.attempt(partial(self._line, ", ".join(own), taken), value)
            if len(own) == len(parts):
                lines[", ".join(own)] = line
            else:
                lines.update(dict.fromkeys(own))
        return lines

    def _step_name(self, key: Node, leaves: Collection[str], before: set[str]) -> str:
        """The name of a step, which is then one of those ``before`` the next."""
        name = self.name(key, "step")
        if name in leaves:
            self.fail(key, said("defined-as-leaf", name=name))
        if name in before:
            self.fail(key, said("defined-as-step", name=name))
        before.add(name)
        return name

    def _line(self, name: str, taken: Collection[str], node: Node) -> Line:
        if not isinstance(node, nodes.Mapping):
            return Line(name, self._expression(node))
        if ", " in name:
            self.fail(node, said("loop-one-name", name=name))
        readers: dict[str, Reading] = {
            "start": self._expression,
            "repeat": self._turns,
            "index": partial(self._index, taken),
            "next": self._expression,
        }
        example = f"{{start: x, repeat: 3, next: {name} * x}}"
        start, turns, index, body = self.parts(node, readers, "a loop", example, "index")
        return Line(name, body, start, turns, index)

    def _index(self, taken: Collection[str], node: Node) -> str:
        """The name of what counts a loop's turns."""
        name = self.name(node, "index")
        if name in taken:
            self.fail(node, said("index-name-taken", name=name))
        return name

    def _turns(self, node: Node) -> int:
        turns = size(node) or 0
        if not 1 <= turns <= MAX_TURNS:
            self.fail(node, said("repeat-range", max_turns=MAX_TURNS))
        return turns

    def _expression(self, node: Node) -> Expression:
        if not isinstance(node, Scalar) or node.value is None or not node.text.strip():
            bracket = isinstance(node, Sequence)
            quoted = said("quote-bracket") if bracket else ""
            self.fail(node, said("expression-expected", quoted=quoted))
        text, complain = node.text, self.within(node)
        after = self.source.text[node.end :].lstrip()[:1] if node.style == "plain" else ""
        if after == "," and sum(map(text.count, "([")) > sum(map(text.count, ")]")):
            fail(complain, len(text), said("comma-ends"))
        return Expression(
            text,
            parse(text, complain),
            lambda part, message: complain(getattr(part, "col_offset", 0), message),
        )

    def flattened(
        self,
        lines: Lines,
        inputs: Mapping[str, Any],
        constants: Mapping[str, Any],
        given: Mapping[str, Node],
    ) -> Flattener:
        """All stages as steps. ``given`` holds what the leaves were read from: uses of one that
        could not be read are not complained about."""
        flattener = Flattener(
            {name: np.shape(value) for name, value in {**inputs, **constants}.items()},
            {name: np.asarray(value) for name, value in constants.items()},
        )
        written = {key.text for what in ("inputs", "constants") for key in names(given.get(what))}
        if not names(given.get("inputs")):
            written |= _unknown(lines)
        flattener.poisoned |= written - flattener.shapes.keys()
        later = frozenset(name for names in lines for name in names.split(", "))
        for name, line in lines.items():
            if line is None:
                flattener.poisoned.update(name.split(", "))
            elif len(self.problems) < MAX_PROBLEMS:
                try:
                    _flatten(flattener, line, later)
                except TooManySteps:
                    line.body.complain(line.body.tree, said("too-many-steps", max_steps=MAX_STEPS))
        if self.problems:
            raise Unusable
        return flattener


def _flatten(flattener: Flattener, line: Line, later: frozenset[str]) -> None:
    name, body, start = line.name, line.body, line.start
    if ", " in name:
        flattener.pieces(name.split(", "), body.tree, body.complain, later)
        return
    if start is None:
        flattener.stage(name, body.tree, body.complain, later)
        return
    before = flattener.operand(start.tree, f"{name} #0", start.complain, later)
    for turn, label in enumerate((*(f"{name} #{n}" for n in range(1, line.turns)), name)):
        if before is None:
            flattener.poisoned.add(name)
            break
        scope, complain = {name: before}, body.complain
        if line.index is not None:
            complain = partial(_at_turn, complain, f"{line.index} = {turn}")
            flattener.index = {line.index: turn}
        before = flattener.stage(label, body.tree, complain, later, scope)
    flattener.index = {}


def _at_turn(complain: Complain, turn: str, part: ast.AST, message: str) -> None:
    complain(part, said("at-turn", message=message, turn=turn))


def _parts(key: Scalar) -> list[Scalar]:
    """The names of a key, which may be several: ``a, b``."""
    found, begin = [], 0
    for text in key.text.split(","):
        blank = len(text) - len(text.lstrip())
        place = key.column + (begin + blank if key.style == "plain" else 0)
        found.append(replace(key, text=text.strip(), column=place))
        begin += len(text) + 1
    return found


def _unknown(lines: Lines) -> set[str]:
    """The names that are used, and that no stage defines."""
    read = [line for line in lines.values() if line is not None]
    parts = [part for line in read for part in (line.body, line.start) if part is not None]
    used = {node.id for part in parts for node in ast.walk(part.tree) if isinstance(node, ast.Name)}
    own = {name for names in lines for name in names.split(", ")}
    return used - own - OPERATIONS.keys()
