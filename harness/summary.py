"""pytest: at the end of a red run the mistakes that explain it, not all the failures they cause."""

# As in plugin.py, what takes long to import is imported where it is needed.

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from harness.plugin import STATE, State, print_lines, restored

if TYPE_CHECKING:
    from harness.judging.findings import Finding
    from harness.language.program import Program

MAX_FINDINGS: Final = 10
MANY: Final = 10
"""Of more failures than these, only those are shown in full that are evidence of a finding."""


@dataclass
class Summary:
    """What is said between the failures and pytest's short summary."""

    findings: list[Finding] = field(default_factory=list)
    failures: int = 0
    hidden: int = 0

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from harness.showing.terminal import describe_finding

        config = terminalreporter.config
        target = config.getoption("write_xfail")
        if target is not None:
            terminalreporter.write_line(f"{self.failures} expected failures written to {target}")
        if self.failures < 2:
            return
        count = len(self.findings)
        explain = "1 mistake explains" if count == 1 else f"{count} mistakes explain"
        terminalreporter.section(f"{explain} all {self.failures} failures")
        for number, finding in enumerate(self.findings[:MAX_FINDINGS], 1):
            print_lines(config.get_terminal_writer(), describe_finding(number, asdict(finding)))
        if count > MAX_FINDINGS:
            terminalreporter.write_line(f"… and {count - MAX_FINDINGS} more")
        if self.hidden:
            terminalreporter.write_line(
                f"{self.hidden} failures of these same mistakes are not shown; -v shows them all"
            )


SUMMARY = pytest.StashKey[Summary]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SUMMARY] = Summary()
    config.pluginmanager.register(config.stash[SUMMARY])


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, object, object]:
    """Finds the mistakes; of many failures it leaves those to be shown that are their evidence."""
    config, stats = terminalreporter.config, terminalreporter.stats
    failed: list[Any] = stats.get("failed", [])
    for report in failed:
        report.longrepr = restored(report)
    told = [report for report in failed if hasattr(report, "harness_symptoms")]
    if len(told) < 2 and config.getoption("write_xfail") is None:
        return (yield)
    from harness.judging.findings import gather
    from harness.judging.symptoms import Symptom

    passed = [report.nodeid for report in stats.get("passed", [])]
    findings = gather(
        (Symptom.from_json(symptom) for report in told for symptom in report.harness_symptoms),
        _programs(config.stash[STATE], passed),
    )
    if config.getoption("write_xfail") is not None:
        right = {report.nodeid for key in ("passed", "skipped") for report in stats.get(key, [])}
        path = Path(config.getoption("write_xfail"))
        _write_expected(config, path, [report.nodeid for report in told], right, findings)
    shown = failed
    if len(told) > MANY and config.get_verbosity() <= 0:
        evidence = {f"{found.evidence}::{found.direction}" for found in findings[:MAX_FINDINGS]}
        shown = [report for report in failed if report not in told or report.nodeid in evidence]
    summary = config.stash[SUMMARY]
    summary.findings, summary.failures = findings, len(told)
    summary.hidden = len(failed) - len(shown)
    if failed:
        stats["failed"] = shown
    try:
        return (yield)
    finally:
        if failed:
            stats["failed"] = failed


def _programs(state: State, nodeids: list[str]) -> list[Program]:
    """The programs of the cases that passed backward."""
    from harness.language.case import CaseError, load

    found = []
    for nodeid in nodeids:
        name, _, direction = nodeid.rpartition("::")
        path = state.config.rootpath / name
        if direction == "backward" and (root := state.root_of(path)) is not None:
            with suppress(CaseError, OSError):
                found.append(load(path, name, root).program)
    return found


def _write_expected(
    config: pytest.Config, path: Path, failed: list[str], right: set[str], findings: list[Finding]
) -> None:
    """The failures of this run as expected ones. Reasons that are there are kept, and so are the
    entries of what was not run."""
    from harness.judging.expected import ExpectedError, read, reasons, render

    known = dict(config.stash[STATE].expected)
    with suppress(ExpectedError):
        known = read(path, config.rootpath)
    kept = {name: reason for name, reason in known.items() if name not in right}
    table = {**reasons(failed, findings), **kept}
    title = f"Where {config.stash[STATE].engine_name} and torch disagree, and why"
    part = path.with_name(f"{path.name}.part")
    part.write_text(render(title, table), encoding="utf-8")
    os.replace(part, path)
