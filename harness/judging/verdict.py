"""A verdict: what is said of each step, in each direction, of an engine's answer to a case.

A step *agrees* with torch; or it is *guilty*, *inherited* (an earlier error passed through it), or
*missing* where the engine has no number. Or it is as right as torch's by another *convention*.
``judge.py`` decides which, and ``diagnosis.py`` finds the explanation of a pass that has failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harness.engines.trace import Breach, Failure, Trace
from harness.judging.codes import CODES, MISTAKE
from harness.judging.mistakes import Mistake, Shown, Term
from harness.language.case import Case
from harness.vocabulary.program import Array

AGREES, GUILTY, INHERITED, MISSING = "agrees", "guilty", "inherited", "missing"
CONVENTION = "convention"
RIGHT = frozenset({AGREES, CONVENTION})


@dataclass(frozen=True, slots=True)
class Judgement:
    """One step in one direction. ``got`` is None where the engine has no number.

    ``index`` is the worst element's, ``error`` its relative error. ``shown``: what is inherited was
    computed, and is right for what it was made from; else nothing could be computed from that.
    ``choice`` is the convention that it is right by, the step's own or one that it follows from.
    """

    name: str
    status: str
    expected: Array
    got: Array | None
    index: tuple[int, ...] = ()
    error: float = 0.0
    shown: bool = True
    choice: Mistake | None = None


@dataclass(frozen=True)
class Direction:
    """All judgements of one pass, in the order in which the engine computes the steps.

    ``note`` is why an unsupported pass cannot be judged. ``failure`` is what stopped the engine,
    ``breach`` a value that it changed.
    """

    judgements: tuple[Judgement, ...]
    failure: Failure | None = None
    note: str | None = None
    breach: Breach | None = None

    @cached_property
    def status(self) -> str:
        """``passed``, ``failed`` or ``unsupported``."""
        if self.note is not None:
            return "unsupported"
        wrong = any(item.status not in RIGHT for item in self.judgements)
        stopped = self.failure is not None or self.breach is not None
        return "failed" if wrong or stopped else "passed"

    @property
    def first(self) -> Judgement | None:
        """The first step that is wrong: a guilty one if there is any."""
        wrong = [item for item in self.judgements if item.status not in RIGHT]
        guilty = [item for item in wrong if item.status in (GUILTY, MISSING)]
        return next(iter(guilty or wrong), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass is wrong: a step, or None where it has stopped or has changed a value; and the
    mistakes that would explain it, the likeliest first, at least one. ``terms`` are what a gradient
    there is the sum of, as the likeliest mistake has them."""

    judgement: Judgement | None
    mistakes: tuple[Mistake, ...]
    terms: tuple[Term, ...] = ()

    @property
    def mistake(self) -> Mistake:
        """The likeliest."""
        return self.mistakes[0]

    @property
    def others(self) -> tuple[Mistake, ...]:
        """What else would give this very number, one of each code."""
        found = {one.code: one for one in reversed(self.mistakes[1:]) if one.exact}
        found.pop(self.mistake.code, None)
        return tuple(found.values())[::-1]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one pass of a case has failed. ``places`` are where it is wrong, the first one first;
    ``failure`` is what has stopped it, ``breach`` a value that it has changed. ``repro`` are lines
    in the engine's own class that show it; empty where there are none."""

    direction: str
    places: tuple[Place, ...]
    failure: Failure | None = None
    breach: Breach | None = None
    repro: str = ""

    @property
    def mistake(self) -> Mistake:
        """The likeliest mistake at the first place: ``experiment`` says what has decided it."""
        return self.places[0].mistake

    @property
    def first(self) -> Place | None:
        """The first wrong step: what was ``expected`` there, what was ``got``, and the terms."""
        return next((place for place in self.places if place.judgement is not None), None)

    @property
    def weight(self) -> str:
        """One of :data:`~harness.judging.codes.WEIGHTS`."""
        known = CODES.get(self.mistake.code)
        return known.weight if known is not None else MISTAKE

    @property
    def failure_is_own(self) -> bool:
        """Whether it is this pass that has stopped, and not one before it."""
        return self.failure is not None and self.failure.direction == self.direction

    def at(self, name: str) -> Place | None:
        """The place of that step, where it was looked into."""
        every = ((place.judgement, place) for place in self.places)
        return next((place for item, place in every if item and item.name == name), None)


@dataclass(frozen=True)
class Verdict:
    """An engine's answer to one case, judged in all directions.

    What is found out about a failed case by running it again: ``alone``: it passes where it is the
    first graph of the engine's life. ``once``: what comes of it where backward is called once only.
    ``other_order``: it passes where its steps are evaluated in another order. ``unordered``: the
    answer depends on the order in which the engine's sets are iterated, and this is the worst.
    ``shown``: by direction and name of a wrong step, what experiments have shown. ``explanations``
    are those of failed passes, as far as they were asked for.
    """

    case: Case
    truth: Trace
    trace: Trace
    forward: Direction
    backward: Direction
    second: Direction
    alone: bool = False
    once: Verdict | None = None
    other_order: bool = False
    unordered: bool = False
    shown: Mapping[tuple[str, str], Shown] = field(default_factory=dict)
    explanations: dict[str, Explanation] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    @cached_property
    def directions(self) -> dict[str, Direction]:
        """The directions that the case has, each with its judgements."""
        return {name: self.direction(name) for name in self.case.program.directions}

    @cached_property
    def passed(self) -> bool:
        """Whether no pass failed."""
        return all(judged.status != "failed" for judged in self.directions.values())

    @property
    def status(self) -> str:
        """Of the whole case: ``failed`` where a pass is, else ``unsupported`` where its values or
        its gradients are."""
        if not self.passed:
            return "failed"
        return "passed" if self.note is None else "unsupported"

    @property
    def note(self) -> str | None:
        """Why values, or gradients, cannot be judged; None where both are."""
        return self.forward.note or self.backward.note

    @cached_property
    def choices(self) -> list[tuple[str, Mistake]]:
        """The conventions, not torch's, that its numbers are right by; each with the pass."""
        return [
            (name, item.choice)
            for name, judged in self.directions.items()
            for item in judged.judgements
            if item.choice is not None
        ]

    def direction(self, name: str) -> Direction:
        """``forward``, ``backward`` or ``second``, the gradients of gradients."""
        found: Direction = getattr(self, name)
        return found
