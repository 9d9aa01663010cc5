"""The verdict on a backward pass that was written by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness import languages
from harness.engines.staged.nodes import Recording
from harness.engines.trace import Trace
from harness.judging.mistakes import factor
from harness.judging.oracle import anew
from harness.judging.staged.bringing import BLANK, UNPLACED, Line, fitted
from harness.judging.staged.by_use import by_use
from harness.judging.staged.choosing import again, judged
from harness.judging.staged.events import Event, Reading
from harness.judging.staged.lines import Judging
from harness.judging.staged.mistakes import elsewhere, explain, is_known, not_known
from harness.judging.staged.reading import NOTHING, read
from harness.judging.verdict import AGREES, GUILTY, INHERITED
from harness.language.case import Case
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array, Program

MOST_EXPLAINED = 12
"""So many guilty lines are looked into."""


@dataclass
class ByHand:
    """A file's verdict. ``scale``: by what the gradients between are more than they are, where the
    lines of the inputs make up for it. ``stopped``: where and why the file did not run to its end.
    """

    file: str
    reading: Reading
    truth: Trace
    lines: list[Line]
    scale: float
    stopped: tuple[int, str] | None
    text: str = ""
    choices: list[Event] = field(default_factory=list)
    """Where another subgradient than torch's was taken, as right."""

    @property
    def wrong(self) -> list[Line]:
        """The guilty lines, each once, in the order in which they were run: of several turns the
        first in which there is more than zeros."""
        found: dict[int, Line] = {}
        for line in self.lines:
            if line.status == GUILTY:
                known = found.setdefault(line.event.line, line)
                if not np.any(known.event.value) and np.any(line.event.value):
                    found[line.event.line] = line
        return list(found.values())

    @property
    def by_line(self) -> Mapping[int, list[Line]]:
        """The lines of the file, each with what it has written."""
        found: dict[int, list[Line]] = {}
        for line in self.lines:
            seed = self.reading.seeded and line.event.step == self.reading.output
            if (
                (line.event.step is not None and not seed)
                or line.status == BLANK
                or line.event.idle
            ):
                found.setdefault(line.event.line, []).append(line)
        return dict(sorted(found.items()))

    @property
    def right(self) -> int:
        """How many lines of the file are right."""
        return self.count(carried=False)

    def count(self, carried: bool) -> int:
        """The same; with ``carried`` also those that are right about what they were given."""
        good = {AGREES, INHERITED} if carried else {AGREES}
        return sum(all(one.status in good for one in lines) for lines in self.by_line.values())

    def share(self, marking: str, asked: Collection[str] = ()) -> float:
        """What of its points it has earned: by its lines, or with ``inputs`` by the inputs whose
        gradients are right in the end. Where the gradients of some inputs are ``asked``, lines that
        are not there count, and so does the one that it has stopped in."""
        if marking == "inputs":
            every = [name for name in self.truth.gradients if name in self.program.inputs]
            return sum(map(self._is_right, every)) / len(every) if every else 0.0
        most = len(self.by_line) + len(self.reading.unheard)
        if asked:
            most += len(self.absent(asked)) + (self.stopped is not None)
        return self.count(marking == "carried-forward") / most if most else 0.0

    def absent(self, asked: Collection[str]) -> set[str]:
        """What of the gradients that are ``asked``, and of those of the code's own steps on the way
        to them, is written nowhere. Where an input's gradient is right, nothing is absent."""
        every = set(asked) & self.truth.gradients.keys() & self.program.inputs.keys()
        above = {name for name in every if not self._is_right(name)}
        for step in self.program.steps:
            above |= {step.name} if above & set(step.parents) else set()
        named = {stage.name for stage in self.program.stages} - {self.program.output}
        return (above & (every | named)) - {line.event.step for line in self.lines}

    @property
    def program(self) -> Program:
        return self.reading.forward.program

    def _is_right(self, name: str) -> bool:
        """Whether the gradient of an input is right after its last line."""
        own = [line for line in self.lines if line.event.step == name]
        right = self.truth.gradients[name]
        if not own or own[-1].event.node is None or own[-1].status != AGREES:
            return False
        value = fitted(own[-1].event.value, right.shape)
        return value.shape == right.shape and np.allclose(value, right, 1e-6, 1e-9, equal_nan=True)

    def trace_of(self, case: Case, truth: Trace) -> Trace:
        """What the file says of a case, as an engine's answer: the gradients of the steps that it
        has the names of, and those of the ``truth`` elsewhere."""
        own: dict[str, Array] = {}
        for line in self.lines:
            step = line.event.step
            if step is not None and step in truth.gradients and line.event.node is not None:
                value = fitted(line.event.value, truth.gradients[step].shape)
                own[step] = value / self.scale_of(line)
        return Trace(truth.values, {**truth.gradients, **own})

    def scale_of(self, line: Line) -> float:
        """What the gradient that a line holds is multiplied by, where that is meant."""
        right = self.truth.gradients.get(str(line.event.step))
        if self.scale == 1.0 or right is None or line.event.value.shape != right.shape:
            return 1.0
        meant = np.allclose(line.event.value, right * self.scale, 1e-6, 1e-9)
        return self.scale if meant else 1.0

    @property
    def unplaced(self) -> Mapping[str, int]:
        """The names of gradients that could not be placed, and that something wrong is made of,
        each with its first line."""
        suspects = {hit for line in self.lines if line.status == GUILTY for hit in line.event.above}
        found: dict[str, int] = {}
        for line in self.lines:
            if line.status == UNPLACED and line.event in suspects:
                found.setdefault(line.event.name, line.event.line)
        return found

    @property
    def blanks(self) -> int:
        """How many lines are not written yet, or made of such."""
        return sum(any(one.status == BLANK for one in lines) for lines in self.by_line.values())


def judge(
    file: str, text: str, recording: Recording, given: Mapping[str, str], truth: Any = None
) -> ByHand:
    """The verdict on a recorded run, in the reading that leaves the fewest lines wrong: what is
    called the gradient of the output may be a share of it only, such as 1/n; raises
    :class:`CaseError` where it cannot be read."""
    found = _judged(file, text, recording, given, truth)
    if found.wrong and found.reading.ascends:
        other = _judged(file, text, recording, given, truth, negated=True)
        found = min(found, other, key=lambda verdict: len(verdict.wrong))
    share = found.wrong[0].event if found.wrong else None
    if share is not None and share.step == found.reading.output and not share.sources:
        other = _judged(file, text, recording, {**given, share.name: NOTHING}, truth)
        found = min(found, other, key=lambda verdict: len(verdict.wrong))
    return found


def _judged(
    file: str,
    text: str,
    recording: Recording,
    given: Mapping[str, str],
    truth: Any,
    negated: bool = False,
) -> ByHand:
    reading = read(file, text, recording, given, negated)
    program = reading.forward.program
    found = (truth or anew())(Case(Path(file), "", program))
    judging, choices = judged(reading, found, is_known)
    if more := by_use(judging):
        return _judged(file, text, recording, {**given, **more}, truth, negated)
    found, lines, slopes = judging.truth, judging.lines, judging.graph.slopes
    scale = 1.0
    if any(line.status == GUILTY or line.excused for line in lines):
        scale = _scale(judging)
        if scale != 1.0:
            other = Judging(again(reading), found, is_known, scale, slopes)
            others = other.judged()
            if _is_better(other, judging):
                judging, lines = other, others
            else:
                scale = 1.0
                judging = Judging(again(reading), found, is_known, slopes=slopes)
                lines = judging.judged()
    verdict = ByHand(file, reading, found, lines, scale, recording.stopped, text)
    verdict.choices = choices
    for line in verdict.wrong[:MOST_EXPLAINED]:
        if not line.code:
            explain(judging, line)
        if line.message == not_known() or line.event.reworks is not None:
            _blame_what_it_uses(judging, line)
        if line.event.called != line.event.line and _is_the_calls(verdict, line):
            line.event.line = line.event.called
    return verdict


def _is_the_calls(verdict: ByHand, line: Line) -> bool:
    """Whether the fault of what a function has returned lies where that was called: it forgets what
    the function is not given, or other calls of it are right."""
    others = (other for other in verdict.lines if other.event.line == line.event.line)
    return (line.code == "missing-upstream" and not line.event.sources) or any(
        other.status == AGREES and other.event.node is not None and np.any(other.event.value)
        for other in others
    )


def _blame_what_it_uses(judging: Judging, line: Line) -> None:
    """Blames another line, such as that of a mask, for a line that is wrong because of it."""
    mend = elsewhere(judging, line)
    if mend is None:
        return
    place = mend.node.line
    at = next((x for x in judging.lines if x.event.line == place), None)
    helper = next((x for x in judging.reading.helpers if x.line == place), None)
    if at is None and helper is not None:
        helper.idle = helper.name
        at = Line(helper)
        judging.lines.insert(judging.lines.index(line), at)
    if at is None or at.matched:
        return
    for other in judging.lines:
        if other.event.line == line.event.line and other.status == GUILTY:
            other.status = INHERITED
    at.status, at.code, at.message, at.op = GUILTY, mend.code, mend.message, line.op
    at.expected = None


def contradiction(verdict: ByHand, case: Case, truth: Trace) -> str | None:
    """Why a file is not the hand-written pass of a case: it computes something else, or at other
    numbers; None where it is."""
    own = verdict.truth.values
    program = verdict.reading.forward.program
    for name, value in case.program.inputs.items():
        if name in program.inputs and not np.array_equal(program.inputs[name], value):
            return languages.told("staged", "not-of-case", name=name, case=case.id)
    got, right = own[program.output], truth.values[case.program.output]
    if got.shape != right.shape or not np.allclose(got, right, 1e-9, 1e-12, equal_nan=True):
        return languages.told("staged", "other-forward", case=case.id)
    return None


def _scale(judging: Judging) -> float:
    """By what the gradient of a step between, or a term of an input's, is more than it is, where it
    is only that: a number of examples, which the lines of the inputs divide by."""
    shapes = judging.program.shapes.values()
    sizes = {size for shape in shapes for size in (*shape, int(np.prod(shape)))}
    for line in judging.lines:
        guilty = line.status == GUILTY and not line.code
        if not (guilty or line.excused) or line.event.step is None:
            continue
        for right in _rights(judging, line):
            ratio = factor(line.brought, right, judging.same)
            for size in sizes - {1}:
                if ratio is not None and abs(abs(ratio) - size) < 1e-9 * size:
                    return float(size)
    return 1.0


def _rights(judging: Judging, line: Line) -> Iterator[Array]:
    """What a line should have brought: of an input, terms alone, for its last line divides."""
    step = str(line.event.step)
    if step not in judging.program.inputs:
        yield judging.truth.gradients[step]
    elif any(other.event.step == step for other in judging.lines[judging.lines.index(line) + 1 :]):
        with suppress(Unanswerable):
            yield from (number for number, _ in judging.candidates(step, line.sources))


def _is_better(scaled: Judging, plain: Judging) -> bool:
    """Whether some input's gradient shows that the factor was meant: its line is right about what
    it is made of only where that is so many times what it should be."""
    return any(
        line.matched
        and not plain.of[line.event].matched
        and not scaled.same(line.event.value, np.zeros(line.event.value.shape))
        for line in scaled.lines
        if line.event.step in scaled.program.inputs and line.event in plain.of
    )
