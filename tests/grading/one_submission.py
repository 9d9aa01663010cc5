"""What tests of the sandbox share: a submission of one file, and walls without bubblewrap."""

from __future__ import annotations

import sys

import pytest

from harness.grading.remote import RemoteEngine
from harness.grading.sandbox.walls import Sandbox, Walls

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' walls")


BARE = Walls(bubblewrap=False, namespaces=False, user=False, keeper=True)


class Clock:
    """The sandbox' clock, which stands unless a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


def submitted(box: Sandbox, text: str) -> RemoteEngine:
    """A submission of one file as an engine."""
    return RemoteEngine(
        box, {"files": box.pack({"engine.py": text.encode()}), "entry": "engine.py"}
    )
