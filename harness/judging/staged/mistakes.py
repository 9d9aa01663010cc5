"""What is wrong with a line of a backward pass: named like the mistake of an engine's rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from harness import languages
from harness.judging.comparing import quiet
from harness.judging.staged.bringing import Line
from harness.judging.staged.lines import Judging
from harness.judging.staged.meant import ENGINE
from harness.judging.staged.mending import Mend, Mending
from harness.judging.staged.pulling import Pulled, TooMuch
from harness.judging.staged.tries import Attempt, Mistake, Tries
from harness.vocabulary.local import Unanswerable
from harness.vocabulary.program import Array

MOST = 20_000
"""So many contributions are worked out to find one mistake."""
MOST_TRIED = 3_000


def not_known() -> str:
    """What is said of a mistake that has no name."""
    return languages.told("staged", "not-known")


@quiet
def explain(judging: Judging, line: Line) -> None:
    """Names the mistake of a guilty line, and what should stand there."""
    judging.graph.left = MOST
    try:
        _Explanation(judging, line).explain()
    finally:
        judging.graph.left = float("inf")


@quiet
def elsewhere(judging: Judging, line: Line) -> Mend | None:
    """What is wrong with a line that a guilty one uses, if that is all that is wrong with it."""
    judging.graph.left = MOST
    try:
        return _Explanation(judging, line).elsewhere()
    finally:
        judging.graph.left = float("inf")


@quiet
def is_known(judging: Judging, line: Line) -> bool:
    """Whether a mistake that has a name would give what the line brings to its step."""
    judging.graph.left = MOST_TRIED
    try:
        return _Explanation(judging, line).finds()
    finally:
        judging.graph.left = float("inf")


class _Explanation(Tries):
    def explain(self) -> None:
        readings: list[tuple[Mapping[str, Array], Pulled]] = []
        found = None
        with suppress(TooMuch):
            readings += self._readings()
            found = next(self._found(readings, self._sure()), None)
        line = self.line
        expected = readings[0][1].total(self.shape) if readings else None
        if found is not None:
            (line.code, line.op, line.message), expected = found
        if found is None or line.code == "wrong-shape":
            self._mended(readings)
        vague = (self._factor, self._one_term)
        if not line.code and (found := next(self._found(readings, vague), None)) is not None:
            (line.code, line.op, line.message), expected = found
        if not line.code:
            line.code, line.op = "wrong-rule", self._op(readings)
            hint = self._hint(*readings[0]) if readings else None
            line.message = hint or not_known()
        if expected is None:
            line.expected = np.asarray(self.judging.truth.gradients[self.step])
        else:
            line.expected = np.asarray(expected * self.unit + line.carried)

    def _mended(self, readings: list[tuple[Mapping[str, Array], Pulled]]) -> None:
        """Names the one change that makes the line right, if there is one."""
        mend = Mending(self.judging, self.line).found(self._rights(readings), elsewhere=False)
        if mend is not None:
            self.line.code, self.line.op = mend.code, self._op(readings)
            self.line.message = mend.message

    def _rights(self, readings: list[tuple[Mapping[str, Array], Pulled]]) -> list[Array]:
        """What the line may have been meant to bring."""
        numbers = [pulled.total(self.shape) * self.unit for _, pulled in readings]
        if self.event.how == "+=":  # one of several lines
            numbers += [one * self.unit for _, pulled in readings for one in pulled.terms.values()]
        return [number for number in numbers if np.any(number)]

    def elsewhere(self) -> Mend | None:
        """The one change to what the line uses that makes it right; None where a change to itself
        does as well, or none is found."""
        with suppress(TooMuch):
            readings = list(self._readings())
            totals = [pulled.total(self.shape) * self.unit for _, pulled in readings]
            mending = Mending(self.judging, self.line)
            if mending.found(self._rights(readings), elsewhere=False) is None:
                return mending.found([one for one in totals if np.any(one)], elsewhere=True)
        return None

    def finds(self) -> bool:
        """Whether there is one, of those that are no mere factor."""
        with suppress(TooMuch):
            readings = [reading for reading in self._readings() if reading[0]]
            tries = (self._without_upstream, self._formed)
            return any(
                True
                for attempt in tries
                for sources, pulled in readings
                if self.got.shape == self.shape
                for _ in attempt(sources, pulled)
            )
        return False

    def _op(self, readings: list[tuple[Mapping[str, Array], Pulled]]) -> str:
        ops = [part.step.op for _, pulled in readings[:1] for part in pulled.parts]
        return ops[0] if ops else ENGINE

    def _sure(self) -> Sequence[Attempt]:
        """What is looked for before a line is worked out again with one thing changed."""
        return (
            partial(self._other_upstream, told=True),
            partial(self._other_value, told=True),
            self._shaped,
            self._plain,
            self._negated,
            self._size_lost,
            self._without_upstream,
            self._without_a_name,
            partial(self._factor, simple=True),
            self._formed,
            partial(self._one_term, simple=True),
            self._other_upstream,
            self._other_value,
            self._summed_elsewhere,
            self._reordered,
        )

    def _found(
        self, readings: list[tuple[Mapping[str, Array], Pulled]], tries: Sequence[Attempt]
    ) -> Iterator[tuple[Mistake, Array]]:
        for attempt in tries:
            for sources, pulled in readings:
                with suppress(Unanswerable, ValueError):
                    for mistake in attempt(sources, pulled):
                        yield mistake, pulled.total(self.shape)
