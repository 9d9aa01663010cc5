"""A program, and a script of it, as people would write it: short numbers, names, lines that fit."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from typing import Final

import numpy as np

from harness.engines.writing import Script
from harness.judging.experiments import RESULT, leaf_of
from harness.vocabulary.program import Array, Operand, Program, Value

WIDTH: Final = 72
"""So wide is a line."""

LEAVES: Final = "xyzabcuv"
"""What the leaves of an experiment are called."""


def plainer(program: Program) -> Iterator[Program]:
    """The same at numbers of two digits and begun with ones, where it is begun with an array; at
    such numbers; and at its own. Leaves that no step uses are left out."""
    used = {name for step in program.steps for name in step.parents}
    inputs = {name: value for name, value in program.inputs.items() if name in used}
    program = replace(program, inputs=inputs)
    short = {name: _short(value) for name, value in inputs.items()}
    seed = np.asarray(program.seed)
    seeds = [np.ones_like(seed)] if seed.ndim and program.backward_calls == 1 else []
    for one in (*seeds, _short(program.seed)):
        yield replace(program, inputs=short, seed=one)
    yield program


def _short(value: Value) -> Value:
    if isinstance(value, float):
        return float(f"{value:.2g}")
    array: Array = np.array([float(f"{item:.2g}") for item in value.flat])
    return array.reshape(value.shape).astype(value.dtype)


def renamed(program: Program, made: bool) -> tuple[Program, dict[str, str]]:
    """The program with names that people would choose: for the leaves of an experiment, if it is
    ``made`` for one, and for an output without a name; and which these are."""
    names = dict[str, str]()
    if made:
        letters = {leaf_of(i): letter for i, letter in enumerate(LEAVES)}
        free = {name: letters[name] for name in program.inputs if name in letters}
        names = {name: letter for name, letter in free.items() if letter not in program.shapes}
    if not program.output.isidentifier() and RESULT not in program.shapes:
        names[program.output] = RESULT

    def called(item: Operand) -> Operand:
        return names.get(item, item) if isinstance(item, str) else item

    steps = tuple(
        replace(step, name=str(called(step.name)), operands=tuple(map(called, step.operands)))
        for step in program.steps
    )
    again = replace(
        program,
        inputs={names.get(key, key): value for key, value in program.inputs.items()},
        steps=steps,
        shapes={names.get(key, key): shape for key, shape in program.shapes.items()},
        stages=(),
    )
    return again, names


def text_of(script: Script, told: str) -> str:
    """The lines, the long ones folded; behind the last one what comes of it."""
    *lines, last = script.lines
    folded = [part for line in lines for part in _folded(line)]
    if len(last) + len(told) + 4 <= WIDTH:
        return "\n".join([*folded, f"{last}  # {told}"])
    comment = textwrap.wrap(told, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join([*folded, *_folded(last), *(f"# {part}" for part in comment)])


def unfolded(text: str) -> str:
    """What the comment says at the end of the lines, in one line."""
    *lines, last = text.splitlines()
    if not last.startswith("# "):
        return last.partition("  # ")[2]
    below = takewhile(lambda line: line.startswith("# "), [last, *reversed(lines)])
    return " ".join(line.removeprefix("# ") for line in reversed(list(below)))


def _folded(line: str) -> list[str]:
    """The line in several that mean the same, where it is too long and can be had in several."""
    code = line.lstrip()
    indent = " " * (len(line) - len(code))
    parts = textwrap.wrap(
        code,
        WIDTH - len(indent),
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    with suppress(SyntaxError):
        if len(parts) > 1 and ast.dump(ast.parse(code)) == ast.dump(ast.parse("\n".join(parts))):
            return [f"{indent}{part}" for part in parts]
    return [line]
