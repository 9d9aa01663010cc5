"""Whether a submission goes backward, or finds its gradients with a forward pass for each leaf.

Complex steps, finite differences and dual numbers give right gradients without reverse mode, so no
case tells them. Their work does: it grows with the number of leaves, and that of a backward pass
does not. So the submission runs two graphs of as many steps, of few leaves and of many. What has
partial derivatives of every step, not only of the leaves, takes as much for both; its
multiplications grow with the square of the graph's size. So a third graph is smaller in all.

In these graphs every step is used once, since a backward pass may follow every path; the number of
steps is the same, since it may look for each node in a list. What it takes, other than
multiplications, may grow with the square of the graph's size.

A submission that works against this can: it counts in the submission's own process, which can
leave the trace, forge the counts, or do more where there are few leaves. It accuses nobody by that:
what cannot be told is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import cycle, islice, pairwise
from typing import Final

import numpy as np

from harness.engines.trace import Trace, Work
from harness.judging.judge import judge
from harness.judging.verdict import Verdict
from harness.vocabulary.program import Array, Program, Step, Value, default_seed

FEW, MANY, STEPS = 2, 64, 128
"""Leaves, and steps: the depth stays far below Python's limit of recursion."""

APART: Final = (MANY / FEW) ** 0.5
"""From few leaves to many the work grows by their number where each takes a pass of its own, and
not at all in reverse mode. This is the geometric middle."""

SMALLER: Final = 4
APART_IN_SIZE: Final = SMALLER**1.5
"""In a graph that is 4 times larger, multiplications are 4 times as many in reverse mode, and 16
times where every node takes a pass. This is the geometric middle."""

OPERATIONS: Final = ("mul", "add")
"""Of what the graphs are made: of those that the submission has right."""

LACK: Final = "reverse mode"
"""What a submission lacks of which this is told, where reverse mode alone earns points."""

Ask = Callable[[Program], Trace]
"""Runs a program; the trace has the work that it took, where that can be told."""
Graphs = tuple[Program, Program, Program]


def not_reverse(ask: Ask, verdicts: Iterable[Verdict]) -> str | None:
    """What speaks against a reverse mode of the submission, as a sentence; None where nothing does.
    ``verdicts`` show what it has right."""
    right = {
        step.op
        for verdict in verdicts
        if verdict.backward.status == "passed"
        for step in verdict.case.program.steps
    }
    works = measured(ask, tuple(op for op in OPERATIONS if op in right))
    if works is None:
        return None
    ratios = growth(*works)
    ratio = max(ratios["operations"], ratios["multiplications"])
    if ratio >= APART:
        return (
            f"the gradients of {MANY} leaves take {ratio:.0f} times the work of those of {FEW}, in "
            "a graph of as many steps: in reverse mode the number of leaves does not matter"
        )
    if ratios["size"] >= APART_IN_SIZE:
        return (
            f"the gradients of a graph of {STEPS} steps take {ratios['size']:.0f} times the "
            f"multiplications of those of {STEPS // SMALLER}: in reverse mode it is {SMALLER} times"
        )
    return None


def measured(ask: Ask, ops: tuple[str, ...]) -> list[Work] | None:
    """The work that a graph of few leaves takes, one of many and a small one, of the first kind
    that can be run; None where none can be. The small one is the last: what goes through all graphs
    that there have been takes as much for it as for those before."""
    for graphs in _graphs(ops) if ops else ():
        works = list(_works(ask, graphs))
        if len(works) == len(graphs):
            return works
    return None


def _works(ask: Ask, graphs: Graphs) -> Iterator[Work]:
    """What each takes, until one has not a gradient for every leaf."""
    for graph in graphs:
        trace = ask(graph)
        whole = trace.failure is None and trace.unsupported is None
        whole = whole and trace.gradients.keys() >= graph.inputs.keys()
        if not whole or trace.work is None:
            return
        yield trace.work


def without_backward(verdict: Verdict) -> Verdict:
    """The verdict where gradients that were not found in reverse mode are none."""
    trace = replace(verdict.trace, gradients={}, second={}, lacks_backward=LACK)
    return judge(verdict.case, verdict.truth, trace)


def growth(few: Work, many: Work, small: Work) -> dict[str, float]:
    """How much the work grows, from few leaves to many and, as ``size``, from a small graph. Less
    than a multiplication for each step is not the graph's."""
    return {
        "operations": many.operations / max(few.operations, 1),
        "multiplications": many.multiplications / max(few.multiplications, STEPS),
        "size": many.multiplications / max(small.multiplications, STEPS // SMALLER),
    }


# -- the graphs ------------------------------------------------------------------------------------


@cache
def _graphs(ops: tuple[str, ...]) -> list[Graphs]:
    """Few leaves, many, and a small graph, of each kind: numbers, arrays of two elements, and the
    elements of one array, for those who are asked for the gradient of one argument at a time."""
    less, rows = STEPS // SMALLER, MANY // FEW
    of_leaves = [
        (
            _of_leaves(FEW, STEPS, shape, ops),
            _of_leaves(MANY, STEPS, shape, ops),
            _of_leaves(MANY // SMALLER, less, shape, ops),
        )
        for shape in ((), (FEW,))
    ]
    of_elements = (
        _of_elements(1, STEPS, ops),
        _of_elements(rows, STEPS, ops),
        _of_elements(rows, less, ops),
    )
    return [*of_leaves, of_elements]


def _of_leaves(count: int, steps: int, shape: tuple[int, ...], ops: tuple[str, ...]) -> Program:
    """All leaves are put together pair by pair; what comes of that meets one leaf after another."""
    leaves = {f"x{i}": _leaf(1.0 + i / 8192 if i % 2 else 0.9, shape) for i in range(count)}
    made: list[Step] = []
    turn = cycle(ops)

    def step(op: str, *operands: str) -> str:
        made.append(Step(f"s{len(made)}", op, operands))
        return made[-1].name

    level = list(leaves)
    while len(level) > 1:
        op = next(turn)
        level = [step(op, *pair) for pair in zip(level[::2], level[1::2], strict=True)]
    for leaf in islice(cycle(leaves), steps - len(made)):
        level = [step(next(turn), *level, leaf)]
    return _program(leaves, {}, made, shape)


def _of_elements(rows: int, steps: int, ops: tuple[str, ...]) -> Program:
    """An array of so many rows is stretched once, so that every step has as many elements."""
    shape = (MANY // FEW, FEW)
    names = ["x", *(f"s{i}" for i in range(steps))]
    turn = cycle(ops)
    made = [Step(name, next(turn), (before, "c")) for before, name in pairwise(names)]
    return _program({"x": _leaf(0.9, (rows, FEW))}, {"c": np.ones(shape)}, made, shape)


def _leaf(number: float, shape: tuple[int, ...]) -> Value:
    return np.full(shape, number) if shape else number


def _program(
    leaves: dict[str, Value], constants: dict[str, Array], steps: list[Step], shape: tuple[int, ...]
) -> Program:
    shapes = {name: np.shape(leaf) for name, leaf in (leaves | constants).items()}
    shapes |= {step.name: shape for step in steps}
    return Program(leaves, constants, tuple(steps), shapes, default_seed(shape))
