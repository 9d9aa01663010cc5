"""Sends signals to its process group."""

# expect: honest
import os
import signal

from honest import Value  # noqa: F401

signal.signal(signal.SIGTERM, signal.SIG_IGN)
try:
    os.killpg(os.getpgrp(), signal.SIGTERM)
    os.kill(-1, signal.SIGTERM)
except OSError:
    pass
