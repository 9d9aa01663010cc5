"""What an assignment is: plain frozen values, as :mod:`harness.assignment.reading` makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from harness.language.levels import LEVELS
from harness.vocabulary.program import DIRECTIONS

FILE: Final = "assignment.yaml"
"""What an assignment is called, so that it is found in a folder."""

FIRST_PASSES: Final = DIRECTIONS[:2]
"""What a question asks where it does not say: values and gradients."""

NONE, LEADING, FULL = BROADCASTING = ("none", "leading", "full")
"""How far operands of two shapes are stretched: not at all; by axes in front; as numpy does."""

ANY, NUMBERS = EXPONENTS = ("any", "numbers")
"""What an exponent may be: anything, or a plain number alone."""

ACCUMULATE, ANEW = GRADIENTS = ("accumulate", "anew")
"""What a second backward does: it adds to the gradients, or begins them anew."""

LATEST, BEST, LAST_IN_TIME = COUNTS = ("latest", "best", "last before due")
"""Which of a student's attempts counts."""

EXACT: Final = 1e-9
"""What marks are rounded to where nothing is said of it."""

OPERATIONS, CASES = SHARES = ("operations", "cases")
"""Among what a question's points are shared equally."""


@dataclass(frozen=True, slots=True)
class EngineRules:
    """How an engine is found in a submission: its ``file``, the ``name`` of its class where that is
    given, and the instructor's ``adapter``, a file beside the assignment."""

    file: str = "engine.py"
    name: str | None = None
    adapter: str | None = None


@dataclass(frozen=True, slots=True)
class Conventions:
    """What the course has agreed on. ``None`` leaves a thing open.

    ``ranks`` are those of the operands of a matrix product, ``kinks`` the operations at whose kinks
    another choice than torch's costs points, ``recursion`` the longest chain of steps. With
    ``exponents`` of numbers alone, no power has another exponent, or a number for its base.
    ``reverse`` is true where gradients that are found without reverse mode earn nothing.
    """

    dtype: str | None = None
    arrays: bool = True
    broadcasting: str = FULL
    ranks: tuple[int, ...] | None = None
    exponents: str = ANY
    kinks: tuple[str, ...] = ()
    gradients: str | None = None
    recursion: int | None = None
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its points, and which passes of which cases it asks, or an ``exercise`` by hand
    (a case, and the ``file`` of a submission that has its backward pass).

    What is not given selects everything. ``worth`` are cases with points of their own. A question
    that is ``hidden`` is told of by the number of its cases alone.
    """

    title: str
    points: float
    passes: tuple[str, ...] = FIRST_PASSES
    levels: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    share: str = OPERATIONS
    worth: Mapping[str, float] = field(default_factory=dict)
    exercise: str | None = None
    file: str | None = None
    hidden: bool = False
    place: tuple[int, int] = field(default=(1, 1), repr=False, compare=False)
    """Line and column in the file: no mark depends on them."""

    @property
    def rungs(self) -> tuple[str, ...]:
        """The levels that it asks. Conventions, edges and the second order are asked where they are
        named, or where the pass ``second`` is."""
        return self.levels or (LEVELS if DIRECTIONS[2] in self.passes else LEVELS[:-1])


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a case, for its first call, and for a submission; MiB of memory. ``None`` is as
    without an assignment."""

    case: float | None = None
    first: float | None = None
    submission: float | None = None
    memory: int | None = None


@dataclass(frozen=True, slots=True)
class Varying:
    """For whom inputs are drawn (``class``, ``each``, ``none``), which cases ``keep`` theirs, by
    their paths; whether programs are relabelled; how many cases are drawn by grammar beside."""

    inputs: str = "class"
    keep: tuple[str, ...] = ()
    relabel: bool = False
    drawn: int = 0
    place: tuple[int, int] = field(default=(1, 1), repr=False, compare=False)
    """Line and column in the file."""


@dataclass(frozen=True)
class Assignment:
    """An assignment, from the file at ``path``, which everything it names lies beside.

    ``hidden`` are folders of cases that no student sees; of a student's copy, which has none,
    ``hidden_cases`` says how many they are. Marks are rounded to multiples of ``rounding``, and
    only at the end. ``text`` is that of the file.
    """

    path: Path
    title: str
    questions: tuple[Question, ...]
    engine: EngineRules = EngineRules()
    conventions: Conventions = Conventions()
    cases: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    hidden_cases: int = 0
    packages: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()
    vary: Varying = Varying()
    due: datetime | None = None
    counts: str = LATEST
    rounding: float = 0.01
    adapter: str | None = None
    """The text of the adapter."""

    @property
    def points(self) -> float:
        """What all questions are worth together."""
        return sum(question.points for question in self.questions)

    @property
    def digest(self) -> str:
        """A hash of all that a mark depends on, the cases aside: not of the title, the date, or the
        attempt that counts."""
        apart = ("path", "title", "due", "counts")
        names = [one.name for one in fields(self) if one.name not in apart]
        told = [(name, getattr(self, name)) for name in names]
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def beside(self, name: str) -> str:
        """The path of something that the assignment names."""
        return str(self.path.parent / name)

    def rounded(self, points: float) -> float:
        """Points as they are told at the end."""
        return rounded(points, self.rounding)


def rounded(points: float, to: float) -> float:
    """Points as the nearest multiple of ``to``; of a half the larger one."""
    return round(round(points / to + 1e-9) * to, 9)
