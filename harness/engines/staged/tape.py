"""All that a run has computed, in order, and where in its code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from types import CodeType, FrameType
from typing import Any, Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import Array, Node

MOST_NODES: Final = 200_000


class Refusal(Exception):
    """The recording cannot follow; the message says what, and what to write instead."""


class Tape:
    """All nodes of a run. ``file`` is the name of the code, whose lines are told."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.file = ""
        self.writers: dict[int, Node] = {}
        self.paused = False

    def add(
        self,
        op: str,
        operands: Sequence[Node | int | float],
        parameters: Mapping[str, Any],
        value: Array,
        told: str = "",
    ) -> Node:
        if len(self.nodes) >= MOST_NODES:
            raise Refusal(languages.told("staged", "too-many-values", count=MOST_NODES))
        line, column = self.place()
        number, snapshot = len(self.nodes), np.array(value)
        node = Node(number, op, tuple(operands), dict(parameters), snapshot, line, told, column)
        self.nodes.append(node)
        return node

    def place(self) -> tuple[int, int]:
        """The line and the column of the code that is being run."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self.file:
            frame = frame.f_back
        return (0, 0) if frame is None else (frame.f_lineno, column(frame.f_code, frame.f_lasti))


@cache
def _columns(code: CodeType) -> list[int]:
    """The column in which each instruction begins, from 1; 0 where it is not known."""
    return [0 if start is None else start + 1 for _, _, start, _ in code.co_positions()]


def column(code: CodeType, instruction: int) -> int:
    """The column of what an instruction stands for."""
    return _columns(code)[instruction // 2]


TAPE: Final = Tape()
