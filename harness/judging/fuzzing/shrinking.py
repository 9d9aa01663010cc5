"""Smaller programs than one that was found: what Hypothesis, which sees only choices, cannot try.

It leaves out choices; here a program ends earlier, or takes a step's operand, or an input of its
value, for the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.fuzzing.programs import Node, kept, named
from harness.vocabulary.program import Array, Program
from harness.vocabulary.signatures import COMPARISONS

LONGEST: Final = 100


def smaller(program: Program, truth: Trace) -> Iterator[Program]:
    """Programs with fewer steps, without loops and nesting, or with plainer numbers, the smallest
    first. ``truth`` has the values of ``program``. Of a long chain there are none."""
    if len(program.steps) > LONGEST:
        return
    nodes = _nodes(program, truth)
    steps = [node for node in nodes if node.kind == "step" and node.op not in COMPARISONS]
    for step in steps:
        yield from _made(nodes, step, program)
    for step in steps[:-1]:
        if np.isfinite(step.number).all():
            yield from _made(_replaced(nodes, step, _input(step.number)), None, program)
    for step in steps[:-1]:
        for operand in step.parents:
            if operand.shape == step.shape:
                yield from _made(_replaced(nodes, step, operand), None, program)
    for node in nodes:
        if node.kind == "input":
            for number in _plainer(node.number):
                yield from _made(_replaced(nodes, node, _input(number)), None, program)


def _nodes(program: Program, truth: Trace) -> list[Node]:
    """The program as nodes; a loop, and what is written inside, as plain steps."""
    found: dict[str, Node] = {}
    for name, value in program.inputs.items():
        found[name] = Node("input", np.asarray(value, dtype=np.float64))
    for name, array in program.constants.items():
        found[name] = Node("constant", array)
    for step in program.steps:
        parameters = dict(step.parameters)
        if step.op == "index":
            parameters["index"] = tuple(
                found[item] if isinstance(item, str) else item for item in parameters["index"]
            )
        operands = tuple(found[x] if isinstance(x, str) else x for x in step.operands)
        number = np.asarray(truth.values[step.name])
        found[step.name] = Node("step", number, step.op, operands, parameters)
    return list(found.values())


def _input(number: Array) -> Node:
    return Node("input", number.astype(np.float64))


def _replaced(nodes: Sequence[Node], old: Node, other: Node) -> list[Node]:
    """The nodes with ``other``, a new one or an earlier one, in the place of ``old``."""
    now: dict[int, Node] = {}

    def new(item: object) -> object:
        return now[id(item)] if isinstance(item, Node) else item

    for node in nodes:
        if node is old:
            now[id(node)] = now.get(id(other), other)
            continue
        parameters = dict(node.parameters)
        if node.op == "index":
            parameters["index"] = tuple(map(new, parameters["index"]))
        operands = tuple(map(new, node.operands))
        now[id(node)] = replace(node, operands=operands, parameters=parameters)  # type: ignore[arg-type]
    return list({id(node): node for node in now.values()}.values())


def _made(nodes: Sequence[Node], output: Node | None, like: Program) -> Iterator[Program]:
    """The program that ends at ``output`` (default: the last node), as plain as it gets first."""
    end = nodes[-1] if output is None else output
    needed = kept(nodes, end)
    if needed is None:
        return
    for dtype in dict.fromkeys(("float64", like.dtype)):
        made = named(needed, dtype, like.order)
        for passes in sorted({1, like.passes}):
            yield replace(made, passes=passes)
            if np.shape(like.seed) == end.shape:
                yield replace(made, passes=passes, seed=like.seed)


def _plainer(number: Array) -> Iterator[Array]:
    if not np.isfinite(number).all():
        return
    yield np.arange(2.0, 2.0 + number.size).reshape(number.shape)
    yield np.round(number)
    yield np.round(number, 1)
