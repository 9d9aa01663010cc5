"""Gradients carried back from some steps to one, past what lies between: one gate to a reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.judging.mistakes import Contribution
from harness.vocabulary.local import Local
from harness.vocabulary.program import Array, Program, Step

Edge = tuple[str, int]
"""A use: the step that uses, and the position of the operand."""


Slope = tuple[Array, Array]
"""Where another subgradient than torch's was chosen, and which."""


class TooMuch(Exception):
    """An explanation would take too long."""


@dataclass(frozen=True)
class Pulled:
    """What arrives at a step: a term for each use of it, and all contributions on the way."""

    terms: Mapping[Edge, Array]
    parts: tuple[Contribution, ...]
    upstreams: Mapping[str, Array]

    def total(self, shape: tuple[int, ...]) -> Array:
        """The sum of the terms."""
        return np.asarray(sum(self.terms.values(), np.zeros(shape)))


@dataclass
class Graph:
    """A program with its values, asked for the gradients between any of its steps."""

    program: Program
    values: Mapping[str, Array]
    _below: dict[str, frozenset[str]] = field(default_factory=dict)
    left: float = float("inf")
    """So many contributions may still be worked out."""
    slopes: Mapping[Edge, Slope] = field(default_factory=dict)
    """What was chosen at kinks, by the use."""

    def below(self, name: str) -> frozenset[str]:
        """The steps that are made of ``name``."""
        if name not in self._below:
            found = {name}
            for step in self.program.steps:
                if step.name in self.program.differentiable and found & set(step.parents):
                    found.add(step.name)
            self._below[name] = frozenset(found)
        return self._below[name]

    def pull(
        self,
        sources: Mapping[str, Array],
        target: str,
        blocked: Collection[str] = (),
        instead: Mapping[Edge, Array] | None = None,
        values: Mapping[str, Array] | None = None,
    ) -> Pulled:
        """What reaches ``target`` from gradients that the ``sources`` have, on paths that pass
        neither another source nor a step that is ``blocked``. ``instead`` of a contribution on the
        way there may be another; ``values`` may differ from the right ones."""
        below = self.below(target)
        held = {name: np.asarray(value, float) for name, value in sources.items() if name in below}
        arrived = dict(held)
        terms: dict[Edge, Array] = {}
        parts = []
        for step in reversed(self.program.steps):
            upstream = arrived.get(step.name)
            if upstream is None or step.name == target or not below & set(step.parents):
                continue
            self.left -= 1
            if self.left < 0:
                raise TooMuch
            local = Local(self.program, step, values or self.values, upstream)
            for position, operand in enumerate(step.operands):
                if operand not in below:
                    continue
                number = (instead or {}).get((step.name, position))
                if number is None:
                    number = self.contribution(local, position, upstream)
                name = str(operand)
                if name == target:
                    terms[step.name, position] = number
                elif name in held or name in blocked:
                    continue
                else:
                    arrived[name] = arrived[name] + number if name in arrived else number
                parts.append(Contribution(step, position, number))
        return Pulled(terms, tuple(parts), arrived)

    def contribution(self, local: Local, position: int, upstream: Array) -> Array:
        """What a step gives to an operand, with what was chosen at its kinks."""
        number = np.asarray(local.contribution(position), float)
        chosen = self.slopes.get((local.step.name, position))
        if chosen is None:
            return number
        there, slope = chosen
        arrived = stretched(upstream, local.step, number.shape)
        return number if arrived is None else np.where(there, slope * arrived, number)


def stretched(upstream: Array, step: Step, shape: tuple[int, ...]) -> Array | None:
    """An upstream gradient in the shape of an operand; None where it has no such one."""
    axis = step.arguments.get("axis") if step.operation.reduces else None
    if axis is not None and upstream.ndim < len(shape):
        upstream = np.expand_dims(upstream, axis)
    try:
        return np.broadcast_to(upstream, shape)
    except ValueError:
        return None
