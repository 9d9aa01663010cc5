"""What a line may rightly bring to a gradient, given the gradients that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from harness.engines.trace import Trace
from harness.judging.comparing import largest
from harness.judging.staged.events import Event, Reading
from harness.judging.staged.pulling import Edge, Graph, Pulled, Slope
from harness.judging.verdict import AGREES
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

BLANK, UNPLACED = "blank", "unplaced"
"""A line that is not written yet, or made of such a one; and one whose step is not known."""

RTOL, ATOL = 1e-7, 1e-10
"""How far lines may be off that compute the same in another order; ``ATOL`` is times the largest
magnitude."""


MOST_TERMS: Final = 6
"""Up to so many terms of a gradient, a line may bring any number of them."""


@dataclass
class Line:
    """An event judged. ``expected`` is what its name should hold after it, given what its author
    had; ``matched`` whether what it brings is right in itself."""

    event: Event
    status: str = AGREES
    expected: Array | None = None
    matched: bool = False
    sources: dict[str, Array] = field(default_factory=dict)
    carried: Array | float = 0.0
    code: str = ""
    op: str = ""
    message: str = ""
    terms: tuple[Edge, ...] = ()
    ended: Line | None = None
    """The last of several lines that change a gradient together, where this is one of them."""
    misshapen: bool = False
    """It is made of a gradient that has not the shape of its value."""
    excused: bool = False
    """It is not what its name says; but all that is made of it is right in the end."""
    loose: bool = False
    """It is right only if it goes once more where gradients have been written, and is made of none
    of those."""
    renames: bool = False
    """It only gives what is there already another name."""

    @property
    def brought(self) -> Array:
        """What the line adds to what was there."""
        return np.asarray(self.event.value - self.carried)


class Bringing:
    """The lines of a reading beside the ``truth``. ``scale``: gradients of steps between may
    be so many times what they are, where those of the inputs are not."""

    def __init__(
        self,
        reading: Reading,
        truth: Trace,
        is_known_mistake: Callable[[Any, Line], bool],
        scale: float = 1.0,
        slopes: Mapping[Edge, Slope] = MappingProxyType({}),
    ) -> None:
        self.is_known_mistake = is_known_mistake
        self.reading, self.truth, self.scale = reading, truth, scale
        self.program = reading.forward.program
        values = {**truth.values, **{k: np.asarray(v) for k, v in self.program.inputs.items()}}
        self.graph = Graph(self.program, values, slopes=slopes)
        self.atol = ATOL * largest(truth.gradients)
        zeros = (n for n, g in truth.gradients.items() if self.same(g, np.zeros_like(g)))
        self.idle = {name for name in zeros if name in self.program.by_name}
        self.lines: list[Line] = []
        self.of: dict[Event, Line] = {}
        self.named: set[str] = set()
        self.placed: set[str] = set()
        self.used = {
            hit
            for event in reading.events
            for hit in (*event.sources, *event.carried, event.reworks)
        }

    def same(self, got: Array, right: Array) -> bool:
        """Whether two gradients are the same, but for the order of computing them."""
        got, right = np.asarray(got), np.asarray(right)
        got = fitted(got, right.shape)
        return got.shape == right.shape and bool(
            np.isclose(got, right, RTOL, self.atol, equal_nan=True).all()
        )

    def _is_true(self, label: str, value: Array) -> bool:
        right = self.truth.gradients.get(label)
        return right is not None and any(self.same(value, right * s) for s in self._scales(label))

    def _scales(self, label: str) -> tuple[float, ...]:
        """By what the gradient of a step may be multiplied: that of an input by nothing, but where
        the line that writes it passes on the gradients of steps as well."""
        if self.scale == 1.0 or (label in self.program.inputs and not self._passes_on(label)):
            return (1.0,)
        return 1.0, self.scale

    def _passes_on(self, label: str) -> bool:
        own = {
            line.event.line
            for line in self.lines
            if line.event.step == label and not line.event.renames
        }
        return any(
            line.event.line in own and line.event.step in self.program.by_name
            for line in self.lines
        )

    def candidates(
        self, step: str, sources: Mapping[str, Array], through: bool = True
    ) -> Iterator[tuple[Array, tuple[Edge, ...]]]:
        """What a line may rightly bring: all that reaches the step from its sources, or some of the
        terms; and which."""
        shape = self.program.shapes[step]
        for pulled in self.variants(step, sources, through):
            for scale in self._rescaled():
                yield pulled.total(shape) * scale, tuple(pulled.terms)
            count = len(pulled.terms)
            for size in range(1, count if count <= MOST_TERMS else 2):
                for some in combinations(pulled.terms, size):
                    total = np.asarray(sum(pulled.terms[edge] for edge in some))
                    for scale in self._rescaled():
                        yield total * scale, some

    def _rescaled(self) -> tuple[float, ...]:
        return tuple(dict.fromkeys((1.0, self.scale, 1 / self.scale)))

    def variants(
        self, step: str, sources: Mapping[str, Array], through: bool = True
    ) -> Iterator[Pulled]:
        """What reaches a step from the sources: past the steps that have a gradient of their own
        or, where that is asked, ``through`` them; and with what reaches it from the output itself
        or without."""
        output = {self.program.output: np.asarray(self.program.seed, float)}
        every, placed = self.named - {step}, self.placed - {step}
        below = self.graph.below(step)
        known = {name: value for name, value in sources.items() if name in below}
        whole = known if self.program.output in known else {**known, **output}
        asked: set[tuple[bool, frozenset[str]]] = set()
        idle = self.idle - {step}
        more = (every | idle, placed | idle) if idle & below else ()
        for blocked in (every, placed, *((set[str](),) if through else ()), *more):
            for chosen in (known, whole) if known else (whole,):
                stops = frozenset((blocked | chosen.keys()) & below)
                if (chosen is whole, stops) not in asked:
                    asked.add((chosen is whole, stops))
                    with suppress(Unanswerable):
                        pulled = self.graph.pull(chosen, step, stops)
                        if pulled.terms:
                            yield pulled


def fitted(array: Array, shape: tuple[int, ...]) -> Array:
    """An array in a shape that it has but for axes of length 1 before all others."""
    own = array.shape
    while own[:1] == (1,):
        own = own[1:]
    wanted = shape
    while wanted[:1] == (1,):
        wanted = wanted[1:]
    return array.reshape(shape) if own == wanted else array


def is_zero(event: Event) -> bool:
    """Whether a line only puts zeros there, to be added to."""
    return event.node is not None and not event.sources and not np.any(event.node.value)
