"""Each line of a backward pass that was written by hand: right, inherited, guilty, or not written.

A line is asked the local question: given the gradients that it is made of, as its author had them,
what should it add? What a name holds in the end is held against torch.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness import languages
from harness.judging.comparing import quiet
from harness.judging.mistakes import factor
from harness.judging.staged import names
from harness.judging.staged.bringing import (
    BLANK,
    UNPLACED,
    Line,
    fitted,
    is_zero,
)
from harness.judging.staged.ending import Ending
from harness.judging.staged.events import Event
from harness.judging.verdict import AGREES, GUILTY, INHERITED
from harness.judging.wording import factor as ratio_text
from harness.vocabulary.program import Array


class Judging(Ending):
    """All lines of a reading, judged."""

    @quiet
    def judged(self) -> list[Line]:
        """The lines in the order in which they were run."""
        for event in self.reading.events:
            self.lines.append(self._line(event))
        self._finished()
        for event in self.reading.locals:
            self._local(event)
        return self.lines

    def _local(self, event: Event) -> None:
        """Blames a local derivative for the lines that it makes wrong: where both are numbers, or
        one stands for each element."""
        names_ = self.reading.forward.names
        found = names.parts(event.name, names_)
        users = [x for x in self.lines if x.status == GUILTY and event.node in x.event.used]
        if found is None or not users or self._is_many(*found):
            return
        of, by = names_[found[0]][0], names_[found[1]][0]
        right = self._slope(of, by)
        if right is None or event.value.shape != right.shape or self.same(event.value, right):
            return
        sign = self.same(event.value, -right)
        ratio = factor(event.value, right, self.same)
        event.idle = languages.told("staged", "local-by", one=found[0], other=found[1])
        line = Line(event, GUILTY, right, code="wrong-sign" if sign else "wrong-rule")
        line.op = self.program.by_name[of].op
        line.message = languages.told("staged", "local-sign" if sign else "local-wrong")
        if ratio is not None and not sign and right.size > 1:
            line.code = "wrong-scale"
            line.message = languages.told("staged", "local-factor", factor=ratio_text(ratio, 0))
        self.lines.insert(self.lines.index(users[0]), line)
        for user in users:
            user.status = INHERITED

    def _slope(self, of: str, by: str) -> Array | None:
        """The local derivative of one step by another: where the one is a number, or each element
        of it depends on its own element of the other alone; else None."""
        shape, own = self.program.shapes[by], self.program.shapes[of]
        ones = next(self.variants(by, {of: np.ones(own)}), None)
        if ones is None:
            return None
        slope = ones.total(shape)
        if own == ():
            return slope
        if own != shape:
            return None
        waves = np.cos(np.arange(slope.size)).reshape(shape)
        other = next(self.variants(by, {of: waves}), None)
        each = other is not None and self.same(other.total(shape), slope * waves)
        return slope if each else None

    def _is_many(self, *found: str) -> bool:
        """Whether one of the names stood for several steps."""
        return any(len(self.reading.forward.names[name]) > 1 for name in found)

    # -- one line ----------------------------------------------------------------------------------

    def _line(self, event: Event) -> Line:
        line = self.of[event] = Line(event)
        if event.blank:
            line.status = BLANK
            return line
        before = event.reworks
        if before is not None:
            prior = self.of[before]
            line.sources = dict(prior.sources)
            if np.shape(prior.carried) in ((), event.value.shape):
                line.carried = prior.carried
            event.step = before.step  # which may have become another's before
        hits = [*event.sources, *event.carried]
        line.sources |= self._sources(hits)
        if event.step is None and event.base is not None:
            event.step = self._chosen(event, line.sources)
        if self._goes_on(event):
            event.step, before = None, None
            line.sources, line.carried = self._sources([*hits, *filter(None, [event.reworks])]), 0.0
        error = event.step is not None and names.is_error(event.name)
        if error and not self._fits(str(event.step), event.value, line.sources):
            event.step = self._before_activation(event) or event.step
        if event.step is not None and self._is_behind(event):
            event.step = None
            self._place(line)
            named = self.reading.forward.labels.values()
            every = self._placeable(event.value.shape, line.sources)
            event.step = event.step or next((name for name in every if name in named), None)
        if event.base is not None and is_zero(event) and not self._suits(event):
            return line  # somebody else's, such as a function's own name
        if event.step is None:
            self._place(line)
        if event.step is None:
            right = is_zero(event) or (event.idle and not np.any(event.value))
            line.status = AGREES if right else UNPLACED
            if event.idle and not right:
                line.status, line.code, line.op = GUILTY, "wrong-rule", "engine"
                output = self.reading.forward.say(self.program.output)
                line.message = languages.told("staged", "no-path", step=event.idle, output=output)
                line.expected = np.zeros_like(event.value)
            return line
        own = [hit for hit in hits if hit.step == event.step and hit is not before]
        carried = [hit.value for hit in own if hit.value.shape in ((), event.value.shape)]
        if carried:
            line.carried = np.asarray(line.carried + sum(carried))
        line.sources.pop(event.step, None)
        self.placed.add(event.step)
        done = before is not None and self.of[before].matched and not is_zero(before)
        if done and before is not None and self._moved(line, before):
            return line
        self._compared(line)
        if not line.matched and event.how == "+=" and np.any(event.value):
            self._carried_on(line)
        whole = before is not None and self.of[before].sources and event.how != "[]"
        if before is not None and whole and not done and not line.matched:
            self._moved(line, before)
        return line

    def _goes_on(self, event: Event) -> bool:
        """Whether a name goes on from the gradient of the step that it is called after to that of
        another: it is made of that, and has another shape."""
        if event.step is None or event.value.shape == self.program.shapes[event.step]:
            return False
        hits = (*event.sources, *filter(None, [event.reworks]))
        return any(
            hit.name == event.name
            and hit.step is not None
            and hit.value.shape == self.program.shapes[hit.step]
            for hit in hits
        )

    def _is_behind(self, event: Event) -> bool:
        """Whether a line is made of what is the gradient of its own step already, by another name:
        it is that of a step further up."""
        return any(
            hit.step == event.step and hit.name != event.name and self.of[hit].matched
            for hit in event.sources
            if hit in self.of
        )

    def _sources(self, hits: Sequence[Event]) -> dict[str, Array]:
        """The gradients that a line is made of; of those that could not be placed, what they are
        made of."""
        found: dict[str, Array] = {}
        for hit in sorted(hits, key=self.reading.events.index):
            if hit.step is not None:
                found[hit.step] = fitted(hit.value, self.program.shapes[hit.step])
            elif hit in self.of:
                found |= self.of[hit].sources
        return found

    def _compared(self, line: Line) -> None:
        event, step = line.event, str(line.event.step)
        if any(value.shape != self.program.shapes[name] for name, value in line.sources.items()):
            line.matched = line.misshapen = True  # nothing can be said of what is made of those
            return
        if is_zero(event) and not line.sources:
            line.matched = True  # what is to be added to
            return
        if step == self.program.output and not line.sources and self._is_true(step, event.value):
            line.matched = True  # its upstream gradient
            return
        brought = line.brought
        other = any(hit.name != event.name for hit in event.carried)
        if event.carried and not np.any(brought) and (event.how != "+=" or other):
            line.matched = True  # another name, or one added to another
            line.renames = event.how != "+="
            return
        if np.any(line.carried) and not line.sources and event.how != "+=":
            hits = (*event.sources, *event.carried)
            if hits and all(hit.step == step for hit in hits) and event.reworks is None:
                return  # it should be no more than another name
        for number, terms in self.candidates(step, line.sources):
            if self.same(brought, number):
                line.matched, line.terms = True, terms
                line.loose = not line.sources and not self._is_direct(step, brought)
                return
        places = event.places
        if places is not None and line.sources:
            for number, _ in self.candidates(step, line.sources):
                if number.size == brought.size and self.same(
                    brought.ravel()[places], number.ravel()[places]
                ):
                    line.matched = True
                    return

    def _is_direct(self, step: str, brought: Array) -> bool:
        """Whether something reaches a step from the output past all gradients that are there."""
        return any(self.same(brought, number) for number, _ in self.candidates(step, {}, False))

    def _carried_on(self, line: Line) -> None:
        """Finds whether what is added to the gradient of a step makes that of the same step in the
        turn before, of which this one is made: ``dh += dt * da``."""
        event, step = line.event, str(line.event.step)
        own = [hit for hit in event.carried if hit.step == step and hit.name == event.name]
        labels = self._labels(event)
        if not own or step not in labels:
            return
        sources = {**line.sources, step: own[-1].value}
        for label in labels[: labels.index(step)][::-1]:
            if self._fits(label, event.value, sources):
                event.step, line.sources, line.carried = label, sources, 0.0
                line.matched = True
                self.placed.add(label)
                return

    def _moved(self, line: Line, before: Event) -> bool:
        """Whether a gradient that was right already has become that of a step further up, as
        ``dh[h <= 0] = 0`` makes it."""
        event, step = line.event, str(before.step)
        sources = {step: before.value}
        for name in self._placeable(event.value.shape, sources):
            if name != step and self._fits(name, event.value, sources):
                event.step, line.sources, line.carried = name, sources, 0.0
                line.matched = True
                return True
        return False
