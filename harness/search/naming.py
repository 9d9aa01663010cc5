"""A program as a person would write it: what its output needs, under short names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Any, Final

import numpy as np

from harness.vocabulary.program import Program, Step, Value, default_seed
from harness.vocabulary.spelling import Written, spelled

INPUTS: Final = ("x", "y", "z", "w", "v", "u")
CONSTANTS: Final = ("c", "k", "m", "n")
STEPS: Final = ("a", "b", "g", "h", "p", "q", "r", "s", "t")


def tidied(program: Program, output: str, idle: bool = False, nested: bool = False) -> Program:
    """The part of a program that ``output`` is made from, with the usual seed.

    ``idle``: with the steps that nothing uses, too. ``nested``: what is used once is written inside
    what uses it, as comparisons always are.
    """
    steps = _needed(program, output, idle)
    uses = Counter(parent for step in steps for parent in step.parents)
    inner = {s.name for s in steps if s.operation.compares or (nested and uses[s.name] == 1)}
    names = dict(zip(filter(uses.__contains__, program.inputs), _endless(INPUTS), strict=False))
    names |= zip(filter(uses.__contains__, program.constants), _endless(CONSTANTS), strict=False)
    letters, repeated, texts = _endless(STEPS), Counter[str](), dict[str, Written]()
    told = []
    for step in _in_order(steps, inner):
        step = replace(renamed(step, names), name=step.name)
        if step.name in inner:
            written = spelled(step, texts)
            repeated[written.text] += 1
            again = f" #{repeated[written.text]}" if repeated[written.text] > 1 else ""
            name = written.text + again
            texts[name] = written
        else:
            name = "f" if step.name == output else next(letters)
        names[step.name] = name
        told.append(replace(step, name=name))
    return replace(
        program,
        inputs={names[n]: typed(x, program.dtype) for n, x in program.inputs.items() if n in names},
        constants={names[n]: x for n, x in program.constants.items() if n in names},
        steps=tuple(told),
        stages=(),
        shapes={name: program.shapes[old] for old, name in names.items()},
        seed=typed(default_seed(program.shapes[output]), program.dtype),
    )


def renamed(step: Step, names: Mapping[str, str]) -> Step:
    """The step with other names for some of its operands."""

    def new(item: Any) -> Any:
        return names.get(item, item) if isinstance(item, str) else item

    parameters = {
        key: tuple(map(new, value)) if isinstance(value, tuple) else value
        for key, value in step.parameters.items()
    }
    return replace(step, operands=tuple(map(new, step.operands)), parameters=parameters)


def typed(value: Any, dtype: str) -> Value:
    """As a program has it: a float, or an array of its dtype."""
    array = np.asarray(value)
    return array.astype(dtype) if array.shape else float(array)


def _needed(program: Program, output: str, idle: bool) -> list[Step]:
    """The steps that the output needs, the output last; what is detached from it is left out."""
    used = {output}
    before = program.steps[: program.numbers[output]]
    for step in reversed(before):
        if step.name in used or (idle and not step.operation.compares):
            used.update(step.parents, [step.name])
    return [step for step in before if step.name in used]


def _in_order(steps: list[Step], inner: Collection[str]) -> Iterator[Step]:
    """The steps, those that are written inside of one right before it."""
    by_name = {step.name: step for step in steps}

    def placed(step: Step) -> Iterator[Step]:
        for parent in step.parents:
            if parent in inner:
                yield from placed(by_name[parent])
        yield step

    return chain.from_iterable(placed(step) for step in steps if step.name not in inner)


def _endless(names: tuple[str, ...]) -> Iterator[str]:
    return chain(names, (f"{names[0]}{number}" for number in count(1)))
