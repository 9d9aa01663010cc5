"""Gradients that are written, and what a recorded run is read as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.engines.staged.nodes import STORE, Array, Node
from harness.judging.staged.program import Forward, root


@dataclass(eq=False)
class Event:
    """A write to a name that holds a gradient. ``value`` is what that holds then, None at a blank;
    ``sources`` are the gradients that the line is made of, ``carried`` those that it adds to, and
    ``reworks`` the one that it changes otherwise. ``step`` is the step whose gradient it is;
    ``bound`` the one that the name which it is called after stands for in that place of the code;
    ``idle`` is the number that it is called after where the output is not made of that."""

    name: str
    line: int
    how: str
    node: Node | None
    base: str | None = None
    step: str | None = None
    sources: list[Event] = field(default_factory=list)
    carried: list[Event] = field(default_factory=list)
    reworks: Event | None = None
    used: list[Node] = field(default_factory=list)
    blank: bool = False
    idle: str = ""
    bound: str | None = None
    within: tuple[int, int | None] = (0, None)
    """The call of a function that it happened in, and the place in a list."""
    called: int = 0
    """The line of the name, where ``line`` is that of the function that has returned it."""

    @property
    def value(self) -> Array:
        assert self.node is not None
        return np.asarray(self.node.value, float)

    @property
    def renames(self) -> bool:
        """Whether it only gives another gradient one more name."""
        hits = [hit.node for hit in self.carried if hit.node is not None]
        return self.node is not None and any(root(self.node) is root(hit) for hit in hits)

    @property
    def above(self) -> set[Event]:
        """All gradients that the line is made of, and those that these are."""
        found: set[Event] = set()
        waiting = [self]
        while waiting:
            event = waiting.pop()
            for hit in (
                *event.sources,
                *event.carried,
                *([event.reworks] if event.reworks else ()),
            ):
                if hit not in found:
                    found.add(hit)
                    waiting.append(hit)
        return found

    @property
    def places(self) -> Array | None:
        """Where in an array it has written, counted row by row."""
        if self.node is None or self.node.op != STORE:
            return None
        return np.asarray(self.node.parameters["places"]).ravel()


@dataclass
class Reading:
    """``unheard`` are the names of gradients that hold nothing that can be followed, with their
    lines; ``helpers`` are what else is written between them; ``cut``: from that line on it is the
    next turn of a training loop, which is not judged;
    ``stopped``: the run did not come to its end."""

    forward: Forward
    events: list[Event]
    partials: dict[str, int]
    output: str
    seeded: bool
    cut: int = 0
    unheard: Mapping[str, int] = field(default_factory=dict)
    stopped: bool = False
    locals: list[Event] = field(default_factory=list)
    helpers: list[Event] = field(default_factory=list)
    taken: str = ""
    """The name of what is taken as the gradient of the output, where the code has no loss."""
    ascends: bool = False
    """What is called gradients is added to the inputs, as minus the gradient would be."""
    negated: bool = False
    """It is read as minus the gradient."""
