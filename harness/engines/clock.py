"""A limit of the processor's time for what an engine does, where the system can set one."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

AGAIN: Final = 0.5
"""Seconds of computing after which an engine that has caught the alarm is given another."""

TRY: Final = 0.5
"""Seconds that an engine is given where it is only tried out, on a graph of two steps."""


class OutOfTime(BaseException):
    """The time of a run is up. No Exception: an engine that catches those goes on for ever."""


@contextmanager
def clock(seconds: float) -> Iterator[list[str]]:
    """Raises :class:`OutOfTime` in what computes for longer, where the system can do that, and says
    so in the list that it gives. What waits, or computes outside of Python, is left to the clock of
    whoever has asked. A clock around this one stands in the meantime."""
    told: list[str] = []
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield told
        return

    def ring(_: int, __: FrameType | None) -> None:
        told.append(f"no end after {seconds:g} s of computing")
        raise OutOfTime(told[-1])

    before = signal.signal(signal.SIGPROF, ring)
    left, again = signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
    begin = time.process_time()
    try:
        yield told
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        if left:
            used = time.process_time() - begin
            signal.setitimer(signal.ITIMER_PROF, max(left - used, 1e-3), again)


@contextmanager
def attempt() -> Iterator[None]:
    """What is only tried out: it has a short time. When that is up, or it ends the process (with
    ``sys.exit``), RuntimeError is raised."""
    try:
        with clock(TRY):
            yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
