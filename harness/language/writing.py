"""The inverse of reading: a program as the text of a case file.

``decode(text(about, program))`` has the same program again, to the last bit. (A loop of one turn
comes back as a plain stage.)
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from harness.language.expression import ATOM, BINDING, literal
from harness.language.reading import DTYPES
from harness.vocabulary.program import Array, Operand, Program, Step, Value, default_seed
from harness.vocabulary.signatures import COMPARISONS, SYMBOLS

WIDTH: Final = 100
TURN: Final = re.compile(r"([A-Za-z]\w*) #(\d+)")
"""The label of a loop's turn. An inner step's begins with its text, which is never a bare name."""

_REPEATED: Final = re.compile(r" #\d+$")
_PLAIN: Final = re.compile(r"(-?[\w(])([ -\"$-~]*[!-\"$-9;-~])?")
_NOTHING: Final = frozenset({"null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Stage:
    """A named stage: its expression, and for a loop where it starts and its turns."""

    name: str
    text: str
    start: str | None = None
    turns: int = 1

    def __str__(self) -> str:
        """What stands behind the name in a file."""
        if self.start is None:
            return plain_text(self.text)
        start, following = _quoted(self.start), _quoted(self.text)
        return f"{{start: {start}, repeat: {self.turns}, next: {following}}}"

    @property
    def pair(self) -> tuple[str, str]:
        """The name and the text, as a :class:`Case` keeps them."""
        if self.start is None:
            return self.name, self.text
        return self.name, f"{self.text}, {self.turns} times from {self.name} = {self.start}"


def case_text(
    about: str,
    program: Program,
    *,
    tags: Sequence[str] = (),
    hint: str | None = None,
) -> str:
    """A whole case file for a program."""
    single = program.dtype == "float32"
    seed = np.asarray(program.seed, program.dtype) if single else program.seed
    usual = default_seed(program.shapes[program.output])
    lines = [f"about: {plain_text(about)}"]
    inputs = {n: np.asarray(v, program.dtype) if single else v for n, v in program.inputs.items()}
    lines += _leaves("inputs", inputs)
    lines += _leaves("constants", program.constants)
    lines += _stages(stages(program))
    if np.asarray(usual, program.dtype).tobytes() != np.asarray(seed, program.dtype).tobytes():
        lines.append(f"seed: {value_text(seed)}")
    if program.dtype != DTYPES[0]:
        lines.append(f"dtype: {program.dtype}")
    if program.order == 2:
        lines.append("order: 2")
    if program.passes == 2:
        lines.append("backward: 2")
    if tags:
        lines.append(f"tags: [{', '.join(tags)}]")
    if hint is not None:
        lines.append(f"hint: {plain_text(hint)}")
    return "\n".join(lines) + "\n"


def value_text(value: Value, whole: bool = True) -> str:
    """A number, or an array as nested lists, in the syntax of a case file.

    ``whole``: a float without a fraction is written as an integer, as people do. In a constant that
    would be one.
    """
    array = np.asarray(value)
    if not array.size and array.shape != (0,):  # lists cannot say how long the empty axes are
        return f"{{uniform: [0, 1], shape: {list(array.shape)}, seed: 0}}"
    return _numbers(_shortest(array), whole)


def stages(program: Program) -> list[Stage]:
    """The stages that the steps came from: inner steps back inside, the turns of a loop as one."""
    found: list[Stage] = []
    ops = {step.name: step.op for step in program.steps}
    turns: dict[str, list[list[Step]]] = {}
    inner: list[Step] = []
    for step in program.steps:
        turn = TURN.fullmatch(step.name)
        if turn is None and not step.name.isidentifier():
            inner.append(step)
            continue
        group, inner = [*inner, step], []
        name = turn[1] if turn else step.name
        if turn is not None or name in turns:
            turns.setdefault(name, []).append(group)
        if turn is not None:
            continue
        loop = turns.get(name)
        if loop is None:
            found.append(Stage(name, expression(step, ops)))
        else:
            found.append(_loop(name, loop, program, ops))
    return found


def _loop(name: str, turns: list[list[Step]], program: Program, ops: Mapping[str, str]) -> Stage:
    """A loop from the steps of its turns; an expression to start from is a turn of its own."""
    if turns[0][-1].name == f"{name} #0":
        start = expression(turns.pop(0)[-1], ops)
    else:
        uses = (
            _operand(earlier)
            for first, second in zip(turns[0], turns[1], strict=True)
            for earlier, later in zip(first.operands, second.operands, strict=True)
            if later == f"{name} #1"
        )
        start = next(uses, next(iter(program.inputs)))
    last, before = turns[-1][-1], f"{name} #{len(turns) - 1}"
    renamed = tuple(name if operand == before else operand for operand in last.operands)
    return Stage(name, expression(replace(last, operands=renamed), ops), start, len(turns))


def expression(step: Step, ops: Mapping[str, str]) -> str:
    """A step as it is written, an inner step among its operands by its own text. ``ops`` are the
    operations of the earlier steps."""
    op, operands = step.op, step.operands
    if op == "neg":
        return f"-{_enclosed(operands[0], BINDING[op], ops)}"
    if op in SYMBOLS:
        binding = BINDING.get(op, 0)
        # ** groups to the right, every other operator to the left.
        left, right = (binding + 1, BINDING["neg"]) if op == "pow" else (binding, binding + 1)
        first, second = (
            _enclosed(operand, least, ops)
            for operand, least in zip(operands, (left, right), strict=True)
        )
        return f"{first} {SYMBOLS[op]} {second}"
    if op == "index":
        items = ", ".join(map(literal, step.parameters["index"]))
        return f"{_enclosed(operands[0], ATOM, ops)}[{items}]"
    inside = [_operand(operand) for operand in operands]
    inside += [f"{name}={value!r}" for name, value in step.parameters.items()]
    return f"{op}({', '.join(inside)})"


def _operand(operand: Operand) -> str:
    """A name, an inner step's text (which is its name, but for the count of its repetitions), or a
    number."""
    return _REPEATED.sub("", operand) if isinstance(operand, str) else repr(operand)


def _enclosed(operand: Operand, binding: int, ops: Mapping[str, str]) -> str:
    text = _operand(operand)
    if not isinstance(operand, str):
        own = BINDING["neg"] if text.startswith("-") else ATOM
    elif operand.isidentifier() or operand not in ops or TURN.fullmatch(operand):
        own = ATOM
    else:
        own = 0 if ops[operand] in COMPARISONS else BINDING.get(ops[operand], ATOM)
    return text if own >= binding else f"({text})"


# -- the syntax of the file ------------------------------------------------------------------------


def _leaves(key: str, leaves: Mapping[str, Value]) -> list[str]:
    """On one line where they fit there."""
    if not leaves:
        return []
    entries = [f"{name}: {value_text(value, key == 'inputs')}" for name, value in leaves.items()]
    line = f"{key}: {{{', '.join(entries)}}}"
    return [line] if len(line) <= WIDTH else [f"{key}:", *(f"  {entry}" for entry in entries)]


def _stages(found: Sequence[Stage]) -> list[str]:
    if len(found) == 1 and found[0].name == "f" and found[0].start is None:
        return [f"expr: {found[0]}"]
    return ["steps:", *(f"  {stage.name}: {stage}" for stage in found)]


def _shortest(array: Array) -> Any:
    """The numbers as Python's, those of float32 as the shortest that are rounded to them."""
    if array.dtype != np.float32:
        return array.tolist()
    return np.array([float(str(item)) for item in array.flat]).reshape(array.shape).tolist()


def _numbers(value: Any, whole: bool) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_numbers(item, whole) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return repr(value)
    if whole and value == int(value) and abs(value) < 1e15 and repr(value) != "-0.0":
        return str(int(value))
    return repr(value)


def plain_text(text: str) -> str:
    """Text as a plain scalar where it certainly is one to YAML, else in quotes."""
    plain = _PLAIN.fullmatch(text) and ": " not in text and text not in _NOTHING
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
