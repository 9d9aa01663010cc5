"""A case in a few lines, for the terminal and the page: what it computes, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from harness.language.case import Case
from harness.language.writing import composed
from harness.showing.lines import MOST_ROWS, WIDTH, wrapped
from harness.showing.numbers import leaf
from harness.showing.words import called, say
from harness.vocabulary.program import Value


def headline(case: Case, direction: str) -> list[str]:
    """The whole expression in one line if it is short, else its stages; and the inputs.

    Backward, also the output's upstream gradient, unless that is 1.
    """
    program = case.program
    expression = composed(program, WIDTH - 9)
    text = None if expression is None else f"{program.output} = {expression}"
    places = [say("at", inputs=_leaves(program.inputs))]
    if program.constants:
        places.append(say("with", constants=_leaves(program.constants)))
    if direction != "forward" and not np.array_equal(program.seed, 1.0):
        output = called(program.output, "backward")
        places.append(say("upstream", output=output, seed=leaf(program.seed)))
    if direction == "second":
        places.append(say("second"))
    if direction == "backward" and program.backward_calls == 2:
        places.append(say("twice"))
    if text is not None and len(text) + len(places[0]) + 8 <= WIDTH - 3:
        return [f"{text}        {places[0]}", *_folded(places[1:])]
    stages = list(map(str, program.stages)) if text is None else [text]
    if len(stages) > MOST_ROWS:
        stages = [*stages[: MOST_ROWS - 2], "…", stages[-1]]
    return _folded([*stages, *places])


def _leaves(leaves: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {leaf(value)}" for name, value in leaves.items())


def _folded(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in wrapped(line, WIDTH - 3, 4)]
