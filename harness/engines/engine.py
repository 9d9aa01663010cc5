"""What every engine is: something that turns a program into a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from harness import languages
from harness.engines import ordering
from harness.engines.failures import NotRun, at_line
from harness.engines.paths import MOST_VISITS, EveryPath, follows_every_path, visits
from harness.engines.trace import Trace
from harness.engines.writing.script import Asked, Script
from harness.vocabulary.program import Program


class EngineError(Exception):
    """There is no engine to be had; the message says why and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: the way to where it was found out says nothing more."""
        return [f"EngineError: {self}"]


class Unsupported(Exception):
    """The engine lacks an operation, or a way of calling it; the message names it."""


class Engine:
    """The base of all engines.

    ``renew`` makes the same engine anew, as if no graph had ever been built; None if it cannot.
    ``origin`` says where it was found, ``notes`` what else is to be known of that. ``order`` is the
    number of the order in which its sets are iterated, one of
    :data:`~harness.engines.ordering.ORDERS`.
    """

    renew: Callable[[], Engine] | None = None
    origin: str = ""
    notes: Sequence[str] = ()
    order: int = 0
    leaves_alone = False
    """Whether it is asked for the gradients of leaves alone, where that saves it runs."""
    computes_anew = False
    """Whether a number is computed from the inputs on whenever it is read, so that what follows
    every path does so before there is a backward pass."""
    hangs = ""
    """Why no backward pass is to be run, where none has come to an end before."""
    printed = 0
    """How many lines the engine has printed, where they are not shown."""
    keeps_error = False
    """Whether the exception that ends a run is kept, for a debugger, as ``error``."""
    error: BaseException | None = None
    dtype: str | None = None
    """The precision that it is to be judged in; None where that is found by trying."""

    @cached_property
    def tried(self) -> dict[str, str]:
        """What was found out about the engine by trying it, for those who try."""
        return {}

    @cached_property
    def experiments(self) -> dict[str, Any]:
        """What small programs have shown of the engine, by the program's digest, for those who
        ask."""
        return {}

    def begin(self, program: Program) -> None:
        """Is told of a program that it will be asked to run, and may begin with it."""

    def run(self, program: Program) -> Trace:
        """Forward, then backward; whatever the engine does wrong ends up in the trace."""
        raise NotImplementedError

    def written(self, program: Program, asked: Asked) -> Script | None:
        """The program in the engine's own class, tried; None where it cannot be written."""
        return None

    def answer(self, program: Program) -> Trace:
        """What :meth:`run` makes of a program with the engine's sets in ``order``; the trace says
        where any was iterated."""
        with ordering.chosen(self.order) as places:
            trace = self.run(program)
        told = tuple(at_line(file, line) for file, line in places)
        return replace(trace, iterates_sets=told) if told else trace

    @cached_property
    def follows_every_path(self) -> bool:
        """Whether backward visits a node once for every path to it, found out by trying."""
        return follows_every_path(self.run)

    def at_once(self, program: Program) -> bool:
        """Whether one call gives the gradients of all leaves: else what a run of the program costs
        is the harness's doing, which makes a call for each."""
        return True

    def endless(self, program: Program) -> Exception | None:
        """Why a backward pass would take too long, if one that follows every path would and the
        engine's does, or if it ``hangs``: to be asked before a graph is built, since it is found
        out by building others."""
        if self.hangs:
            return NotRun(self.hangs)
        count = visits(program)
        if count <= MOST_VISITS or not self.follows_every_path:
            return None
        what = languages.told("engine", "evaluation" if self.computes_anew else "going-backward")
        return EveryPath(
            languages.told(
                "engine", "would-visit", what=what, count=count, shapes=len(program.shapes)
            )
        )

    def describe(self) -> list[str]:
        """What was understood of the engine, for people: a line each."""
        raise NotImplementedError

    def overrides(self, name: str) -> bool:
        """Whether an adapter has a way of its own."""
        owner = next((base for base in type(self).__mro__ if name in vars(base)), None)
        return owner is not None and not is_general(owner)

    def renewed(self) -> Engine | None:
        """A new life of the engine, where there can be one."""
        return self.renew() if self.renew is not None else None


def is_general(kind: type) -> bool:
    """Whether a class of engines is one that adapters are subclasses of, and none of these."""
    return kind.__module__.startswith("harness.engines.") and ".peers." not in kind.__module__
