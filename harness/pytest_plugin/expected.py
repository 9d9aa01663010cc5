"""Expected failures in a run: laid on its items, and written from its reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from harness.files import write
from harness.judging.expected import ExpectedError, read, reasons, render
from harness.judging.findings import Finding
from harness.pytest_plugin.failures import CaseFailure
from harness.pytest_plugin.state import State, state_of


def mark(item: pytest.Item) -> None:
    """Makes an item that is expected to fail an error where it passes."""
    reason = state_of(item.config).expected.get(item.nodeid)
    if reason is not None:
        item.add_marker(pytest.mark.xfail(reason=reason, strict=True, raises=CaseFailure))


def write_from(
    state: State, failed: Iterable[str], right: Collection[str], findings: Iterable[Finding]
) -> None:
    """The failures of this run as expected ones. Reasons that are there are kept, and so are the
    entries of what was not run."""
    path = Path(state.option("write-xfail"))
    known = state.expected
    with suppress(ExpectedError):
        known = read(path, state.config.rootpath)
    kept = {name: reason for name, reason in known.items() if name not in right}
    title = f"Where {state.engine_name} and torch disagree, and why"
    write(path, render(title, {**reasons(failed, findings), **kept}).encode())
