"""The one change to a line, or to what it uses, that makes it right: found by trying.

What a line has computed is worked out once more, each time with one thing changed that people get
wrong: another name, a condition the wrong way round, another axis, exponent, sign, or factor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np

from harness import languages
from harness.engines.staged.nodes import LEAF, SAME, STORE, Array, Node
from harness.judging.comparing import quiet
from harness.judging.staged.bringing import Line
from harness.judging.staged.computing import again, computed
from harness.judging.staged.lines import Judging
from harness.judging.staged.program import root

MOST: Final = 6_000
"""So many changes are tried for one line."""

OTHER_WAY: Final = {"gt": "le", "le": "gt", "lt": "ge", "ge": "lt", "eq": "ne", "ne": "eq"}
EXPONENTS: Final = (-3.0, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0)


class Mend(NamedTuple):
    """What was changed, and what that tells: a code, and a sentence."""

    node: Node
    code: str
    message: str


class Named(NamedTuple):
    """A value that has a name, which may have been meant; ``gradient``: it is one."""

    told: str
    value: Array
    gradient: bool


Trial = tuple[Array | None, str, str]
"""What a node would be, with the code and the sentence that say so."""


class Mending:
    """The changes to be tried for a wrong line."""

    def __init__(self, judging: Judging, line: Line) -> None:
        self.judging, self.line = judging, line
        end = line.ended or line
        assert end.event.node is not None
        self.end, self.carried = end.event.node, end.carried
        self.names = self._names()
        self.nodes = self._nodes()
        self.left = MOST

    def _names(self) -> dict[Node, Named]:
        """All that has a name where the line stands."""
        found: dict[Node, Named] = {}
        for node, label in self.judging.reading.forward.labels.items():
            found[node] = Named(self.judging._told(label), np.asarray(node.value), False)
        for other in self.judging.lines:
            if other is self.line or other.event is (self.line.ended or self.line).event:
                break
            if other.event.node is not None:
                named = Named(other.event.name, other.event.value, True)
                found.setdefault(root(other.event.node), named)
        for helper in self.judging.reading.helpers:
            if helper.node is not None and helper.node.number < self.end.number:
                named = Named(helper.name, np.asarray(helper.node.value), False)
                found.setdefault(root(helper.node), named)
        return found

    def _nodes(self) -> list[Node]:
        """What the line computes, and what it uses that is neither a step nor a gradient, its own
        nodes first."""
        own = {hit.node for hit in (*self.line.event.sources, *self.line.event.carried)}
        labels = self.judging.reading.forward.labels
        found: dict[Node, None] = {}
        waiting = [self.end]
        while waiting:
            node = waiting.pop()
            stops = node in own or root(node) in labels or node.op == LEAF
            if node in found or (stops and node is not self.end and not self._copies(node)):
                continue
            found[node] = None
            waiting += (
                []
                if stops and self._copies(node)
                else [item for item in node.operands if isinstance(item, Node)]
            )
        return sorted(found, key=lambda node: node.line != self.line.event.line)

    def _copies(self, node: Node) -> bool:
        """Whether the line takes a copy of a step's value with it."""
        labels = self.judging.reading.forward.labels
        return node.op == SAME and root(node) in labels and node.line == self.line.event.line

    # -- trying ------------------------------------------------------------------------------------

    @quiet
    def found(self, rights: Sequence[Array], elsewhere: bool) -> Mend | None:
        """The first change with which the line would bring one of the ``rights``; of what stands in
        other lines where it is looked for ``elsewhere``."""
        own = self.line.event.line
        nodes = [node for node in self.nodes if (node.line != own) == elsewhere]
        if elsewhere:  # what the forward pass uses as well is right
            nodes = [node for node in nodes if node not in self.judging.reading.forward.used]
        groups = [*([node] for node in nodes), *_turns(nodes)]
        for kind in KINDS:
            for group in groups:
                for trials in zip(*(kind(self, node) for node in group), strict=False):
                    self.left -= 1
                    if self.left < 0:
                        return None
                    values = [value for value, _, _ in trials if value is not None]
                    if len(values) == len(group) and self._mends(group, values, rights):
                        return Mend(group[0], trials[0][1], trials[0][2])
        return None

    def _mends(
        self, nodes: Sequence[Node], values: Sequence[Array], rights: Sequence[Array]
    ) -> bool:
        made = again(self.end, dict(zip(nodes, values, strict=True)))
        if made is None or (made.shape == self.end.value.shape and np.all(made == self.end.value)):
            return False
        carried = np.asarray(self.carried)
        if carried.ndim and carried.shape != made.shape:
            return False
        brought = np.asarray(made, float) - carried
        return any(self.judging.same(brought, right) for right in rights)

    def _values(self, node: Node) -> list[Array]:
        return [
            np.asarray(item.value) if isinstance(item, Node) else np.asarray(item)
            for item in node.operands
        ]

    def _say(self, node: Node | int | float) -> str:
        if not isinstance(node, Node):
            return f"{node:g}"
        known = self.names.get(root(node))
        return languages.told("staged", "what-stands-there") if known is None else known.told

    def _is_elsewhere(self, item: Node | int | float, node: Node) -> bool:
        """Whether an operand is worked out in another line below the forward pass."""
        while isinstance(item, Node) and item.op == SAME and item.line != node.line:
            item = item.operands[0]
        return isinstance(item, Node) and item in self.nodes and item.line != node.line

    # -- what is tried -----------------------------------------------------------------------------

    def condition(self, node: Node) -> Iterator[Trial]:
        """A comparison, or a mask, the wrong way round."""
        told = languages.told("staged", "condition-reversed")
        values = self._values(node)
        if node.op == "where":
            swapped = languages.told("staged", "branches-reversed")
            yield computed(node, [values[0], values[2], values[1]]), "swapped-branches", swapped
        if node.op in OTHER_WAY:
            yield computed(node, values, OTHER_WAY[node.op]), "swapped-branches", told
        for place, value in enumerate(values if node.op in ("mul", "sub") else ()):
            if (
                value.ndim
                and not self._is_elsewhere(node.operands[place], node)
                and np.isin(value, (0, 1)).all()
            ):
                turned = [1 - one if i == place else one for i, one in enumerate(values)]
                yield computed(node, turned), "swapped-branches", told
        if node.op == "sub" and node.operands[0] in (1, 1.0) and np.isin(values[1], (0, 1)).all():
            yield values[1], "swapped-branches", told

    def axis(self, node: Node) -> Iterator[Trial]:
        """A sum over other axes, or over none where one is due."""
        values = self._values(node)
        if node.op in ("sum", "mean", "max"):
            rank, now = values[0].ndim, node.parameters.get("axis")
            back = rank if isinstance(now, int) and now < 0 else 0
            for axis in (now, *range(-back, rank - back), None):
                for kept in (True, False):
                    given = {"axis": axis, "keepdims": kept}
                    was, right = _axis(now), _axis(axis)
                    told = languages.told("staged", "summed-over", was=was, right=right)
                    if axis == now:
                        about = "lost-in-sum" if kept else "kept-in-sum"
                        told = languages.told("staged", about, axis=was)
                    yield computed(node, values, given=given), "wrong-axis", told
        if node.op == "index" and values[0].ndim == node.value.ndim + 1:
            told = languages.told("staged", "element-taken")
            for axis in range(values[0].ndim):
                yield values[0].sum(axis=axis), "missing-unbroadcast", told

    def throughout(self, node: Node) -> Iterator[Trial]:
        """Another name in the place of one, wherever that stands in the line."""
        every = {one for own in self.nodes for one in own.operands if isinstance(one, Node)}
        held = {one: one.value for one in every if one not in self.nodes}
        for whole in sorted({*map(root, held)} & self.names.keys(), key=lambda one: one.number):
            was = self.names[whole]
            for named in self.names.values() if node is self.end else ():
                if named.told != was.told and named.value.dtype.kind == "f":
                    swapped = {x: named.value if root(x) is whole else held[x] for x in held}
                    yield again(node, swapped), "wrong-rule", _instead(was, named)

    def another(self, node: Node) -> Iterator[Trial]:
        """Another name in the place of an operand."""
        values = self._values(node)
        taken = node.op != SAME or self._copies(node)
        for place, item in enumerate(node.operands if taken else ()):
            was = self.names.get(root(item)) if isinstance(item, Node) else None
            if was is None:
                continue
            for named in self.names.values():
                if named.told == was.told or named.value.shape != values[place].shape:
                    continue
                swapped = [named.value if i == place else one for i, one in enumerate(values)]
                yield computed(node, swapped), "wrong-rule", _instead(was, named)

    def exponent(self, node: Node) -> Iterator[Trial]:
        if node.op == "pow" and not isinstance(node.operands[1], Node):
            base, now = self._values(node)
            for other in EXPONENTS:
                told = languages.told("staged", "exponent", was=float(now), right=other)
                yield computed(node, [base, np.asarray(other)]), "wrong-rule", told

    def sign(self, node: Node) -> Iterator[Trial]:
        """A plus for a minus, or the other way round."""
        told = languages.told("staged", "sign-of-term")
        other = {"add": "sub", "sub": "add"}.get(node.op)
        if other is not None:
            yield computed(node, self._values(node), other), "wrong-sign", told
        if node.value.dtype.kind == "f" and node.op not in (SAME, STORE):
            yield -node.value, "wrong-sign", told

    def transposed(self, node: Node) -> Iterator[Trial]:
        values = self._values(node)
        told = languages.told("staged", "factor-transposed")
        for place, value in enumerate(values if node.op == "matmul" else ()):
            if value.ndim > 1:
                turned = [np.swapaxes(x, -1, -2) if i == place else x for i, x in enumerate(values)]
                yield computed(node, turned), "wrong-permutation", told
        inputs, _, output = str(node.parameters.get("equation", "")).partition("->")
        parts = inputs.split(",")
        for place, part in enumerate(parts if node.op == "einsum" else ()):
            for one, other in combinations(part, 2):
                swapped = part.translate({ord(one): other, ord(other): one})
                equation = ",".join([*parts[:place], swapped, *parts[place + 1 :]]) + "->" + output
                made = computed(node, values, given={**node.parameters, "equation": equation})
                yield made, "wrong-permutation", told

    def left_out(self, node: Node) -> Iterator[Trial]:
        """A factor or a term that should not be there."""
        if node.op in ("mul", "div", "add", "sub"):
            for place, value in enumerate(self._values(node)[: 1 if node.op == "div" else 2]):
                other = self._say(node.operands[1 - place])
                about = "a-factor-there" if node.op in ("mul", "div") else "a-term-there"
                told = languages.told("staged", about, other=other)
                yield value, "wrong-rule", told

    def factor(self, node: Node) -> Iterator[Trial]:
        """A factor that is forgotten."""
        values = self._values(node)
        whole = [(node.value, lambda value: value)] if node is self.end else []
        parts = [(value, partial(self._with, node, place)) for place, value in enumerate(values)]
        if node.op == STORE:  # what is written may be one number for all places
            stretched = np.broadcast_to(values[1] * 1.0, np.shape(node.parameters["places"]))
            parts = [(stretched, partial(self._with, node, 1))]
        for value, made in (*whole, *(parts if node.op != SAME else ())):
            for named in self.names.values() if value.dtype.kind == "f" else ():
                if named.value.dtype.kind == "f" and self._may_scale(named.value, value, node):
                    code = "missing-upstream" if named.gradient else "wrong-rule"
                    told = languages.told("staged", "factor-missing", name=named.told)
                    yield made(value * named.value), code, told
                    told = languages.told("staged", "not-divided", name=named.told)
                    yield made(value / named.value), "wrong-rule", told

    def _may_scale(self, factor: Array, value: Array, node: Node) -> bool:
        """Whether a factor fits an operand of a node, or what it is stretched to there."""
        if node.op in ("add", "sub", "mul", "div") and _stretches(value, node.value):
            return _stretches(factor, node.value)
        return _stretches(factor, value)

    def _with(self, node: Node, place: int, value: Array) -> Array | None:
        """What a node would be with another operand."""
        values = self._values(node)
        values[place] = value
        return computed(node, values)


def _turns(nodes: Sequence[Node]) -> list[list[Node]]:
    """What one place of a loop has computed in its turns, together."""
    found: dict[tuple[int, int, str], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.line, node.column, node.op), []).append(node)
    return [group for group in found.values() if len(group) > 1]


def _stretches(array: Array, other: Array) -> bool:
    """Whether an array may be stretched to the shape of another."""
    with suppress(ValueError):
        return bool(np.broadcast_shapes(array.shape, other.shape) == other.shape)
    return False


def _instead(was: Named, right: Named) -> str:
    """What to say of one name in the place of another."""
    if right.gradient and not was.gradient:
        about = "stands-where"
    else:
        about = "made-of" if right.gradient else "taken-at"
    return languages.told("staged", about, was=was.told, right=right.told)


def _axis(axis: int | tuple[int, ...] | None) -> str:
    """What a sum is taken over."""
    return languages.told("staged", "all-axes" if axis is None else "axis", axis=axis)


KINDS: Final[Sequence[Callable[[Mending, Node], Iterator[Trial]]]] = (
    *(Mending.condition, Mending.axis, Mending.throughout, Mending.another),
    *(Mending.exponent, Mending.sign),
    *(Mending.transposed, Mending.factor, Mending.left_out),
)
