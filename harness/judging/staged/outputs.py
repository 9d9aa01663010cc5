"""What is differentiated: the output of a forward pass, or several whose gradients are given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from harness.engines.staged.nodes import LEAF, Array, Node, Write
from harness.judging.staged import names
from harness.judging.staged.program import ancestors, root


class Output(NamedTuple):
    """The ``node`` that is differentiated, and its upstream gradient, if the code has one. ``step``
    is the output that has a name; ``beside`` are gradients that are given to other outputs, which
    the node is then a sum with."""

    node: Node
    seed: Array | None
    step: Node
    beside: tuple[Node, ...] = ()

    @property
    def seeded(self) -> bool:
        return self.seed is not None


def output(
    before: Sequence[Write], after: Sequence[Write], bases: Mapping[str, str]
) -> Output | None:
    """What the gradients ``after`` the forward pass are of; None where no step is computed."""
    nodes = {write.name: root(write.node) for write in before if write.node is not None}
    computed = [node for node in dict.fromkeys(nodes.values()) if node.op != LEAF]
    if not computed:
        return None
    above = {node: ancestors([node]) for node in computed}
    some = {x.name for x in after if x.node is None or np.any(x.node.value)}
    wanted = [nodes[base] for name, base in bases.items() if base in nodes and name in some]
    stood: dict[str, set[Node]] = {}
    for write in before:
        if write.node is not None:
            stood.setdefault(write.name, set()).add(root(write.node))
    instances = [stood[base] for name, base in bases.items() if base in nodes and name in some]
    given = _given(after, bases, nodes, above)
    if given:
        more = dict(_carried(after, bases, nodes, given))
        every = {**given, **more}
        if all(any(other in above[node] for node in every) for other in wanted):
            step, first = next(iter(given.items()))
            if len(every) == 1:
                return Output(step, np.asarray(first.value, float), step)
            return Output(_together(every), np.asarray(1.0), step, tuple(more.values()))
    named: dict[Node, int] = {}
    for place, write in enumerate(before):
        if write.node is not None:
            named.setdefault(root(write.node), place)
    losses = {root(x.node) for x in before if x.node and x.name.lower() in names.LOSSES}
    return _last(named, above, instances, losses)


def without_loss(after: Sequence[Write], output: Node, bases: Mapping[str, str]) -> Write | None:
    """The first gradient, or the first factor of it, where it is the difference of an output and
    what that should be, and stands for a loss that is not there."""
    first = next((write for write in after if write.node is not None), None)
    if first is None or first.node is None or first.name not in bases:
        return None
    whole = root(first.node)
    parts = whole.operands if whole.op == "mul" else ()
    for item in (whole, *parts):
        error = root(item) if isinstance(item, Node) else whole
        direct = error.op == "sub" and any(
            isinstance(one, Node) and root(one) is output for one in error.operands
        )
        target = all(isinstance(one, Node) for one in error.operands)  # and no 1 - out
        if direct and target and error.value.shape == output.value.shape:
            return replace(first, node=error)
    return None


def _last(
    named: Mapping[Node, int],
    above: Mapping[Node, set[Node]],
    wanted: Sequence[set[Node]],
    losses: Collection[Node],
) -> Output:
    """The end that most of what is ``wanted`` leads to, each in one of its turns: a number, such as
    a loss, if there is one (``P - Y`` below the loss is made of as much), one that is called so,
    and the one that was ``named`` last."""
    counts = {node: sum(bool(some & parts) for some in wanted) for node, parts in above.items()}
    best = [node for node in counts if counts[node] == max(counts.values())]
    ends = [x for x in best if not any(x in above[other] for other in best if other is not x)]
    found = max(ends, key=lambda node: (node.value.size == 1, node in losses, named[node]))
    return Output(found, None, found)


def _given(
    after: Sequence[Write],
    bases: Mapping[str, str],
    nodes: Mapping[str, Node],
    above: Mapping[Node, set[Node]],
) -> dict[Node, Node]:
    """The steps whose gradients are written down before any other is computed, each with that."""
    found: dict[Node, Node] = {}
    for write in after:
        step = nodes.get(bases.get(write.name, ""))
        if step is None or write.node is None or step.op == LEAF:
            continue
        given = root(write.node)
        users = [node for node, parts in above.items() if node is not step and step in parts]
        ends = step.value.ndim > 0 and any(node.value.ndim == 0 for node in users)  # in a loss
        whole = given.value.ndim == 0 or given.value.shape == step.value.shape
        fresh = _is_written(given, nodes) and given not in found.values()
        if not (whole and fresh and not ends and (not users or _is_drawn(given))):
            break
        found[step] = given
    return found


def _carried(
    after: Sequence[Write],
    bases: Mapping[str, str],
    nodes: Mapping[str, Node],
    given: Mapping[Node, Node],
) -> Iterator[tuple[Node, Node]]:
    """Other steps to whose gradients an array that is written down is added, such as ``dc_next`` to
    that of ``c``."""
    drawn = [
        root(write.node)
        for write in after
        if write.node is not None and write.name not in bases and names.is_alike(write.name)
    ]
    fresh = [node for node in dict.fromkeys(drawn) if node not in given.values()]
    waiting = [node for node in fresh if _is_written(node, nodes) and _is_drawn(node)]
    for write in after:
        step = nodes.get(bases.get(write.name, ""))
        if step is None or step in given or write.node is None:
            continue
        for node in waiting:
            if node.value.shape == step.value.shape and node in _added(root(write.node)):
                waiting.remove(node)
                yield step, node
                break


def _is_written(node: Node, nodes: Mapping[str, Node]) -> bool:
    """Whether it is no more than numbers that are written down, and not only zeros."""
    return node.op == LEAF and node not in nodes.values() and bool(np.any(node.value))


def _is_drawn(node: Node) -> bool:
    """Whether it is an array of different numbers."""
    return node.value.ndim > 0 and bool(np.any(node.value != node.value.flat[0]))


def _added(node: Node) -> set[Node]:
    """What is added up to a node."""
    found, waiting = {node}, [node]
    while waiting:
        node = root(waiting.pop())
        found.add(node)
        if node.op == "add":
            waiting += [item for item in node.operands if isinstance(item, Node)]
    return found


def _together(given: Mapping[Node, Node]) -> Node:
    """A number of which the gradients of the steps are those that are given."""
    whole: Node | None = None
    for step, seed in given.items():
        weighted = _made("mul", (step, seed), step.value * seed.value)
        part = _made("sum", (weighted,), np.sum(weighted.value))
        whole = part if whole is None else _made("add", (whole, part), whole.value + part.value)
    assert whole is not None
    return whole


def _made(op: str, operands: tuple[Node, ...], value: Array) -> Node:
    number = 1 + max(node.number for node in operands)
    return Node(number, op, operands, {}, np.asarray(value), 0)


def extended(
    before: Sequence[Write], after: Sequence[Write], output: Node, bases: Mapping[str, str]
) -> tuple[Node, list[Write]]:
    """The output, and what else belongs to the forward pass, where that goes on below the first
    gradients: a penalty is added to the loss, say."""
    nodes = {w.name: root(w.node) for w in before if w.node is not None}
    wanted = {nodes[base] for base in bases.values() if base in nodes}
    gradients = {w.node for w in after if w.node is not None and w.name in bases}
    late: list[Write] = []
    found: list[Write] = []
    for write in after:
        node = None if write.node is None else root(write.node)
        if node is None or write.name in bases or ancestors([node]) & gradients:
            continue
        late.append(write)
        above = ancestors([node])
        operands = (item for one in above - ancestors([output]) for item in one.operands)
        beside = {root(item) for item in operands if isinstance(item, Node)}
        if output in above and node.value.shape == output.value.shape and beside & wanted:
            output, found = node, list(late)
    return output, found
