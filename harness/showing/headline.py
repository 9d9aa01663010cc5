"""A case in a few lines, for the terminal and the page: what it computes, and where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from harness.language.case import Case
from harness.showing.lines import MOST_ROWS, WIDTH, wrapped
from harness.showing.numbers import leaf
from harness.showing.words import called, say
from harness.vocabulary.program import Value

LONGEST: Final = 400
"""An expression of more letters is not put together any further."""


def headline(case: Case, direction: str) -> list[str]:
    """The whole expression in one line if it is short, else its stages; and the inputs.

    Backward, also the output's upstream gradient, unless that is 1.
    """
    program, text = case.program, _composed(case)
    places = [say("at", inputs=_leaves(program.inputs))]
    if program.constants:
        places.append(say("with", constants=_leaves(program.constants)))
    if direction != "forward" and not np.array_equal(program.seed, 1.0):
        output = called(program.output, "backward")
        places.append(say("upstream", output=output, seed=leaf(program.seed)))
    if direction == "second":
        places.append(say("second"))
    if direction == "backward" and program.passes == 2:
        places.append(say("twice"))
    if text is not None and len(text) + len(places[0]) + 8 <= WIDTH - 3:
        return [f"{text}        {places[0]}", *_folded(places[1:])]
    stages = [f"{name} = {body}" for name, body in case.stages] if text is None else [text]
    if len(stages) > MOST_ROWS:
        stages = [*stages[: MOST_ROWS - 2], "…", stages[-1]]
    return _folded([*stages, *places])


def _leaves(leaves: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {leaf(value)}" for name, value in leaves.items())


def _folded(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in wrapped(line, WIDTH - 3, 4)]


def _composed(case: Case) -> str | None:
    """The output as one expression of the inputs, None where that is longer than a line, or leaves
    out a stage, or one of them is a loop."""
    stages = _Stages()
    text = ""
    for name, body in case.stages:
        try:
            text = ast.unparse(stages.visit(ast.parse(f"({body})", mode="eval").body))
        except (SyntaxError, RecursionError, ValueError):
            return None
        if len(text) > LONGEST:
            return None
        stages.bodies[name] = text
    output = case.program.output
    whole = stages.used >= stages.bodies.keys() - {output} and len(text) < WIDTH - 8
    return f"{output} = {text}" if whole else None


class _Stages(ast.NodeTransformer):
    """Puts the expressions of earlier stages in the place of their names."""

    def __init__(self) -> None:
        self.bodies: dict[str, str] = {}
        self.used: set[str] = set()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        self.used.add(node.id)
        return ast.parse(self.bodies.get(node.id, node.id), mode="eval").body
