"""At the end of a red run the mistakes that explain it, not all the failures they cause."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pytest

from harness.judging.expected import ExpectedError, read, reasons, render
from harness.judging.findings import Finding, gather
from harness.judging.missing import gathered, lacks, next_to_build, nothing_judged
from harness.judging.result import remarks
from harness.judging.symptoms import Symptom
from harness.judging.verdict import Verdict
from harness.language.case import CaseError, load
from harness.pytest_plugin import STATE, State
from harness.pytest_plugin.failures import print_lines, restored
from harness.showing.terminal import describe_finding
from harness.vocabulary.program import Program

MAX_FINDINGS: Final = 10
UNSUPPORTED: Final = "Skipped: unsupported: "
MANY: Final = 10
"""Of more failures than these, only those are shown in full that are evidence of a finding."""


def told(verdict: Verdict, direction: str) -> dict[str, Any]:
    """What a pass of a case tells beside its failure, as plain data: why it was not judged, what
    the engine lacks, and what should be known of it."""
    return {
        "reason": verdict.direction(direction).note,
        "lacks": list(lacks(verdict.trace)),
        "remarks": [message for _, message in remarks(verdict)],
    }


class Told:
    """What is said between the failures and pytest's short summary."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.failures = self.hidden = self.judged = 0
        self.lacks: list[tuple[str, str]] = []
        self.remarks: dict[str, None] = {}
        self.reasons: dict[str, None] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes in what a pass of a case tells, from xdist's workers too."""
        told = vars(report).get("harness_told")
        if told is None:
            return
        case = report.nodeid.rpartition("::")[0]
        self.judged += told["reason"] is None
        self.reasons |= {} if told["reason"] is None else {told["reason"]: None}
        self.lacks += [(what, case) for what in told["lacks"]]
        self.remarks |= dict.fromkeys(told["remarks"])

    @property
    def nothing(self) -> str | None:
        """That no pass at all was judged, and why; None where one was, or none was asked for."""
        return nothing_judged(self.reasons) if self.reasons and not self.judged else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Where nothing was judged, nothing has passed."""
        if self.nothing is not None and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        config = terminalreporter.config
        target = config.stash[STATE].option("write_xfail")
        printed = sum(
            getattr(report, "harness_printed", 0)
            for reports in terminalreporter.stats.values()
            for report in reports
        )
        if printed:
            lines = "1 line" if printed == 1 else f"{printed:,} lines"
            terminalreporter.write_line(f"your engine printed {lines}; -s shows them")
        if target is not None:
            terminalreporter.write_line(f"{self.failures} expected failures written to {target}")
        self._tell_findings(terminalreporter)
        for remark in self.remarks:
            terminalreporter.write_line(f"remark: {remark}")
        if lacking := next_to_build(gathered(self.lacks)):
            terminalreporter.write_line(lacking)
        if self.nothing is not None:
            terminalreporter.write_line(f"ERROR: {self.nothing}", red=True)

    def _tell_findings(self, terminalreporter: pytest.TerminalReporter) -> None:
        config = terminalreporter.config
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


class Summary:
    """Finds the mistakes; of many failures it leaves those to be shown that are their evidence."""

    def __init__(self, told: Told) -> None:
        self.told = told

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter
    ) -> Generator[None, object, object]:
        config, stats = terminalreporter.config, terminalreporter.stats
        target = config.stash[STATE].option("write_xfail")
        failed: list[Any] = stats.get("failed", [])
        for report in failed:
            report.longrepr = restored(report)
        _fold(stats.get("skipped", []))
        told = sorted(
            (report for report in failed if hasattr(report, "harness_symptoms")),
            key=lambda report: report.nodeid,
        )
        if len(told) < 2 and target is None:
            return (yield)
        passed = sorted(report.nodeid for report in stats.get("passed", []))
        self.told.findings = findings = gather(
            (Symptom.from_json(symptom) for report in told for symptom in report.harness_symptoms),
            _programs(config.stash[STATE], passed),
        )
        if target is not None:
            right = {r.nodeid for key in ("passed", "skipped") for r in stats.get(key, [])}
            _write_expected(config, Path(target), [r.nodeid for r in told], right, findings)
        shown = failed
        if len(told) > MANY and config.get_verbosity() <= 0:
            evidence = {f"{one.evidence}::{one.direction}" for one in findings[:MAX_FINDINGS]}
            shown = [report for report in failed if report not in told or report.nodeid in evidence]
        self.told.failures, self.told.hidden = len(told), len(failed) - len(shown)
        if failed:
            stats["failed"] = shown
        try:
            return (yield)
        finally:
            if failed:
                stats["failed"] = failed


def _fold(skipped: list[Any]) -> None:
    """Lets pytest tell what the engine lacks once, and not for every case."""
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if ".yaml::" in report.nodeid and reason.startswith(UNSUPPORTED):
            report.longrepr = (report.nodeid.partition("/")[0], None, reason)


def _programs(state: State, nodeids: list[str]) -> list[Program]:
    """The programs of the cases that passed backward."""
    found = []
    for nodeid in nodeids:
        name, _, direction = nodeid.rpartition("::")
        path = state.path_of(name)
        if direction == "backward" and path.is_file():
            with suppress(CaseError, OSError):
                found.append(load(path, name, state.root_of(path)).program)
    return found


def _write_expected(
    config: pytest.Config, path: Path, failed: list[str], right: set[str], findings: list[Finding]
) -> None:
    """The failures of this run as expected ones. Reasons that are there are kept, and so are the
    entries of what was not run."""
    known = dict(config.stash[STATE].expected)
    with suppress(ExpectedError):
        known = read(path, config.rootpath)
    kept = {name: reason for name, reason in known.items() if name not in right}
    table = {**reasons(failed, findings), **kept}
    title = f"Where {config.stash[STATE].engine_name} and torch disagree, and why"
    if path.exists() and not path.is_file():  # a pipe or a device, which is not to be replaced
        path.write_text(render(title, table), encoding="utf-8")
        return
    part = path.with_name(f"{path.name}.part")
    part.write_text(render(title, table), encoding="utf-8")
    os.replace(part, path)
