"""A clock whose time is up rings in what it limits, and not in what puts it back."""

from __future__ import annotations

import signal
import sys

import pytest

from harness.engines.clock import OutOfTime, clock

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no clock here")


def test_a_clock_does_not_ring_while_it_is_put_back() -> None:
    limit = clock(60.0)
    with limit as told:
        ring = signal.getsignal(signal.SIGPROF)
        assert callable(ring)
        ring(signal.SIGPROF, limit.gen.gi_frame)  # type: ignore[attr-defined]
        assert not told
        with pytest.raises(OutOfTime):
            ring(signal.SIGPROF, sys._getframe())
