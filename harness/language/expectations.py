"""What was worked by hand, under a case's ``expect``: numbers of steps, and of gradients by d…."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from harness.language import nodes
from harness.language.document import MAX_PROBLEMS
from harness.language.leaves import LeafReader, margin, scalars
from harness.language.nodes import Node, Scalar
from harness.language.syntax import every, shorten, suggest
from harness.language.words import said
from harness.vocabulary.program import Array, Program


@dataclass(frozen=True, slots=True)
class Expectation:
    """A number worked by hand: of step or input ``name``, that of a ``direction``.

    ``margin`` has the shape of ``number``: half a unit of the last digit that was written.
    """

    key: str
    name: str
    direction: str
    number: Array
    margin: Array
    line: int
    column: int


class Written(NamedTuple):
    """A key under ``expect``, and the numbers that are written there."""

    key: Scalar
    node: Node
    number: Any


Meanings = Mapping[str, list[tuple[str, str]]]
"""By key, the names and directions that it may be of: more than one where it could mean both."""


def written(reader: LeafReader, node: Node) -> list[Written]:
    """What is written under ``expect``, as far as it can be read."""
    if not isinstance(node, nodes.Mapping):
        reader.fail(node, said("expect-mapping"))
    numbers = []
    for key, child in node.entries:
        if isinstance(child, nodes.Mapping):
            reader.complain(child, said("number-expected"))
            continue
        number = reader.attempt(partial(reader.leaf, name=key.text), child)
        if number is not None:
            numbers.append(Written(key, child, number))
    return numbers


def expectations(
    reader: LeafReader, numbers: Iterable[Written], program: Program
) -> tuple[Expectation, ...]:
    """What the numbers are of; complains about those that are of nothing in the program."""
    known = _meanings(program)
    return tuple(every(partial(_expectation, reader, one, known, program) for one in numbers))


def _meanings(program: Program) -> Meanings:
    meanings = [(name, name, "forward") for name in program.shapes]
    meanings += [(f"d{n}", n, "backward") for n in program.shapes if n in program.differentiable]
    meanings += [(f"dd{n}", n, "second") for n in program.inputs]
    known: dict[str, list[tuple[str, str]]] = {}
    for text, name, direction in meanings:
        known.setdefault(text, []).append((name, direction))
    return known


def _expectation(
    reader: LeafReader, one: Written, known: Meanings, program: Program
) -> Expectation:
    key, node, number = one
    name, direction = _meant(reader, key, known)
    if direction not in program.directions:
        reader.fail(key, said("needs-order", text=key.text))
    shape, right = np.shape(number), program.shapes[name]
    if shape != right:
        reader.fail(node, said("has-shape", text=key.text, shapes=right, shape=shape))
    margins = np.array([margin(scalar) for scalar in scalars(node)], dtype=np.float64)
    numbers = np.asarray(number, np.float64), margins.reshape(shape)
    return Expectation(key.text, name, direction, *numbers, node.line, node.column)


def _meant(reader: LeafReader, key: Scalar, known: Meanings) -> tuple[str, str]:
    """The name and the direction that a key means."""
    meanings = known.get(key.text, [])
    if not meanings:
        near = filter(str.isidentifier, known)
        hint = suggest(key.text, near) if len(reader.problems) < MAX_PROBLEMS else ""
        given = shorten(key.text)
        reader.fail(key, said("neither-step", given=given, hint=hint))
    if len(meanings) > 1:
        told = said("and").join(
            said(f"meaning-{direction}", name=name) for name, direction in meanings
        )
        reader.fail(key, said("is-both", text=key.text, told=told))
    return meanings[0]
