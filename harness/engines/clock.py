"""A limit of time for what an engine does, where the system can set one."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from harness import languages

AGAIN: Final = 0.5
"""Seconds of computing after which an engine that has caught the alarm is given another."""

TRY: Final = 0.5
"""Seconds that an engine is given where it is only tried out, on a graph of two steps."""


SOON: Final = 1e-3

TIMERS: Final = (
    {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    if hasattr(signal, "setitimer")
    else {}
)
"""The signals of a clock: of what computes, and of what waits."""


_more: Final = [0.0]
"""Seconds that what is tried out has beside."""

_held: Final[list[None]] = []
"""As long as there is anything in it, no clock rings."""


class OutOfTime(BaseException):
    """The time of a run is up. No Exception: an engine that catches those goes on for ever."""


@contextmanager
def clock(seconds: float) -> Iterator[list[str]]:
    """Raises :class:`OutOfTime` in what computes or waits for longer, where the system can do that,
    and says so in the list that it gives. What works outside of Python is left to the clock of
    whoever has asked. A clock around this one stands in the meantime."""
    told: list[str] = []
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield told
        return
    begin, idle = time.process_time(), _idle()

    def ring(number: int, frame: FrameType | None) -> None:
        ending = frame is not None and frame.f_code.co_filename == __file__
        if _held or ending:  # it rings again, unless a clock is just being put back
            return
        waited = _idle() - idle
        if number == signal.SIGALRM and waited < seconds:  # the machine is busy with other things
            signal.setitimer(signal.ITIMER_REAL, max(seconds - waited, SOON), AGAIN)
            return
        what = languages.told("engine", "computing" if number == signal.SIGPROF else "waiting")
        told.append(languages.told("engine", "no-end", seconds=seconds, what=what))
        raise OutOfTime(told[-1])

    before = {number: signal.signal(number, ring) for number in TIMERS}
    left = {timer: signal.setitimer(timer, seconds, AGAIN) for timer in TIMERS.values()}
    try:
        yield told
    finally:
        for number, timer in TIMERS.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])
            if left[timer][0]:
                used = time.process_time() - begin
                signal.setitimer(timer, max(left[timer][0] - used, SOON), left[timer][1])


@contextmanager
def unhurried() -> Iterator[None]:
    """What no clock may break off, as an import: it cannot be begun again. A clock whose time is up
    rings after it."""
    _held.append(None)
    try:
        yield
    finally:
        _held.pop()


def _idle() -> float:
    """Seconds in which the process has neither computed nor waited for a processor."""
    return time.monotonic() - time.process_time() - stalled("self")


def stalled(pid: str) -> float:
    """Seconds that a process has waited for a processor, as Linux counts them; else none."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def allow(seconds: float) -> None:
    """From now on what is tried out has so many seconds more: it may be compiled then, and what
    compiles does not bear to be broken off."""
    _more[:] = [seconds]


@contextmanager
def attempt() -> Iterator[None]:
    """What is only tried out: it has a short time. When that is up, or it ends the process (with
    ``sys.exit``), RuntimeError is raised."""
    try:
        with clock(TRY + _more[0]):
            yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


@contextmanager
def tried() -> Iterator[None]:
    """As :func:`attempt`, where it does not matter how it fails: one goes on after it."""
    with suppress(Exception), attempt():
        yield
