"""A value that a condition chooses, ``x if x > 0 else 0.1 * x``: a gate, even where it hands on
what has a name already."""

from __future__ import annotations

from typing import Any

from harness.engines.staged.nodes import SAME
from harness.engines.staged.values import Blank, Value, note


class Branches:
    """The conditions that are being asked, the innermost last."""

    def __init__(self) -> None:
        self._gates: list[bool] = []

    def tested(self, condition: Any) -> Any:
        """A condition; it makes a gate where it is a value or a flag, and none where it was worked
        out of what is not followed, such as the number of a turn."""
        self._gates.append(isinstance(condition, Value))
        return condition

    def flagged(self, condition: Any) -> Any:
        """A condition that is no more than a name."""
        self._gates.append(isinstance(condition, (Value, bool)))
        return condition

    def branched(self, chosen: Any) -> Any:
        """What was chosen, as a value of its own."""
        gate = self._gates.pop()
        named = isinstance(chosen, Value) and not isinstance(chosen, Blank)
        if not gate or not named or chosen.node.op != SAME:
            return chosen
        return note("where", [True, chosen, 0.0], {}, chosen.data)
