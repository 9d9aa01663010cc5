"""Lines that change a gradient one after another, run again with one of them changed: an experiment
that shows which of them is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from harness.engines.staged.nodes import SAME, STORE, Array, Node

COMPUTED: Final[Mapping[str, Callable[..., Array]]] = {
    SAME: np.array,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "pow": np.power,
}
"""What is computed again."""


class Change(NamedTuple):
    """What may be wrong with a line that changes a gradient: the mistake's code, what is to be
    said, and what the gradient would be after the right line, given what it was before it and is
    after it."""

    code: str
    message: str
    mended: Callable[[Array, Array], Array]


ADDED: Final = (
    Change("wrong-sign", "the sign is wrong", lambda before, after: 2 * before - after),
    Change("wrong-scale", "off by the factor 2", lambda before, after: (before + after) / 2),
    Change("wrong-scale", "off by the factor ½", lambda before, after: 2 * after - before),
    Change("double-count", "this line should not be there", lambda before, after: before),
)
"""Of a line that adds to what was there, or writes a part of it."""

SCALED: Final = (
    Change("wrong-sign", "the sign is wrong", lambda before, after: -after),
    Change("wrong-scale", "off by the factor 2", lambda before, after: after / 2),
    Change("wrong-scale", "off by the factor ½", lambda before, after: 2 * after),
    Change("double-count", "this line should not be there", lambda before, after: before),
)
"""Of the first line, and of one that multiplies what was there."""


def experiments(states: list[Node]) -> Iterator[tuple[int, Change, Array]]:
    """For each of the nodes that one gradient was after the other: what may be wrong with its line,
    and what would come out in the end without that."""
    last = states[-1]
    for number, node in enumerate(states):
        before = states[number - 1].value if number else np.zeros_like(node.value)
        if before.shape != node.value.shape:
            continue
        scales = not number or node.op in ("mul", "div", SAME)
        for change in SCALED if scales else ADDED:
            mended = np.asarray(change.mended(before, node.value))
            found = _again(last, {node: mended})
            if found is not None:
                yield number, change, found


def _again(node: Node, known: dict[Node, Array]) -> Array | None:
    """What a node would be if others had been what is known of them."""
    if node in known:
        return known[node]
    below = [item for item in node.operands if isinstance(item, Node)]
    first = next(iter(known))
    if node.number < first.number or not below:
        return node.value
    values = []
    for item in node.operands:
        value = _again(item, known) if isinstance(item, Node) else np.asarray(item)
        if value is None:
            return None
        values.append(value)
    same = all(
        value is item.value if isinstance(item, Node) else True
        for item, value in zip(node.operands, values, strict=True)
    )
    if same:
        found: Array | None = node.value
    elif node.op == STORE:
        found = np.array(values[0])
        found.flat[np.asarray(node.parameters["places"]).ravel()] = np.broadcast_to(
            values[1], np.shape(node.parameters["places"])
        ).ravel()
    elif node.op == "index":
        found = values[0][_key(node.parameters["index"])]
    elif node.op == "reshape":
        found = values[0].reshape(node.value.shape)
    elif node.op in COMPUTED:
        found = COMPUTED[node.op](*values)
    else:
        found = None
    if found is not None:
        known[node] = found
    return found


def _key(index: tuple[Any, ...]) -> Any:
    return tuple(np.asarray(item) if isinstance(item, list) else item for item in index)
