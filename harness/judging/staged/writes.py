"""The writes of a run, put in order: which of them compute something, and what names stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from harness.engines.staged.nodes import LEAF, Node, Write
from harness.judging.staged import names
from harness.judging.staged.program import ancestors, root

ALIAS: Final = "alias"
"""How a parameter is written that is another name of something."""


def computing(writes: Sequence[Write]) -> Iterator[Write]:
    """The writes, those that only hand on what has a name already (of parameters and loops) as
    :data:`ALIAS`; such a one of a gradient, or of nothing, is left out."""
    seen: set[Node] = set()
    for write in writes:
        if write.how == "for" and (write.node is None or write.node in seen):
            if write.node is not None and not names.is_alike(write.name):
                yield replace(write, how=ALIAS)
            continue
        if write.node is not None:
            seen.add(write.node)
        yield write


def given_late(writes: list[Write]) -> list[Write]:
    """The writes, the numbers that are given as gradients of what is only named later at the place
    where they are used first."""
    first: dict[str, int] = {}
    for index, write in enumerate(writes):
        first.setdefault(write.name, index)
    found = list(writes)
    for index, write in enumerate(writes):
        if write.node is None or root(write.node).op != LEAF or not names.is_alike(write.name):
            continue
        step = names.meant(write.name, first.keys() - {write.name})
        if step is None or first[step] < index:
            continue
        own = root(write.node)
        found.remove(write)
        for place, other in enumerate(found):
            node = other.node
            if node is not None and node is not write.node and own in ancestors([node]):
                found.insert(place, write)
                break
    return found


def computes_again(node: Node | None, other: Node | None) -> bool:
    """Whether the same is computed once more."""
    return (
        node is not None
        and other is not None
        and node.op == other.op != LEAF
        and np.array_equal(node.value, other.value)
    )


def is_zero(write: Write) -> bool:
    """Whether only zeros are written down, such as those that a gradient begins with."""
    return write.node is not None and root(write.node).op == LEAF and not np.any(write.node.value)


def of_objects(writes: Sequence[Write]) -> dict[str, str]:
    """Attributes such as ``w.grad``, which hold the gradient of what is another attribute of the
    object, and has its shape: each with the name of that."""
    found: dict[str, str] = {}
    held = [write for write in writes if write.scope < 0 and write.node is not None]
    first: dict[str, Write] = {}
    for write in held:
        first.setdefault(write.name, write)
    given = {name for name, write in first.items() if _is_gain(write)}
    for write in held:
        alike = names.is_gradient_of_its_object(write.name) and write.name not in given
        for other in held if alike else ():
            beside = other.scope == write.scope and other.name != write.name
            if beside and _shape(other) == _shape(write):
                found.setdefault(write.name, other.name)
    return found


def _is_gain(write: Write) -> bool:
    """Whether ``self.g`` is a gain, or the like: an array that is written down, not of zeros."""
    node = write.node
    given = node is not None and root(node).op == LEAF and np.size(node.value) > 1
    return write.name == "self.g" and given and node is not None and bool(np.any(node.value))


def _shape(write: Write) -> tuple[int, ...]:
    return () if write.node is None else write.node.value.shape


class Bound:
    """What the names stand for as the writes go on, in each call of a function."""

    def __init__(self, before: Sequence[Write]) -> None:
        self.nodes: dict[tuple[int, str], list[Node]] = {}
        self.places: dict[Node, int] = {}
        self.fresh: set[tuple[int, str]] = set()
        for write in before:
            self.add(write)
        self.fresh.clear()

    def add(self, write: Write) -> None:
        if write.node is None:
            return
        node, key = root(write.node), (write.scope, write.name)
        own = self.nodes.setdefault(key, [])
        if node not in own[-1:]:
            own.append(node)
        self.fresh.add(key)
        if write.place is not None:
            self.places[node] = write.place

    def names(self, write: Write) -> set[str]:
        """The names that the call and the object have of their own in which is written."""
        own = {write.scope, -write.owner} - {0}
        return {name for scope, name in self.nodes if scope in own}

    def node(self, write: Write, base: str | None) -> Node | None:
        """What the name of a step means where a gradient is called after it: what it was last bound
        to below the forward pass, or the only thing that it is in the call; of a list, the item in
        the same place."""
        if base is None:
            return None
        if write.place is not None:
            every = (node for key, own in self.nodes.items() if key[1] == base for node in own)
            return next((node for node in every if self.places.get(node) == write.place), None)
        key = write.scope, base
        if key not in self.nodes and write.owner:
            key = -write.owner, base
        own = self.nodes.get(key, [])
        return own[-1] if own and (key in self.fresh or (key[0] and len(own) == 1)) else None
