"""What a run of staged code leaves behind: every value that was computed, how, and what was named.

Plain data: the process that runs somebody's code makes it, whoever judges reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LEAF, SAME, STORE, OTHER = "leaf", "same", "store", "other"
"""What a node is that is no operation of the vocabulary: a number that was written down, another
name of a value, a write into an array, and a function that the vocabulary has not."""

KINDS: Final = frozenset({LEAF, SAME, STORE, OTHER})


@dataclass(eq=False, slots=True)
class Node:
    """A value: the operation that made it of earlier nodes and numbers, and the line where.

    ``told`` is what an :data:`OTHER` function is called. ``line`` and ``column`` begin with 1;
    0 is none of the file's.
    """

    number: int
    op: str
    operands: tuple[Node | int | float, ...]
    parameters: dict[str, Any]
    value: Array
    line: int
    told: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """A name that was written: what it holds then, and whether it was added to (``+=``), written
    into (``d[…] =``) or only bound anew. ``node`` is None where there stands a blank.

    ``scope`` is the call of a function that it happened in (0: in none), or, below zero, the object
    of which it is an attribute; ``owner`` is that object, and that of a call of a method. ``place``
    is the number of the item of a list that was written.
    """

    name: str
    line: int
    node: Node | None
    how: str = "="
    scope: int = 0
    place: int | None = None
    owner: int = 0


@dataclass(slots=True)
class Recording:
    """A run: its nodes and writes in their order, and what has stopped it, if anything has.

    ``stopped`` is the line (0: none of the file's) and a sentence, ``column`` the column there;
    ``refused``: it was not the code that failed, but the recording that could not follow.
    ``trained`` is the line of a loop that was left after its first turn, for it trains (0: none).
    """

    nodes: list[Node] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    stopped: tuple[int, str] | None = None
    refused: bool = False
    trained: int = 0
    column: int = 0
