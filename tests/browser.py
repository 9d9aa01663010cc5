"""A real Chromium, headless, for the tests of pages: Debian's ``chromium``, or any on the path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import needs

PATIENCE = 600_000.0
"""Milliseconds after which a page is taken to hang: no test waits so long on any machine."""


@contextmanager
def browser() -> Iterator[object]:
    """Chromium, driven by Playwright."""
    path = needs.chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox"], timeout=PATIENCE
        )
        try:
            yield running
        finally:
            running.close()


def address(path: Path, anchor: str = "") -> str:
    """The address of a file, and a place on its page."""
    return path.as_uri() + (f"#{anchor}" if anchor else "")
