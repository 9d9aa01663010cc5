"""From the stages of a document to the steps of a program: their expressions, loops unrolled."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.language import document
from harness.language.document import MAX_PROBLEMS, Node, Scalar
from harness.language.expression import MAX_STEPS, Flattener, TooManySteps
from harness.language.leaves import LeafReader
from harness.language.reading import names, size
from harness.language.syntax import Complain, parse
from harness.vocabulary.program import Stage
from harness.vocabulary.signatures import OPERATIONS

MAX_TURNS = 20_000


@dataclass(frozen=True, slots=True)
class Expression:
    """A text with its syntax tree, and what takes complaints about places in it."""

    text: str
    tree: ast.expr
    complain: Complain


@dataclass(frozen=True, slots=True)
class Line:
    """A stage as it is read: its expression, and for a loop where it starts. None is what could not
    be understood."""

    name: str
    body: Expression | None
    start: Expression | None = None
    turns: int | None = None

    @property
    def stage(self) -> Stage:
        assert self.body is not None
        if self.start is None:
            return Stage(self.name, self.body.text)
        return Stage(self.name, self.body.text.strip(), self.start.text.strip(), self.turns or 1)


class Builder(LeafReader):
    """Reads stages, and flattens them."""

    def lines(self, node: Node, single: bool, leaves: Iterable[str]) -> list[Line]:
        """The stages below a node; with ``single`` it is the expression of the only one, f."""
        if single:
            if "f" in leaves:
                self.complain(node, "f is the name of expr's own stage; call the leaf otherwise")
            return [self._line("f", node)]
        if not isinstance(node, document.Mapping) or not node.entries:
            self.complain(node, "steps is a mapping of names to expressions, one a line")
            return []
        lines = []
        for key, value in node.entries:
            named = self.is_name(key, "step")
            if named and key.text in leaves:
                self.complain(key, f"{key.text!r} is defined twice: it is an input or a constant")
            line = self._line(key.text, value)
            if named and key.text not in leaves:
                lines.append(line)
        return lines

    def _line(self, name: str, node: Node) -> Line:
        if not isinstance(node, document.Mapping):
            return Line(name, self._expression(node))
        example = f"{{start: x, repeat: 3, next: {name} * x}}"
        keys = self.all_keys(node, ("start", "repeat", "next"), "a loop", example)
        if keys is None:
            return Line(name, None)
        start, body = self._expression(keys["start"]), self._expression(keys["next"])
        turns = size(keys["repeat"])
        if turns is None or not 1 <= turns <= MAX_TURNS:
            told = f"repeat must be an integer from 1 to {MAX_TURNS:,}"
            self.complain(keys["repeat"], told)
        return Line(name, body if start else None, start, turns)

    def _expression(self, node: Node) -> Expression | None:
        if not isinstance(node, Scalar) or node.value is None or not node.text.strip():
            self.complain(node, "an expression is expected here, such as x * y")
            return None
        text, complain = node.text, self.within(node)
        after = self.source.text[node.end :].lstrip()[:1] if node.style == "plain" else ""
        if after == "," and sum(map(text.count, "([")) > sum(map(text.count, ")]")):
            told = "inside {…} a comma ends the text; quote an expression that has one"
            complain(len(text), told)
            return None
        tree = parse(text, complain)
        return None if tree is None else Expression(text, tree, complain)

    def flattened(
        self,
        lines: list[Line],
        inputs: Mapping[str, Any],
        constants: Mapping[str, Any],
        given: Mapping[str, Node],
    ) -> Flattener | None:
        """All stages as steps; None after a complaint. ``given`` holds what the leaves were read
        from: uses of one that could not be read are not complained about."""
        flattener = Flattener(
            {name: np.shape(value) for name, value in {**inputs, **constants}.items()},
            {name: np.asarray(value) for name, value in constants.items()},
        )
        written = {key.text for what in ("inputs", "constants") for key in names(given.get(what))}
        if not names(given.get("inputs")):
            written |= _unknown(lines)
        flattener.poisoned |= written - flattener.shapes.keys()
        later = frozenset(line.name for line in lines)
        for line in lines:
            if len(self.problems) >= MAX_PROBLEMS:
                break
            try:
                self._flatten(flattener, line, later)
            except TooManySteps:
                assert line.body is not None
                line.body.complain(0, f"the program has more than {MAX_STEPS:,} steps")
                break
        return None if self.problems else flattener

    def _flatten(self, flattener: Flattener, line: Line, later: frozenset[str]) -> None:
        name, body, start = line.name, line.body, line.start
        if body is None:
            flattener.poisoned.add(name)
        elif start is None:
            flattener.stage(name, body.tree, body.complain, later)
        else:
            turns = line.turns or 1
            labels = [f"{name} #{turn}" for turn in range(turns)] + [name]
            before = flattener.operand(start.tree, labels[0], start.complain, later)
            for label in labels[1:]:
                if before is None:
                    flattener.poisoned.add(name)
                    return
                scope = {name: before}
                before = flattener.stage(label, body.tree, body.complain, later, scope)


def _unknown(lines: list[Line]) -> set[str]:
    """The names that are used, and that no stage defines."""
    parts = [part for line in lines for part in (line.body, line.start) if part is not None]
    used = {node.id for part in parts for node in ast.walk(part.tree) if isinstance(node, ast.Name)}
    return used - {line.name for line in lines} - OPERATIONS.keys()
