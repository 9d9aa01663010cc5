"""A step written out in simpler ones, as engines often make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from harness.judging.experiments import RESULT, leaf_value
from harness.vocabulary.compositions import COMPOSITIONS, SHARE, Composition, Part
from harness.vocabulary.local import Local
from harness.vocabulary.program import Array, Operand, Program, Step
from harness.vocabulary.shapes import infer
from harness.vocabulary.signatures import OPERATIONS


def written_out(
    program: Program, known: Mapping[str, tuple[Composition, ...]] = COMPOSITIONS
) -> Iterator[Program]:
    """An isolated step written out in simpler ones, in every way that is known."""
    (step,) = program.steps
    for parts in known.get(step.op, ()):
        numbers = {name: np.asarray(value) for name, value in program.inputs.items()}
        names: dict[str | float, Operand] = dict(
            zip(step.operation.operands, step.operands, strict=False)
        )
        names[SHARE] = 1.0 / max(Local(program, step, numbers).count, 1)
        inputs, shapes, steps = dict(program.inputs), dict(program.shapes), []
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            made = _made(step, part, names, RESULT if last else f"part {number}")
            given = [shapes.get(str(item), ()) for item in made.operands]
            shapes[made.name] = infer(made.operation.shape, given, made.arguments)
            names[f"#{number}"] = made.name
            if not made.parents:  # of numbers alone, which are no part of a graph
                names[f"#{number}"] = float(_value_of(program, shapes, made, {}))
            elif part.held:
                inputs[made.name] = leaf_value(_value_of(program, shapes, made, numbers))
            else:
                steps.append(made)
        if shapes[RESULT] == program.shapes[RESULT]:
            yield replace(program, inputs=inputs, steps=tuple(steps), shapes=shapes)


def _value_of(
    program: Program,
    shapes: Mapping[str, tuple[int, ...]],
    step: Step,
    values: Mapping[str, Array],
) -> Array:
    return Local(replace(program, shapes=shapes), step, values).value()


def _made(step: Step, part: Part, names: Mapping[str | float, Operand], name: str) -> Step:
    """A part of a step, as a step of that name."""
    known = OPERATIONS[part.op].parameters
    own = {key: value for key, value in step.arguments.items() if key in known}
    operands = tuple(names.get(item, item) for item in part.operands)
    return Step(name, part.op, operands, {**own, **part.parameters})
