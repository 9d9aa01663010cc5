"""What tests need of a machine. Where it is not there they are skipped, and fail in CI."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import NoReturn

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def without(reason: str) -> NoReturn:
    """Ends a test that cannot be run here."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def bubblewrap() -> None:
    """Submissions are graded behind it."""
    if shutil.which("bwrap") is None:
        without("bubblewrap is not installed")


def git() -> None:
    """A workflow clones with it."""
    if shutil.which("git") is None:
        without("git is not installed")


def chromium() -> str:
    """The path of Chromium."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return found or without(f"no Chromium on the path (looked for {', '.join(BROWSERS)})")


def peer(name: str) -> None:
    """An engine of others."""
    if find_spec(name) is None:
        without(f"{name} is not installed: pip install -e '.[peers]'")
