"""Forks of this very process, for what is in it and in no file: a class, a function."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NoReturn

from harness import languages
from harness.engines.clock import stalled
from harness.grading.sandbox.children import Child, Forked, Limits, Runner

FREE: Final = 32
"""Descriptors from here on are those of no pipe that a child is asked over."""

CAN_FORK: Final = hasattr(os, "fork")

Serve = Callable[[dict[str, Any], int, int], None]
"""What a fork does: it is given its settings, and the descriptors of its requests and replies."""


class Forking(Runner):
    """Runs what is to ``serve`` in forks, at home: with manners, and no walls."""

    at_home = True
    margin = 2.0

    def __init__(self, limits: Limits, shows_output: bool, serve: Serve) -> None:
        super().__init__(limits)
        self.shows_output, self.serve = shows_output, serve

    def start(self) -> Child:
        """A fork that waits to be asked; the one before it is ended."""
        self.stop()
        inner, requests = os.pipe()
        replies, outer = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which it has not
            pid = os.fork()
        if not pid:
            self._serve(inner, outer)
        os.close(inner)
        os.close(outer)
        self.child = Fork(self, pid, requests, replies)
        return self.child

    def _serve(self, requests: int, replies: int) -> NoReturn:
        """Is the fork, until it is ended."""
        import fcntl

        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            free = [fcntl.fcntl(one, fcntl.F_DUPFD, FREE) for one in (requests, replies)]
            self.serve(settings(self.limits, self.shows_output), free[0], free[1])
        finally:
            os._exit(0)


class Fork(Forked):
    """A fork of this process, asked over two pipes."""

    def __init__(self, runner: Runner, pid: int, requests: int, replies: int) -> None:
        super().__init__(runner, requests, replies)
        self.pid = pid

    def _stalled(self) -> float:
        return stalled(str(self.pid))

    def end(self) -> None:
        """Ends it, and all that it has started: it leads a group as soon as it can."""
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def settings(limits: Limits, shows_output: bool) -> dict[str, Any]:
    """What a child at home is told of its limits."""
    return {
        "home": True,
        "language": languages.spoken(),
        "shows_output": shows_output,
        "memory": limits.memory,
        "case": limits.case,
        "load": limits.load,
    }
