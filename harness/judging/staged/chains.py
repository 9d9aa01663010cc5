"""Lines that change one gradient after another: which of them has made it wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from harness import languages
from harness.engines.staged.nodes import Node
from harness.judging.mistakes import factor
from harness.judging.staged.bringing import (
    RTOL,
    Line,
)
from harness.judging.staged.computing import again
from harness.judging.staged.events import Event
from harness.judging.staged.placing import Placing
from harness.judging.staged.program import root
from harness.judging.staged.replaying import experiments
from harness.judging.verdict import AGREES, GUILTY
from harness.judging.wording import factor as factor_text
from harness.vocabulary.program import Array

MOST_DIGITS: Final = 5
"""A factor of a plain number says something where it is that simple."""


class Chains(Placing):
    """Finds the wrong line of several."""

    def _chains(self) -> list[list[Line]]:
        """Lines that change one gradient after another, together."""
        found: dict[Event, list[Line]] = {}
        for line in self.lines:
            before = line.event.reworks
            if (
                before is not None
                and before in found
                and self.of[before].event.step == line.event.step
            ):
                chain = found[before]
                chain.append(line)
                found[line.event] = chain
            else:
                found[line.event] = [line]
        return list({id(chain): chain for chain in found.values() if len(chain) > 1}.values())

    def _blamed(self, chain: list[Line]) -> None:
        """Of a chain of lines that is wrong in the end, only the one that has made it so."""
        last = chain[-1]
        if last.status != GUILTY or last.code:
            return
        for line in chain:
            if line.status == GUILTY and self._added_up(line):
                self._overwrites(line)
                for other in chain:
                    other.status = GUILTY if other is line else AGREES
                return
        wrong = self._wrong_one(chain)
        for line in chain:
            line.status = GUILTY if line is wrong else AGREES
        wrong.ended = last

    def _overwrites(self, line: Line) -> None:
        line.code, line.op = "overwrite", "engine"
        line.message = languages.told("staged", "overwritten-turn")
        line.expected = np.asarray(self.truth.gradients[str(line.event.step)])

    def _wrong_one(self, chain: list[Line]) -> Line:
        """The line of a chain that an experiment shows to be wrong; or else the one that has
        written where it is wrong, or has changed what was right but for a factor; or the first."""
        last = chain[-1]
        step = str(last.event.step)
        alone = all(line in chain for line in self.lines if line.event.step == step)
        rights = [
            number
            for number in (self._totals(step, last) if alone else self._numbers(step, last))
            if number.shape == last.event.value.shape and np.any(number)
        ]
        states = [line.event.node for line in chain if line.event.node is not None]
        for number, change, found in experiments(states):
            for right in rights:
                if self.same(found - last.carried, right):
                    line = chain[number]
                    line.code, line.message = change.code, change.message()
                    line.expected = np.asarray(right + last.carried)
                    return line
        for right in rights:
            ratio = self._ratio_of_first(states, np.asarray(right + last.carried))
            told = "" if ratio is None else factor_text(ratio, 0)
            if ratio is not None and (right.size > 1 or len(told) < MOST_DIGITS):
                chain[0].code = "wrong-scale"
                chain[0].message = languages.told("staged", "factor", factor=told)
                chain[0].expected = np.asarray(chain[0].event.value / ratio)
                return chain[0]
        for right in rights:
            off = ~np.isclose(last.brought, right, RTOL, self.atol, equal_nan=True).ravel()
            for line in chain:
                places = line.event.places
                if places is not None and not off[np.setdiff1d(np.arange(off.size), places)].any():
                    return line
        for before, line in pairwise(chain):
            if any(factor(before.event.value, right, self.same) is not None for right in rights):
                return line
        scaled = any(factor(last.brought, right, self.same) is not None for right in rights)
        own = [line for line in chain if not self._copies(line)] or chain
        first = next((line for line in own if not line.matched), own[0])
        return last if scaled else first

    def _ratio_of_first(self, states: Sequence[Node], right: Array) -> float | None:
        """By what the first of several changes of a gradient is off, if it is that alone."""
        first, last = states[0], states[-1]
        rest = again(last, {first: np.zeros_like(first.value, float)})
        if rest is None or rest.shape != right.shape:
            return None
        return factor(np.asarray(last.value - rest), np.asarray(right - rest), self.same)

    def _totals(self, step: str, line: Line) -> Iterator[Array]:
        """The whole gradient of a step, given what a line is made of."""
        for pulled in self.variants(step, line.sources):
            for scale in self._rescaled():
                yield pulled.total(self.program.shapes[step]) * scale

    def _numbers(self, step: str, line: Line) -> Iterator[Array]:
        """That, and every part of it that a line may bring."""
        for number, _ in self.candidates(step, line.sources):
            yield number

    def _copies(self, line: Line) -> bool:
        """Whether a line is no more than a copy of another gradient."""
        node = line.event.node
        hits = (*line.event.sources, *line.event.carried)
        return node is not None and any(
            hit.node is not None and root(hit.node) is root(node) for hit in hits
        )

    def _added_up(self, line: Line) -> bool:
        """Whether all would be right if the line, which is run several times, had added what it
        writes instead."""
        event = line.event
        if event.renames and event in self.used:
            return False
        own = [e for e in self.reading.events if e.line == event.line and e.name == event.name]
        own = [e for e in own if e.within == event.within and e.step == event.step]
        if (
            len(own) < 2
            or event.how == "+="
            or any(e.value.shape != event.value.shape for e in own)
        ):
            return False
        total = np.zeros(event.value.size)
        for other in own:
            places, node = other.places, other.node
            if places is None or node is None:
                total += other.value.ravel()
            else:
                given = node.operands[1]
                number = given.value if isinstance(given, Node) else np.asarray(given)
                shape = np.shape(node.parameters["places"])
                np.add.at(total, places, np.broadcast_to(number, shape).ravel())
        right = np.asarray(self.truth.gradients[str(event.step)])
        return any(self.same(total.reshape(event.value.shape), right * s) for s in self._rescaled())
