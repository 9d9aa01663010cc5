"""What every engine is: something that turns a program into a trace."""

from __future__ import annotations

from collections.abc import Callable

from harness.engines.trace import Trace
from harness.language.program import Program


class EngineError(Exception):
    """There is no engine to be had; the message says why and what to do."""


class Engine:
    """The base of all engines.

    ``renew`` makes the same engine anew, as if no graph had ever been built; None if it cannot.
    ``origin`` says where it was found.
    """

    renew: Callable[[], Engine] | None = None
    origin: str = ""
    keeps_error = False
    """Whether the exception that ends a run is kept, for a debugger, as ``error``."""
    error: BaseException | None = None

    @property
    def ended(self) -> bool:
        """Whether the last run has ended the process that it was in."""
        return False

    def run(self, program: Program) -> Trace:
        """Forward, then backward; whatever the engine does wrong ends up in the trace."""
        raise NotImplementedError

    def describe(self) -> list[str]:
        """What was understood of the engine, for people: a line each."""
        raise NotImplementedError

    def renewed(self) -> Engine | None:
        """A new life of the engine, where there can be one."""
        return self.renew() if self.renew is not None else None
