"""Whose gradient each line holds: by its name, by its turn in a loop, or by what it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.judging.mistakes import factor
from harness.judging.staged import names
from harness.judging.staged.bringing import (
    Bringing,
    Line,
    fitted,
    is_zero,
)
from harness.judging.staged.events import Event
from harness.vocabulary.program import Array

MOST_PLACES: Final = 8
"""So many steps are looked at to find that of which a wrong gradient may be."""


class Placing(Bringing):
    """Finds the step that each event stands for."""

    # -- whose gradient ----------------------------------------------------------------------------

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.named = self._instances()

    def _instances(self) -> set[str]:
        """The rounds in which a name is written, one for each of several steps that had its step's
        name one after the other; and all steps that some gradient is named after."""
        known: dict[tuple[str, tuple[int, int | None]], list[Event]] = {}
        self.rounds: dict[Event, list[Event]] = {}
        self.before: dict[Event, Event] = {}
        found: set[str] = set()
        for event in self.reading.events:
            if event.base is None:
                continue
            found |= set(self._labels(event))
            key = event.name, event.within
            group = known.get(key)
            if group is None or self._begins(event, group):
                if group is not None:
                    self.before[event] = group[-1]
                group = known[key] = []
            group.append(event)
            self.rounds[event] = group
        return found

    def _begins(self, event: Event, group: Sequence[Event]) -> bool:
        """Whether a line begins another round: it stands for the gradient of another step, which
        is made of the one before."""
        if event.how == "+=" or event.reworks is not None or event.node is None:
            return False
        opening = group[1] if len(group) > 1 and is_zero(group[0]) else group[0]
        if is_zero(opening):
            return False
        if group[-1] in event.carried and len(self._labels(event)) < 2:
            return False
        if len(self._labels(event)) > 1 and self._is_seed(opening):
            return True
        return event.line == opening.line or group[-1] in event.above

    def _is_seed(self, event: Event) -> bool:
        """Whether a line gives the output its upstream gradient."""
        seed = np.asarray(self.program.seed, float)
        own = self.reading.output in self.reading.forward.names.get(str(event.base), ())
        return own and self.same(event.value, seed)

    def _labels(self, event: Event) -> list[str]:
        """The steps that an event may stand for, the first first."""
        labels = list(self.reading.forward.names.get(str(event.base), ()))
        if event.bound is not None:
            labels = [*(label for label in labels if label != event.bound), event.bound]
        shapes = self.program.shapes
        if event.node is None or len(labels) < 2:
            return labels
        return [x for x in labels if shapes[x] == event.value.shape] or labels

    def _chosen(self, event: Event, sources: Mapping[str, Array]) -> str | None:
        """Which of the steps of its name an event stands for: in a round, that of the others; else
        one that all its sources are made of, the nearest first, and one whose gradient it is."""
        if event.bound is not None and event.within[1] is not None:
            return self._item(event, event.bound, sources)
        if event.bound is not None and event.within[0] < 0:
            return event.bound  # of the same object
        group, labels = self.rounds[event], self._labels(event)
        for hit in event.carried if event.how == "+=" else ():
            if hit.name == event.name and hit.step in labels:
                return hit.step
        for other in group:
            if other is not event and other.step is not None:
                return other.step
        if len(labels) < 2 or event.node is None:
            return labels[-1] if labels else None
        if is_zero(event):
            return None  # what is to be added to says nothing
        for hit in event.carried:
            if hit.step in labels and self._is_made_of_all(hit.step, sources):
                return hit.step
        above = [
            label
            for label in reversed(labels)
            if label not in sources and all(name in self.graph.below(label) for name in sources)
        ]
        for label in above if np.any(event.value) else ():
            if self._fits(label, event.value, sources):
                return label
        for other in group[1:]:  # it may be a later one of several lines that says so
            for label in above:
                if other.node is not None and self._is_true(label, other.value):
                    return label
        before = self.before.get(event)
        if before is not None and before.step in labels:
            place = labels.index(before.step)
            above = [
                label
                for label in labels[:place][::-1]
                if all(name in self.graph.below(label) for name in sources)
            ]
        return (above or labels[::-1])[0]

    def _is_made_of_all(self, step: str | None, sources: Mapping[str, Array]) -> bool:
        """Whether all the steps of the sources are made of a step, or that itself."""
        return step is not None and sources.keys() <= {step} | self.graph.below(step)

    def _item(self, event: Event, bound: str, sources: Mapping[str, Array]) -> str:
        """Which item of a list an item of a list of gradients is of: that in the same place, or
        the next, where the list has one more, before all others, and that is what it holds."""
        labels = self.reading.forward.names[str(event.base)]
        if event.node is None or is_zero(event):
            return bound
        for hit in event.carried if event.renames else ():
            if hit.step is not None and hit.step in labels:
                return hit.step
        if bound not in labels or self._fits(bound, event.value, sources):
            return bound
        after = labels[labels.index(bound) + 1 :][:1]
        return next((x for x in after if self._fits(x, event.value, sources)), bound)

    def _suits(self, event: Event) -> bool:
        """Whether zeros have a shape that a gradient of the name may have."""
        shapes = [self.program.shapes[label] for label in self._labels(event)]
        fits = any(fitted(event.value, shape).shape == shape for shape in shapes)
        return not shapes or not event.value.ndim or fits

    # -- gradients of steps without a name ---------------------------------------------------------

    def _place(self, line: Line) -> None:
        """Finds the step whose gradient a line holds, by what it holds: that is no guess."""
        event = line.event
        if is_zero(event) or (event.idle and not line.sources):
            return
        if event.renames:
            event.step = next((hit.step for hit in event.carried if hit.step is not None), None)
            return
        for hit in event.carried:
            if hit.step is not None and hit.value.shape == event.value.shape:
                rest = {name: one for name, one in line.sources.items() if name != hit.step}
                carried = np.asarray(sum(x.value for x in event.carried if x.step == hit.step))
                added_up = len(event.carried) > 1 and self.same(event.value, carried)
                if added_up or (
                    rest and self._fits(hit.step, np.asarray(event.value - carried), rest)
                ):
                    event.step = hit.step
                    return
        every = list(self._placeable(event.value.shape, line.sources))
        taken = self._taken(event)
        own = [name for name in every if name in self.reading.forward.names.get(taken, ())]
        if names.is_of_another_turn(event.name, taken):
            every = own or every
        for name in every:
            if self._fits(name, event.value, line.sources):
                event.step = name
                return
        if event.idle:
            return  # its name says whose gradient it is
        for hit in (*event.carried, *event.sources):
            rest = {name: one for name, one in line.sources.items() if name != hit.step}
            if hit.step is not None and rest and hit.value.shape == event.value.shape:
                for pulled in self.variants(hit.step, rest):
                    whole = np.asarray(pulled.total(event.value.shape) + hit.value)
                    if self._nearly(event.value, whole):
                        event.step = hit.step
                        return
        for name in every:
            if self._nearly_fits(name, event.value, line.sources):
                event.step = name
                return
        for name in every[:MOST_PLACES] if event in self.used else ():
            event.step = name
            if self.is_known_mistake(self, line):
                return
        event.step = next(iter(own), None) or self._before_activation(event)

    def _taken(self, event: Event) -> str:
        """The name of the step to whose gradient a line further down adds this one, if any does."""
        users = (other.base for other in self.reading.events if event in other.carried)
        return next((base for base in users if base is not None), "")

    def _before_activation(self, event: Event) -> str | None:
        """The step that ``l1_delta`` is of by custom: what the activation is taken of."""
        known = self.reading.forward.names
        base = names.meant(event.name, known) if names.is_error(event.name) else None
        base = base or names.activation(event.name, known)
        label = known[base][-1] if base is not None else None
        found = None
        while label is not None and label in self.program.by_name:
            operands = map(str, self.program.by_name[label].operands)
            above = [one for one in operands if one in self.program.reaching]
            if len(above) != 1 or self.program.shapes[above[0]] != self.program.shapes[label]:
                break
            found = label = above[0]
        return found

    def _nearly_fits(self, name: str, value: Array, sources: Mapping[str, Array]) -> bool:
        """Whether a gradient is that of a step but for a factor, or for one that is forgotten."""
        shape = self.program.shapes[name]
        for pulled in self.variants(name, sources):
            if self._nearly(value, pulled.total(shape)):
                return True
        ones = {source: np.ones_like(number) for source, number in sources.items()}
        return any(self.same(value, pulled.total(shape)) for pulled in self.variants(name, ones))

    def _nearly(self, value: Array, right: Array) -> bool:
        """Whether it is right but for a factor, which is simple where there is but one number."""
        ratio = factor(value, right, self.same)
        return ratio is not None and (value.size > 1 or ratio in (-1.0, 2.0, 0.5))

    def _placeable(self, shape: tuple[int, ...], sources: Mapping[str, Array]) -> Iterator[str]:
        """Steps of that shape that the sources are made of, the nearest first."""
        order = [*self.program.inputs, *self.program.by_name]
        for name in reversed(order):
            if name in self.program.reaching and self.program.shapes[name] == shape:
                below = self.graph.below(name)
                if name not in sources and all(source in below for source in sources):
                    yield name

    def _fits(self, name: str, value: Array, sources: Mapping[str, Array]) -> bool:
        if not sources:
            return self._is_true(name, value)
        shape = self.program.shapes[name]
        return any(self.same(value, p.total(shape)) for p in self.variants(name, sources))
