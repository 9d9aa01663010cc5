"""The inverse of reading: a program as the text of a case file.

``decode(case_text(about, program), path)`` has the same program again, to the last bit. (A loop of
one turn comes back as a plain stage.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from harness.vocabulary.pieces import results
from harness.vocabulary.program import DTYPES, Array, Program, Stage, Step, Value, default_seed
from harness.vocabulary.spelling import Written, spelled

WIDTH: Final = 100

_PLAIN: Final = re.compile(r"(-?[\w(])([ -\"$-~]*[!-\"$-9;-~])?")
_NOTHING: Final = frozenset({"null", "Null", "NULL"})
_WHOLE: Final = re.compile(r"\b((?<!-)0|[1-9]\d{0,14})\.0\b")


def case_text(about: str | Mapping[str, str], program: Program, tags: Sequence[str] = ()) -> str:
    """A whole case file for a program; what it is about may be there in several languages."""
    typed = np.dtype(program.dtype).type
    usual, seed = typed(default_seed(program.shapes[program.output])), typed(program.seed)
    inputs = program.inputs
    if program.dtype != DTYPES[0]:
        inputs = {name: typed(value) for name, value in inputs.items()}
    optional = (
        ("seed", value_text(seed), usual.tobytes() != seed.tobytes()),
        ("dtype", program.dtype, program.dtype != DTYPES[0]),
        ("order", program.order, program.order != 1),
        ("backward", program.backward_calls, program.backward_calls != 1),
        ("tags", f"[{', '.join(tags)}]", tags),
    )
    lines = [
        *_about(about),
        *_leaves("inputs", inputs),
        *_leaves("constants", program.constants),
        *_stages(program.stages or tuple(stages(program))),
        *(f"{key}: {text}" for key, text, needed in optional if needed),
    ]
    return "\n".join(lines) + "\n"


def _about(about: str | Mapping[str, str]) -> Iterator[str]:
    if isinstance(about, str):
        yield f"about: {plain_text(about)}"
        return
    yield "about:"
    yield from (f"  {language}: {plain_text(text)}" for language, text in about.items())


def stages(program: Program) -> Iterator[Stage]:
    """The stages of a program that was not made from texts: a step with a name of its own is one,
    any other stands inside of those that use it."""
    inner: dict[str, Written] = {}
    steps = list(program.steps)
    while steps:
        step = steps[0]
        pieces = _all_pieces(program, steps)
        if pieces:
            every = replace(step, parameters=_shared(step))
            yield Stage(", ".join(one.name for one in pieces), spelled(every, inner).text)
        elif step.name.isidentifier():
            yield Stage(step.name, spelled(step, inner).text)
        else:
            inner[step.name] = spelled(step, inner)
        del steps[: len(pieces) or 1]


def _all_pieces(program: Program, steps: Sequence[Step]) -> Sequence[Step]:
    """The steps at the beginning, if they are all the results of one call, by names of their own;
    otherwise none."""
    first = steps[0]
    if not first.operation.pieces:
        return ()
    shapes = [program.shapes[name] for name in first.parents]
    count = results(first.operation.shape, shapes, first.arguments)
    wanted = [(first.op, first.operands, {**_shared(first), "piece": k}) for k in range(count)]
    there = [(one.op, one.operands, dict(one.parameters)) for one in steps[:count]]
    named = all(one.name.isidentifier() for one in steps[:count])
    return steps[:count] if count > 1 and named and there == wanted else ()


def _shared(step: Step) -> dict[str, Any]:
    """The parameters that all results of a call have."""
    return {name: value for name, value in step.parameters.items() if name != "piece"}


# -- the syntax of the file ------------------------------------------------------------------------


def value_text(value: Value, whole: bool = True) -> str:
    """A number, or an array as nested lists, in the syntax of a case file.

    ``whole``: a float without a fraction is written as an integer, as people do. In a constant that
    would be one.
    """
    array = np.asarray(value)
    if not array.size and array.shape != (0,):  # lists cannot say how long the empty axes are
        return f"{{uniform: [0, 1], shape: {list(array.shape)}, seed: 0}}"
    text = json.dumps(_shortest(array)).replace("Infinity", "inf").replace("NaN", "nan")
    return _WHOLE.sub(r"\1", text) if whole else text


def _shortest(array: Array) -> Any:
    """The numbers as Python's, those of float32 as the shortest that are rounded to them."""
    if array.dtype != np.float32:
        return array.tolist()
    return np.array([float(str(item)) for item in array.flat]).reshape(array.shape).tolist()


def _leaves(key: str, leaves: Mapping[str, Value]) -> list[str]:
    """On one line where they fit there."""
    if not leaves:
        return []
    entries = [f"{name}: {value_text(value, key == 'inputs')}" for name, value in leaves.items()]
    line = f"{key}: {{{', '.join(entries)}}}"
    return [line] if len(line) <= WIDTH else [f"{key}:", *(f"  {entry}" for entry in entries)]


def _stages(given: Iterable[Stage]) -> list[str]:
    bodies = {stage.name: _body(stage) for stage in given}
    if bodies.keys() == {"f"} and not bodies["f"].startswith("{"):
        return [f"expr: {bodies['f']}"]
    return ["steps:", *(f"  {name}: {body}" for name, body in bodies.items())]


def _body(stage: Stage) -> str:
    """What stands behind the name of a stage."""
    if stage.start is None:
        return plain_text(stage.text)
    start, following = _quoted(stage.start), _quoted(stage.text)
    index = "" if stage.index is None else f"index: {stage.index}, "
    return f"{{start: {start}, repeat: {stage.turns}, {index}next: {following}}}"


def plain_text(text: str) -> str:
    """Text as a plain scalar where it certainly is one to YAML, else in quotes."""
    plain = _PLAIN.fullmatch(text) and ": " not in text and text not in _NOTHING
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
