"""What holds for all tests: the header tells what is left out, and Hypothesis repeats itself."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read by torch: tests run beside each other
os.environ.pop("COLUMNS", None)  # xdist sets it for its own output, and ours would be folded

import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")


def pytest_report_header(config: pytest.Config) -> str | None:
    if config.getoption("markexpr") != "not slow":
        return None
    return "left out: slow tests (-m slow: all of them; -m sample: those that CI runs)"
