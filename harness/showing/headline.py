"""A case in a few lines, for the terminal and the page: what it computes, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from harness.language.case import Case
from harness.language.writing import stages
from harness.languages.width import wide
from harness.showing.lines import MOST_ROWS, WIDTH, wrapped
from harness.showing.numbers import leaf
from harness.showing.words import called, say
from harness.vocabulary.program import Program, Stage, Value


def headline(case: Case, direction: str, about: str = "", width: int = WIDTH - 2) -> list[str]:
    """The stages as they are written, of many those that ``about``, a step, has to do with; and the
    inputs. What does not lead to the output is marked.

    Backward, also the output's upstream gradient, unless that is 1.
    """
    program = case.program
    written = program.stages or tuple(stages(program))
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
    lines = list(_told(program, written, about))
    if len(lines) == 1 and wide(lines[0]) + wide(places[0]) + 8 <= width:
        lines, places = [f"{lines[0]}        {places[0]}"], places[1:]
    return _folded([*lines, *places], width)


def _told(program: Program, written: Sequence[Stage], about: str) -> Iterator[str]:
    """The stages in order; of many the first ones, those around ``about``, and the last one."""
    needed, before = _needed(program), -1
    for number in _chosen(written, about):
        if number > before + 1:
            yield say("stages-between", count=number - before - 1)
        stage, before = written[number], number
        names = set(stage.name.split(", "))
        dead = names <= program.by_name.keys() and not names & needed
        yield say("dead", stage=stage) if dead else str(stage)


def _chosen(written: Sequence[Stage], about: str) -> list[int]:
    """The numbers of the stages that are shown."""
    last = len(written) - 1
    if last < MOST_ROWS:
        return list(range(last + 1))
    name = re.sub(r" #\d+$", "", about)
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    near = [
        i
        for i, one in enumerate(written)
        if name and (name in one.name.split(", ") or word.search(one.text))
    ]
    return sorted({0, 1, last, *(near[: MOST_ROWS - 4] or range(MOST_ROWS - 2))})


def _needed(program: Program) -> set[str]:
    """What the output is made of."""
    names = {program.output}
    for step in reversed(program.steps):
        if step.name in names:
            names.update(step.parents)
    return names


def _leaves(leaves: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} = {leaf(value)}" for name, value in leaves.items())


def _folded(lines: Iterable[str], width: int) -> list[str]:
    return [part for line in lines for part in wrapped(line, width, 4)]
