"""Which questions a program asks of the operations in it.

A question is about one operation, and mostly about one of its operands or parameters. Each is asked
of two kinds of engine: those of plain numbers, and those of arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from harness.engines import by_formula
from harness.engines.trace import Trace
from harness.vocabulary.choice import Choices
from harness.vocabulary.domains import domain_of
from harness.vocabulary.local import Unanswerable, contributions
from harness.vocabulary.operation import REQUIRED, Operation
from harness.vocabulary.program import Array, Program, Step
from harness.vocabulary.shapes import Shape
from harness.vocabulary.signatures import OPERATIONS
from harness.vocabulary.variants import formula_of

NUMBERS, ARRAYS = KINDS = ("numbers", "arrays")
"""The kinds of engine."""

QUESTIONS: Final[Mapping[str, str]] = {
    "value": "its value",
    "rule": "its rule for each operand",
    "points": "the rule at two points",
    "upstream": "an upstream gradient that is not 1, nor ones",
    "below": "below a step that has a gradient, too",
    "before": "another term is there before its own arrives",
    "after": "another term arrives after its own",
    "twice": "two of its own terms meet",
    "left": "a number on the left",
    "right": "a number on the right",
    "corner": "a kink, a tie, or a border of its domain",
    "zero": "zero",
    "negative": "a negative number",
    "tiny": "a number below a millionth",
    "large": "a number of 30 or more",
    "stretched": "each way of stretching an operand",
    "parameter": "each parameter at another value than its default",
    "second": "the second order",
}
"""Every question, in a few words."""

TINY: Final = 1e-6
LARGE: Final = 30.0

BESIDE: Final = 1e-6
"""So far off lies what is beside a number."""

UPPER: Final = " at its upper end"


def _axis(value: Any, _shape: Shape) -> str:
    if isinstance(value, tuple):
        return "several" if len(value) > 1 else "one in a list"
    return "from behind" if value is not None and value < 0 else "from the front"


def _order(value: Sequence[int], shape: Shape) -> str:
    if sorted(size % max(len(shape), 1) for size in value) == list(range(len(shape))):
        return "from behind" if min(value, default=0) < 0 else "from the front"
    return "left to be found" if -1 in value else "given"


def _index(value: Sequence[Any], shape: Shape) -> str:
    """What stands between the commas, and of a slice with a step whether it takes one element."""
    words, axis = [], 0
    for item in value:
        text = type(item).__name__
        if isinstance(item, slice):
            size = shape[axis] if axis < len(shape) else 1
            ends = "".join("-" if end is None else "n" for end in (item.start, item.stop))
            step = "" if item.step is None else "one by step" if item.step == 1 else "steps"
            backwards = "backwards" if (item.step or 1) < 0 else step
            single = " of one" if item.step and len(range(*item.indices(size))) == 1 else ""
            text = f"{ends} {backwards}{single}"
        elif isinstance(item, int) and not isinstance(item, bool):
            text = "-n" if item < 0 else "n"
        elif isinstance(item, list):
            text = _listed(item)
        axis += item is not None
        words.append(text)
    return ", ".join(words)


def _listed(item: list[Any]) -> str:
    flat = np.asarray(item)
    if flat.dtype == bool:
        return "mask"
    twice = " twice" if len(set(flat.ravel().tolist())) < flat.size else ""
    return f"list of rank {flat.ndim}{twice}"


WAYS: Final[Mapping[str, Callable[[Any, Shape], str]]] = {
    **dict.fromkeys(("axis", "axis or all", "axes", "some axes"), _axis),
    "order": _order,
    "index": _index,
    "equation": lambda value, _: value,
}
"""By a parameter's kind, in which way it is given; of the others every value is the same."""


def ways(operation: Operation, given: Mapping[str, Any], shape: Shape) -> Iterator[str]:
    """The parameters of an operation that are not what they are by default, and in which way, where
    its first operand has that shape."""
    for name, value in given.items():
        parameter = operation.parameters[name]
        if parameter.default is REQUIRED or value != parameter.default:
            way = WAYS[parameter.kind](value, shape) if parameter.kind in WAYS else ""
            yield f"{name} {way}".strip()


class Asked(NamedTuple):
    """A question of an operation; ``what`` says of which operand or parameter, or at which point,
    where the question is not one of the operation as a whole."""

    op: str
    kind: str
    question: str
    what: str = ""


def of_numbers(operation: Operation) -> bool:
    """Whether it is asked of engines of plain numbers."""
    return operation.topic in ("arithmetic", "functions")


def is_elementwise(operation: Operation) -> bool:
    """Whether each element of its result comes from one element of each operand."""
    return operation.shape in ("broadcast", "same", "clamp", "masked")


def asked(program: Program) -> set[Asked]:
    """The questions that a program asks."""
    try:
        trace = by_formula.evaluate(program)
    except Unanswerable:
        return set()
    kind = NUMBERS if program.scalar else ARRAYS
    questions = set()
    for step in program.steps:
        if step.op in OPERATIONS:
            for question, what in _of_step(program, trace, step):
                questions.add(Asked(step.op, kind, question, what))
    return questions


def _of_step(program: Program, trace: Trace, step: Step) -> Iterator[tuple[str, str]]:
    yield "value", ""
    live = _live(program, trace, step)
    for position, operand in enumerate(step.operands):
        if step.kind(position) != "value":
            continue
        name = step.operand(position)
        if not isinstance(operand, str):
            if len(step.operands) == 2:
                side, other = ("left", "right")[position], str(step.operands[1 - position])
                yield side, ""
                if any(use.name in program.reaching for use in _later(program, step, other)):
                    yield side, "another term is there before"
            continue
        if operand in program.reaching and step.name in program.reaching:
            yield from ((question, "") for question in _sizes(trace.values[operand]))
        if live[position]:
            yield from _of_operand(program, trace, step, operand, name)
            yield from _stretched(program, step, position)
    shape = program.shapes.get(str(step.operands[0]), ())
    for way in ways(step.operation, step.parameters, shape):
        yield "parameter", way
    if step.name in program.reaching:
        again = "" if not _meets(program, step) else " beside another term"
        for corner in corners(program, step, trace.values):
            yield from (("corner", text) for text in (corner, corner + again))
        if program.order == 2:
            zero = any(np.any(trace.values[x] == 0) for x in step.parents if x in trace.values)
            yield from (("second", text) for text in ("", "at zero" if zero else ""))


def _later(program: Program, step: Step, operand: str) -> Iterator[Step]:
    """What reads an operand of the step below it, so that its term arrives first."""
    numbers = program.numbers
    uses = program.uses.get(operand, ())
    return (use for use, _ in uses if numbers[use.name] > numbers[step.name])


def _live(program: Program, trace: Trace, step: Step) -> list[bool]:
    """Of each operand, whether the step passes anything on to it."""
    if step.name not in program.reaching:
        return [False] * len(step.operands)
    upstream = trace.gradients[step.name]
    passed = contributions(program, step, trace.values, upstream)
    return [one is not None and bool(np.any(one != 0)) for one in passed]


def _of_operand(
    program: Program, trace: Trace, step: Step, operand: str, name: str
) -> Iterator[tuple[str, str]]:
    yield "rule", name
    if not np.isin(trace.gradients[step.name], (0.0, 1.0)).all():
        yield "upstream", name
    if operand in program.by_name:
        yield "below", name
    if _has_two_points(program, trace, step):
        yield "points", name
    negative = program.scalar and bool(trace.values[operand] < 0)
    for question in _meetings(program, step, operand):
        yield question, name
        if negative:
            yield question, f"{name} below zero"


def _meetings(program: Program, step: Step, operand: str) -> Iterator[str]:
    """How the term of a step meets others at an operand."""
    numbers = program.numbers
    own = step.operands.index(operand)
    for other, position in program.uses[operand]:
        if other is step and position != own:
            yield "twice"
        if other.name not in program.reaching or other is step:
            continue
        yield "before" if numbers[other.name] > numbers[step.name] else "after"
        if other.op == step.op:
            yield "twice"


def _meets(program: Program, step: Step) -> bool:
    """Whether at each operand another term is there before that of the step arrives."""
    return all(
        any(use.name in program.reaching for use in _later(program, step, operand))
        for operand in step.parents
        if operand in program.differentiable
    )


def _has_two_points(program: Program, trace: Trace, step: Step) -> bool:
    """Whether the operation is applied to different numbers, in one step or in two."""
    points = {
        tuple(np.asarray(trace.values.get(str(x), x)).tobytes() for x in other.operands)
        for other in program.steps
        if other.op == step.op
    }
    return len(points) > 1 or bool(program.shapes[step.name])


def _sizes(value: Array) -> Iterator[str]:
    size = np.abs(value[np.isfinite(value)])
    if np.any(size == 0):
        yield "zero"
    if np.any(value < 0):
        yield "negative"
    if np.any((size > 0) & (size < TINY)):
        yield "tiny"
    if np.any(size >= LARGE):
        yield "large"


def _stretched(program: Program, step: Step, position: int) -> Iterator[tuple[str, str]]:
    operand, operation = str(step.operands[position]), step.operation
    own, out = program.shapes[operand], program.shapes[step.name]
    name = step.operand(position)
    if operation.shape == "matmul":
        other = program.shapes.get(str(step.operands[1 - position]), ())
        stretched = " stretched" if own[:-2] != out[:-2] and len(own) > 1 and out[:-2] else ""
        yield "stretched", f"{name} of rank {len(own)} by {len(other)}{stretched}"
    elif operation.shape == "broadcast" and own != out:
        if not own:
            yield "stretched", f"{name} from a number"
        elif len(own) < len(out):
            yield "stretched", f"{name} in rank"
        for axis, (length, full) in enumerate(zip(own[::-1], out[::-1], strict=False)):
            if length != full:
                yield "stretched", f"{name} along axis {-1 - axis}"


def corners(program: Program, step: Step, values: Mapping[str, Array]) -> set[str]:
    """What is special about a step's operands: at each element of an elementwise operation, or in
    all, which rules have several answers, torch's own, or none that is finite."""
    derivatives = formula_of(step).derivatives
    try:
        local = Choices(program, step, values, np.ones(program.shapes[step.name]))
        marked = {
            step.operand(position): _marks(local, position)
            for position, operand in enumerate(step.operands)
            if operand in program.differentiable and step.operand(position) in derivatives
        }
    except Unanswerable:
        return set()
    if not is_elementwise(step.operation):
        return {f"{name} {mark}" for name, marks in marked.items() for mark in set(marks.flat)} - {
            f"{name} " for name in marked
        }
    if not marked:
        return set()
    shape = np.broadcast_shapes(*(marks.shape for marks in marked.values()))
    every = [np.broadcast_to(marks, shape).ravel() for marks in marked.values()]
    points = {tuple(point) for point in zip(*every, strict=True)}
    return {
        ", ".join(f"{name} {mark}" for name, mark in zip(marked, point, strict=True) if mark)
        for point in points
        if any(point)
    }


def _marks(local: Choices, position: int) -> Array:
    """Of each element of an operand: kink, edge, the infinity or nan that its gradient is, or
    nothing; and whether that is at the upper end of its domain."""
    choice, edges = local.of_contribution(position), local.edges(position)
    kinks = np.zeros(edges.shape, bool)
    if choice is not None and choice.code:
        kinks = choice.chosen & ~choice.open
    gradient = local.contribution(position)
    marks = np.full(gradient.shape, "", dtype="<U32")
    for there, mark in (
        (np.isnan(gradient), "nan"),
        (np.isposinf(gradient), "inf"),
        (np.isneginf(gradient), "-inf"),
        (edges, "edge"),
        (kinks, "kink"),
    ):
        marks[there] = mark
    if is_elementwise(local.operation):
        domain, value = domain_of(local.operation, position), local.operands[position]
        upper = domain.holds(value - BESIDE) & ~np.asarray(domain.holds(value + BESIDE), bool)
        marks[upper & (marks != "")] += UPPER
    return marks
