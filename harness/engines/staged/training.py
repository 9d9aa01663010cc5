"""Loops that train: a run is ended after the first turn, for that is what is judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from harness.engines.staged.nodes import LEAF, Node, Recording, Write


class Enough(BaseException):
    """The loop in a ``line`` trains, and has had its first turn."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


_GRADIENTS: Final = (
    re.compile(r"(?:d|g|grad|nabla|delta)_?(\w+)"),
    re.compile(r"d\w+?_?d(\w+)"),
    re.compile(r"(\w+)_(?:grad|delta|error)"),
)
"""What the gradient of a name is called."""


def _own(name: str) -> str:
    """What an item, or an attribute, is called itself."""
    return name.rpartition(".")[2].partition("[")[0].lower()


class Turns:
    """The loops of a run."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.begun: dict[int, tuple[int, int]] = {}

    def turned(self, line: int) -> None:
        """A turn of the loop in a line begins; raises :class:`Enough`."""
        nodes, writes = self.recording.nodes, self.recording.writes
        if line in self.begun:
            place, first = self.begun[line]
            if _Turn(writes, first, nodes[place:]).trains():
                raise Enough(line)
        self.begun[line] = len(nodes), len(writes)


class _Turn:
    """A turn of a loop: what it has written, from the ``first`` on, and computed."""

    def __init__(self, writes: Sequence[Write], first: int, nodes: Sequence[Node]) -> None:
        self.before, self.writes, self.nodes = writes[:first], writes[first:], nodes
        known = {_own(write.name) for write in writes}
        self.of: dict[str, str] = {}
        for name in known:
            hits = (one.fullmatch(name) for one in _GRADIENTS)
            bases = [hit[1] for hit in hits if hit is not None and hit[1] in known]
            if bases:
                self.of[name] = bases[0]
        self.gradients = [node for write in self.writes if (node := self._gradient(write))]

    def _gradient(self, write: Write) -> Node | None:
        """The gradient that is computed in a write, if it is one's."""
        computed = write.node is not None and write.node.op != LEAF
        return write.node if computed and _own(write.name) in self.of else None

    def trains(self) -> bool:
        """Whether the turn has had a forward pass, then the first gradients, and has changed by
        these what the forward pass was made of."""
        if not self.gradients or any(map(self._gradient, self.before)):
            return False
        start = self.gradients[0].number
        forward = [node for node in self.nodes if node.number < start]
        used = {item for node in forward for item in node.operands}
        bases = set(self.of.values())
        runs = any(
            write.node in forward and write.node.op != LEAF and _own(write.name) in bases
            for write in self.writes
            if write.node is not None
        )
        own = {write.name: write.node for write in self.before if write.scope <= 0}
        return any(
            own.get(write.name) in used - {None} and (runs or _own(write.name) in bases)
            for write in self._updates()
        )

    def _updates(self) -> list[Write]:
        """What is written that is made of gradients and is none."""
        made = set(self.gradients)
        for node in self.nodes:
            if any(item in made for item in node.operands):
                made.add(node)
        return [x for x in self.writes if x.scope <= 0 and x.node in made - {*self.gradients}]
