"""What a gradient is in the end: right, or wrong, and for the fault of which line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import combinations

import numpy as np

from harness import languages
from harness.judging.mistakes import factor
from harness.judging.staged.bringing import (
    BLANK,
    MOST_TERMS,
    RTOL,
    Line,
    is_zero,
)
from harness.judging.staged.chains import Chains
from harness.judging.staged.computing import again
from harness.judging.staged.events import Event
from harness.judging.staged.pulling import Edge
from harness.judging.verdict import AGREES, GUILTY, INHERITED
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array


class Ending(Chains):
    """Looks at what each name holds after its last line."""

    # -- what a name holds in the end --------------------------------------------------------------

    def _finished(self) -> None:
        last: dict[str, Line] = {}
        own: dict[str, list[Line]] = {}
        for line in self.lines:
            if line.event.step is not None:
                own.setdefault(line.event.step, []).append(line)
                named = line.event.base is not None or line.event.reworks is not None
                if named or any(hit.base is not None for hit in line.event.carried):
                    last[line.event.step] = line
        for chain in self._chains():
            if chain[-1].matched:
                for line in chain:
                    line.matched = True
        open_ = {
            label
            for line in self.lines
            if line.status == BLANK
            for label in self.reading.forward.names.get(str(line.event.base), ())
        }
        for step, final in last.items():
            lines = own[step]
            if step in open_:
                continue  # what it lacks is still to be written
            value = final.event.value
            if self._is_true(step, value):
                continue
            whole = self._whole(step, lines)
            passed_on = any(
                not self._is_true(name, number)
                for line in lines
                for name, number in line.sources.items()
            )
            if any(line.misshapen for line in lines) or (
                passed_on and any(self.same(value, number) for number in whole)
            ):
                for line in lines:
                    line.status = INHERITED if line.matched else line.status
                continue
            if self.reading.stopped and all(line.matched for line in lines):
                for line in lines:
                    line.status = INHERITED  # the rest may have been still to come
                continue
            if all(line.matched for line in lines) and self._matters(step, last):
                self._incomplete(step, lines, whole)
        for line in self.lines:
            if line.status == AGREES and line.event.step is not None and not line.matched:
                line.status = GUILTY
        for step, final in last.items():
            if final.status != BLANK and self._is_true(step, final.event.value):
                for line in own[step]:
                    if line.status == GUILTY and not line.code:
                        line.status = AGREES
        for line in self.lines:
            guess, inner = line.event.base is None, line.event.step not in self.program.inputs
            wrong = line.status in (GUILTY, INHERITED)
            if wrong and (guess or inner) and self._serves(line, last):
                line.excused = line.status == GUILTY
                line.status = AGREES
        for chain in self._chains():
            self._blamed(chain)
        for line in self.lines:
            if line.status == GUILTY and not line.code and self._added_up(line):
                self._overwrites(line)
        ends = [x for step, x in last.items() if step in self.program.inputs]
        right = all(
            x.event.node is not None and self._is_true(str(x.event.step), x.event.value)
            for x in ends
        )
        if right and not any(line.status in (GUILTY, BLANK) for line in self.lines):
            for line in self.lines:  # there is nothing to inherit
                line.status = AGREES if line.status == INHERITED else line.status

    def _serves(self, line: Line, last: Mapping[str, Line]) -> bool:
        """Whether all that is made of a line is right in the end, and would not be so with the
        gradient that the line is called after, if it is called after one."""
        users = [other for other in self.lines if line.event in other.event.above]
        ends = [
            last.get(str(user.event.step))
            for user in users
            if user.event.base is not None and user.event.step in self.program.inputs
        ]
        if not ends or not all(
            end is not None
            and end.event.node is not None
            and self._is_true(str(end.event.step), end.event.value)
            for end in ends
        ):
            return False
        return line.event.base is None or any(end and self._hangs_on(end, line) for end in ends)

    def _hangs_on(self, end: Line, line: Line) -> bool:
        """Whether the gradient that a line is called after, in its place, would change what is
        there in the end."""
        node, right = line.event.node, self.truth.gradients.get(str(line.event.step))
        if node is None or right is None or end.event.node is None:
            return False
        other = again(end.event.node, {node: right})
        return other is not None and not self.same(other, end.event.value)

    def _matters(self, step: str, last: Mapping[str, Line]) -> bool:
        """Whether what a name lacks is lacking: not where the lines that use it add the rest."""
        users = [line for line in self.lines if step in line.sources]
        ends = [last.get(str(line.event.step), line) for line in users]
        return not ends or not all(
            self._is_true(str(end.event.step), end.event.value)
            for end in ends
            if end.event.node is not None
        )

    def _whole(self, step: str, lines: Sequence[Line]) -> list[Array]:
        """The gradient of a step, given what its author had for those it was made of."""
        sources: dict[str, Array] = {}
        for line in lines:
            sources |= line.sources
        output = {self.program.output: np.asarray(self.program.seed, float)}
        found: list[Array] = []
        shape = self.program.shapes[step]
        below = self.graph.below(step)
        known = {name: value for name, value in sources.items() if name in below}
        try:
            for idle in (set[str](), self.idle - {step}):
                stops = known.keys() | idle
                total = self.graph.pull({**output, **known}, step, stops).total(shape)
                found += [total, *(total * s for s in self._rescaled() if s != 1.0)]
        except Unanswerable:
            pass
        return found

    def _incomplete(self, step: str, lines: list[Line], whole: Sequence[Array]) -> None:
        """Every line is right in itself, and their sum is not: a term was replaced, was not there
        yet, or never arrives."""
        loose = next((line for line in lines if line.loose), None)
        if loose is not None:
            loose.status, loose.matched = GUILTY, False
            return
        for line in lines:
            if self._added_up(line):
                line.status = GUILTY
                self._overwrites(line)
                return
        final = self._first_of(lines[-1])
        blamed, code, message = final, "missing-term", ""
        overwriting = self._overwriting(step, lines)
        lines = [line for line in lines if not line.renames] or lines
        for before, line in overwriting:
            earlier = before.event
            blamed, code = line, "overwrite"
            message = languages.told("staged", "overwritten", line=earlier.line, name=earlier.name)
            break
        else:
            early = None if self._gone(step, lines) else self._early(lines)
            if early is not None:
                blamed, late = early
                message = languages.told("staged", "too-early", name=late.name, line=late.line)
        ratio = factor(lines[-1].event.value, self.truth.gradients[step], self.same)
        if self.scale != 1.0 and ratio is not None and abs(ratio / self.scale - 1) < RTOL:
            blamed = lines[-1]
            code = "wrong-scale"
            message = languages.told(
                "staged", "size-lost", size=f"{self.scale:g}", factor=f"{ratio:g}"
            )
        if code == "missing-term" and not message:
            if (twice := self._written_once(lines)) is not None:
                blamed, code = twice, "overwrite"
                message = languages.told("staged", "same-place")
            odd = None if message else self._odd(step, lines)
            if odd is not None:
                odd.status, odd.matched = GUILTY, False
                return
        if code == "missing-term" and not message:
            blamed = self._twice(step, lines) or blamed
            lost = languages.told("staged", "and").join(self._lost(step, lines))
            where = lost or languages.told("staged", "another-use")
            message = languages.told("staged", "nothing-through", where=where)
        blamed.status, blamed.code, blamed.message = GUILTY, code, message
        blamed.op = "engine"
        blamed.expected = whole[0] if whole else self.truth.gradients[step]

    def _first_of(self, line: Line) -> Line:
        """The line that begins what others have changed, or handed on, after it."""
        for hit in line.event.carried if line.renames else ():
            if hit.name == line.event.name and hit.step == line.event.step:
                return self._first_of(self.of[hit])
        while (before := line.event.reworks) is not None:
            if before.step != line.event.step or is_zero(before):
                break
            line = self.of[before]
        return line

    def _overwriting(self, step: str, lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
        """A line and the next of the same name that does not add to it."""
        own: dict[tuple[str, object], Line] = {}
        for line in lines:
            event = line.event
            before = own.get((event.name, event.within))
            own[event.name, event.within] = line
            if before is None or is_zero(before.event) or event.how != "=":
                continue
            if event.renames and before.event in self.used:
                continue  # another name for each turn's own
            hits = {
                hit for hit in event.above if (hit.name, hit.within) == (event.name, event.within)
            }
            if not hits and event.reworks is None:
                yield before, line

    def _written_once(self, lines: Sequence[Line]) -> Line | None:
        """A line that adds to places of an array, and to one of them several times: numpy adds
        once."""
        for line in lines:
            places = line.event.places
            if places is not None and np.unique(places).size < places.size:
                return line
        return None

    def _odd(self, step: str, lines: Sequence[Line]) -> Line | None:
        """A line that brings another term than that from the gradients it is made of, where all
        would be right with that."""
        final = lines[-1].event.value
        for line in lines:
            if line.event.reworks is not None:
                continue
            pulled = next(self.variants(step, line.sources), None) if line.sources else None
            if pulled is None or not line.sources.keys() <= pulled.upstreams.keys():
                continue
            direct = pulled.total(self.program.shapes[step])
            if direct.shape != line.brought.shape or self.same(line.brought, direct):
                continue
            if self._is_true(step, np.asarray(final - line.brought + direct)):
                return line
        return None

    def _early(self, lines: Sequence[Line]) -> tuple[Line, Event] | None:
        """A line that uses a gradient before that is complete, and the line that completes it."""
        for line in lines:
            position = self.reading.events.index(line.event)
            for hit in (*line.event.sources, *line.event.carried):
                for later in self.reading.events[position + 1 :]:
                    adds = hit in later.carried or later.reworks is hit
                    if (
                        adds
                        and later.step == hit.step != line.event.step
                        and (not self.of[later].renames)
                    ):
                        return line, later
        return None

    def _twice(self, step: str, lines: Sequence[Line]) -> Line | None:
        """One of two lines that bring the same term: the one in whose place the term that is
        missing stands in the order of the uses, from the last to the first."""
        number = self.program.numbers
        brought = {edge for line in lines for edge in line.terms}
        missing = [edge for edge in self._terms(step) if edge not in brought]

        def rank(edges: Sequence[Edge]) -> tuple[int, int]:
            return min((-number[name], place) for name, place in edges)

        there: set[Edge] = set()
        for line in lines:
            if len(line.terms) > 1 and there & set(line.terms):
                return line
            there |= set(line.terms)
        for line in lines if missing else ():
            others = (set(other.terms) for other in lines if other is not line)
            if line.terms and any(other & set(line.terms) for other in others):
                own = [missing if other is line else other.terms for other in lines if other.terms]
                if (ranks := list(map(rank, own))) == sorted(ranks):
                    return line
        return None

    def _terms(self, step: str) -> Mapping[Edge, Array]:
        """All that should arrive at a step from the gradients that its author has."""
        sources: dict[str, Array] = {}
        for line in self.lines:
            if line.event.step in self.named - {step} and line.event.node is not None:
                sources[str(line.event.step)] = line.event.value
        output = {self.program.output: np.asarray(self.program.seed, float)}
        with suppress(Unanswerable):
            stops = self.named | sources.keys()
            return self.graph.pull({**output, **sources}, step, stops).terms
        return {}

    def _gone(self, step: str, lines: Sequence[Line]) -> Sequence[Edge]:
        """The uses without whose terms a gradient is just what it is in the end."""
        terms, shape = self._terms(step), self.program.shapes[step]
        for size in range(1, min(len(terms), MOST_TERMS) + 1):
            for gone in combinations(terms, size):
                rest = [terms[edge] for edge in terms if edge not in gone]
                if self.same(lines[-1].event.value, np.asarray(sum(rest, np.zeros(shape)))):
                    return gone
        return ()

    def _lost(self, step: str, lines: Sequence[Line]) -> tuple[str, ...]:
        """The steps through which nothing arrives."""
        brought = {edge for line in lines for edge in line.terms}
        rest = [edge for edge in self._terms(step) if edge not in brought]
        return tuple(dict.fromkeys(self._told(name) for name, _ in self._gone(step, lines) or rest))

    def _told(self, name: str) -> str:
        return self.reading.forward.say(name)
