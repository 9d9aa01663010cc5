"""Small programs that an engine is asked with: one step alone, at the engine's numbers or at chosen
ones, beside another step, with another operation in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.vocabulary.domains import domain_of
from harness.vocabulary.program import Array, Operand, Program, Step, Value, default_seed
from harness.vocabulary.shapes import infer
from harness.vocabulary.signatures import OPERATIONS

UNEVEN: Final = 1.75
"""The upstream gradient of a number, where one that is not 1 is asked for."""

CONTROLS: Final = ("add", "mul", "sub", "div", "neg", "exp", "tanh")
"""Operations that most engines have: what is wrong with all of them alike is no rule's mistake."""

FUNCTIONS: Final = ("exp", "tanh", "sigmoid", "log", "sqrt", "sin", "cos")
"""Functions of one operand that many engines have, none of whose derivatives is like another."""

RESULT: Final = "f"
OTHER: Final = "other"
AGAIN: Final = "again"
INNER: Final = "inner"

NUMBERS: Final = ((0.7, 1.9), (-1.4, 0.8), (2.6, -0.6), (-0.3, -2.2))
"""Where an operation of numbers is tried: on both sides of zero, of one, and of each other."""

GOLDEN: Final = 0.6180339887498949
"""Its multiples, taken modulo 1, lie far from each other."""

SIDE: Final = 3
"""How long all axes are where they are to be equal."""

SMALLER: Final = 1 / 1024


def isolated(program: Program, trace: Trace, step: Step, apart: bool = True) -> Iterator[Program]:
    """The step alone, at the engine's own numbers, each operand a leaf of its own if they are
    ``apart``; with an upstream gradient of 1 and one that is not, or an uneven one. Nothing where a
    number is missing. Leaves have the names that :func:`leaf_of` gives."""
    inputs: dict[str, Value] = {}
    constants: dict[str, Array] = {}
    operands: list[Operand] = []
    for position, item in enumerate(step.operands):
        name = item
        if isinstance(item, str):
            number = program.constants.get(item, trace.values.get(item))
            if number is None or number.shape != program.shapes[item]:
                return
            if item in program.constants or step.kind(position) != "value":
                constants[item] = number
            elif number.dtype.kind != "f":
                return
            else:
                name = leaf_of(position if apart else step.operands.index(item))
                inputs[name] = leaf_value(number)
        operands.append(name)
    if not inputs:
        return
    alone = replace(step, name=RESULT, operands=tuple(operands))
    shape = program.shapes[step.name]
    shapes = {name: np.shape(value) for name, value in {**inputs, **constants}.items()}
    for seed in (default_seed(shape),) if shape else (1.0, UNEVEN):
        yield Program(inputs, constants, (alone,), {**shapes, RESULT: shape}, seed, program.dtype)


def leaf_of(position: int) -> str:
    """The name of the leaf that stands for the operand at a position."""
    return f"x{position}"


def elsewhere(program: Program) -> Iterator[Program]:
    """A step alone at chosen numbers of its domain, no two of them equal, with upstream gradients
    that are uneven and never 1; conditions are met in turn and not."""
    (step,) = program.steps
    conditions = {name for at, name in enumerate(step.operands) if step.kind(at) == "condition"}
    seed = np.asarray(default_seed(program.shapes[step.name]))
    for number in range(len(NUMBERS) if program.scalar else 2):
        inputs = {
            name: _chosen(step, name, np.shape(value), index, number)
            for index, (name, value) in enumerate(program.inputs.items())
        }
        upstream = seed * UNEVEN if number % 2 == 0 else np.flip(seed) * -0.75
        constants = {
            name: np.asarray(array == 0) if name in conditions and number % 2 else array
            for name, array in program.constants.items()
        }
        yield replace(program, inputs=inputs, constants=constants, seed=leaf_value(upstream))


def _chosen(step: Step, name: str, shape: tuple[int, ...], index: int, number: int) -> Value:
    """Numbers for one leaf: of either sign, positive, or from 0 to 1, the first that suit it."""
    if shape:
        place = np.arange(1, int(np.prod(shape)) + 1) + 7 * index + 13 * number
        size, side = (GOLDEN * place) % 1, (GOLDEN**2 * place) % 1
        array = np.where(side < 0.5, -1, 1) * (0.4 + 2.2 * size)
    else:
        array = np.asarray(NUMBERS[number][index % 2])
    holds = domain_of(step.operation, step.operands.index(name)).holds
    for suited in (array, np.abs(array), 0.1 + np.abs(array) / 3):
        if np.all(holds(suited)):
            break
    return leaf_value(suited.reshape(shape))


def leaf_value(array: Array) -> Value:
    """What a leaf holds: a number, or an array."""
    return float(array) if array.ndim == 0 else np.array(array)


def smaller(program: Program) -> Program:
    """The same with numbers that are too small for anything to overflow."""
    inputs = {name: value * SMALLER for name, value in program.inputs.items()}
    return replace(program, inputs=inputs)


def beside(
    program: Program, trace: Trace, step: Step, name: str, op: str = ""
) -> Iterator[Program]:
    """The step and another one, of the operation ``op``, that uses ``name``, joined, either of them
    first. If it changes the shape, it takes the other one's result as well, so that nothing is
    stretched where they meet."""
    leaf = leaf_of(step.operands.index(name))
    for alone in islice(isolated(program, trace, step, apart=False), 1):
        (own,), shape, whole = alone.steps, program.shapes[name], program.shapes[step.name]
        op = op or next(op for op in ("mul", "add") if op != step.op)
        other = [Step(OTHER, op, (leaf, "w")[: len(OPERATIONS[op].operands)])]
        if shape != whole:
            other.append(_renamed(replace(own, name=AGAIN), {leaf: OTHER}))
        more = {"w": plain(shape, 1.5)} if "w" in other[0].operands else {}
        inputs = {**alone.inputs, **more}
        shapes = {**alone.shapes, "w": shape, OTHER: shape, AGAIN: whole}
        last, joint = other[-1].name, "mul" if own.op == "add" else "add"
        yield _joined(alone, inputs, (*other, own), (last, RESULT), joint, shapes)
        yield _joined(alone, inputs, (own, *other), (RESULT, last), joint, shapes)


def rejoined(program: Program, trace: Trace, step: Step, name: str) -> Iterator[Program]:
    """The step, and its result joined with ``name`` again, so that whatever the order is the step
    gives its term after the other one; nothing where it changes the shape."""
    leaf, joint = leaf_of(step.operands.index(name)), "add" if step.op == "mul" else "mul"
    if program.shapes[name] == program.shapes[step.name]:
        for alone in islice(isolated(program, trace, step, apart=False), 1):
            yield _joined(alone, alone.inputs, alone.steps, (RESULT, leaf), joint, alone.shapes)


def again(program: Program, trace: Trace, step: Step) -> Iterator[Program]:
    """The step alone, and once more on leaves of its own that hold other numbers, and with plain
    numbers that are others, joined."""
    for alone in islice(isolated(program, trace, step), 1):
        for other in islice((one for one in elsewhere(alone) if _differ(alone, one)), 1):
            (own,), names = alone.steps, {name: f"again {name}" for name in alone.inputs}
            second = _renamed(replace(own, name=AGAIN), names)
            others = (one if isinstance(one, str) else 2 * one for one in second.operands)
            second = replace(second, operands=tuple(others))
            more = {names[name]: value for name, value in other.inputs.items()}
            inputs = {**alone.inputs, **more}
            shapes = {name: np.shape(value) for name, value in inputs.items()}
            shapes |= {**alone.shapes, AGAIN: alone.shapes[RESULT]}
            joint = "mul" if own.op == "add" else "add"
            yield _joined(alone, inputs, (own, second), (RESULT, AGAIN), joint, shapes)


def _differ(one: Program, other: Program) -> bool:
    """Whether no leaf of two programs holds the same."""
    return not any(np.array_equal(one.inputs[name], other.inputs[name]) for name in one.inputs)


def like(program: Program, leaf: str) -> Iterator[Program]:
    """Two steps beside each other, with an operation on the ``leaf`` alone in the place of the
    first one's."""
    own, other = program.by_name[RESULT], program.by_name[OTHER]
    shape = program.shapes[leaf]
    inputs = {leaf: program.inputs[leaf], "w": plain(shape, 1.5)}
    shapes = dict.fromkeys((*inputs, OTHER, RESULT), shape)
    for op in CONTROLS:
        if op not in (own.op, other.op):
            third = Step(RESULT, op, (leaf, "w")[: len(OPERATIONS[op].operands)])
            steps = (third, other) if program.steps[0] is own else (other, third)
            ends = (steps[0].name, steps[1].name)
            yield _joined(program, inputs, steps, ends, program.steps[-1].op, shapes)


def _joined(
    program: Program,
    inputs: Mapping[str, Value],
    steps: tuple[Step, ...],
    ends: tuple[str, str],
    op: str,
    shapes: Mapping[str, tuple[int, ...]],
) -> Program:
    """The steps, and the two that they end in, joined by an operation."""
    shape = shapes[ends[0]]
    return replace(
        program,
        inputs=inputs,
        steps=(*steps, Step("total", op, ends)),
        shapes={**shapes, "total": shape},
        seed=default_seed(shape),
    )


def followed(program: Program, trace: Trace, step: Step, name: str) -> Iterator[Program]:
    """The step with ``name`` as a leaf, and behind it each of those that use its result."""
    leaf = leaf_of(step.operands.index(name))
    for first in list(isolated(program, trace, step, apart=False))[:1]:
        for after in {user.name: user for user, _ in program.uses.get(step.name, ())}.values():
            for last in list(isolated(program, trace, after, apart=False))[:1]:
                again = {item: f"last {item}" for item in last.inputs}
                again[leaf_of(after.operands.index(step.name))] = INNER
                (second,) = (_renamed(one, again) for one in last.steps)
                inputs = {again[item]: value for item, value in last.inputs.items()}
                inputs.pop(INNER, None)
                shapes = {again.get(item, item): shape for item, shape in last.shapes.items()}
                chained = replace(
                    last,
                    inputs={**first.inputs, **inputs},
                    constants={**first.constants, **last.constants},
                    steps=(replace(first.steps[0], name=INNER), second),
                    shapes={**first.shapes, **shapes},
                )
                if leaf in chained.inputs:
                    yield chained


def _renamed(step: Step, names: Mapping[str, str]) -> Step:
    return replace(
        step,
        operands=tuple(
            names.get(item, item) if isinstance(item, str) else item for item in step.operands
        ),
    )


def exchanged(program: Program, leaf: str, index: int) -> Iterator[Program]:
    """Two steps one behind the other, with other operations in the place of one of them: the first
    on the ``leaf``, or the last on what the first one gives."""
    taken = {step.op for step in program.steps}
    item = (leaf, INNER)[index]
    shape = program.shapes[INNER]
    for op in CONTROLS:
        if op in taken:
            continue
        step = Step((INNER, RESULT)[index], op, (item, "w")[: len(OPERATIONS[op].operands)])
        steps = (step, program.steps[1]) if index == 0 else (program.steps[0], step)
        inputs = {**program.inputs, "w": plain(shape, 1.5)}
        shapes = {**program.shapes, "w": shape}
        if index == 0:
            inputs[leaf], shapes[leaf] = plain(shape, 0.5), shape
        else:
            shapes[RESULT] = shape
        used = {each for one in steps for each in one.operands}
        inputs = {each: value for each, value in inputs.items() if each in used}
        yield replace(
            program, inputs=inputs, steps=steps, shapes=shapes, seed=default_seed(shapes[RESULT])
        )


def controls(program: Program) -> Iterator[Program]:
    """Other operations in the place of an isolated step, at numbers that suit them all: with an
    operand stretched where it stretches one, and one leaf twice where it takes one twice; else of
    the result's shape."""
    (step,) = program.steps
    shape, twice = program.shapes[RESULT], len(set(step.parents)) < len(step.parents)
    own = [program.shapes[name] for name in step.parents if name in program.inputs]
    stretched = [other for other in own if other != shape] if step.operation.stretches else []
    pair = own if stretched and len(own) == 2 else [*stretched, shape, shape][:2]
    for op in CONTROLS:
        count = len(OPERATIONS[op].operands)
        if op == step.op or ((twice or stretched) and count < 2):
            continue
        leaves = (leaf_of(0), leaf_of(0 if twice else 1))[:count]
        inputs: dict[str, Value] = {
            name: plain(each, 0.5 + number / 4)
            for number, (name, each) in enumerate(zip(leaves, pair, strict=False))
        }
        shapes = {name: np.shape(value) for name, value in inputs.items()} | {RESULT: shape}
        yield Program(inputs, {}, (Step(RESULT, op, leaves),), shapes, program.seed, program.dtype)


def functions(program: Program) -> Iterator[Program]:
    """Functions of one operand in the place of an isolated step."""
    shape, leaf = program.shapes[RESULT], leaf_of(0)
    for op in FUNCTIONS:
        if op != program.steps[0].op:
            step, shapes = Step(RESULT, op, (leaf,)), dict.fromkeys((leaf, RESULT), shape)
            yield Program(
                {leaf: plain(shape, 0.6)}, {}, (step,), shapes, program.seed, program.dtype
            )


def contraction(program: Program) -> Iterator[Program]:
    """A product of two of the output's shape and, of an array, its sum, each alone."""
    shape = program.shapes[program.output]
    steps = {"mul": (leaf_of(0), leaf_of(1))} | ({"sum": (leaf_of(0),)} if shape else {})
    for op, operands in steps.items():
        whole = () if op == "sum" else shape
        inputs = {name: plain(shape, 0.5 + at / 4) for at, name in enumerate(operands)}
        shapes = {**dict.fromkeys(operands, shape), RESULT: whole}
        step, seed = Step(RESULT, op, operands), default_seed(whole)
        yield Program(inputs, {}, (step,), shapes, seed, program.dtype)


def unnumbered(program: Program) -> Program | None:
    """An isolated step with leaves in the place of its plain numbers; None where it has none."""
    (step,) = program.steps
    numbers = {i: float(one) for i, one in enumerate(step.operands) if not isinstance(one, str)}
    if not numbers:
        return None
    names = {i: leaf_of(i) for i in numbers}
    operands = tuple(names.get(i, item) for i, item in enumerate(step.operands))
    inputs: dict[str, Value] = {names[i]: item for i, item in numbers.items()}
    shapes = dict.fromkeys(inputs, ())
    return replace(
        program,
        inputs={**program.inputs, **inputs},
        steps=(replace(step, operands=operands),),
        shapes={**program.shapes, **shapes},
    )


def unstretched(program: Program) -> Program:
    """An isolated step with all operands as large as its result."""
    shape = program.shapes[program.output]
    inputs: dict[str, Value] = {
        name: np.broadcast_to(value, shape).copy() for name, value in program.inputs.items()
    }
    return replace(
        program, inputs=inputs, shapes={**program.shapes, **dict.fromkeys(inputs, shape)}
    )


def square(program: Program) -> Program | None:
    """An isolated step on operands all of whose axes are of one length, so that what is turned,
    summed or stretched along a wrong axis fits; None where its parameters ask for other shapes."""
    (step,) = program.steps
    shapes = {
        name: (SIDE,) * len(program.shapes[name]) for name in (*program.inputs, *program.constants)
    }
    if program.constants or shapes == {name: program.shapes[name] for name in shapes}:
        return None
    given = [shapes.get(str(item), ()) for item in step.operands]
    try:
        shapes[RESULT] = infer(step.operation.shape, given, step.arguments)
    except ValueError:
        return None
    inputs = {name: plain(shapes[name], 0.5) for name in program.inputs}
    return replace(program, inputs=inputs, shapes=shapes, seed=default_seed(shapes[RESULT]))


def plain(shape: tuple[int, ...], first: float) -> Value:
    """Numbers of which no two are equal, between 0.5 and 2."""
    if not shape:
        return first
    size = int(np.prod(shape))
    numbers: Array = (first + np.arange(size) / max(size, 1)).reshape(shape)
    return numbers


def curved(program: Program) -> Program:
    """An isolated step, squared, whose gradient is differentiated: so that the second order depends
    on what the step passes on, also where its own derivative is constant."""
    shape = program.shapes[RESULT]
    last = Step("squared", "mul", (RESULT, RESULT))
    return replace(
        program,
        steps=(*program.steps, last),
        shapes={**program.shapes, last.name: shape},
        seed=default_seed(shape),
        order=2,
    )
