"""An engine on one's own machine that is loaded again and again, as its file is written."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import Final

from harness.engines.engine import Engine
from harness.engines.loading import is_ours, load
from harness.grading.fence import RESTARTS, Fence, loaded_in
from harness.grading.sandbox import kernel
from harness.grading.sandbox.children import Limits, Single

LOADING: Final = 5.0
"""Seconds of computing that an engine has to be imported and tried out; a case may have more."""


class Kept(Fence):
    """A fence whose worker stays, with all that it has imported, from one engine to the next: each
    is a fork of it."""

    def __init__(self, timeout: float, shows_output: bool) -> None:
        limits = Limits(timeout, max(LOADING, timeout), submission=float("inf"), restarts=RESTARTS)
        super().__init__(limits, shows_output)

    def loaded(self, spec: str) -> Engine:
        """The engine that ``spec`` names as it is written now; the one before it is ended. Raises
        :class:`EngineError`."""
        if is_ours(spec):
            return load(spec)
        return loaded_in(self, {"engine": spec})

    def interrupt(self) -> None:
        """Ends what runs now, whose answer nobody wants any more; called from another thread."""
        keeper, child = self.process, self.child
        if isinstance(child, Single):
            child.end()
        elif keeper is not None:
            for pid in kernel.below(keeper.pid)[1:]:
                with suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
