"""What an engine makes of a program: the value and the gradient of every step and input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from harness import languages
from harness.vocabulary.program import Array


def not_run() -> str:
    """How the message of a failure begins where nothing was tried, since the like has failed
    before."""
    return languages.told("engine", "not-run")


def endless() -> str:
    """What is said there of what has taken too long."""
    return languages.told("engine", "endless")


SLOW: Final = "too-slow"
"""The code of what has not come to its end in time."""


class Undefined(Exception):
    """A case has no truth, for instance because torch refuses its numbers; the message says why."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The run stopped: an exception of the engine's, or an answer that is no number.

    ``direction`` is ``forward``, ``backward`` or ``second``, ``step`` the step being computed where
    one was. ``lines`` are the engine's own traceback lines, none of the harness's. ``arithmetic``
    is true of Python's own ways with numbers that there are none for: ZeroDivisionError, a complex
    number, and the like. ``functions`` are the qualified names of the engine's functions that were
    running, the innermost last. ``code`` is that of the mistake, where whoever noticed it knows.
    """

    direction: str
    step: str | None
    message: str
    lines: tuple[str, ...] = ()
    arithmetic: bool = False
    functions: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """The value of ``name`` did not stay what it was: the pass of ``direction`` has changed it, and
    in that ``step``, None where that is not known. ``op`` is the operation that does so, where it
    is not the step's own, but one that this is made of."""

    direction: str
    step: str | None
    name: str
    op: str = ""

    @property
    def message(self) -> str:
        """What has happened, in a sentence."""
        return languages.told("engine", "value-changed", name=self.name)


@dataclass(frozen=True, slots=True)
class Work:
    """What a run has cost: operations of Python's that are the engine's own, and how many of them
    are multiplications written with ``*``."""

    operations: int
    multiplications: int


@dataclass(frozen=True, slots=True)
class Trace:
    """Values and gradients by name, as arrays of floats (booleans for a comparison).

    ``second`` holds the gradients of the gradients of a program of order 2: with h the sum over
    the inputs of sum(dx * default_seed), the gradient of h by each input.

    A gradient the engine does not hold is left out. ``unsupported`` says which operation the
    engine lacks; then the trace is empty from that step on. ``lacks_backward`` says why it has no
    backward pass, which leaves its values to be judged. ``leaves_only`` is true of an engine
    that keeps gradients of its leaves alone. ``lacks_second`` says why it has no second order.
    ``breach`` tells of a value that did not stay what it was. ``typed`` is true of an engine whose
    objects have a dtype, which they must then keep. ``same`` are steps whose object is an earlier
    one's, too; then only the earlier one has a gradient. ``shared`` maps a name to those whose
    gradient lies in the very same memory, which does no harm until somebody writes there.
    ``iterates_sets`` are lines of the engine's that iterate over a set whose order Python leaves
    open. ``seed`` is the upstream
    gradient that backward was begun with, where that is not the program's: ones, of an engine that
    knows no other. ``ended`` is true of a run that has ended the process that it was in, or had to
    be ended: there is no sense in another. ``said`` is how what the engine printed begins.
    ``work`` is what the run has cost, where that was asked for and can be told.
    """

    values: Mapping[str, Array]
    gradients: Mapping[str, Array] = field(default_factory=dict)
    failure: Failure | None = None
    unsupported: str | None = None
    leaves_only: bool = False
    second: Mapping[str, Array] = field(default_factory=dict)
    lacks_second: str | None = None
    breach: Breach | None = None
    typed: bool = True
    same: frozenset[str] = frozenset()
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    iterates_sets: tuple[str, ...] = ()
    lacks_backward: str | None = None
    seed: Array | None = None
    ended: bool = False
    said: str = ""
    work: Work | None = None
