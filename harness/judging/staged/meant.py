"""What a wrong line may have been meant to bring, and what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

import numpy as np

from harness import languages
from harness.judging.staged.bringing import Line, fitted
from harness.judging.staged.lines import Judging
from harness.judging.staged.program import root
from harness.judging.staged.pulling import Pulled
from harness.vocabulary import local
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

ENGINE = "engine"


class Meant:
    """A guilty line, and the gradients that it should be made of."""

    def __init__(self, judging: Judging, line: Line) -> None:
        self.judging, self.line, self.event = judging, line, line.event
        self.step = str(line.event.step)
        self.program = judging.program
        self.shape = self.program.shapes[self.step]
        self.unit = self._unit()
        self.got = fitted((line.ended or line).brought / self.unit, self.shape)
        self.same = judging.same

    def _unit(self) -> float:
        """What is to be multiplied into what the line should bring, where gradients between are so
        many times what they are."""
        if self.step in self.program.inputs:
            return 1.0
        return 1.0 if self.line.sources else self.judging.scale

    def _readings(self) -> Iterator[tuple[Mapping[str, Array], Pulled]]:
        """What the line may have been meant to bring: sources, and what reaches the step from them,
        the likeliest first: where its own lead nowhere, from those that it should have."""
        sources = self._unscaled((self.line.ended or self.line).sources)
        useful = {n: v for n, v in sources.items() if n in self.judging.graph.below(self.step)}
        if useful:
            for pulled in self.judging.variants(self.step, useful):
                if pulled.terms:
                    yield useful, pulled
        others = self._upstream()
        if useful.keys() != others.keys():
            for pulled in self.judging.variants(self.step, others):
                yield others, pulled
            for name, value in others.items():
                for pulled in self.judging.variants(self.step, {name: value}):
                    if pulled.terms:
                        yield {name: value}, pulled
                    break

    def _unscaled(self, sources: Mapping[str, Array]) -> Mapping[str, Array]:
        """The gradients that a line is made of; where those between are so many times what they
        are, and this one is an input's, what they are."""
        if self.judging.scale == 1.0 or self.step not in self.program.inputs:
            return sources
        return {name: value / self.judging.scale for name, value in sources.items()}

    def _upstream(self) -> dict[str, Array]:
        """The gradients that the author had of steps that are made of this one directly."""
        held: dict[str, Array] = {}
        for other in self.judging.lines:
            if other is self.line:
                break
            step = other.event.step
            if step is not None and step != self.step and other.event.node is not None:
                held[step] = other.event.value
        output = self.program.output
        seed = held.get(output, np.asarray(self.program.seed, float))
        below = self.judging.graph.below(self.step)
        direct = {}
        for name, value in {**held, output: seed}.items():
            blocked = (held.keys() | {output}) - {name}
            if name in below and value.shape == self.program.shapes[name]:
                with suppress(Unanswerable):
                    if self.judging.graph.pull({name: value}, self.step, blocked).terms:
                        direct[name] = value
        return direct

    def _wanted(self, pulled: Pulled, named: set[str]) -> set[str]:
        """The steps and inputs whose values the rule may be taken at."""
        found: set[str] = set()
        waiting = [name for part in pulled.parts for name in (*part.step.parents, part.step.name)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                if name not in named and name in self.program.by_name:
                    waiting += self.program.by_name[name].parents
        return found

    def _used(self) -> set[str]:
        """The steps and inputs whose values stand in the line."""
        labels = self.judging.reading.forward.labels
        inside = set(self.event.used)
        found: set[str] = set()
        waiting = [self.event.node]
        while waiting:
            node = waiting.pop()
            for item in node.operands if node is not None else ():
                if isinstance(item, (int, float)):
                    continue
                if root(item) in labels:
                    found.add(labels[root(item)])
                elif item in inside:
                    inside.remove(item)
                    waiting.append(item)
        return {name for name in found if name in self.judging.graph.values}

    def _with(self, name: str, number: Array, named: set[str]) -> dict[str, Array]:
        """The values, with another of one step, and of the steps without a name made of it."""
        values = {**self.judging.graph.values, name: number}
        changed = {name}
        for step in self.program.steps:
            if changed & set(step.parents) and step.name not in named:
                with suppress(Unanswerable):
                    values[step.name] = local.value(self.program, step, values)
                changed.add(step.name)
        return values

    def _size(self, ratio: float) -> str | None:
        """What is to be said of a factor that is one of the sizes that there are, or its share."""
        sizes = {n for shape in self.program.shapes.values() for n in (*shape, int(np.prod(shape)))}
        for size in sorted(size for size in sizes if size > 2):
            if abs(ratio - size) < 1e-6 * size:
                return languages.told("staged", "size-lost", size=size, factor=size)
            if abs(ratio * size - 1) < 1e-6:
                return languages.told("staged", "divided-twice", size=size)
        return None

    def _named_factor(self, ratio: float) -> str | None:
        """What is to be said of a factor that has a name."""
        below = self.judging.graph.below(self.step)
        for name in sorted({*self.judging.reading.forward.labels.values()} - below):
            value = self.judging.graph.values.get(name)
            if value is not None and value.ndim == 0 and abs(value) not in (0.0, 1.0):
                if abs(ratio * value - 1) < 1e-9:
                    return languages.told("staged", "factor-missing", name=self._told(name))
                if abs(ratio / value - 1) < 1e-9:
                    return languages.told("staged", "factor-there", name=self._told(name))
        return None

    def _stops(self, sources: Mapping[str, Array], pulled: Pulled) -> set[str]:
        """The steps that the pull has not gone through."""
        through = {part.step.name for part in pulled.parts}
        return (self.judging.named | self.judging.placed) - through | sources.keys()

    def _nearest(self, pulled: Pulled) -> str:
        """The operation next to the step."""
        for step, _ in pulled.terms:
            return self.program.by_name[step].op
        return ENGINE

    def _told(self, name: str) -> str:
        return self.judging.reading.forward.say(name)

    def _gradient(self, step: str) -> str:
        """How the author calls the gradient of a step."""
        for line in self.judging.lines:
            if line.event.step == step:
                return line.event.name
        return languages.told("staged", "gradient-of", step=self._told(step))
