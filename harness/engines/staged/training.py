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
            if _trains(writes[:first], writes[first:], nodes[place:], self._gradients(first)):
                raise Enough(line)
        self.begun[line] = len(nodes), len(writes)

    def _gradients(self, first: int) -> list[Node]:
        """The gradients that a turn has computed; none if there were some before it."""
        known = {_own(write.name) for write in self.recording.writes}
        alike = {
            name
            for name in known
            if any((hit := one.fullmatch(name)) and hit[1] in known for one in _GRADIENTS)
        }
        found = [
            (place, write.node)
            for place, write in enumerate(self.recording.writes)
            if write.node is not None and write.node.op != LEAF and _own(write.name) in alike
        ]
        return [node for _, node in found] if found and found[0][0] >= first else []


def _trains(
    before: Sequence[Write], turn: Sequence[Write], nodes: Sequence[Node], gradients: Sequence[Node]
) -> bool:
    """Whether a turn has changed by its gradients what its own forward pass was made of."""
    if not gradients:
        return False
    own = {write.name: write.node for write in before if write.scope <= 0}
    forward = [node for node in nodes if node.number < gradients[0].number]
    used = {item for node in forward for item in node.operands}
    made = set(gradients)
    for node in nodes:
        if any(item in made for item in node.operands):
            made.add(node)
    return any(
        write.scope <= 0 and write.node in made and own.get(write.name) in used - {None}
        for write in turn
        if write.node not in gradients
    )
