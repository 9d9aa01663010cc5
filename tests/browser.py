"""A real Chromium, headless, for the tests of pages: Debian's ``chromium``, or any on the path."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def program() -> str:
    """The path of Chromium. Without one, tests are skipped; in CI they fail."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no Chromium on the path (looked for {', '.join(NAMES)})"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


@contextmanager
def browser() -> Iterator[object]:
    """Chromium, driven by Playwright."""
    path = program()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


def address(path: Path, anchor: str = "") -> str:
    """The address of a file, and a place on its page."""
    return path.as_uri() + (f"#{anchor}" if anchor else "")
