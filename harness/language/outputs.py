"""Several outputs in one case: their sum, each times its seed, is what is differentiated.

That is what ``torch.autograd.backward`` means by several tensors. The sum is made of steps like any
other, so that every engine is asked for it, and shows it, by its own operations.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from harness.language import nodes
from harness.language.expression import Flattener
from harness.language.leaves import LeafReader
from harness.language.nodes import Node, Scalar, Sequence
from harness.language.syntax import every, normal, shorten, suggest
from harness.language.words import said
from harness.vocabulary.program import Array, Stage, default_seed, leaf

MAX_OUTPUTS: Final = 50
TOTAL: Final = "total"
"""What the sum is called, where nothing else is."""


class Total(NamedTuple):
    """The sum of the outputs: its stage, the seeds that are arrays as constants, and where each
    output is named."""

    stage: Stage
    constants: Mapping[str, Array]
    places: Mapping[str, Node]


def added_up(
    reader: LeafReader, node: Node, flattener: Flattener, stages: Collection[str]
) -> Total:
    """Append the sum of the outputs that a node names among the ``stages``, in a list or each with
    its seed."""
    entries = _entries(reader, node)
    places = {name.text: name for name, _ in entries}
    seeds = every(partial(_seed, reader, *entry, flattener, stages) for entry in entries)
    terms, constants = [], dict[str, Array]()
    for output, seed in zip(places, seeds, strict=True):
        if np.ndim(seed):
            name = _free(f"seed_{output}", flattener)
            constants[name] = np.asarray(seed)
            flattener.constant(name, constants[name])
            terms.append(f"sum({output} * {name})")
        else:
            alone = seed == 1.0 and len(places) > 1
            terms.append(output if alone else f"{output} * {seed!r}")
    stage = Stage(_free(TOTAL, flattener), " + ".join(terms))
    tree = ast.parse(stage.text, mode="eval").body
    flattener.stage(stage.name, tree, lambda _, message: reader.complain(node, message))
    return Total(stage, constants, places)


def _entries(reader: LeafReader, node: Node) -> list[tuple[Scalar, Node | None]]:
    """The names of the outputs, and their seeds where these are given."""
    if isinstance(node, nodes.Mapping):
        entries: list[tuple[Node, Node | None]] = [(key, value) for key, value in node.entries]
    elif isinstance(node, Sequence):
        entries = [(item, None) for item in node.items]
    else:
        entries = []
    if not 1 <= len(entries) <= MAX_OUTPUTS:
        example = "outputs: [a, b], or with their seeds, outputs: {a: 1.0, b: [0.5, 2.0]}"
        reader.fail(node, said("outputs-names", max_outputs=MAX_OUTPUTS, example=example))
    entries_by_name: dict[str, tuple[Scalar, Node | None]] = {}
    for name, value in entries:
        if not isinstance(name, Scalar):
            reader.fail(name, said("step-name-expected"))
        if normal(name.text) in entries_by_name:
            reader.complain(name, said("output-twice", text=name.text))
        entries_by_name.setdefault(normal(name.text), (name, value))
    return list(entries_by_name.values())


def _seed(
    reader: LeafReader,
    name: Scalar,
    node: Node | None,
    flattener: Flattener,
    stages: Collection[str],
) -> Any:
    """The seed of an output, the usual one where none is written."""
    output = normal(name.text)
    if output not in stages:
        known = said(
            "known-stages", suggest=suggest(output, stages), stages=", ".join(list(stages)[:12])
        )
        reader.fail(name, said("unknown-output", given=shorten(output), known=known))
    shape = flattener.shapes[output]
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return leaf(default_seed(shape), reader.dtype)
    seed = reader.leaf(node, said("seed-of", output=output))
    if np.shape(seed) != shape:
        reader.fail(node, said("seed-has-shape", shape=np.shape(seed), output=output, shape2=shape))
    return leaf(seed, reader.dtype)


def _free(name: str, flattener: Flattener) -> str:
    """The name, lengthened until nothing is called so."""
    while name in flattener.shapes:
        name += "_"
    return name
